"""Figures and names in words, the same in every kind of report."""

from collections.abc import Mapping
from types import MappingProxyType

from models.contracts.events import AmountBand
from models.evaluation.measures.gaps import LEAST, CountUnit, Gap, ParityTable
from models.statistics.shares import Share

NONE = "–"
"""Stands where there is no figure."""

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        AmountBand.UNDER_100.value: "small amounts",
        AmountBand.FROM_100_TO_1000.value: "middle amounts",
        AmountBand.OVER_1000.value: "large amounts",
    }
)
"""Groups whose name is a code to what they are; |amount| in its own currency's terms."""

_NAMED = 3


def percent(value: float) -> str:
    """A share in percent.

    >>> percent(0.9284)
    '92.8%'
    """
    return f"{value:.1%}"


def interval(bounds: tuple[float, float]) -> str:
    """An interval in percent.

    >>> interval((0.921, 0.934))
    '[92.1, 93.4]'
    """
    return f"[{100 * bounds[0]:.1f}, {100 * bounds[1]:.1f}]"


def share_text(share: Share | None, *, count: bool = True) -> str:
    """A share with its interval and, unless it stands beside, its count.

    >>> share_text(Share(3, 4, (0.3006, 0.9544)))
    '75.0% [30.1, 95.4] of 4'
    """
    if share is None:
        return NONE
    text = f"{percent(share.value)} {interval(share.interval)}"
    return f"{text} of {share.rows:,}" if count else text


def group_name(name: str) -> str:
    """A group in words."""
    return GROUPS.get(name, name)


def class_name(categories: tuple[str, ...]) -> str:
    """The categories that a truth allows.

    >>> class_name(("fuel",)), class_name(("auto", "fuel")), class_name(("auto", "fuel", "pets", "travel"))
    ('fuel', 'auto or fuel', 'auto, fuel, pets or 1 more')
    """
    if len(categories) > _NAMED:
        return f"{', '.join(categories[:_NAMED])} or {len(categories) - _NAMED} more"
    return " or ".join(categories)


def counted_by(table: ParityTable) -> str:
    """The unit that a table counts, in words."""
    return "each transaction once" if table.counted is CountUnit.TRANSACTIONS else "each distinct merchant once"


def gap_text(gap: Gap) -> str:
    """A gap in words, with the shares and counts of its groups."""
    return (
        f"{gap.of.value}: {100 * gap.difference:.1f} points {interval(gap.interval)} between"
        f" {group_name(gap.higher)} ({_counted(gap.high)}) and {group_name(gap.lower)} ({_counted(gap.low)})"
    )


def gap_lines(table: ParityTable) -> tuple[str, ...]:
    """The largest gaps of a table, or that there is none to speak of."""
    if not table.gaps:
        return (f"no gap: not two groups with {LEAST} {table.counted.value} or more",)
    return tuple(map(gap_text, table.gaps))


def _counted(share: Share) -> str:
    return f"{percent(share.value)} of {share.rows:,}"
