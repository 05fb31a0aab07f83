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

_LEAST = 1e-4
"""Of another category that a ballot names."""

_INDEX: Mapping[str, int] = {category: column for column, category in enumerate(CATEGORIES)}


def log_opinions(ballots: Sequence[Ballot]) -> Doubles:
    """Ballots as log probabilities over all categories; what one does not speak of shares the rest.

    Returns:
        Shape (n ballots, n categories).
    """
    rests: list[float] = []
    places: list[int] = []
    values: list[float] = []
    for row, ballot in enumerate(ballots):
        opinion = _opinion(ballot)
        rest = max(1.0 - sum(opinion.values()), _LOWEST) / max(len(CATEGORIES) - len(opinion), 1)
        rests.append(rest)
        first = row * len(CATEGORIES)
        for column, value in opinion.items():
            places.append(first + column)
            values.append(value if value > rest else rest)
        # The category itself has its own bound, which may lie below the rest.
        if (own := _INDEX.get(ballot.category)) is not None:
            places.append(first + own)
            values.append(max(opinion[own], _LOWEST))
    flat = np.repeat(np.array(rests), len(CATEGORIES))
    flat[places] = values
    opinions = flat.reshape(len(ballots), len(CATEGORIES))
    return np.asarray(np.log(opinions / opinions.sum(axis=1, keepdims=True)))


def _opinion(ballot: Ballot) -> dict[int, float]:
    """The categories that a ballot names, as columns, with its confidence in them."""
    opinion: dict[int, float] = {}
    for category, value in ((ballot.category, ballot.confidence), *ballot.alternatives):
        if (column := _INDEX.get(category)) is not None:
            # Above 0, so that a category that was named is never ruled out by its logarithm.
            opinion[column] = _LEAST if value < _LEAST else min(value, _HIGHEST)
    return opinion


class Familiarity(StrEnum):
    """Degrees to which the merchant is known; what holds for one kind does not for the others."""

    SEEN = "seen"
    """It is in the memory."""
    RARE = "rare"
    """It is not, though the memory is at home there: the frequent merchants are in it, so this is a rare one."""
    NEW = "new"
    """The memory knows nothing of this source: the merchant may be a frequent one."""

    # As a string, which it equals: what the enumeration has is a Python function.
    __hash__ = str.__hash__


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
