"""Figures of earlier runs, kept as JSON beside the documentation, and the change against them.

Of the machine only what figures depend on and everybody may know is kept: its cores and Python's version.
"""

import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from models.errors import FileError
from streams.local.atomic import replace_file
from streams.trials.bench.report import plain_table

KEPT = Path("docs/benchmarks.json")
"""Where they are kept, in a checkout."""


def machine() -> dict[str, Any]:
    """The machine, as far as it is told."""
    return {"cores": os.cpu_count(), "python": platform.python_version()}


def kept_figures(file: Path, command: str) -> Mapping[str, float]:
    """The figures that a command kept; empty where there are none.

    Raises:
        FileError: The file is not what `keep` writes.
    """
    figures = _read(file).get(command, {}).get("figures", {})
    return {name: float(value) for name, value in figures.items()}


def keep(file: Path, command: str, figures: Mapping[str, float], *, size: Mapping[str, int]) -> None:
    """Write a command's figures in place of those before; those of other commands stay.

    Args:
        size: Of the run, such as its messages and rounds.
    """
    content = _read(file)
    rounded = {name: float(f"{value:.4g}") for name, value in figures.items()}
    content[command] = {"machine": machine(), **size, "figures": rounded}
    replace_file(file, (json.dumps(dict(sorted(content.items())), indent=2) + "\n").encode())


def change_table(before: Mapping[str, float], now: Mapping[str, float]) -> Table:
    """Draw one row per figure that both have."""
    table = plain_table("figure", "kept", "now", "change")
    for name, value in now.items():
        if name in before:
            change = f"{value / before[name] - 1:+.0%}" if before[name] else ""
            table.add_row(name, _short(before[name]), _short(value), change)
    return table


def changes(before: Mapping[str, float], now: Mapping[str, float]) -> dict[str, float]:
    """Each figure by what it was, as JSON has it."""
    return {name: value / before[name] for name, value in now.items() if before.get(name)}


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def _read(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        content = json.loads(file.read_bytes())
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise FileError(f"{file} is no file of figures: remove it, and --save writes a new one")
    return content
