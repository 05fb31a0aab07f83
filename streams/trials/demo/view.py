"""Drawing: from a snapshot to what the terminal shows. Pure: same snapshot and size, same picture.

    Evenhand  replaying 14 Oct 2020  ━━━━━━━━━━━━━━━━━╸━━━━━━━━━━━  61 %   12 s
    in 1,002/s   out 998/s   waiting 214   accepted 10,812   review 1,433   dead letters 6
    fairness console http://127.0.0.1:9465/   alerts 0   review in 7d 11.5%
    ── Review rate by category ──────────  ── A few of the decisions ────────────
    (below each other where the terminal is narrow)

Colours are the terminal's own green and magenta, which read on dark and on light ground; none carries meaning alone.
"""

from collections.abc import Iterable, Sequence
from itertools import chain

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from monitors.base.contract import MonitorName
from monitors.counts.tally import Tally
from streams.trials.demo.board import Snapshot
from streams.trials.demo.fairness import WINDOW, Look
from streams.trials.demo.words import Told

WIDE = 110
"""Columns from which the two halves stand side by side."""

SIDE = 56
"""Columns of the left half."""

FIGURES = 44
"""Columns of the table of categories without its bar."""

HEADER_ROWS = 4
ACCEPTED, REVIEW, FAINT = "green", "magenta", "dim"
SPARKS = "▁▂▃▄▅▆▇█"
EIGHTHS = " ▏▎▍▌▋▊▉█"


def draw(snapshot: Snapshot, *, width: int, height: int) -> RenderableType:
    """The whole live view, fitted to a terminal of that many columns and rows."""
    rows = max(6, height - HEADER_ROWS)
    if width >= WIDE:
        body = Table.grid(padding=(0, 2), expand=True)
        body.add_column(width=SIDE)
        body.add_column(ratio=1)
        body.add_row(categories(snapshot.tally, rows=rows, bar=SIDE - FIGURES), decisions(snapshot.told, rows=rows))
        return Group(*header(snapshot, width=width), body)
    table = min(rows // 2 + 1, 3 + len(_by_count(snapshot.tally)))
    return Group(
        *header(snapshot, width=width),
        categories(snapshot.tally, rows=table, bar=min(24, width - FIGURES)),
        decisions(snapshot.told, rows=rows - table),
    )


def header(snapshot: Snapshot, *, width: int) -> Sequence[RenderableType]:
    """Three lines: how far the replay is, the counts, and the monitors."""
    line = Table.grid(padding=(0, 1), expand=True)
    line.add_column(no_wrap=True)
    line.add_column(ratio=1)
    line.add_column(no_wrap=True, justify="right")
    line.add_row(
        Text.assemble(("Evenhand", "bold"), f"  {snapshot.phase} {snapshot.stream_time:%-d %b %Y} "),
        ProgressBar(
            total=snapshot.total,
            completed=snapshot.answered,
            style=FAINT,
            complete_style=ACCEPTED,
            finished_style=ACCEPTED,
        ),
        f"{snapshot.answered / snapshot.total:4.0%}  {snapshot.elapsed:3.0f} s",
    )
    return line, counts(snapshot, width=width), fairness(snapshot.look, snapshot.console), Text()


def counts(snapshot: Snapshot, *, width: int) -> Text:
    """Throughput, lag and outcomes in one line, with the course of the throughput where there is room."""
    parts = [
        ("in ", f"{snapshot.rate_in:,.0f}/s", ""),
        ("out ", f"{snapshot.rate_out:,.0f}/s", ""),
        ("lag ", f"{snapshot.waiting:,}", ""),
        ("accepted ", f"{snapshot.tally.total - snapshot.tally.reviewed:,}", ACCEPTED),
        ("review ", f"{snapshot.tally.reviewed:,}", REVIEW),
        ("dead letters ", f"{snapshot.dead_letters}", ""),
    ]
    line = Text("  ").join(Text.assemble((name, FAINT), (value, f"bold {style}")) for name, value, style in parts)
    room = width - line.cell_len - 3
    if room >= 8:
        line.append("   " + sparkline(snapshot.history[-min(room, 40) :]), style=ACCEPTED)
    return line


def fairness(look: Look, console: str) -> Text:
    """Where the fairness console is and what it says, in one line."""
    rate = next((one.value for one in look.figures if one.monitor is MonitorName.REVIEW_RATE), None)
    parts = [
        ("fairness console ", console, ""),
        ("alerts ", f"{len(look.alerts)}", REVIEW if look.alerts else ACCEPTED),
        (f"review in {WINDOW} ", "not enough data" if rate is None else f"{rate:.1%}", ""),
    ]
    return Text("  ").join(Text.assemble((name, FAINT), (value, f"bold {style}")) for name, value, style in parts)


def categories(tally: Tally, *, rows: int, bar: int) -> RenderableType:
    """Review rate by category, the largest first, in at most so many rows with the title and the heads."""
    table = Table(box=None, padding=(0, 1, 0, 0), header_style=FAINT)
    table.add_column("category", no_wrap=True, width=21)
    for name, columns in (("decided", 7), ("review", 6), ("rate", 5)):
        table.add_column(name, justify="right", no_wrap=True, width=columns)
    table.add_column("", no_wrap=True, width=bar)
    shown, hidden = _fit(_by_count(tally), rows - 2)
    for category in shown:
        _category_row(table, category, tally, bar)
    if hidden:
        table.add_row(Text(f"and {len(hidden)} more", style=FAINT))
    return Group(_title("Review rate by category"), table)


def decisions(told: Sequence[Told], *, rows: int) -> RenderableType:
    """The newest decisions that fit into so many rows, the newest below, each with its reason."""
    room = max(1, (rows - 1) // 2)
    return Group(_title("A few of the decisions"), *chain.from_iterable(_told_lines(one) for one in told[-room:]))


def plain_line(snapshot: Snapshot) -> str:
    """The state in one line, for where no terminal is."""
    rate = snapshot.tally.reviewed / snapshot.tally.total if snapshot.tally.total else 0.0
    return (
        f"{snapshot.elapsed:3.0f} s  {snapshot.phase} {snapshot.stream_time:%Y-%m-%d}"
        f"  in {snapshot.sent:,} ({snapshot.rate_in:,.0f}/s)  out {snapshot.answered:,} ({snapshot.rate_out:,.0f}/s)"
        f"  lag {snapshot.waiting:,}  review {rate:.1%}  dead letters {snapshot.dead_letters}"
        f"  alerts {len(snapshot.look.alerts)}"
    )


def meter(share: float, columns: int) -> str:
    """A bar of at most so many columns, to an eighth of a column.

    >>> meter(0.5, 8), meter(0.0, 8), meter(0.3125, 4)
    ('████', '', '█▎')
    """
    whole, rest = divmod(round(min(1.0, share) * columns * 8), 8)
    return "█" * whole + (EIGHTHS[rest] if rest else "")


def sparkline(values: Iterable[float]) -> str:
    """One character per value, scaled to the largest.

    >>> sparkline([0.0, 50.0, 100.0])
    '▁▄█'
    """
    numbers = list(values)
    top = max(numbers, default=0.0) or 1.0
    return "".join(SPARKS[int(max(0.0, number) / top * (len(SPARKS) - 1))] for number in numbers)


def _by_count(tally: Tally) -> list[str]:
    names = {category for category, _ in tally.counts}
    return sorted(names, key=lambda name: (-tally.count(name), name))


def _fit(names: list[str], room: int) -> tuple[list[str], list[str]]:
    if len(names) <= room:
        return names, []
    return names[: max(0, room - 1)], names[max(0, room - 1) :]


def _category_row(table: Table, category: str, tally: Tally, bar: int) -> None:
    rate = tally.review_rate(category) or 0.0
    table.add_row(
        category,
        f"{tally.count(category):,}",
        f"{tally.counts[category, True]:,}",
        f"{rate:.0%}",
        Text(meter(rate, bar), style=REVIEW),
    )


def _told_lines(told: Told) -> Iterable[RenderableType]:
    mark, style = ("?", REVIEW) if told.review else ("✓", ACCEPTED)
    first = Table.grid(padding=(0, 1), expand=True)
    first.add_column(width=1)
    first.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    first.add_column(no_wrap=True)
    first.add_column(no_wrap=True, justify="right", width=4)
    first.add_row(
        Text(mark, style=f"bold {style}"),
        Text(told.description),
        Text(told.category, style=style),
        f"{told.confidence:.2f}",
    )
    yield first
    yield Text(f"  {told.why}", style=FAINT, no_wrap=True, overflow="ellipsis")


def _title(text: str) -> Rule:
    return Rule(Text(text, style="bold"), align="left", style=FAINT)
