"""A fall of the confidence at some moment of the newest day, and its time.

**Whether**: ADWIN (Bifet and Gavalda 2007, "Learning from time-changing data with adaptive windowing") over the mean
confidences of the buckets of seven days. Each is less what is usual at that hour, the median of the days before the
newest: so what comes every day is no change. ADWIN's bound is for figures that fill the range from 0 to 1, so they are
stretched to it. **When**: where two levels leave the least squares.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import hypot, sqrt
from statistics import NormalDist, fmean, median, variance
from typing import NamedTuple

import numpy as np
from river.drift import ADWIN

from models.statistics.histogram import BINS
from monitors.alerts.wording import number
from monitors.base.cells_monitor import CellsMonitor
from monitors.base.contract import LEVEL, MonitorName, Reading, ReadingState, View
from monitors.counts.cells import Counts, Table, table
from monitors.counts.observation import BUCKET_SECONDS
from monitors.counts.windows import LENGTHS, Window

SMALLEST_FALL = 0.02
"""Of the mean confidence, that is worth a warning."""

FEW = 20
"""Decisions of a bucket below which its mean says too little; and buckets below which there is no series."""

FALSE_CHANGE = 0.002
"""ADWIN's delta: how likely a change may be seen in a series without one."""

_DAY = LENGTHS[Window.DAY]


_HOUR = LENGTHS[Window.HOUR]


class Mean(NamedTuple):
    """Mean confidence of the decisions of a bucket.

    Args:
        confidence: In [0, 1].
        above: By how much it is above what is usual at that hour.
    """

    bucket: int
    confidence: float
    above: float


class ConfidenceChange(CellsMonitor):
    """By how much the mean confidence fell at a change in the newest 24 h; 0 where there was none.

    The interval is that of the difference of two means over buckets, with normal quantiles.
    """

    name = MonitorName.CONFIDENCE_CHANGE
    sequential = True

    def project(self, cells: Counts) -> Counts:
        """Decisions, and the sum of the numbers of their bins, shape (2,)."""
        histogram = table(cells, Table.CONFIDENCE)
        return np.array([histogram.sum(), histogram @ np.arange(BINS)])

    def result(self, view: View) -> list[Reading]:
        """One reading."""
        if view.newest is None:
            return [_reading(ReadingState.NOT_ENOUGH_DATA, {"buckets": 0})]
        since = view.newest - _DAY + 1
        known = [(bucket, *part.tolist()) for bucket, part in view.series if part[0] >= FEW]
        means = compared(
            [(bucket, (total / decisions + 0.5) / BINS) for bucket, decisions, total in known], since=since
        )
        if len(means) < FEW:
            return [_reading(ReadingState.NOT_ENOUGH_DATA, {"buckets": len(means)})]
        sides = around(means, since=since)
        if sides is None:
            return [_reading(ReadingState.OK, {"buckets": len(means)}, fall=0.0)]
        return [_judged(*sides, len(means), release=view.rules.release)]


def compared(confidences: Sequence[tuple[int, float]], *, since: int) -> list[Mean]:
    """The means beside what is usual at their hour of the day; those of an hour of which nothing is known are left out.

    Args:
        confidences: (bucket, mean confidence), in the order of the buckets.
        since: First bucket of the newest day, which does not say what is usual.
    """
    hours: defaultdict[int, list[float]] = defaultdict(list)
    for bucket, confidence in confidences:
        if bucket < since:
            # By hour, as traffic at night differs from that of the day, every day.
            hours[bucket % _DAY // _HOUR].append(confidence)
    # A median, because one bad day must not become what is usual.
    usual = {hour: median(known) for hour, known in hours.items()}
    return [
        Mean(bucket, confidence, confidence - usual[bucket % _DAY // _HOUR])
        for bucket, confidence in confidences
        if bucket % _DAY // _HOUR in usual
    ]


def around(means: Sequence[Mean], *, since: int) -> tuple[Sequence[Mean], Sequence[Mean]] | None:
    """Cut out what was before and what came after the changes that were seen since a bucket.

    Args:
        means: In the order of their buckets; at least one.

    Returns:
        From the change before to the first of these, and from the last of these on; None where none was seen.
    """
    values = np.array([mean.above for mean in means])
    # At least the smallest fall that counts: noise of a calm week would be stretched to full range.
    stretched = (values - values.min()) / max(float(np.ptp(values)), SMALLEST_FALL)
    # Every value is tested: a bucket stands for five minutes, and the default would wait for 32.
    detector = ADWIN(delta=FALSE_CHANGE, clock=1)
    cuts, first = [0], None
    for place, value in enumerate(stretched.tolist()):
        detector.update(value)
        if detector.drift_detected:
            if first is None and means[place].bucket >= since:
                first = len(cuts)
            cuts.append(cuts[-1] + _split(values[cuts[-1] : place + 1]))
    if first is None:
        return None
    return means[cuts[first - 1] : cuts[first]], means[cuts[-1] :]


def _split(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> int:
    """The place, from 1 on, at which two levels instead of one leave the least squares."""
    left, sums = np.arange(1, len(values)), np.cumsum(values)
    right = len(values) - left
    difference = sums[:-1] / left - (sums[-1] - sums[:-1]) / right
    return int((difference**2 * left * right).argmax()) + 1


def _judged(before: Sequence[Mean], after: Sequence[Mean], buckets: int, *, release: float) -> Reading:
    (above, error), (lower, other_error) = _level(before), _level(after)
    fall, half = above - lower, NormalDist().inv_cdf(0.5 + LEVEL / 2) * hypot(error, other_error)
    return _reading(
        ReadingState.WARNING if fall > SMALLEST_FALL else ReadingState.OK,
        {"buckets": buckets, "buckets_before": len(before), "buckets_after": len(after)},
        fall=fall,
        interval=(fall - half, fall + half),
        reference=fmean(mean.confidence for mean in before),
        holds=fall > release * SMALLEST_FALL,
        hint=_hint(after, fall) if fall > 0 else "",
    )


def _level(means: Sequence[Mean]) -> tuple[float, float]:
    """Mean over buckets of what they are above the usual, and its standard error."""
    values = [mean.above for mean in means]
    return fmean(values), sqrt(variance(values) / len(values)) if len(values) > 1 else 0.0


def _hint(after: Sequence[Mean], fall: float) -> str:
    since = datetime.fromtimestamp(after[0].bucket * BUCKET_SECONDS, UTC)
    level = fmean(mean.confidence for mean in after)
    return (
        f"Mean {number(level)} since {since:%Y-%m-%d %H:%M} UTC of event time, {number(level + fall)} at these hours "
        "before. What happened then: a deployment, a new source, a method that stopped voting?"
    )


def _reading(
    state: ReadingState,
    counts: Mapping[str, int],
    *,
    fall: float | None = None,
    interval: tuple[float, float] | None = None,
    reference: float | None = None,
    holds: bool = False,
    hint: str = "",
) -> Reading:
    return Reading(
        monitor=ConfidenceChange.name,
        window=Window.DAY,
        state=state,
        counts=counts,
        value=fall,
        interval=interval,
        threshold=SMALLEST_FALL,
        holds=holds,
        reference=reference,
        hint=hint,
    )
