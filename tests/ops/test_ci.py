"""The workflow that banks copy: valid, and its commands are those that there are."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from streams.cli.main import load_command

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / "ops" / "ci" / "bias-gate.yml"


def commands() -> list[str]:
    """Each call of the program in it."""
    steps = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["gate"]["steps"]
    return [
        line.partition("bin/evenhand ")[2]
        for step in steps
        for line in step.get("run", "").splitlines()
        if "bin/evenhand " in line
    ]


@pytest.mark.slow
def test_the_workflow_is_one() -> None:
    """Held against GitHub's schema, which check-jsonschema brings along."""
    check = ("-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(WORKFLOW))
    done = subprocess.run([sys.executable, *check], capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout


@pytest.mark.parametrize("line", commands())
def test_its_commands_are_those_of_the_program(line: str) -> None:
    """Each names a command, and options that the command has."""
    words = line.split()
    command = load_command(words[0])
    while hasattr(command, "commands") and words[1] in command.commands:
        words = words[1:]
        command = command.commands[words[0]]
    known = {option for parameter in command.params for option in parameter.opts}
    assert set(re.findall(r"(?<!\S)--[a-z-]+", line)) <= known


def test_it_trains_and_gates() -> None:
    """A test above would pass without them."""
    assert {"train", "audit", "model"} == {line.split()[0] for line in commands()}
