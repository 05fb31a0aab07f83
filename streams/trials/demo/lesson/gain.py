"""What transactions gained by what was learned: decided without and with it, row by row, held against the truth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from models.statistics.intervals import paired_difference


class Fate(NamedTuple):
    """What was decided on a transaction."""

    category: str
    review: bool


class Pair(NamedTuple):
    """A transaction, decided without and with what was learned.

    Args:
        truth: The right category; None where that is not known.
        by_people: Whether corrections of people decided.
    """

    truth: str | None
    without: Fate
    learned: Fate
    by_people: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """How many rows something holds for, on the same rows without and with what was learned.

    Args:
        difference: Of the two shares, with minus without.
        interval: Of the difference, at 95%, paired (`models.statistics.intervals.paired_difference`).
    """

    rows: int
    without: int
    learned: int
    difference: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Gain:
    """What was gained.

    Args:
        rows: Transactions that were decided both ways.
        by_people: Those that corrections of people decided.
        review: Those that go to a person.
        right: Decisions that are right, of the rows whose truth is known; None where there is none.
        wrong: Wrong decisions that nobody would look at, of the same rows.
    """

    rows: int
    by_people: int
    review: Figure | None
    right: Figure | None
    wrong: Figure | None

    @property
    def verdict(self) -> str:
        """In words, whatever came of it."""
        if self.review is None:
            return "no transaction was decided both ways"
        said = [_said(self.review, "to a person")]
        if self.right is not None:
            said.append(_said(self.right, "right"))
        if self.wrong is not None:
            said.append(_said(self.wrong, "wrong unseen"))
        told = ", ".join(one for one in said if one)
        return f"{told}, of {self.rows:,}" if told else f"nothing was gained or lost on these {self.rows:,}"


def gained(pairs: Sequence[Pair]) -> Gain:
    """Compare what was decided without and with what was learned."""
    known = [pair for pair in pairs if pair.truth is not None]
    return Gain(
        rows=len(pairs),
        by_people=sum(pair.by_people for pair in pairs),
        review=_figure((pair.without.review, pair.learned.review) for pair in pairs),
        right=_figure((pair.without.category == pair.truth, pair.learned.category == pair.truth) for pair in known),
        wrong=_figure((_unseen(pair.without, pair.truth), _unseen(pair.learned, pair.truth)) for pair in known),
    )


def _unseen(fate: Fate, truth: str | None) -> bool:
    return not fate.review and fate.category != truth


def _figure(rows: Iterable[tuple[bool, bool]]) -> Figure | None:
    held = list(rows)
    if not held:
        return None
    without, learned = [one for one, _ in held], [other for _, other in held]
    return Figure(len(held), sum(without), sum(learned), *paired_difference(learned, without))


def _said(figure: Figure, words: str) -> str:
    more = figure.learned - figure.without
    return f"{abs(more):,} {'more' if more > 0 else 'fewer'} {words}" if more else ""
