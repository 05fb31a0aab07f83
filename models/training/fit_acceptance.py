"""Fits the lines of `models.decisions.acceptance` on decisions with a known truth.

Weighted rows count as (sum w)^2 / (sum w^2) plain ones (Kish, 1965); intervals are Wilson's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES
from models.decisions.acceptance import LEAST, Acceptance, Dimension, Raised
from models.decisions.calibrated import TARGETS, Assessed
from models.decisions.pool import Familiarity
from models.statistics.intervals import wilson
from models.training.votes import Cast

FEWEST = 200
"""Decisions that a group needs before its line is moved."""

_STEADY = 50
"""Decisions above a line before their share of right ones is read."""

_STEPS = 100
"""A line has two digits: more would promise what the rows cannot show."""

Groups = Mapping[Dimension, tuple[NDArray[np.str_], Sequence[str]]]
"""Of each dimension the group of every decision, and all groups that there are."""


@dataclass(frozen=True, slots=True)
class Trials:
    """Decisions with a known truth.

    Args:
        probability: Of being right, shape (n,).
        right: Whether it was, shape (n,).
        weight: How much a row counts, shape (n,).
    """

    probability: NDArray[np.float64]
    right: NDArray[np.bool_]
    weight: NDArray[np.float64]

    def among(self, chosen: NDArray[np.bool_]) -> "Trials":
        """Those that are chosen, shape (n,)."""
        return Trials(self.probability[chosen], self.right[chosen], self.weight[chosen])

    def share(self) -> tuple[float, float]:
        """The weighted share of right ones, and how many plain rows they are worth; there must be one."""
        total = self.weight.sum()
        # A share of all may come out above 1 by a rounding.
        return min(float(self.weight[self.right].sum() / total), 1.0), float(total**2 / (self.weight**2).sum())

    def lowest_line(self, holds: Callable[[float, float], bool]) -> float | None:
        """The lowest line, in hundredths from a half, above which they hold what is asked; None where none does.

        Args:
            holds: Of the share of right ones above a line, and how many plain rows they are worth.
        """
        for step in range(_STEPS // 2, _STEPS):
            above = self.among(self.probability >= step / _STEPS)
            if len(above.right) and holds(*above.share()):
                return step / _STEPS
        return None


def fit_acceptance(rows: Sequence[Cast], assessed: Sequence[Assessed]) -> dict[float, Acceptance]:
    """The lines for every target.

    Args:
        rows: Votes with their truth, by weight.
        assessed: What the policy makes of them.
    """
    said = [each.evidence.category for each in assessed]
    trials = Trials(
        np.array([each.probability for each in assessed]),
        np.array([category in row.truth for category, row in zip(said, rows, strict=True)], dtype=bool),
        np.array([row.weight for row in rows]),
    )
    groups: Groups = {
        Dimension.CATEGORY: (np.array(said), CATEGORIES),
        Dimension.BAND: (np.array([row.band.value for row in rows]), tuple(AmountBand)),
        Dimension.FAMILIARITY: (np.array([each.known.value for each in assessed]), tuple(Familiarity)),
    }
    return {target: _lines(trials, groups, target) for target in TARGETS}


def _lines(trials: Trials, groups: Groups, target: float) -> Acceptance:
    least = trials.lowest_line(lambda share, number: wilson(share * number, number)[0] >= target)
    line = target if least is None else min(max(least, LEAST), target)
    raised = [
        moved
        for dimension, (names, every) in groups.items()
        for name in every
        if (moved := _raised(trials.among(names == name), line, target, dimension, str(name)))
    ]
    return Acceptance(target, line, max(line, target), tuple(raised))


def _raised(trials: Trials, line: float, target: float, dimension: Dimension, name: str) -> Raised | None:
    """The higher line of a group whose accepted decisions were right less often than the target, if rows show it."""
    accepted = trials.among(trials.probability >= line)
    if len(accepted.right) < FEWEST:
        return None
    share, number = accepted.share()
    low, high = wilson(share * number, number)
    if high >= target:
        return None
    least = trials.lowest_line(lambda share, number: share >= target and number >= _STEADY)
    # At the target at most: a decision as sure as that stands in every group.
    moved = target if least is None else min(max(least, line), target)
    return Raised(dimension, name, moved, round(share, 4), round(low, 4), round(high, 4), len(accepted.right))
