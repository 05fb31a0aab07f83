"""Drawing what the monitors say at the end; pure, like the live view."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from models.contracts.alerts import Severity
from monitors.alerts.wording import BAND_WORDS
from monitors.base.contract import MonitorName, Rules
from monitors.counts.windows import LENGTHS
from streams.trials.demo.fairness import WINDOW, Fairness, Figure
from streams.trials.demo.view import FAINT, REVIEW

SHOWN_ALERTS = 5
TOO_FEW = "too few"

_NOTES = (
    "Gap in points. Ratios: acceptance / review, below 1 where the band is worse off.",
    f"Each is the newest with enough decisions: {Rules().minimum_count}, for a gap on either side.",
)

_STYLES: Mapping[Severity, str] = {Severity.WARNING: f"bold {REVIEW}", Severity.PAGE: "bold red"}


def _share(value: float) -> str:
    return f"{value:.1%}"


def _number(value: float) -> str:
    return f"{value:.3f}"


_LEVELS: Mapping[MonitorName, tuple[str, Callable[[float], str], str]] = {
    MonitorName.REVIEW_RATE: ("review rate", _share, "review"),
    MonitorName.CONFIDENCE_MEDIAN: ("median confidence", _number, ""),
    MonitorName.UNKNOWN_MERCHANTS: ("unknown merchants", _share, "unknown"),
}
"""Monitor to name, unit, and the count that is a part of the decisions."""


def fairness(found: Fairness, *, blind: int, review: int) -> RenderableType:
    """What the monitors say at the end.

    Args:
        found: What they say.
        blind: Requests for a blind answer that nobody answered.
        review: Decisions that wait for a person.
    """
    return Group(
        _facts(found, blind=blind, review=review),
        Text(),
        _levels([one for one in found.figures if one.monitor in _LEVELS]),
        Text(),
        _parity([one for one in found.figures if one.monitor is MonitorName.REVIEW_PARITY]),
        *(Text(note, style=FAINT) for note in _NOTES),
    )


def _facts(found: Fairness, *, blind: int, review: int) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style=FAINT, no_wrap=True)
    table.add_column()
    for name, fact in _said(found, blind=blind, review=review):
        table.add_row(name, fact)
    return table


def _said(found: Fairness, *, blind: int, review: int) -> Iterator[tuple[str, Text | str]]:
    look, raised = found.last, found.observed.raised
    yield "alerts", f"{len(look.alerts) or 'none'} open; {raised or 'none'} raised during the replay"
    for alert in look.alerts[:SHOWN_ALERTS]:
        yield "", Text.assemble((f"{alert.severity.value}: ", _STYLES[alert.severity]), alert.summary)
    if more := look.alerts[SHOWN_ALERTS:]:
        yield "", f"and {len(more)} more"
    lacking = f"{look.lacking} of {look.readings} figures over {', '.join(LENGTHS)}: too few decisions, or no labels"
    yield "not enough data", lacking
    yield "labels", f"none: {blind:,} blind requests wait for a person, as do {review:,} decisions in review"


def _levels(figures: Sequence[Figure]) -> Table:
    table = _table("all decisions", ("reading", 8), ("99% interval", 16), ("decisions", 16), (f"{WINDOW} to", 8))
    for one in figures:
        name, unit, part = _LEVELS[one.monitor]
        decisions = f"{one.counts['decisions']:,}"
        table.add_row(
            name,
            "" if one.value is None else unit(one.value),
            TOO_FEW if one.interval is None else " to ".join(unit(bound) for bound in one.interval),
            f"{one.counts[part]:,} of {decisions}" if part else decisions,
            f"{one.until:%-d %b}",
        )
    return table


def _parity(figures: Sequence[Figure]) -> Table:
    heads = (("review", 11), ("others", 11), ("gap", 5), ("99% interval", 13), ("ratios", 11), (f"{WINDOW} to", 6))
    table = _table("review by amount", *heads)
    for one in figures:
        counts, bounds = one.counts, one.interval
        table.add_row(
            BAND_WORDS[one.group or ""].removeprefix("amounts ").removeprefix("from "),
            f"{counts['review']:,} of {counts['decisions']:,}",
            f"{counts['others_review']:,} of {counts['others_decisions']:,}",
            "" if one.value is None else _points(one.value),
            TOO_FEW if bounds is None else " to ".join(_points(bound) for bound in bounds),
            "" if one.value is None else " / ".join(_ratio(one, name) for name in ("acceptance", "review")),
            f"{one.until:%-d %b}",
        )
    return table


def _points(value: float) -> str:
    return f"{100 * value:+.1f}"


def _ratio(figure: Figure, name: str) -> str:
    ratio = figure.ratios.get(name)
    return "-" if ratio is None else f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"


def _table(first: str, *columns: tuple[str, int]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style=FAINT)
    table.add_column(first, no_wrap=True)
    for name, width in columns:
        table.add_column(name, justify="right", no_wrap=True, min_width=width)
    return table
