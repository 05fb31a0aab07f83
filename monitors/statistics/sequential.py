"""A test of a gap between two shares that may be looked at at any time: is a group worse off than the others?

    buckets   |..|.|....|.....|.|..|...|......    blind labels, 5 minutes each; the newest is not over yet
    blocks    |-----|-----|------|-----|          whole buckets until there are enough labels
    E-values    S1    S2     S3    S4             each expects at most 1 where the gap is within the tolerance
    detector  M <- (M + 1) S                      a bet opened at every block, all of them kept running

**E-value of a block.** Under "the group's error rate is at most the others' plus the tolerance", the likelihood ratio
of an alternative to the nearest null has an expectation of at most 1, whatever the sizes of the block: its logarithm
is concave in the two rates, and where it has its maximum over the (convex) null, which is at the nearest point, it
is 0 (Turner, Ly and Gruenwald 2021, "Generic E-variables for exact sequential k-sample tests that allow for optional
stopping"; for the linear boundary Turner and Gruenwald 2022, "Exact anytime-valid confidence intervals for contingency
tables and beyond"). Rates may differ between blocks, and between the labels of a block.

**Detector.** When a gap begins is not known, so a bet is opened at every block (the Shiryaev-Roberts detector of Shin,
Ramdas and Rinaldo 2022, "E-detectors"). Within the tolerance, the mean number of blocks until M reaches c is at least
c. A block that is counted holds at least one *pair*: a label of the group beside one of the others. So a threshold of
10^6 means at most one false page in 10^6 pairs on average.

**What makes it hold as windows roll.** A block's E-value depends on nothing that is given up while the block counts:
blocks are cut within spans of six hours since 1970, and the rate that is expected of the others is that of the day
before the block. So a label counts as evidence for six days of the seven that are kept. M of a window is that of the
bets opened in it, hence never more than that of a longer one.

**What it costs.** The last block waits until it has `FULL` labels or its six hours are over, and the newest bucket
until the next begins. Looking at unfinished blocks would be looking too often. Where labels are few the wait is long in
hours, but always short beside the hundreds of pairs that any finding needs. A label that comes in after its bucket was
judged changes the block; what was said above then holds for the labels at hand, not for the sequence of looks.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitors.counts.windows import KEPT, LENGTHS, Window

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

GAPS: Real = np.array([0.06, 0.10, 0.16, 0.30])
"""Alternatives: how much higher the group's error rate may be. Evidence is their mean. A smaller one would be hard to
tell from the tolerance: it would find nothing sooner, and keep up evidence of a gap that has ended."""

FULL = 10
"""Labels that close a block."""

EPOCH = LENGTHS[Window.DAY] // 4
"""Buckets of a span that no block reaches across: six hours."""

LEARNING = LENGTHS[Window.DAY]
"""Buckets before a block in which the others' error rate is looked up."""

PRIOR_ERRORS, PRIOR_LABELS = 1, 20
"""Added to these, so that the rate is never 0 or 1."""

HIGHEST_RATE = 0.99
"""Of an alternative."""

CAP = 5e7
"""Evidence of an alternative is not added up beyond this, so that a gap that has ended is forgotten, after one or two
thousand pairs. Less than what was earned is still valid. One alternative at the cap is enough for a discovery among 350
tests (`monitors.statistics.false_discovery`): 5e7 / 4 alternatives is more than 1,728 blocks of six days x 350 /
0.05."""

_LARGEST_LOG = 600.0
_STEPS = 12
"""Always as many, whether needed or not: what a block is worth must not depend, to the last digit, on what else is
worked out at the same time."""


@dataclass(frozen=True, slots=True)
class Block:
    """Counts of a group and of those it is held against; arrays of one shape."""

    errors: Whole
    labels: Whole
    other_errors: Whole
    other_labels: Whole

    @property
    def paired(self) -> NDArray[np.bool_]:
        """Marks the places at which both sides have a label: elsewhere there is nothing to compare."""
        return (self.labels > 0) & (self.other_labels > 0)

    def at(self, where: NDArray[np.bool_]) -> "Block":
        """Those of the places, each with an axis for the alternatives, shape (places, 1)."""
        counts = (self.errors, self.labels, self.other_errors, self.other_labels)
        return Block(*(count[where][:, np.newaxis] for count in counts))


@dataclass(frozen=True, slots=True)
class Evidence:
    """The state of the detector for each group, for the bets opened in one window.

    Args:
        statistic: M, at least 0, shape (groups,): what thresholds are for.
        starts: Bets opened, shape (groups,).
    """

    statistic: Real
    starts: Whole

    @classmethod
    def none(cls, groups: int) -> "Evidence":
        """No block at all."""
        return cls(np.zeros(groups), np.zeros(groups, dtype=np.int64))

    @property
    def e_value(self) -> Real:
        """M over the number of bets: expects at most 1 within the tolerance, whenever one looks without regard to the
        errors; what the control of false discoveries is for.
        """
        return self.statistic / np.maximum(self.starts, 1)


class Detector:
    """Holds each group of a series against all others, and remembers the E-values of blocks that have not changed.

    What it remembers is no state: a new detector says the same, only later.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, Real] = {}
        self._last: tuple[tuple[int, float, bytes, bytes, bytes], Mapping[Window, Evidence]] | None = None

    def __call__(
        self, buckets: Whole, errors: Whole, labels: Whole, *, newest: int, tolerance: float
    ) -> Mapping[Window, Evidence]:
        """The evidence now.

        Args:
            buckets: Ascending, shape (buckets,).
            errors: Labels that say "wrong", shape (buckets, groups).
            labels: All labels, of the same shape.
            newest: The newest bucket of event time, which is left out.
            tolerance: Gap of the error rates that is let pass, in [0, 1).

        Returns:
            For each rolling window.
        """
        # The newest bucket still fills: judging it each time would be looking too often.
        over = (buckets < newest) & labels.any(axis=1)
        buckets, errors, labels = buckets[over], errors[over], labels[over]
        # By contents: most batches bring no label, and then nothing has to be worked out again.
        asked = (newest, tolerance, buckets.tobytes(), errors.tobytes(), labels.tobytes())
        if self._last is None or self._last[0] != asked:
            self._last = asked, self._detect(buckets, errors, labels, newest, tolerance)
        return self._last[1]

    def _detect(
        self, buckets: Whole, errors: Whole, labels: Whole, newest: int, tolerance: float
    ) -> Mapping[Window, Evidence]:
        starts, end = _cut(buckets, labels.sum(axis=1), newest=newest)
        judged = starts[buckets[starts] // EPOCH * EPOCH > newest - KEPT + LEARNING]
        if not judged.size:
            return dict.fromkeys(LENGTHS, Evidence.none(labels.shape[1]))
        others = _others(errors), _others(labels)
        block = Block(*(np.add.reduceat(count[:end], judged) for count in (errors, labels, *others)))
        e_value = self._remembered(block, _rate_before(buckets, *others, judged), tolerance)
        opens = np.stack([buckets[judged] > newest - length for length in LENGTHS.values()])
        statistic, bets = _run(block, e_value, opens)
        return {window: Evidence(statistic[place], bets[place]) for place, window in enumerate(LENGTHS)}

    def _remembered(self, block: Block, rate: Real, tolerance: float) -> Real:
        """`e_values`, shape (blocks, groups, alternatives), worked out for the blocks that are new or have changed."""
        counts = (block.errors, block.labels, block.other_errors, block.other_labels)
        rows = np.hstack([*counts, rate, np.full((len(rate), 1), tolerance)])
        names = [row.tobytes() for row in rows]
        new = np.array([name not in self._known for name in names])
        fresh = iter(e_values(Block(*(count[new] for count in counts)), rate[new], tolerance=tolerance))
        found = [next(fresh) if unknown else self._known[name] for name, unknown in zip(names, new, strict=True)]
        # Only the blocks of now, so that what is remembered does not grow.
        self._known = dict(zip(names, found, strict=True))
        return np.stack(found)


def e_values(block: Block, rate: Real, *, tolerance: float) -> Real:
    """The E-value of each block for each alternative.

    Args:
        block: Counts of any shape.
        rate: Error rate that is expected of the others, in (0, 1), of the same shape; chosen without looking at the
            block.

    Returns:
        At least 0, of the shape of the counts with an axis for `GAPS` added; 1 where there is nothing to compare.
    """
    logs = np.zeros((*block.labels.shape, len(GAPS)))
    where = block.paired
    pairs, other = block.at(where), np.broadcast_to(rate[where][:, np.newaxis], (int(where.sum()), len(GAPS)))
    # At a rate of 1 one right label would end all evidence for good.
    worse = np.minimum(other + GAPS, HIGHEST_RATE)
    null, other_null = nearest_null(worse, other, pairs.labels, pairs.other_labels, tolerance=tolerance)
    ratio = _log_ratio(worse, null, pairs.errors, pairs.labels)
    ratio += _log_ratio(other, other_null, pairs.other_errors, pairs.other_labels)
    logs[where] = ratio
    # `exp` overflows beyond 709; a lower value is still valid evidence.
    return np.exp(np.minimum(logs, _LARGEST_LOG))


def nearest_null(
    worse: Real, other: Real, labels: Whole, other_labels: Whole, *, tolerance: float
) -> tuple[Real, Real]:
    """The rates with a gap within the tolerance that are nearest to an alternative.

    Nearest: with the least n KL(alternative || null) + n' KL(alternative' || null'). Outside the null the nearest point
    is on its edge; the derivative along the edge rises, so that Newton's steps, held between bounds that close in, find
    its root.

    Args:
        worse: The group's error rate of the alternative, in (0, 1).
        labels: n, at least 1; of a shape that broadcasts.
        other_labels: n', at least 1.

    Returns:
        The group's rate and the others'; the alternative itself where it is in the null.
    """
    outside = worse - tolerance > other
    low, high = other, np.where(outside, worse - tolerance, other)
    information = labels / (worse * (1 - worse))
    other_information = other_labels / (other * (1 - other))
    root = (information * high + other_information * low) / (information + other_information)
    for _ in range(_STEPS):
        slope, curve = _derivatives(worse, root + tolerance, labels)
        other_slope, other_curve = _derivatives(other, root, other_labels)
        slope += other_slope
        curve += other_curve
        low, high = np.where(slope < 0, root, low), np.where(slope < 0, high, root)
        root = root - slope / curve
        # A step of Newton's may leave the bounds where the curve is flat; halving cannot.
        root = np.where((root < low) | (root > high), (low + high) / 2, root)
    return np.where(outside, root + tolerance, worse), np.where(outside, root, other)


def advance(statistic: Real, opens: Real, e_value: Real) -> Real:
    """One block of the detector: M <- (M + 1) S, up to the cap.

    Args:
        opens: 1 where a bet is opened at this block, 0 elsewhere; broadcasts.
    """
    following: Real = np.minimum((statistic + opens) * e_value, CAP)
    return following


def _run(block: Block, e_value: Real, opens: NDArray[np.bool_]) -> tuple[Real, Whole]:
    """M and number of bets, shape (windows, groups): the detector over all blocks, for bets opened where `opens`.

    Args:
        block: Shape (blocks, groups).
        e_value: Shape (blocks, groups, alternatives).
        opens: Shape (windows, blocks).
    """
    opened = opens[:, :, np.newaxis] & block.paired
    stakes = opened.astype(np.float64)[..., np.newaxis]
    statistic = np.zeros((len(opens), *e_value.shape[1:]))
    for place in range(len(e_value)):
        statistic = advance(statistic, stakes[:, place], e_value[place])
    # A mean of valid evidence is valid; the largest of several would not be.
    return statistic.mean(axis=-1), opened.sum(axis=1)


def _cut(buckets: Whole, labels: Whole, *, newest: int) -> tuple[Whole, int]:
    """Cut buckets into blocks.

    Args:
        buckets: Ascending, shape (buckets,).
        labels: Of all groups, shape (buckets,).
        newest: The newest bucket.

    Returns:
        Place of each block's first bucket, and the place after the last block: what comes from there on waits for more.
    """
    starts: list[int] = []
    held, epoch = FULL, -1
    for place, (bucket, count) in enumerate(zip(buckets.tolist(), labels.tolist(), strict=True)):
        if held >= FULL or bucket // EPOCH != epoch:
            starts.append(place)
            held = 0
        held, epoch = held + count, bucket // EPOCH
    # Only in the newest span: older blocks can get no further bucket.
    waits = starts and held < FULL and epoch == newest // EPOCH
    end = starts.pop() if waits else len(buckets)
    return np.array(starts, dtype=np.int64), end


def _rate_before(buckets: Whole, errors: Whole, labels: Whole, starts: Whole) -> Real:
    """Error rate in the day before each block, shape (blocks, groups).

    Args:
        buckets: Shape (buckets,).
        errors: Of the others, shape (buckets, groups).
        starts: Place of each block's first bucket.
    """
    # The day before and not the block itself: a rate that had seen the block would break the bound.
    since = np.searchsorted(buckets, buckets[starts] - LEARNING)
    wrong, total = (np.pad(count.cumsum(axis=0), ((1, 0), (0, 0))) for count in (errors, labels))
    rate: Real = (wrong[starts] - wrong[since] + PRIOR_ERRORS) / (total[starts] - total[since] + PRIOR_LABELS)
    return rate


def _others(counts: Whole) -> Whole:
    """For each group the sum of all others, of the same shape."""
    others: Whole = counts.sum(axis=1, keepdims=True) - counts
    return others


def _log_ratio(alternative: Real, null: Real, errors: Whole, labels: Whole) -> Real:
    ratio: Real = errors * np.log(alternative / null) + (labels - errors) * np.log((1 - alternative) / (1 - null))
    return ratio


def _derivatives(alternative: Real, null: Real, labels: Whole) -> tuple[Real, Real]:
    """First and second derivative of n KL(alternative || null) by the null's rate."""
    hit, miss = 1 / null, 1 / (1 - null)
    right = 1 - alternative
    return labels * (right * miss - alternative * hit), labels * (right * miss**2 + alternative * hit**2)
