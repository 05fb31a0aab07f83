"""The learner's report in tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Column, Table

from streams.cli.console import numbers, stdout

Rows = Sequence[Mapping[str, Any]]

LATELY_SHOWN = 10
"""Rows of what was learned last; the JSON has all."""


def print_report(report: Mapping[str, Any]) -> None:
    """Print what the learner says of itself."""
    out = stdout()
    out.print(_summary(report), soft_wrap=True, markup=False)
    lists = (
        ("learned last", report["lately"][:LATELY_SHOWN], _LATELY),
        (f"quarantine ({report['quarantine_total']})", report["quarantine"], _QUARANTINE),
        (f"proposals ({report['proposals_total']})", report["proposals"], _PROPOSALS),
    )
    for title, rows, columns in lists:
        if rows:
            out.print(_table(title, rows, columns))


_LATELY = ("at", "merchant", "category", "actor", "correction_id")
_QUARANTINE = ("reason", "merchant", "category", "actor", "correction_id")
_PROPOSALS = ("merchant", "category", "agreeing", "accounts", "proposal_id")
_PARTS = {"merchant": "merchants", "family": "families", "account": "merchants of accounts", "text": "model of texts"}
_FIGURES = {"agreeing", "accounts"}
_NONE = {"actor": "many accounts"}


def _summary(report: Mapping[str, Any]) -> str:
    scored = report["prequential"]
    share = "nothing scored yet"
    if scored["recent_share"] is not None:
        share = f"right before learning {scored['recent_share']:.1%} of the last {scored['recent']}"
    known = report["parts"]
    parts = ", ".join(f"{known[name]} {words}" for name, words in _PARTS.items() if name in known) or "nothing"
    state = f"frozen, {report['waiting']} wait" if report["frozen"] else "learning"
    return f"version {report['version']}, {state}; knows {parts}; {share}; {scored['drifts']} drifts"


def _table(title: str, rows: Rows, names: Sequence[str]) -> Table:
    columns = [
        numbers(name)[0] if name in _FIGURES else Column(name.replace("_", " "), overflow="fold") for name in names
    ]
    table = Table(*columns, title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(escape(_NONE.get(name, "") if row[name] is None else str(row[name])) for name in names))
    return table
