"""Figures of earlier runs, kept as JSON beside the documentation, and the change against them."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from models.errors import FileError
from streams.local.atomic import replace_file
from streams.trials.bench.report import plain_table

KEPT = Path("docs/benchmarks.json")
"""Where they are kept, in a checkout."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a command kept; nothing where it never did.

    Args:
        about: The run and its machine, in words.
        run: Its size, such as messages and rounds.
    """

    figures: Mapping[str, float]
    about: str
    run: Mapping[str, object]

    @classmethod
    def of(cls, file: Path, command: str) -> "Kept":
        """Read what there is.

        Raises:
            FileError: The file is not what `keep` writes.
        """
        section = _read(file).get(command, {})
        run = {**section.get("run", {}), **section.get("machine", {})}
        figures = {name: float(value) for name, value in section.get("figures", {}).items()}
        about = ", ".join(f"{name} {value}" for name, value in run.items())
        return cls(figures, about, section.get("run", {}))

    def compares_with(self, run: Mapping[str, object]) -> bool:
        """True where the other run is of this size; rounds, which only make it steadier, do not count."""
        return {**self.run, "rounds": 0} == {**run, "rounds": 0}

    def changes(self, now: Mapping[str, float]) -> dict[str, float]:
        """Each figure of now by what it was."""
        return {name: value / self.figures[name] for name, value in now.items() if self.figures.get(name)}

    def table(self, now: Mapping[str, float]) -> Table:
        """Draw one row per figure that both have."""
        table = plain_table("figure", "kept", "now", "change")
        table.caption = f"kept: {self.about}"
        for name, change in self.changes(now).items():
            table.add_row(name, _short(self.figures[name]), _short(now[name]), f"{change - 1:+.0%}")
        return table


def keep(file: Path, command: str, figures: Mapping[str, float], *, run: Mapping[str, object]) -> None:
    """Write a command's figures in place of those before; those of other commands stay.

    Args:
        run: Its size, such as messages and rounds.
    """
    content = _read(file)
    # Of the machine only what figures depend on and everybody may know.
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    rounded = {name: float(f"{value:.4g}") for name, value in figures.items()}
    content[command] = {"machine": machine, "run": dict(run), "figures": rounded}
    replace_file(file, (json.dumps(dict(sorted(content.items())), indent=2) + "\n").encode())


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def _read(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        content = json.loads(file.read_bytes())
    except ValueError:
        content = None
    if not isinstance(content, dict) or not all(isinstance(section, dict) for section in content.values()):
        raise FileError(f"{file} is no file of figures: remove it, and --save writes a new one")
    return content
