"""The types that the page's scripts are checked against are those of the document that they get."""

import json
import re
from importlib.resources import files

import pytest

from monitors.base.contract import Rules
from streams.console.state import document, dump
from tests.streams.console.snapshots import unlabelled, working_day

TYPES = files("streams.console").joinpath("static/state.d.ts").read_text(encoding="utf-8")


def members(interface: str) -> tuple[set[str], set[str]]:
    """Members that an interface asks for, and all that it knows."""
    body = re.search(rf"^interface {interface} \{{\n(.*?)^\}}", TYPES, flags=re.DOTALL | re.MULTILINE)
    assert body is not None
    named = re.findall(r"^  (\w+)(\??):", body[1], flags=re.MULTILINE)
    return {name for name, mark in named if not mark}, {name for name, _ in named}


@pytest.mark.parametrize(
    "interface", ["ConsoleState", "Reading", "OpenAlert", "AlertStep", "Silence", "Sparks", "Trend"]
)
def test_every_type_fits_the_document(interface: str) -> None:
    """What a script may read is there, wherever it may read it."""
    told = {"at": "", **json.loads(dump(document(working_day(), Rules())))}
    silent = json.loads(dump(document(unlabelled(), Rules())))["judged"]["silent"]
    parts: dict[str, list[dict[str, object]]] = {
        "ConsoleState": [told],
        "Reading": told["readings"],
        "OpenAlert": told["alerts"],
        "AlertStep": told["history"],
        "Silence": silent,
        "Sparks": [told["sparks"]],
        "Trend": [told["trend"]],
    }
    asked, known = members(interface)
    shown = interface != "OpenAlert"  # an alert has more than the page shows

    assert parts[interface]
    for part in parts[interface]:
        assert asked <= part.keys()
        assert not shown or part.keys() <= known
