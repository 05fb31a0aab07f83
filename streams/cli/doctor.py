"""`evenhand doctor`: what this machine has and lacks."""

from dataclasses import asdict

import typer
from rich.table import Table
from rich.text import Text

from streams.cli.console import checks_table, print_json, stdout
from streams.cli.exits import ExitCode
from streams.cli.inputs import JsonOption
from streams.operate.doctor import Finding, core_works, examine

STYLES = {"ok": "green", "missing": "red", "note": "yellow"}


def doctor(as_json: JsonOption = False) -> None:
    """Say what this machine has and lacks; nothing is changed.

    The exit code is 0 when the core, categorizing files, can work, and 4 when it cannot. Whatever else is missing is
    said with what to do about it.
    """
    findings = examine()
    works = core_works(findings)
    if as_json:
        print_json({"core_works": works, "findings": list(map(asdict, findings))})
    else:
        stdout().print(_table(findings))
        stdout().print("the core works" if works else "the core does not work: see what is missing above")
    if not works:
        raise typer.Exit(int(ExitCode.ENVIRONMENT))


def _table(findings: list[Finding]) -> Table:
    table = checks_table()
    for finding in findings:
        found = Text(finding.detail)
        if finding.hint:
            found.append(f"\n-> {finding.hint}", style="cyan")
        table.add_row(finding.name, Text(finding.state.value, style=STYLES[finding.state.value]), found)
    return table
