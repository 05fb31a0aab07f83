"""Figures are kept, and the next run is told against them."""

import io
import json
import os
import platform
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from models.errors import FileError
from streams.cli.bench import app
from streams.trials.bench.kept import Kept, keep


def _keep(file: Path, command: str, **figures: float) -> None:
    keep(file, command, figures, run={"messages": 10, "rounds": 1})


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    """Per command, four digits of each figure, and what they are from."""
    file = tmp_path / "kept.json"
    _keep(file, "stages", parse=3.14159, commit=0)
    _keep(file, "model", rate=12_345.6)
    _keep(file, "stages", parse=2.0)

    assert {"parse": 2.0} == Kept.of(file, "stages").figures
    model = Kept.of(file, "model")
    assert {"rate": 12_350} == model.figures
    assert f"messages 10, rounds 1, cores {os.cpu_count()}, python {platform.python_version()}" == model.about


def test_nothing_more_is_told_of_a_machine(tmp_path: Path) -> None:
    """Neither its name nor a path."""
    _keep(tmp_path / "kept.json", "model", rate=1.0)

    content = json.loads((tmp_path / "kept.json").read_text())["model"]
    assert {"machine", "run", "figures"} == set(content)
    assert {"cores", "python"} == set(content["machine"])


def test_changes_are_of_what_both_have(tmp_path: Path) -> None:
    """A figure that is new, gone or was zero has no change."""
    _keep(tmp_path / "kept.json", "stages", parse=2.0, gone=1.0, zero=0.0)
    kept = Kept.of(tmp_path / "kept.json", "stages")
    now = {"parse": 3.0, "new": 1.0, "zero": 1.0}
    page = io.StringIO()
    Console(file=page, width=80).print(kept.table(now))

    assert {"parse": 1.5} == kept.changes(now)
    assert "+50%" in page.getvalue()
    assert "kept: messages 10" in page.getvalue()


def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    """The first run has nothing to compare with."""
    assert {} == Kept.of(tmp_path / "kept.json", "model").figures


@pytest.mark.parametrize("content", ["[]", "{", '{"model": 3}'])
def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path, content: str) -> None:
    """It is named before anything is measured, and not overwritten."""
    file = tmp_path / "kept.json"
    file.write_text(content)

    with pytest.raises(FileError, match="no file of figures: remove it"):
        Kept.of(file, "model")
    with pytest.raises(FileError, match="no file of figures"):
        _keep(file, "model", rate=1.0)
    assert content == file.read_text()


@pytest.mark.slow
def test_a_command_keeps_and_compares(tmp_path: Path) -> None:
    """The second run prints the change against the first, which it is asked to keep."""
    arguments = ["stages", "--handler-only", "--rows", "600", "--rounds", "1", "--kept", str(tmp_path / "kept.json")]
    first, second = (CliRunner().invoke(app, [*arguments, *more]) for more in (["--save"], []))

    assert (0, 0) == (first.exit_code, second.exit_code)
    assert "change" not in first.stdout
    assert "handler: serialise" in second.stdout
    assert "kept: rows 600, rounds 1" in second.stdout
