"""A part of the demo that cannot start says so in one line, as an error of the same kind."""

import os
from pathlib import Path

import pytest

from models.errors import ConfigurationError, EvenhandError
from streams.cli.exits import exit_code
from streams.trials.demo.process import KINDS, DemoProcess


def test_the_kinds_are_those_of_the_exit_codes() -> None:
    """The demo then ends with the code with which its part did."""
    assert {code: int(exit_code(kind("x"))) for code, kind in KINDS.items()} == {code: code for code in KINDS}


@pytest.mark.parametrize("command", ["worker", "monitor"])
async def test_a_part_s_own_error_is_the_demo_s(tmp_path: Path, command: str) -> None:
    """Not its log, nor its exit code as a riddle."""
    environ = os.environ | {"EVENHAND_BOOTSTRAP_SERVERS": "127.0.0.1:1", "EVENHAND_WEB_PORT": "0"}
    process = DemoProcess(command, environ=environ, port=0, log=tmp_path / "log", doomed=None)
    with pytest.raises(ConfigurationError) as raised, process:
        await process.ready()
    assert str(raised.value).startswith(f"the {command}: no Kafka broker answers at 127.0.0.1:1")
    assert "\n" not in str(raised.value)


async def test_a_part_that_crashes_shows_the_end_of_its_log(tmp_path: Path) -> None:
    """What it wrote last may be all that there is to go by."""
    process = DemoProcess("nonsense", environ=os.environ, port=0, log=tmp_path / "log", doomed=None)
    with pytest.raises(EvenhandError, match=r"the nonsense ended with code 2:\n(.|\n)*Usage"), process:
        await process.ready()
