"""Parity: one group beside another, with counts, intervals, and the largest gap between two groups."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from types import MappingProxyType

from models.contracts.events import AmountBand
from models.evaluation.judged import Basis, Judged
from models.statistics.intervals import newcombe
from models.statistics.shares import Share, share_of

LEAST = 30
"""Fewest rows of a group that takes part in the gap; a smaller one is listed, but a gap to it would say little."""


class CountUnit(StrEnum):
    """The unit that a table counts."""

    TRANSACTIONS = "transactions"
    MERCHANTS = "merchants"


class Figure(StrEnum):
    """A figure in which groups may be unequal."""

    ACCURACY = "accuracy"
    ACCEPTANCE = "acceptance"
    """Share that was accepted without review: for the rest, people wait for a person."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group.

    Args:
        coverage: Share that was accepted without review.
        precision: Share of the accepted that is right; None where none was accepted.
    """

    name: str
    accuracy: Share
    coverage: Share
    precision: Share | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Difference of one figure between two groups.

    Args:
        higher: Name of the group with the higher share.
        lower: Name of the group with the lower share.
        difference: High minus low, in [0, 1].
        interval: 95% interval of the difference (Newcombe 1998). The pair was picked for its gap, which it does not
            make up for.
    """

    of: Figure
    higher: str
    high: Share
    lower: str
    low: Share
    difference: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class ParityTable:
    """Groups side by side.

    Args:
        counted: Whether each transaction counts once, or each distinct merchant of a group.
        gaps: Largest gap of each figure between two groups of at least `LEAST`; none where there are not two.
    """

    by: str
    counted: CountUnit
    groups: tuple[Group, ...]
    gaps: tuple[Gap, ...]

    def gap(self, of: Figure) -> Gap | None:
        """The largest gap of one figure; None where there are not two groups of enough rows."""
        return next((gap for gap in self.gaps if gap.of is of), None)


GROUPINGS: Mapping[str, tuple[Callable[[Judged], str], Sequence[str]]] = MappingProxyType(
    {
        "amount band": (lambda each: each.amount_band.value, [band.value for band in AmountBand]),
        "basis of the decision": (lambda each: each.basis.value, [kind.value for kind in Basis]),
        "currency": (lambda each: each.currency, ()),
    }
)
"""What groups may differ in, to the group of a decision and the order of the groups (else by name)."""


@dataclass(frozen=True, slots=True)
class _GroupUnit:
    """Of a transaction, or of a merchant: right and accepted where more than half of its rows in the group are."""

    right: bool
    accepted: bool


def parity_tables(judged: Iterable[Judged]) -> tuple[ParityTable, ...]:
    """Each grouping by transaction, and by distinct merchant, so that a few large merchants do not hide the rest."""
    judged = list(judged)
    return tuple(
        parity_table(by, judged, counted, group_of=group_of, order=order)
        for by, (group_of, order) in GROUPINGS.items()
        for counted in CountUnit
    )


def parity_table(
    by: str,
    judged: Iterable[Judged],
    counted: CountUnit = CountUnit.TRANSACTIONS,
    *,
    group_of: Callable[[Judged], str],
    order: Sequence[str] = (),
) -> ParityTable:
    """Groups of decisions side by side.

    Args:
        order: Names in the order of the table; others follow by name.
    """
    held: dict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        held[group_of(each)].append(each)
    names = sorted(held, key=lambda name: (order.index(name) if name in order else len(order), name))
    outcomes = _each if counted is CountUnit.TRANSACTIONS else _merchants
    groups = tuple(_group(name, outcomes(held[name])) for name in names)
    gaps = (largest_gap(groups, figure) for figure in Figure)
    return ParityTable(by, counted, groups, tuple(gap for gap in gaps if gap))


def _each(judged: Sequence[Judged]) -> list[_GroupUnit]:
    return [_GroupUnit(each.right, each.accepted) for each in judged]


def _merchants(judged: Sequence[Judged]) -> list[_GroupUnit]:
    rows: dict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        rows[each.merchant].append(each)
    return [
        _GroupUnit(_most([each.right for each in held]), _most([each.accepted for each in held]))
        for held in rows.values()
    ]


def _most(hits: Sequence[bool]) -> bool:
    return 2 * sum(hits) > len(hits)


def _group(name: str, outcomes: Sequence[_GroupUnit]) -> Group:
    accuracy = share_of([each.right for each in outcomes])
    coverage = share_of([each.accepted for each in outcomes])
    assert accuracy is not None  # a group has at least one row
    assert coverage is not None
    return Group(name, accuracy, coverage, share_of([each.right for each in outcomes if each.accepted]))


def largest_gap(groups: Sequence[Group], of: Figure = Figure.ACCURACY, *, least: int = LEAST) -> Gap | None:
    """The largest difference of a figure between two groups.

    Args:
        least: Fewest rows of a group that takes part.
    """
    shares = [(group.name, group.accuracy if of is Figure.ACCURACY else group.coverage) for group in groups]
    taking_part = [(name, share) for name, share in shares if share.rows >= least]
    return max((_gap(of, *pair) for pair in combinations(taking_part, 2)), key=lambda gap: gap.difference, default=None)


def _gap(of: Figure, first: tuple[str, Share], second: tuple[str, Share]) -> Gap:
    (higher, high), (lower, low) = (first, second) if first[1].value >= second[1].value else (second, first)
    bounds = newcombe(high.hits, high.rows, low.hits, low.rows)
    return Gap(of, higher, high, lower, low, high.value - low.value, bounds)
