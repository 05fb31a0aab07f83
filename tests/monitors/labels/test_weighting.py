"""Inverse-probability weights: the share of all decisions, from labels that were not asked for evenly."""

import numpy as np
import pytest

from models.statistics.intervals import newcombe, wilson
from monitors.counts.cells import Counts
from monitors.labels.weighting import WeightedShare, share


def sums(wrong: tuple[tuple[int, int], ...], right: tuple[tuple[int, int], ...]) -> Counts:
    """Sums of labels, each given as (how many, weight)."""
    return np.array(
        [
            [
                sum(count for count, _ in side),
                1_000 * sum(count * weight for count, weight in side),
                1_000 * sum(count * weight**2 for count, weight in side),
            ]
            for side in (wrong, right)
        ]
    )


def estimated(wrong: tuple[tuple[int, int], ...], right: tuple[tuple[int, int], ...]) -> WeightedShare:
    """The share, of labels that there are."""
    found = share(sums(wrong, right))
    assert found is not None
    return found


def test_labels_of_equal_weight_count_as_they_are() -> None:
    """Whatever the weight: share, interval, and interval of a difference are those of plain counts."""
    one, other = estimated(((5, 100),), ((45, 100),)), estimated(((4, 3),), ((76, 3),))

    assert (0.9, pytest.approx(50.0)) == (one.value, one.effective)
    assert pytest.approx(wilson(45, 50, level=0.99)) == one.interval(0.99)
    difference, bounds = other.above(one, 0.99)
    assert pytest.approx(0.05) == difference
    assert pytest.approx(newcombe(76, 80, 45, 50, level=0.99)) == bounds


def test_a_label_stands_for_as_many_as_its_weight() -> None:
    """Of 1,000 accepted decisions ten were asked about and one of them is wrong; of 100 reviewed ones half are."""
    found = estimated(((1, 100), (50, 1)), ((9, 100), (50, 1)))

    assert pytest.approx(950 / 1_100) == found.value


def test_uneven_weights_know_less_than_the_labels_are() -> None:
    """Ten heavy labels among a thousand light ones decide; the interval knows."""
    found = estimated(((1, 100), (500, 1)), ((9, 100), (500, 1)))

    assert found.effective < 45


@pytest.mark.parametrize("wrong", [((0, 1),), ((10, 1),)])
def test_heavy_labels_that_are_all_right_are_not_taken_for_certain(wrong: tuple[tuple[int, int], ...]) -> None:
    """With 30 blind labels right, one in ten of the accepted may still be wrong, whatever reviews say."""
    found = estimated(wrong, ((30, 100),))

    assert pytest.approx(30, abs=1) == found.effective
    assert 0.83 > found.interval(0.99)[0]


def test_all_wrong_is_a_share_too() -> None:
    """Zero, with an upper bound above it."""
    found = estimated(((12, 1),), ((0, 1),))

    assert 0.0 == found.value
    assert wilson(0, 12, level=0.99) == found.interval(0.99)


def test_no_label_no_share() -> None:
    """None, and no division by zero."""
    assert share(sums((), ())) is None


def test_the_interval_covers_the_truth_where_reviews_alone_do_not() -> None:
    """3,000 decisions, 30% of them reviewed and half of these wrong; of the others one in 20 is asked about, blind."""
    rng = np.random.default_rng(2)
    truth = 0.3 * 0.5 + 0.7 * 0.92
    values, covered, unweighted = [], 0, []
    for _ in range(400):
        reviewed = rng.binomial(3_000, 0.3)
        asked = rng.binomial(3_000 - reviewed, 0.05)
        right_reviewed, right_asked = rng.binomial(reviewed, 0.5), rng.binomial(asked, 0.92)
        found = estimated(
            ((reviewed - right_reviewed, 1), (asked - right_asked, 20)), ((right_reviewed, 1), (right_asked, 20))
        )
        low, high = found.interval(0.95)
        covered += low <= truth <= high
        values.append(found.value)
        unweighted.append((right_reviewed + right_asked) / (reviewed + asked))

    assert pytest.approx(truth, abs=0.003) == np.mean(values)
    assert 0.94 <= covered / 400
    assert np.mean(unweighted) < truth - 0.2
