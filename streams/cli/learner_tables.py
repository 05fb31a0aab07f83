"""The learner's report in tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from models.learned.online.entries import Reason, Status
from models.statistics.counting import several
from streams.cli.console import names, numbers, print_table, stdout, texts
from streams.cli.exits import ExitCode

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
            print_table(_table(title, rows, columns))


_LATELY = ("at", "merchant", "category", "actor", "correction_id")
_QUARANTINE = ("reason", "merchant", "category", "actor", "correction_id")
_PROPOSALS = ("merchant", "category", "agreeing", "accounts", "proposal_id")
_PARTS = {
    "merchant": ("merchant",),
    "family": ("family", "families"),
    "account": ("merchant of accounts", "merchants of accounts"),
    "text": ("model of texts", "models of texts"),
}
_KINDS = {"agreeing": numbers, "accounts": numbers, "merchant": texts}
"""Columns that hold no names."""
_NONE = {"actor": "many accounts"}


def _summary(report: Mapping[str, Any]) -> str:
    scored = report["prequential"]
    share = "nothing scored yet"
    if scored["recent_share"] is not None:
        share = f"right before learning {scored['recent_share']:.1%} of the last {scored['recent']}"
    known = report["parts"]
    parts = ", ".join(several(known[name], *words) for name, words in _PARTS.items() if name in known) or "nothing"
    waiting = several(report["waiting"], "waits", "wait")
    state = f"frozen, {waiting}" if report["frozen"] else "learning"
    return f"version {report['version']}, {state}; knows {parts}; {share}; {several(scored['drifts'], 'drift')}"


def _table(title: str, rows: Rows, members: Sequence[str]) -> Table:
    columns = [column for name in members for column in _KINDS.get(name, names)(name.replace("_", " "))]
    table = Table(*columns, title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        cells = (_NONE.get(name, "") if row[name] is None else str(row[name]) for name in members)
        table.add_row(*map(escape, cells))
    return table


_MADE = {
    Status.ACCEPTED: ("done", ExitCode.OK),
    Status.PROPOSAL: ("done; there is a new proposal for everyone", ExitCode.OK),
    Status.FROZEN: ("nothing is learned at present, it is done with the thaw", ExitCode.OK),
    Status.UNKNOWN: ("the learner knows nothing of that name", ExitCode.USAGE),
    Status.LATE: ("its author has said something newer", ExitCode.REFUSED),
    Status.NOTHING: ("its line names nobody that it could be learned of", ExitCode.REFUSED),
    Status.QUARANTINED: ("it is held back again", ExitCode.REFUSED),
}
_REFUSED = {
    Reason.OWN: "refused: somebody else than its author must release it",
    Reason.STANDING: "refused: not for somebody of this standing",
}


def said_of(status: Status, reason: Reason) -> tuple[str, ExitCode]:
    """What the learner made of an instruction, in words, and how a command ends that gave it."""
    words, code = _MADE.get(status, (status.value, ExitCode.REFUSED))
    return _REFUSED.get(reason, words), code
