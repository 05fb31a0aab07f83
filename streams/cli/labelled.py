"""Options of the commands that read a file of labelled transactions, and what they print."""

import shlex
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from models.decisions.calibrated import CalibratedPolicy
from models.decisions.policy import AgreementPolicy, Policy
from models.evaluation.data.labelled_file import RowSelection

_ELSEWHERE = frozenset({"output", "as_json"})
"""Options that say where the figures go, not what they are."""

DataOption = Annotated[Path, typer.Option("--data", metavar="FILE", help="Labelled CSV, also gzipped.")]
LabelsOption = Annotated[
    str,
    typer.Option(
        metavar="COLUMN", help="Column with the truth: labels of --map, category names, or codes where it is mcc."
    ),
]
MapOption = Annotated[
    Path | None,
    typer.Option(
        "--map", metavar="FILE", help="CSV with the columns label and category; a label may have several rows."
    ),
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="DIR", help="Gets report.html, report.md, report.json.")
]
SinceOption = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="First day, such as 2020-11-01.")
]
UntilOption = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Last day, inclusive.")
]
WithMccOption = Annotated[
    bool, typer.Option("--with-mcc", metavar="", help="Let the ensemble see the merchant category code.")
]
LimitOption = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Only the first N labelled rows.", show_default="all")
]
SampleOption = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Only N labelled rows, drawn at random.", show_default="all")
]
SeedOption = Annotated[int, typer.Option(metavar="N", help="Seed of the sample.")]


def selection_of(
    since: datetime | None,
    until: datetime | None = None,
    *,
    with_mcc: bool = False,
    limit: int | None = None,
    sample: int | None = None,
    seed: int = 0,
) -> RowSelection:
    """The rows that these options choose; days are whole."""
    first, last = since.date() if since else None, until.date() if until else None
    return RowSelection(first, last, with_mcc=with_mcc, limit=limit, sample=sample, seed=seed)


def grid(rows: Iterable[tuple[str, ...]]) -> Table:
    """Rows of words in columns, without lines between them."""
    table = Table.grid(padding=(0, 2))
    for row in rows:
        table.add_row(*(cell.replace("[", r"\[") for cell in row))
    return table


def command_of(context: typer.Context, name: str, without: Collection[str] = ()) -> str:
    """The command that gives the same figures: the options that were given, apart from where they go.

    Args:
        name: Of the command, such as `evaluate`.
        without: Further parameters that are left out.
    """
    words = ["evenhand", *name.split()]
    for option in context.command.params:
        value = context.params.get(option.name or "")
        absent = value in (None, "", [], ()) or value is False
        if option.name in (*_ELSEWHERE, *without) or absent or value == option.default:
            continue
        for each in value if isinstance(value, (list, tuple)) else [value]:
            given = each.date() if isinstance(each, datetime) else each
            words += [option.opts[0]] if given is True else [option.opts[0], str(given)]
    return shlex.join(words)


def policy_words(policy: Policy) -> str:
    """A policy and what it aims at, in words."""
    if isinstance(policy, CalibratedPolicy):
        return f"{policy.name} at precision {policy.precision}"
    return f"{policy.name} at confidence {policy.threshold}" if isinstance(policy, AgreementPolicy) else policy.name
