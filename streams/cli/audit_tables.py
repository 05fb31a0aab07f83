"""Options of the audits, how they end, and what they print."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from monitors.audits.checks import WORDS, Check, Outcome, points, verdict
from streams.cli.console import names, numbers, print_table, stdout, texts
from streams.cli.exits import ExitCode

ENDINGS = {Outcome.PASS: ExitCode.OK, Outcome.FAIL: ExitCode.FAILED, Outcome.NOT_MEASURED: ExitCode.ENVIRONMENT}
"""Outcome of an audit to the exit code."""

LimitsOption = Annotated[
    Path | None,
    typer.Option(
        "--limits",
        metavar="FILE",
        help="Limits as in ops/audit/limits.yml; what it does not name keeps its default.",
        show_default="the defaults",
    ),
]
ReportOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="DIR", help="Gets the report as .html, .md and .json.")
]

ByOption = Annotated[
    list[str] | None,
    typer.Option(
        "--by", metavar="COLUMN", help="Compare the groups of this column, too; may be repeated.", show_default="none"
    ),
]

ComparisonOption = Annotated[
    Path | None,
    typer.Option(
        "--comparison",
        metavar="FILE",
        help="compare.json of `evenhand train --compare`, for the report.",
        show_default="none",
    ),
]
RecordOption = Annotated[
    Path | None,
    typer.Option(
        "--record",
        metavar="STORE",
        help="Note the outcome in this store of models: without one that passed, a model is not promoted.",
        show_default="nowhere",
    ),
]

_COLOURS = {Outcome.PASS: "green", Outcome.FAIL: "red", Outcome.NOT_MEASURED: "yellow"}


def print_verdict(checks: Sequence[Check], lines: Iterable[str], written: Iterable[Path]) -> None:
    """Print what follows from the checks, some lines on the run, and where the report is."""
    said = verdict(checks)
    console = stdout()
    for line in (f"\n{said.word} {said.text}", *lines, *(f"report: {path}" for path in written)):
        console.print(line, markup=False, soft_wrap=True)


def print_checks(checks: Sequence[Check]) -> None:
    """Print each check beside its limit, in points."""
    table = Table(
        *names("outcome"), *texts("check"), *numbers("points", "95% interval", "limit", "rows"), box=box.SIMPLE_HEAD,
        pad_edge=False,
    )  # fmt: skip
    for check in checks:
        interval = f"{100 * check.interval[0]:.1f} to {100 * check.interval[1]:.1f}" if check.interval else ""
        table.add_row(
            f"[{_COLOURS[check.outcome]}]{WORDS[check.outcome]}[/]",
            escape(check.about + (f": {' / '.join(check.groups)}" if check.groups else "")),
            points(check.value),
            interval,
            points(check.limit),
            f"{check.rows:,}",
        )
    print_table(table)
