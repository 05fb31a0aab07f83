"""Drawing the live view. Pure: the same board and size give the same picture.

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

from models.contracts.events import Decision
from monitors.base.contract import MonitorName
from monitors.counts.tally import Tally
from streams.trials.demo.board import Board
from streams.trials.demo.fairness import WINDOW, Look
from streams.trials.demo.words import why

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

Cell = str | Text
Row = Sequence[Cell]


def draw(board: Board, *, width: int, height: int) -> RenderableType:
    """Draw the whole live view, fitted to a terminal of that many columns and rows."""
    rows = max(6, height - HEADER_ROWS)
    if width >= WIDE:
        body = Table.grid(padding=(0, 2), expand=True)
        body.add_column(width=SIDE)
        body.add_column(ratio=1)
        body.add_row(categories(board.tally, rows=rows, bar=SIDE - FIGURES), decisions(board, rows=rows))
        return Group(*header(board, width=width), body)
    table = min(rows // 2 + 1, 3 + len(board.tally.by_count()))
    return Group(
        *header(board, width=width),
        categories(board.tally, rows=table, bar=min(24, width - FIGURES)),
        decisions(board, rows=rows - table),
    )


def header(board: Board, *, width: int) -> Sequence[RenderableType]:
    """Draw three lines: the progress of the replay, the counts, and the monitors."""
    line = Table.grid(padding=(0, 1), expand=True)
    line.add_column(no_wrap=True)
    line.add_column(ratio=1)
    line.add_column(no_wrap=True, justify="right")
    line.add_row(
        Text.assemble(("Evenhand", "bold"), f"  {board.phase} {board.stream_time:%-d %b %Y} "),
        ProgressBar(
            total=board.total,
            completed=board.answered,
            style=FAINT,
            complete_style=ACCEPTED,
            finished_style=ACCEPTED,
        ),
        f"{board.answered / board.total:4.0%}  {board.elapsed:3.0f} s",
    )
    return line, counts(board, width=width), fairness(board.watch.last, board.console), Text()


def counts(board: Board, *, width: int) -> Text:
    """Draw throughput, lag and outcomes in one line, with a sparkline of the throughput where there is room."""
    parts = [
        ("in ", f"{board.rate_in:,.0f}/s", ""),
        ("out ", f"{board.rate_out:,.0f}/s", ""),
        ("lag ", f"{board.waiting:,}", ""),
        ("accepted ", f"{board.tally.total - board.tally.reviewed:,}", ACCEPTED),
        ("review ", f"{board.tally.reviewed:,}", REVIEW),
        ("dead letters ", f"{len(board.letters)}", ""),
    ]
    line = Text("  ").join(Text.assemble((name, FAINT), (value, f"bold {style}")) for name, value, style in parts)
    room = width - line.cell_len - 3
    if room >= 8:
        line.append("   " + sparkline(list(board.history)[-min(room, 40) :]), style=ACCEPTED)
    return line


def fairness(look: Look, console: str) -> Text:
    """Draw the fairness console's address, its alerts and the review rate in one line."""
    rate = next((one.value for one in look.told if one.monitor is MonitorName.REVIEW_RATE), None)
    parts = [
        ("fairness console ", console, ""),
        ("alerts ", f"{len(look.alerts)}", REVIEW if look.alerts else ACCEPTED),
        (f"review in {WINDOW} ", "not enough data" if rate is None else f"{rate:.1%}", ""),
    ]
    return Text("  ").join(Text.assemble((name, FAINT), (value, f"bold {style}")) for name, value, style in parts)


def categories(tally: Tally, *, rows: int, bar: int) -> RenderableType:
    """Draw the review rate by category, the largest first, in at most so many rows with the title and the heads."""
    names = tally.by_count()
    shown = names if len(names) <= rows - 2 else names[: max(0, rows - 3)]
    lines: list[Row] = [_category(name, tally, bar) for name in shown]
    if hidden := len(names) - len(shown):
        lines.append([Text(f"and {hidden} more", style=FAINT)])
    return Group(title("Review rate by category"), table(("category", ">decided", ">review", ">rate", ""), lines))


def decisions(board: Board, *, rows: int) -> RenderableType:
    """Draw the newest decisions that fit into so many rows, the newest below, each with its reason."""
    newest = list(board.shown)[-max(1, (rows - 1) // 2) :]
    # A sure decision carries no description; the demo's own input gives it.
    lines = (_decision_lines(one, board.descriptions.get(one.transaction_id, "")) for one in newest)
    return Group(title("A few of the decisions"), *chain.from_iterable(lines))


def plain_line(board: Board) -> str:
    """Write the state in one line, for where no terminal is."""
    rate = board.tally.reviewed / board.tally.total if board.tally.total else 0.0
    return (
        f"{board.elapsed:3.0f} s  {board.phase} {board.stream_time:%Y-%m-%d}"
        f"  in {board.sent:,} ({board.rate_in:,.0f}/s)  out {board.answered:,} ({board.rate_out:,.0f}/s)"
        f"  lag {board.waiting:,}  review {rate:.1%}  dead letters {len(board.letters)}"
        f"  alerts {len(board.watch.last.alerts)}"
    )


def meter(share: float, columns: int) -> str:
    """Draw a bar of at most so many columns, to an eighth of a column.

    >>> meter(0.5, 8), meter(0.0, 8), meter(0.3125, 4)
    ('████', '', '█▎')
    """
    whole, rest = divmod(round(min(1.0, share) * columns * 8), 8)
    return "█" * whole + (EIGHTHS[rest] if rest else "")


def sparkline(values: Iterable[float]) -> str:
    """Draw one character per value, scaled to the largest.

    >>> sparkline([0.0, 50.0, 100.0])
    '▁▄█'
    """
    numbers = list(values)
    top = max(numbers, default=0.0) or 1.0
    return "".join(SPARKS[int(max(0.0, number) / top * (len(SPARKS) - 1))] for number in numbers)


def _category(name: str, tally: Tally, bar: int) -> Row:
    rate = tally.review_rate(name) or 0.0
    return (
        f"{name:21}",
        f"{tally.count(name):,}",
        f"{tally.counts[name, True]:,}",
        f"{rate:.0%}",
        Text(f"{meter(rate, bar):{bar}}", style=REVIEW),
    )


def _decision_lines(decision: Decision, description: str) -> Iterable[RenderableType]:
    mark, style = ("?", REVIEW) if decision.requires_review else ("✓", ACCEPTED)
    first = Table.grid(padding=(0, 1), expand=True)
    first.add_column(width=1)
    first.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    first.add_column(no_wrap=True)
    first.add_column(no_wrap=True, justify="right", width=4)
    first.add_row(
        Text(mark, style=f"bold {style}"),
        Text(description),
        Text(decision.category, style=style),
        f"{decision.confidence:.2f}",
    )
    yield first
    yield Text(f"  {why(decision)}", style=FAINT, no_wrap=True, overflow="ellipsis")


def table(heads: Sequence[str], rows: Iterable[Row], *, gap: int = 1) -> Table:
    """Draw rows under heads; a head that begins with `>` is of a column of figures, aligned to the right."""
    drawn = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False, header_style=FAINT)
    for head in heads:
        drawn.add_column(head.removeprefix(">"), justify="right" if head.startswith(">") else "left", no_wrap=True)
    for row in rows:
        drawn.add_row(*row)
    return drawn


def title(text: str) -> Rule:
    """Draw a heading."""
    return Rule(Text(text, style="bold"), align="left", style=FAINT)
