"""The logarithmic opinion pool of the policy `calibrated`: votes in, one distribution over the categories out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from models.contracts.taxonomy import CATEGORIES
from models.voters.contract import Ballot, Kind

_LOWEST, _HIGHEST = 0.02, 0.98
"""Confidences are read within these bounds: no single ballot is a proof."""

_INDEX: Mapping[str, int] = {category: column for column, category in enumerate(CATEGORIES)}


def log_opinion(ballot: Ballot) -> NDArray[np.float64]:
    """A ballot as log probabilities over all categories; what it does not speak of shares the rest.

    Returns:
        Shape (n categories,).
    """
    named = {ballot.category: ballot.confidence, **dict(ballot.alternatives)}
    # Above 0, so that a category that was named is never ruled out by its logarithm.
    named = {category: min(max(value, 1e-4), _HIGHEST) for category, value in named.items() if category in _INDEX}
    rest = max(1.0 - sum(named.values()), _LOWEST) / max(len(CATEGORIES) - len(named), 1)
    opinion = np.full(len(CATEGORIES), rest)
    for category, value in named.items():
        opinion[_INDEX[category]] = max(value, rest if category != ballot.category else _LOWEST)
    return np.asarray(np.log(opinion / opinion.sum()))


class Familiarity(StrEnum):
    """Degrees to which the merchant is known; what holds for one kind does not for the others."""

    SEEN = "seen"
    """It is in the memory."""
    RARE = "rare"
    """It is not, though the memory is at home there: the frequent merchants are in it, so this is a rare one."""
    NEW = "new"
    """The memory knows nothing of this source: the merchant may be a frequent one."""


def familiarity(ballots: Sequence[Ballot]) -> Familiarity:
    """Read off the ballots how well the merchant is known."""
    kinds = {ballot.kind for ballot in ballots}
    if Kind.SEEN in kinds:
        return Familiarity.SEEN
    return Familiarity.RARE if Kind.RARE in kinds else Familiarity.NEW


@dataclass(frozen=True, slots=True)
class Pool:
    """Pools ballots: the logarithm of the result is the weighted sum of theirs (Genest and Zidek, 1986)."""

    weights: Mapping[Kind, float]

    def distribution(self, ballots: Sequence[Ballot]) -> NDArray[np.float64]:
        """Probability per category, before calibration.

        Args:
            ballots: At least one.

        Returns:
            Shape (n categories,), summing to 1, in the order of `models.contracts.taxonomy.CATEGORIES`.
        """
        total = np.zeros(len(CATEGORIES))
        for ballot in ballots:
            total += self.weights[ballot.kind] * log_opinion(ballot)
        # Less the largest, as the powers of large sums would overflow.
        powers = np.exp(total - total.max())
        return np.asarray(powers / powers.sum())
