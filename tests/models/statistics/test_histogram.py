"""The histogram of confidences: equal bins, whole numbers, and a form that is checked."""

from collections.abc import Callable
from random import Random
from statistics import median as true_median
from typing import Any

import pytest
from pydantic import ValidationError

from models.statistics.histogram import BINS, ConfidenceReference, confidence_bin, histogram, median

COUNTS = (0,) * 47 + (5, 10, 85)


@pytest.mark.parametrize("place", range(BINS))
def test_a_bin_begins_at_its_edge(place: int) -> None:
    """Also where floating point puts the edge a hair below."""
    assert place == confidence_bin(place / BINS) == confidence_bin(round((place + 1) / BINS - 1e-4, 4))


def test_one_is_in_the_last_bin() -> None:
    """There is no bin of its own for certainty."""
    assert BINS - 1 == confidence_bin(1.0)


def test_a_histogram_counts_each_as_often_as_it_came() -> None:
    """Three times .5 and twice 1.0 are five."""
    counts = histogram([(0.5, 1), (1.0, 2), (0.5, 2)])
    assert {25: 3, BINS - 1: 2} == {place: count for place, count in enumerate(counts) if count}
    assert BINS == len(counts)


def test_the_median_is_off_by_less_than_a_bin() -> None:
    """Over random samples of every shape between uniform and steep."""
    for seed in range(50):
        random = Random(seed)
        values = [random.random() ** (1 / (1 + seed)) for _ in range(random.randint(1, 300))]
        assert abs(true_median(values) - median(histogram((value, 1) for value in values))) < 1 / BINS + 1e-9


def test_a_histogram_of_nothing_has_no_median() -> None:
    """A figure would be invented."""
    with pytest.raises(ValueError, match="has no median"):
        median([0] * BINS)


def test_a_reference_is_read_as_it_was_written() -> None:
    """Counts and rows come back."""
    reference = ConfidenceReference(confidence=COUNTS, rows=100)
    assert reference == ConfidenceReference.model_validate_json(reference.model_dump_json())


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values.update(confidence=COUNTS[1:]),
        lambda values: values.update(confidence=(0, *COUNTS)),
        lambda values: values.update(confidence=(-1, 1, *COUNTS[2:])),
        lambda values: values.update(confidence=(10**16, *COUNTS[1:]), rows=10**16 + 100),
        lambda values: values.update(confidence=(0.5, *COUNTS[1:]), rows=100),
        lambda values: values.update(confidence=(True, *COUNTS[1:]), rows=101),
        lambda values: values.update(confidence=(0,) * BINS, rows=0),
        lambda values: values.update(rows=99),
        lambda values: values.pop("rows"),
        lambda values: values.update(bins=BINS),
    ],
)
def test_another_form_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    """Bins, signs, kinds of numbers, the sum: each is looked at."""
    values: dict[str, Any] = {"confidence": COUNTS, "rows": 100}
    ConfidenceReference.model_validate(values)
    change(values)
    with pytest.raises(ValidationError):
        ConfidenceReference.model_validate(values)
