"""Confidence of the decisions: the median, and the distribution beside the model's own.

Both see the confidence histogram only, which says nothing of who was right (`monitors.catalogue.parity` does). When it
changed is told by `monitors.catalogue.confidence_change`.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import chdtri, rel_entr

from models.statistics.histogram import BINS, confidence_bin
from models.statistics.intervals import wilson
from monitors.alerts.wording import number, share
from monitors.base.cells_monitor import CellsMonitor
from monitors.base.contract import LEVEL, MonitorName, Reading, ReadingState, Rules, View
from monitors.counts.cells import Counts, Table, table
from monitors.counts.windows import LENGTHS, Window

_HUNDREDTHS = (1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90)
"""Shares of the reference, in hundredths, at which cells end."""


class _Histogram(CellsMonitor):
    """A monitor whose part is the confidence histogram."""

    def project(self, cells: Counts) -> Counts:
        """The histogram, shape (BINS,)."""
        return table(cells, Table.CONFIDENCE)


class ConfidenceMedian(_Histogram):
    """Median of the confidence.

    It warns where the share of decisions below the limit is, by its interval, more than half.
    """

    name = MonitorName.CONFIDENCE_MEDIAN

    def result(self, view: View) -> list[Reading]:
        """A reading for each window."""
        return [self._reading(window, view.parts[window], view.rules) for window in LENGTHS]

    def _reading(self, window: Window, histogram: Counts, rules: Rules) -> Reading:
        decisions = int(histogram.sum())
        limit = rules.confidence_median
        below = int(histogram[: confidence_bin(limit)].sum())
        counts = {"below": below, "decisions": decisions}
        if decisions < max(rules.minimum_count, 1):
            return Reading(self.name, window, ReadingState.NOT_ENOUGH_DATA, counts, threshold=limit)
        # An interval for the rank of the median, read off the histogram: it takes no shape for granted.
        low, high = (quantile(histogram, level) for level in wilson(decisions // 2, decisions, level=LEVEL))
        median = quantile(histogram, 0.5)
        # A count is tested and not the median: its interval does not depend on the width of the bins.
        worse = wilson(below, decisions, level=LEVEL)[0] > 0.5
        return Reading(
            monitor=self.name,
            window=window,
            state=ReadingState.WARNING if worse else ReadingState.OK,
            counts=counts,
            value=median,
            interval=(low, high),
            threshold=limit,
            holds=1 - median > rules.release * (1 - limit),
        )


class ConfidenceDrift(_Histogram):
    """Population stability index of the confidence against the model's reference, over cells of the reference.

    The index is the symmetric Kullback-Leibler divergence of two histograms; above 0.25 the population has shifted
    (Siddiqi 2006, "Credit Risk Scorecards"). Without any shift it is (cells - 1) (1/n + 1/m) in expectation, and a
    chi-squared variable by that (Yurdakul 2018, "Statistical Properties of Population Stability Index"): below its
    quantile, few cases alone may be what is seen.
    """

    name = MonitorName.CONFIDENCE_DRIFT

    def result(self, view: View) -> list[Reading]:
        """A reading for each window."""
        reference = view.reference.confidence
        expected = np.zeros(BINS, dtype=np.int64) if reference is None else reference
        return [self._reading(window, view.parts[window], expected, view.rules) for window in LENGTHS]

    def _reading(self, window: Window, histogram: Counts, reference: Counts, rules: Rules) -> Reading:
        decisions, expected = int(histogram.sum()), int(reference.sum())
        counts = {"decisions": decisions, "reference": expected}
        if min(decisions, expected) < max(rules.minimum_count, 1):
            return Reading(self.name, window, ReadingState.NOT_ENOUGH_DATA, counts, threshold=rules.confidence_psi)
        starts = cells_of(reference)
        now, before = (np.add.reduceat(bins, starts) for bins in (histogram, reference))
        # With few cases the index is above the usual limit by chance alone.
        limit = max(rules.confidence_psi, _chance(len(starts), decisions, expected))
        index = stability(now, before)
        holds = index > rules.release * limit
        return Reading(
            monitor=self.name,
            window=window,
            state=ReadingState.WARNING if index > limit else ReadingState.OK,
            counts=counts,
            value=index,
            threshold=limit,
            holds=holds,
            hint=_moved(starts, now, before) if holds else "",
        )


def quantile(histogram: Counts, level: float) -> float:
    """A quantile of the confidences, as if they lay evenly in each bin.

    Args:
        histogram: Shape (BINS,), not all zeros.
        level: In [0, 1].

    >>> histogram = np.zeros(BINS, dtype=np.int64)
    >>> histogram[[40, 49]] = 30, 10
    >>> round(quantile(histogram, 0.5), 4)
    0.8133
    """
    up_to = np.concatenate([[0], np.cumsum(histogram)])
    rank = level * up_to[-1]
    place = min(int(np.searchsorted(up_to, rank, side="left")), BINS)
    place = max(place, 1)
    return float((place - 1 + (rank - up_to[place - 1]) / max(histogram[place - 1], 1)) / BINS)


def cells_of(reference: Counts) -> list[int]:
    """First bins of the cells in which distributions are compared.

    Cells end at the deciles of the reference, as is usual. Confidences crowd at 1, where one bin may hold nine tenths:
    so cells also end at the first and fifth hundredth and before a bin that holds a tenth by itself, and what is
    left below it is seen.

    Args:
        reference: Shape (BINS,), not all zeros.

    Returns:
        Every cell holds a hundredth of the reference or more.

    >>> histogram = np.zeros(BINS, dtype=np.int64)
    >>> histogram[[10, 30, 47, 48, 49]] = 5, 20, 2, 3, 70
    >>> cells_of(histogram)
    [0, 11, 31, 49]
    """
    total = int(reference.sum())
    up_to = np.cumsum(reference)
    passed = [sum(count * 100 >= total * level for level in _HUNDREDTHS) for count in up_to.tolist()]
    starts = [0]
    for place in range(1, BINS):
        before = starts[-1]
        enough = int(reference[before:place].sum()) * 100 >= total
        crossed = passed[place - 1] > (passed[before - 1] if before else 0)
        if enough and (crossed or int(reference[place]) * 10 >= total):
            starts.append(place)
    return starts if int(reference[starts[-1] :].sum()) * 100 >= total else starts[:-1]


def stability(now: Counts, before: Counts) -> float:
    """Population stability index of two histograms of the same cells; half a case is added to each cell.

    >>> stability(np.array([30, 70]), np.array([300, 700])) < 0.001
    True
    """
    # An empty cell would make the index infinite.
    shares, others = ((counts + 0.5) / (counts + 0.5).sum() for counts in (now, before))
    return float((rel_entr(shares, others) + rel_entr(others, shares)).sum())


def _chance(cells: int, decisions: int, expected: int) -> float:
    """The value that the index stays below without a shift, at the level of intervals (Yurdakul 2018)."""
    return float(chdtri(cells - 1, 1 - LEVEL)) * (1 / decisions + 1 / expected) if cells > 1 else 0.0


def _moved(starts: Sequence[int], now: Counts, before: Counts) -> str:
    """Name the cell that differs most, with figures."""
    shares, others = now / now.sum(), before / before.sum()
    most = int(np.abs(shares - others).argmax())
    low, high = (edge / BINS for edge in ([*starts, BINS][most : most + 2]))
    return (
        f"Most of it: confidences from {number(low)} to {number(high)} are {share(shares[most])} of the decisions and "
        f"{share(others[most])} of the reference."
    )
