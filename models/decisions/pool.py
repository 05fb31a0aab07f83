"""The logarithmic opinion pool of the policy `calibrated`: votes in, one distribution over the categories out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from models.contracts.taxonomy import CATEGORIES
from models.voters.contract import Ballot, Kind

Doubles = NDArray[np.float64]

_LOWEST, _HIGHEST = 0.02, 0.98
"""Confidences are read within these bounds: no single ballot is a proof."""

_INDEX: Mapping[str, int] = {category: column for column, category in enumerate(CATEGORIES)}


def log_opinions(ballots: Sequence[Ballot]) -> Doubles:
    """Ballots as log probabilities over all categories; what one does not speak of shares the rest.

    Returns:
        Shape (n ballots, n categories).
    """
    opinions = np.array([_opinion(ballot) for ballot in ballots]).reshape(len(ballots), len(CATEGORIES))
    return np.asarray(np.log(opinions / opinions.sum(axis=1, keepdims=True)))


def _opinion(ballot: Ballot) -> list[float]:
    named = {ballot.category: ballot.confidence, **dict(ballot.alternatives)}
    # Above 0, so that a category that was named is never ruled out by its logarithm.
    named = {category: min(max(value, 1e-4), _HIGHEST) for category, value in named.items() if category in _INDEX}
    rest = max(1.0 - sum(named.values()), _LOWEST) / max(len(CATEGORIES) - len(named), 1)
    opinion = [rest] * len(CATEGORIES)
    for category, value in named.items():
        opinion[_INDEX[category]] = max(value, rest if category != ballot.category else _LOWEST)
    return opinion


class Familiarity(StrEnum):
    """Degrees to which the merchant is known; what holds for one kind does not for the others."""

    SEEN = "seen"
    """It is in the memory."""
    RARE = "rare"
    """It is not, though the memory is at home there: the frequent merchants are in it, so this is a rare one."""
    NEW = "new"
    """The memory knows nothing of this source: the merchant may be a frequent one."""


_RARE = frozenset((Kind.RARE, Kind.RARE_HUNCH))
_SEEN = frozenset((Kind.SEEN, Kind.SEEN_SELDOM))


def familiarity(ballots: Sequence[Ballot]) -> Familiarity:
    """Read off the ballots how well the merchant is known."""
    kinds = {ballot.kind for ballot in ballots}
    if not kinds.isdisjoint(_SEEN):
        return Familiarity.SEEN
    return Familiarity.NEW if kinds.isdisjoint(_RARE) else Familiarity.RARE


@dataclass(frozen=True, slots=True)
class Pool:
    """Pools ballots: the logarithm of the result is the weighted sum of theirs (Genest and Zidek, 1986)."""

    weights: Mapping[Kind, float]


def distributions(rows: Sequence[Sequence[Ballot]], pools: Sequence[Pool]) -> Doubles:
    """Probability per category, before calibration.

    Args:
        rows: Ballots on each transaction, at least one.
        pools: What pools each row.

    Returns:
        Shape (n rows, n categories), each row summing to 1, in the order of `models.contracts.taxonomy.CATEGORIES`.
    """
    total = np.zeros((len(rows), len(CATEGORIES)))
    # The first ballots of all rows, then the second, and so on: each row adds its own in their order.
    for turn in range(max(map(len, rows), default=0)):
        places = [place for place, row in enumerate(rows) if len(row) > turn]
        ballots = [rows[place][turn] for place in places]
        weights = [pools[place].weights[ballot.kind] for place, ballot in zip(places, ballots, strict=True)]
        total[places] += np.array(weights)[:, None] * log_opinions(ballots)
    # Less the largest, as the powers of large sums would overflow.
    powers = np.exp(total - total.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
