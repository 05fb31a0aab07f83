"""Median and drift of the confidence: exact on histograms, and silent where chance explains what is seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.statistics.histogram import BINS
from monitors.base.contract import Reading, ReadingState, Reference, Rules
from monitors.catalogue.confidence import ConfidenceDrift, ConfidenceMedian, cells_of, quantile, stability
from monitors.counts.cells import Counts
from monitors.counts.history import History
from monitors.counts.windows import Window
from tests.harness.worlds import NEWEST, ask, decided, history

_HISTOGRAMS = st.lists(st.integers(0, 500), min_size=BINS, max_size=BINS).filter(any).map(np.array)


def spread(counts: dict[float, int]) -> Counts:
    """Decisions by confidence."""
    return sum((decided(count, confidence=confidence) for confidence, count in counts.items()), decided(0))


def median(counts: dict[float, int]) -> Reading:
    """The median over the newest day."""
    return next(
        reading
        for reading in ask(ConfidenceMedian(), history({NEWEST: spread(counts)}))
        if reading.window == Window.DAY
    )


def drift(state: History, reference: Counts | None) -> Reading:
    """The drift over the newest day."""
    readings = ask(ConfidenceDrift(), state, reference=Reference(confidence=reference))
    return next(reading for reading in readings if reading.window == Window.DAY)


def drawn(shares: Counts, count: int, seed: int = 0) -> dict[float, int]:
    """So many confidences drawn by the shares of a histogram."""
    counts = np.random.default_rng(seed).multinomial(count, shares / shares.sum())
    return {(place + 0.5) / BINS: int(number) for place, number in enumerate(counts)}


REFERENCE = np.array([0] * 20 + [10] * 10 + [40] * 10 + [100] * 5 + [600, 800, 1_500, 2_500, 5_000])


@given(_HISTOGRAMS)
def test_quantiles_rise_and_stay_within(histogram: Counts) -> None:
    """Quantiles are ordered and lie between the lowest and the highest bin that has a count."""
    found = [quantile(histogram, level) for level in (0.0, 0.1, 0.5, 0.9, 1.0)]
    filled = np.flatnonzero(histogram)
    assert sorted(found) == found
    assert filled[0] / BINS - 1e-9 <= found[1] <= found[-1] <= (filled[-1] + 1) / BINS + 1e-9


@given(_HISTOGRAMS)
def test_median_has_half_on_either_side(histogram: Counts) -> None:
    """Not more than half of the decisions lie in the bins below the median's, nor in those above."""
    place = min(int(quantile(histogram, 0.5) * BINS - 1e-9), BINS - 1)
    assert histogram[:place].sum() <= histogram.sum() / 2 + 1e-6
    assert histogram[place + 1 :].sum() <= histogram.sum() / 2 + 1e-6


@pytest.mark.parametrize(
    ("counts", "state", "holds"),
    [
        ({0.5: 199}, ReadingState.NOT_ENOUGH_DATA, False),
        ({0.5: 110, 0.95: 90}, ReadingState.OK, True),  # 55% are below: by chance, with 200
        ({0.5: 5_500, 0.95: 4_500}, ReadingState.WARNING, True),  # not with 10,000
        ({0.79: 10_000}, ReadingState.WARNING, True),
        ({0.80: 10_000}, ReadingState.OK, True),  # 0.81: not below, and not yet clear of the limit
        ({0.83: 10_000}, ReadingState.OK, False),
        ({0.99: 10_000}, ReadingState.OK, False),
    ],
)
def test_median_warns_below_the_limit(counts: dict[float, int], state: ReadingState, holds: bool) -> None:
    """It warns where more than half are below the limit beyond chance."""
    reading = median(counts)
    assert (state, holds, 0.8) == (reading.state, reading.holds, reading.threshold)


def test_median_has_its_interval_and_counts() -> None:
    """The interval is of order statistics: it narrows with the number of decisions."""
    few, many = median({0.7: 150, 0.9: 150}), median({0.7: 15_000, 0.9: 15_000})
    assert {"below": 150, "decisions": 300} == few.counts
    assert few.interval is not None
    assert many.interval is not None
    assert few.interval[1] - few.interval[0] > many.interval[1] - many.interval[0]
    assert few.interval[0] <= 0.72 <= few.interval[1]


def test_cells_are_deciles_and_the_tail_where_confidences_crowd() -> None:
    """Every cell holds a hundredth of the reference; one bin with nearly all of it leaves the rest to be seen."""
    starts = cells_of(REFERENCE)
    shares = np.add.reduceat(REFERENCE, starts) / REFERENCE.sum()
    assert (shares >= 0.01).all()
    assert len(starts) >= 5
    assert [0, 1, 3, 5, 10, 15, 20, 25, 30, 35, 40, 45] == cells_of(np.array([10] * 50))
    assert [0] == cells_of(np.array([0] * 49 + [7]))
    crowded = np.array([0] * 30 + [15] * 19 + [9_900])
    assert [0, 37, 49] == cells_of(crowded)


def test_what_leaves_the_top_bin_is_drift() -> None:
    """The shipped reference has 97% of its confidences in one bin: that fewer are there must show."""
    shipped = np.array([0] * 30 + [18] * 19 + [10_171])
    starts = cells_of(shipped)
    before = np.add.reduceat(shipped, starts)
    assert stability(before * 3, before) < 0.001
    less_sure = np.array([0] * 30 + [30] * 19 + [1_500])
    assert stability(np.add.reduceat(less_sure, starts), before) > 0.25


def test_stability_is_siddiqis() -> None:
    """Sum of (p - q) ln(p / q), and the same in both directions."""
    now, before = np.array([300_000, 700_000]), np.array([500_000, 500_000])
    expected = (0.3 - 0.5) * np.log(0.3 / 0.5) + (0.7 - 0.5) * np.log(0.7 / 0.5)
    assert pytest.approx(expected, rel=1e-4) == stability(now, before)
    assert stability(now, before) == pytest.approx(stability(before, now))
    assert np.isfinite(stability(np.array([0, 5]), np.array([5, 0])))


@pytest.mark.parametrize("count", [200, 1_000, 50_000])
def test_no_drift_is_not_reported(count: int) -> None:
    """Traffic drawn from the reference, however much: never a warning in 200 draws."""
    readings = [drift(history({NEWEST: spread(drawn(REFERENCE, count, seed))}), REFERENCE) for seed in range(200)]
    assert {(ReadingState.OK, False)} == {(reading.state, reading.holds) for reading in readings}


def test_drift_is_reported_with_what_moved() -> None:
    """A model that is half as sure as it was: the index, both counts, and where the difference is."""
    moved = {0.99: 3_000, 0.97: 1_000, 0.91: 1_000, 0.55: 5_000}
    reading = drift(history({NEWEST: spread(moved)}), REFERENCE)
    assert (ReadingState.WARNING, True, 0.25) == (reading.state, reading.holds, reading.threshold)
    assert {"decisions": 10_000, "reference": int(REFERENCE.sum())} == reading.counts
    assert reading.value is not None
    assert reading.value > 0.25
    assert "Most of it: confidences from 0 to 0.62 are 50% of the decisions and 1.2% of the reference." == reading.hint


def test_few_cases_raise_the_limit() -> None:
    """Where chance alone gives such an index, the limit is what chance gives (Yurdakul 2018), not the rule's."""
    rules = Rules(minimum_count=30)
    state = history({NEWEST: spread(drawn(REFERENCE, 30))})
    readings = ask(ConfidenceDrift(), state, rules=rules, reference=Reference(confidence=REFERENCE))
    # 16.81 is the 99% quantile of chi-squared with 6 degrees of freedom: 7 cells.
    assert 16.8119 * (1 / 30 + 1 / REFERENCE.sum()) == pytest.approx(readings[0].threshold, rel=1e-4)


def test_drift_needs_a_reference() -> None:
    """An artefact without a reference gives no drift, and says that it cannot."""
    state = history({NEWEST: spread({0.5: 1_000})})
    for reference in (None, np.zeros(BINS, dtype=np.int64), REFERENCE // 500):
        reading = drift(state, reference)
        assert (ReadingState.NOT_ENOUGH_DATA, None) == (reading.state, reading.value)
