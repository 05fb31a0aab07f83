"""Precision against coverage: how right the surest decisions are, whatever share of them is taken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from models.evaluation.judged import Judged
from models.statistics.shares import Share, share

TARGET = 0.95
"""Precision at which the coverage is reported."""

POINTS = 100
"""Steps of coverage, of each of which the curve shows at most one point."""


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """Share and precision of the decisions from a confidence on.

    Args:
        threshold: Lowest confidence that is taken.
        coverage: Share of the decisions that is taken.
    """

    threshold: float
    coverage: Share
    precision: Share


@dataclass(frozen=True, slots=True)
class CoverageCurve:
    """Precision at rising coverage.

    Args:
        points: The surest decisions first, at most one per hundredth of coverage.
        at_target: Most that can be taken with a precision of `TARGET` or more here; None where nothing can. It is
            picked on the same decisions that it is measured on, so on other data expect somewhat less.
    """

    points: tuple[CoveragePoint, ...]
    at_target: CoveragePoint | None


def coverage_curve(judged: Sequence[Judged]) -> CoverageCurve:
    """Take decisions from the surest on; those of equal confidence are taken together.

    Args:
        judged: At least one.
    """
    total = len(judged)
    steps = list(_steps(judged))
    shown = {step.taken * POINTS // total: step for step in steps}  # the last of each hundredth
    enough = [step for step in steps if step.right >= TARGET * step.taken]
    return CoverageCurve(
        tuple(step.point(total) for step in shown.values()),
        enough[-1].point(total) if enough else None,
    )


@dataclass(frozen=True, slots=True)
class _Cutoff:
    threshold: float
    taken: int
    right: int

    def point(self, total: int) -> CoveragePoint:
        return CoveragePoint(self.threshold, share(self.taken, total), share(self.right, self.taken))


def _steps(judged: Sequence[Judged]) -> Iterator[_Cutoff]:
    taken = right = 0
    for confidence, equal in groupby(sorted(judged, key=_doubt), key=lambda each: each.confidence):
        for each in equal:
            taken += 1
            right += each.right
        yield _Cutoff(confidence, taken, right)


def _doubt(each: Judged) -> float:
    return -each.confidence
