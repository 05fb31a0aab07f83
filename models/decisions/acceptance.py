"""The rule of acceptance, for whoever must answer for it: from which confidence on a decision stands without a person.

There is one line for all: the lowest confidence from which on decisions were right often enough in trials, and never
below `LEAST`. A group whose accepted decisions were shown to be right less often has a higher line, but never one above
the target: a decision as sure as that stands in any group. Of several groups the highest line counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from models.contracts.events import AmountBand
from models.decisions.pool import Familiarity

LEAST = 0.85
"""No line lies below: where one in seven may be wrong, a person looks."""


class Dimension(StrEnum):
    """What a group is made by."""

    CATEGORY = "category"
    BAND = "amount band"
    FAMILIARITY = "familiarity"

    # As a string, which it equals: what the enumeration has is a Python function, called three times for each decision.
    __hash__ = str.__hash__


class Raised(NamedTuple):
    """A group whose line is higher, with what showed that it has to be.

    Args:
        name: Of the group within its dimension, such as ``home_garden``.
        line: Confidence from which on its decisions stand.
        right: Share of right decisions among those that the common line accepts, in trials.
        low: Lower end of the 95% interval of that share.
        high: Upper end.
        rows: Decisions behind it.
    """

    dimension: Dimension
    name: str
    line: float
    right: float
    low: float
    high: float
    rows: int


_WORDS: Mapping[Dimension, str] = MappingProxyType(
    {
        Dimension.CATEGORY: "the category {name} was",
        Dimension.BAND: "the amount band {name} was",
        Dimension.FAMILIARITY: "merchants that are {name} to the memory were",
    }
)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The lines for one target.

    Args:
        target: Share of accepted decisions that are to be right.
        line: For all.
        resemblance: For decisions that nothing but a likeness of texts supports.
        raised: Groups with a higher line.
    """

    target: float
    line: float
    resemblance: float
    raised: Sequence[Raised] = ()
    _by_group: Mapping[tuple[Dimension, str], Raised] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_group", {(each.dimension, each.name): each for each in self.raised})

    def judge(
        self, probability: float, category: str, band: AmountBand, known: Familiarity, *, resemblance: bool
    ) -> "Accepted":
        """Say whether a decision stands.

        Args:
            probability: Of its being right.
            resemblance: Whether nothing but a likeness of texts speaks for it.
        """
        line = self.resemblance if resemblance else self.line
        highest: Raised | None = None
        # Bands and familiarities are the strings that name them.
        for key in ((Dimension.CATEGORY, category), (Dimension.BAND, band), (Dimension.FAMILIARITY, known)):
            raised = self._by_group.get(key)
            if raised is not None and raised.line > line:
                line, highest = raised.line, raised
        if probability >= line:
            return _ACCEPTED
        return Accepted(False, _note(line, highest) if probability >= self.line else None)


class Accepted(NamedTuple):
    """Whether a decision stands, and why it does not although it reaches the common line; None where it stands or does
    not reach it."""

    accepted: bool
    note: str | None = None


_ACCEPTED = Accepted(True)


def _note(line: float, raised: Raised | None) -> str:
    if raised is None:
        return f"nothing but a likeness to other names speaks for it; that is accepted from {line:.2f} on"
    group = _WORDS[raised.dimension].format(name=raised.name)
    return (
        f"in trials {group} right {raised.right:.0%} of the time [{raised.low:.0%}, {raised.high:.0%}] in"
        f" {raised.rows} decisions; it is accepted from {line:.2f} on"
    )
