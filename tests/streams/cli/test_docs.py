"""docs/cli.md and the README say what the program does: their examples are run, their options are the options."""

import gzip
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.cli.exits import MEANINGS
from streams.cli.main import COMMANDS, load_command
from tests.streams.cli.conftest import Program

ROOT = Path(__file__).parents[3]
CLI = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
SAMPLE = ROOT / "models" / "data" / "sample_transactions.csv.gz"
GLOBAL = {"--help", "-h"}


def examples() -> list[tuple[str, tuple[str, ...]]]:
    """Commands of the console blocks, each with the lines of output that are shown."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", CLI + README, re.DOTALL):
        for command in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, *output = command.splitlines()
            found.append((line, tuple(shown for shown in output if shown not in ("", "..."))))
    return sorted(set(found))


def leaves() -> Iterator[tuple[str, set[str]]]:
    """Every command by its whole name, with its options."""

    def walk(name: str, command: object) -> Iterator[tuple[str, set[str]]]:
        commands = getattr(command, "commands", None)
        # A group that does something by itself is a command, too.
        if commands is None or getattr(command, "invoke_without_command", False):
            names = {option for parameter in command.params for option in parameter.opts}  # type: ignore[attr-defined]
            yield name, {name for name in names if name.startswith("-")} - GLOBAL
        for sub, inner in (commands or {}).items():
            yield from walk(f"{name} {sub}", inner)

    for name in (name for commands in COMMANDS.values() for name in commands):
        yield from walk(f"evenhand {name}", load_command(name))


@pytest.mark.slow
@pytest.mark.parametrize(("command", "output"), examples())
def test_examples_run(program: Program, tmp_path: Path, command: str, output: tuple[str, ...]) -> None:
    """Each ends with 0 in a folder that has a transactions.csv, and prints the lines that are shown."""
    rows = gzip.decompress(SAMPLE.read_bytes()).splitlines(keepends=True)
    (tmp_path / "transactions.csv").write_bytes(b"".join(rows[:50]))
    name, *arguments = shlex.split(command)
    done = program(*arguments, bootstrap_servers="127.0.0.1:1")
    assert ("evenhand", 0, "") == (name, done.returncode, done.stderr)
    printed = [line.rstrip() for line in done.stdout.splitlines()]
    assert [] == [line for line in output if line.rstrip() not in printed]


def test_there_are_examples() -> None:
    """The test above has something to run, also from the README."""
    commands = [command for command, _ in examples()]
    assert {"categorize", "explain", "train", "doctor"} <= {command.split()[1] for command in commands}


@pytest.mark.parametrize(("name", "options"), list(leaves()))
def test_every_command_is_documented_with_its_options(name: str, options: set[str]) -> None:
    """A section for each command, with a table of exactly its options and with an example."""
    section = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", CLI, re.DOTALL | re.MULTILINE)
    assert section is not None, f"docs/cli.md has no section {name}"
    rows = [row.split(" | ")[0] for row in section[1].splitlines() if row.startswith("| `-")]
    assert options == {option for row in rows for option in re.findall(r"(?<=`)--?[a-z-]+", row)}
    assert re.search(rf"^(\$ )?{name}\b", section[1], re.MULTILINE), f"{name} has no example"


def test_no_section_is_left_over() -> None:
    """A command that is gone is gone from the page too."""
    assert {name for name, _ in leaves()} == set(re.findall(r"^## (evenhand .*)$", CLI, re.MULTILINE))


def test_exit_codes_are_those_of_the_program() -> None:
    """The table of the page is the table of the code."""
    assert [f"| {int(code)} | {meaning} |" for code, meaning in MEANINGS.items()] == re.findall(
        r"^\| \d \| .* \|$", CLI, re.MULTILINE
    )
