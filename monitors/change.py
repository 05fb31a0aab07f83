"""Whether the confidence fell at some moment of the newest day, and since when.

**Whether**: ADWIN (Bifet and Gavalda 2007, "Learning from time-changing data with adaptive windowing") over the mean
confidences of the buckets of seven days. Its bound is for figures that fill the range from 0 to 1, so the means are
stretched to it. **When**: where two levels leave the least squares. A fall that comes every day at that hour is none:
the buckets since then must be lower than those of a day before, too.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import hypot, sqrt
from statistics import NormalDist, fmean, variance
from typing import NamedTuple

import numpy as np
from river.drift import ADWIN

from models.confidence_bins import BINS
from monitors.cells import Counts, Table, table
from monitors.contract import LENGTHS, LEVEL, MonitorName, Reading, ReadingState, View, Window
from monitors.observation import BUCKET_SECONDS
from monitors.parts import CellsMonitor
from monitors.wording import number

SMALLEST_FALL = 0.02
"""Of the mean confidence, that is worth a warning."""

FEW = 20
"""Decisions of a bucket below which its mean says too little; and buckets below which there is no series."""

FALSE_CHANGE = 0.002
"""ADWIN's delta: how likely a change may be seen in a series without one."""

_DAY = LENGTHS[Window.DAY]


class Mean(NamedTuple):
    """Mean confidence of the decisions of a bucket."""

    bucket: int
    confidence: float


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
        known = [(bucket, *part.tolist()) for bucket, part in view.series if part[0] >= FEW]
        means = [Mean(bucket, (total / decisions + 0.5) / BINS) for bucket, decisions, total in known]
        counts = {"buckets": len(known), "decisions": sum(decisions for _, decisions, _ in known)}
        if view.newest is None or len(known) < FEW:
            return [_reading(ReadingState.NOT_ENOUGH_DATA, counts)]
        sides = around(means, since=view.newest - _DAY + 1)
        if sides is None:
            return [_reading(ReadingState.OK, counts, fall=0.0)]
        return [_judged(*sides, counts, release=view.rules.release)]


def around(means: Sequence[Mean], *, since: int) -> tuple[Sequence[Mean], Sequence[Mean]] | None:
    """What was before and what came after the changes that were seen since a bucket.

    Args:
        means: In the order of their buckets.
        since: The bucket.

    Returns:
        From the change before to the first of these, and from the last of these on; None where none was seen.
    """
    values = np.array([mean.confidence for mean in means])
    stretched = (values - values.min()) / max(float(np.ptp(values)), SMALLEST_FALL)
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


def _judged(before: Sequence[Mean], after: Sequence[Mean], counts: dict[str, int], *, release: float) -> Reading:
    level, lower = (fmean(mean.confidence for mean in side) for side in (before, after))
    fall = min(level - lower, _daily(before, after, level - lower))
    half = NormalDist().inv_cdf(0.5 + LEVEL / 2) * hypot(_error(before), _error(after))
    return _reading(
        ReadingState.WARNING if fall > SMALLEST_FALL else ReadingState.OK,
        counts | {"buckets_before": len(before), "buckets_after": len(after)},
        fall=fall,
        interval=(fall - half, fall + half),
        reference=level,
        holds=fall > release * SMALLEST_FALL,
        hint=_hint(level, lower, after),
    )


def _daily(before: Sequence[Mean], after: Sequence[Mean], otherwise: float) -> float:
    """By how much the buckets after are lower than those a day before each, where these are before the change."""
    known = {mean.bucket + _DAY: mean.confidence for mean in before}
    falls = [known[mean.bucket] - mean.confidence for mean in after if mean.bucket in known]
    return fmean(falls) if falls else otherwise


def _error(means: Sequence[Mean]) -> float:
    """Standard error of the mean over buckets; 0 where there is one."""
    values = [mean.confidence for mean in means]
    return sqrt(variance(values) / len(values)) if len(values) > 1 else 0.0


def _hint(level: float, lower: float, after: Sequence[Mean]) -> str:
    if lower >= level:
        return ""
    since = datetime.fromtimestamp(after[0].bucket * BUCKET_SECONDS, UTC)
    figures = f"Mean {number(lower)} since {since:%Y-%m-%d %H:%M} UTC of event time, {number(level)} before."
    return f"{figures} What happened then: a deployment, a new source, a method that stopped voting?"


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
