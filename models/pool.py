"""The logarithmic opinion pool of the policy `calibrated`: votes in, one distribution over the categories out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from models.taxonomy import CATEGORIES
from models.voting import Ballot, Kind

_LOWEST, _HIGHEST = 0.02, 0.98
"""Confidences are read within these bounds: no single ballot is a proof."""

_INDEX: Mapping[str, int] = {category: column for column, category in enumerate(CATEGORIES)}


def log_opinion(ballot: Ballot) -> NDArray[np.float64]:
    """A ballot as log probabilities over all categories; what it does not speak of shares the rest.

    Args:
        ballot: Category, confidence and alternatives.

    Returns:
        Shape (n categories,).
    """
    named = {ballot.category: ballot.confidence, **dict(ballot.alternatives)}
    named = {category: min(max(value, 1e-4), _HIGHEST) for category, value in named.items() if category in _INDEX}
    rest = max(1.0 - sum(named.values()), _LOWEST) / max(len(CATEGORIES) - len(named), 1)
    opinion = np.full(len(CATEGORIES), rest)
    for category, value in named.items():
        opinion[_INDEX[category]] = max(value, rest if category != ballot.category else _LOWEST)
    return np.asarray(np.log(opinion / opinion.sum()))


class Familiarity(StrEnum):
    """Whether the merchant is in the memory; what holds for those seen does not for those never seen."""

    SEEN = "seen"
    UNSEEN = "unseen"


def familiarity(ballots: Sequence[Ballot]) -> Familiarity:
    """Seen where a ballot rests on the memory."""
    return Familiarity.SEEN if any(ballot.kind is Kind.SEEN for ballot in ballots) else Familiarity.UNSEEN


@dataclass(frozen=True, slots=True)
class Pool:
    """Pools ballots: the logarithm of the result is the weighted sum of theirs (Genest and Zidek, 1986).

    Args:
        weights: Weight of each kind of ballot; a brand's name proves less beside what its merchant was before.
    """

    weights: Mapping[tuple[Familiarity, Kind], float]

    def distribution(self, ballots: Sequence[Ballot]) -> NDArray[np.float64]:
        """Probability per category, before calibration.

        Args:
            ballots: At least one.

        Returns:
            Shape (n categories,), summing to 1, in the order of `models.taxonomy.CATEGORIES`.
        """
        total, known = np.zeros(len(CATEGORIES)), familiarity(ballots)
        for ballot in ballots:
            total += self.weights[known, ballot.kind] * log_opinion(ballot)
        powers = np.exp(total - total.max())
        return np.asarray(powers / powers.sum())
