"""Running the program: inside this process, where that is enough, and as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from streams.cli.main import app
from streams.local.broker import LocalBroker

Invoke = Callable[..., Any]
Program = Callable[..., "subprocess.CompletedProcess[str]"]

HEADER = "transaction_id,account_id,description,amount,currency,timestamp,mcc\n"
GOOD = "t1,a1,FOOD BASICS #606,35.71,CAD,2019-10-07T09:00:00-04:00,5411\n"
SHORT = "t2,a1,FOOD BASICS\n"

COMMAND = (sys.executable, "-W", "error", "-m", "streams.cli.main")


def clean_environment() -> dict[str, str]:
    """This process's environment without settings of Evenhand, as on a terminal 120 columns wide."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("EVENHAND_")}
    return environ | {"COLUMNS": "120", "NO_COLOR": "1"}


@pytest.fixture
def evenhand(monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Runs the program in this process: `evenhand("explain", "-d", "X")`, keywords are settings."""

    def invoke(*arguments: object, **settings: str) -> Any:
        for name in [name for name in os.environ if name.startswith("EVENHAND_")]:
            monkeypatch.delenv(name)
        environ = {f"EVENHAND_{name.upper()}": value for name, value in settings.items()}
        return CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "120", "NO_COLOR": "1"} | environ)

    return invoke


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Runs the program as a process, in an empty folder; keywords are settings."""

    def run(*arguments: object, **settings: str) -> "subprocess.CompletedProcess[str]":
        environ = {f"EVENHAND_{name.upper()}": value for name, value in settings.items()}
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            cwd=tmp_path,
            env=clean_environment() | environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )

    return run


@pytest.fixture
def kafka(broker: LocalBroker, prefix: str) -> dict[str, str]:
    """Settings for the shared broker and topics of this test's own."""
    return {
        "bootstrap_servers": broker.bootstrap_servers,
        "topic_prefix": prefix,
        "group_id": f"{prefix}group",
        "app_id": f"{prefix}app",
        "partitions": "2",
        "web_port": "0",
    }
