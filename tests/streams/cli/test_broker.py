"""`evenhand broker`: Kafka for trying things by hand, until Ctrl-C."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.streams.cli.conftest import COMMAND, Invoke, clean_environment


@contextmanager
def running(folder: Path) -> Iterator[tuple[dict[str, Any], "subprocess.Popen[str]"]]:
    """The command as a process of its own, with what it says once Kafka answers."""
    arguments = [*COMMAND, "broker", "--port", "0", "--folder", str(folder), "--json"]
    with subprocess.Popen(arguments, env=clean_environment(), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "}\n")
            yield json.loads("".join([*lines, "}"])), process
        finally:
            process.kill()


@pytest.mark.kafka
def test_it_runs_until_ctrl_c_and_keeps_its_folder(evenhand: Invoke, tmp_path: Path) -> None:
    """Topics that were made are there the next time; Ctrl-C ends it with 0, and nothing listens any more."""
    folder = tmp_path / "kafka"
    with running(folder) as (said, process):
        kafka = {"bootstrap_servers": said["bootstrap_servers"], "partitions": "1"}
        assert 0 == evenhand("topics", "create", **kafka).exit_code
        process.send_signal(signal.SIGINT)
        assert 0 == process.wait(40)
        host, _, port = said["bootstrap_servers"].partition(":")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)), timeout=5)
    with running(folder) as (said, process):
        kafka = {"bootstrap_servers": said["bootstrap_servers"], "partitions": "1"}
        assert 0 == evenhand("topics", "list", **kafka).exit_code
        process.send_signal(signal.SIGTERM)
        assert 143 == process.wait(40)


def test_a_port_that_is_taken_is_told(evenhand: Invoke) -> None:
    """Before Java is looked for."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        result = evenhand("broker", "--port", port)
    assert (4, True) == (result.exit_code, f"port {port} is taken: --port 0" in " ".join(result.stderr.split()))


def test_without_java_it_says_so(evenhand: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the exit code of a tool that is missing."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("JAVA_HOME", os.devnull)
    assert 4 == evenhand("broker", "--port", "0").exit_code
