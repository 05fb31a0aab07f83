"""The counts: named tables of whole numbers, kept together as one vector, so that merging is adding.

Whole numbers only: their sums do not depend on the order, to the last digit. The layout is part of what is stored and
sent; `LAYOUT` names it, and what was written under another one is refused.
"""

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from itertools import accumulate
from math import prod
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES
from models.decisions.pool import Familiarity
from models.decisions.probing import Flip
from models.statistics.histogram import BINS as BINS
from models.statistics.histogram import confidence_bin as confidence_bin
from models.twins.live import Attribute
from models.voters.contract import Method

Counts = NDArray[np.int64]
"""A vector of `SIZE` counts, or a table of it."""

SURE = 0.95
"""Confidence from which on a decision counts as sure, whatever became of it."""

NOBODY = "none"
"""In place of a method or a familiarity where no method voted."""


class Outcome(StrEnum):
    """Acceptance of a decision, or its way to review."""

    ACCEPTED = "accepted"
    REVIEW = "review"


class Origin(StrEnum):
    """The source of a label."""

    REVIEW = "review"
    """A person decided because the system did not."""
    BLIND = "blind"
    """A person decided on an accepted decision drawn at random, without seeing it."""


class Verity(StrEnum):
    """Agreement of a decision with the person's label."""

    WRONG = "wrong"
    RIGHT = "right"


class Stat(StrEnum):
    """Sums over labels that inverse-probability weighting needs; w = 1/p is in thousandths."""

    COUNT = "count"
    WEIGHT = "weight"
    WEIGHT_SQUARED = "weight_squared"


class Exclusion(StrEnum):
    """The reason for which a record gave no decision, or one that no window holds."""

    DEAD_LETTER = "dead_letter"
    DUPLICATE = "duplicate"
    AHEAD = "ahead"
    """Decided, but timestamped ahead of the clock: no window holds it."""


class Table(StrEnum):
    """The tables of the vector."""

    DECISIONS = "decisions"
    CONFIDENCE = "confidence"
    FAMILIARITY = "familiarity"
    SURE = "sure"
    VOTED = "voted"
    INTAKE = "intake"
    LABELS = "labels"
    CORRECTIONS = "corrections"
    PROBES = "probes"


BANDS = tuple(band.value for band in AmountBand)
METHODS = tuple(method.value for method in Method)
DECISIVE = (*METHODS, NOBODY)
FAMILIARITIES = (*(known.value for known in Familiarity), NOBODY)
OUTCOMES = tuple(outcome.value for outcome in Outcome)
ORIGINS = tuple(origin.value for origin in Origin)
VERITIES = tuple(verity.value for verity in Verity)
STATS = tuple(stat.value for stat in Stat)
EXCLUSIONS = tuple(reason.value for reason in Exclusion)
ATTRIBUTES = tuple(attribute.value for attribute in Attribute)
FLIPS = tuple(flip.value for flip in Flip)

AXES: Mapping[Table, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        # Decisions: category decided, amount band, method whose vote for it weighs most, outcome.
        Table.DECISIONS: (CATEGORIES, BANDS, DECISIVE, OUTCOMES),
        Table.CONFIDENCE: (tuple(str(number) for number in range(BINS)),),
        Table.FAMILIARITY: (CATEGORIES, FAMILIARITIES, OUTCOMES),
        # Decisions whose confidence is `SURE` or more: the same confidence, so that only the outcome may differ.
        Table.SURE: (CATEGORIES, OUTCOMES),
        # Decisions in which a method voted at all.
        Table.VOTED: (METHODS,),
        Table.INTAKE: (EXCLUSIONS,),
        # Labels: where from, right category, amount band, whether the decision was right, sums.
        Table.LABELS: (ORIGINS, CATEGORIES, BANDS, VERITIES, STATS),
        # Every correction, with `answers` or without: the last is what confirms.
        Table.CORRECTIONS: (("changed", "confirmed", "unanswered"),),
        # Decisions that were compared with those on twins: what the twin differed in, what was different then.
        Table.PROBES: (ATTRIBUTES, FLIPS),
    }
)
"""Table to the names along each of its axes."""

SHAPES: Mapping[Table, tuple[int, ...]] = MappingProxyType(
    {table: tuple(len(axis) for axis in axes) for table, axes in AXES.items()}
)
_ENDS = tuple(accumulate(prod(shape) for shape in SHAPES.values()))
_SLICES: Mapping[Table, slice] = MappingProxyType(
    {table: slice(end - prod(shape), end) for (table, shape), end in zip(SHAPES.items(), _ENDS, strict=True)}
)

SIZE = _ENDS[-1]
"""Length of the vector."""

# A digest, so that nobody has to remember to raise a version when an axis changes.
LAYOUT = hashlib.sha256(repr([(table.value, axes) for table, axes in AXES.items()]).encode()).hexdigest()[:12]
"""Digest of the tables, their order and the names along their axes."""


def empty() -> Counts:
    """A vector of zeros: the neutral element of adding."""
    return np.zeros(SIZE, dtype=np.int64)


def table(counts: Counts, name: Table) -> Counts:
    """One table of a vector, as a view: writing to it writes to the vector.

    Args:
        counts: Shape (SIZE,).

    Returns:
        Of the shape that `SHAPES` says.

    >>> counts = empty()
    >>> counts[index(Table.VOTED, "llm")] += 3
    >>> table(counts, Table.VOTED).tolist()
    [0, 0, 0, 3, 0, 0, 0]
    """
    return counts[_SLICES[name]].reshape(SHAPES[name])


def index(name: Table, *names: str) -> int:
    """Place in the vector of one cell of a table.

    Args:
        names: One name per axis of the table.

    Raises:
        ValueError: The table has other axes, or an axis has no such name.
    """
    axes = AXES[name]
    if len(names) != len(axes):
        raise ValueError(f"{name.value} has {len(axes)} axes, got {len(names)} names")
    place = 0
    for axis, given in zip(axes, names, strict=True):
        place = place * len(axis) + axis.index(given)
    return int(_SLICES[name].start) + place
