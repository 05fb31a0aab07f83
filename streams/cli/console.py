"""Output: data on stdout, everything else on stderr, progress only where a person is watching."""

import json
import os
import sys
import traceback
from typing import NoReturn

import typer
from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from streams.cli.exits import ExitCode

DEBUG_VARIABLE = "EVENHAND_LOG_LEVEL"


def stdout() -> Console:
    """The console for data. Made when it is needed, so that a redirected stream is the one written to."""
    return Console(file=sys.stdout, highlight=False)


def stderr() -> Console:
    """The console for progress, notes and errors."""
    return Console(file=sys.stderr, highlight=False)


def print_json(data: object) -> None:
    """Write one JSON document on stdout."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def note(text: str) -> None:
    """A line for the person at the terminal, on stderr; plain text, never markup."""
    stderr().print(Text(text), soft_wrap=True)


def debugging() -> bool:
    """True where the person asked for tracebacks."""
    return os.environ.get(DEBUG_VARIABLE, "").lower() == "debug"


def fail(message: str, code: ExitCode, *, error: BaseException | None = None) -> NoReturn:
    """Say what went wrong in one line on stderr and end with `code`.

    Args:
        message: What was wrong, where, and what to do.

    Raises:
        typer.Exit: Always.
    """
    if error is not None and debugging():
        traceback.print_exception(error, file=sys.stderr)
    stderr().print(Text.assemble(("error: ", "bold red"), message), soft_wrap=True)
    raise typer.Exit(int(code))


def checks_table() -> Table:
    """A table for results of checks, still empty."""
    return Table(*names("what", "state"), *texts("found"), box=box.SIMPLE_HEAD, pad_edge=False)


def numbers(*titles: str) -> list[Column]:
    """Columns of a table that hold numbers."""
    return [Column(title, justify="right", no_wrap=True) for title in titles]


def names(*titles: str) -> list[Column]:
    """Columns that hold ids, categories and other names, which are of no use in pieces."""
    return [Column(title, no_wrap=True) for title in titles]


def texts(*titles: str) -> list[Column]:
    """Columns that hold sentences and lines of statements, which go on below where there is no room."""
    return [Column(title, overflow="fold") for title in titles]


NO_LIMIT = 1 << 16
LEAST_TEXT = 20
"""Letters of a text that stand side by side, however narrow the terminal is."""


def print_table(table: Table) -> None:
    """Print a table. Names and numbers stay whole: lines are longer than a terminal that is too narrow for them."""
    console = stdout()
    room = console.options.update(width=NO_LIMIT)
    for column in table.columns:
        longest = max(Measurement.get(console, room, cell).maximum for cell in (column.header, *column.cells))
        column.min_width = longest if column.no_wrap else min(longest, LEAST_TEXT)
    console.width = max(console.width, Measurement.get(console, room, table).minimum)
    console.print(table)


class RowRate(ProgressColumn):
    """Rows per second since the start; the task has a field `rows`."""

    def render(self, task: Task) -> Text:
        """The rate, or nothing before it is known."""
        elapsed = task.finished_time or task.elapsed
        return Text(f"{task.fields['rows'] / elapsed:,.0f}/s" if elapsed else "", style="progress.data.speed")


def progress(*columns: ProgressColumn) -> Progress:
    """A progress display on stderr, hidden where stderr is no terminal; use it as a context manager."""
    console = stderr()
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        *columns,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
