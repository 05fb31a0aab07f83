"""`evenhand demo` as a person runs it: to its end, interrupted, killed, and where Java is missing."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from streams.kafka.clients import admin_client
from streams.kafka.topics import needed_topics
from streams.local.broker import LocalBroker
from streams.settings.settings import load_settings
from tests.harness.processes import assert_nothing_left, processes_of

DEMO = [sys.executable, "-m", "streams.cli.main", "demo"]
PATIENCE = 180.0

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment whose temporary files are under the test's folder, so that whatever is left can be found."""
    return os.environ | {"TMPDIR": str(tmp_path)}


@pytest.fixture
def start(environ: dict[str, str]) -> Iterator[Start]:
    """Starts demos; whatever a failing test leaves running is killed."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str, env: dict[str, str] = environ) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [*DEMO, *arguments], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def wait_for_line(process: "subprocess.Popen[str]", words: str) -> str:
    """Read the demo's progress until a line has these words."""
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        if words in line:
            return line
    pytest.fail(f"ended without saying {words!r}: {''.join(seen)}")


RUNNING = {"worker", "monitor", "learner", "review"}


def running(folder: Path) -> set[str]:
    """Which of the demo's commands run."""
    commands = " ".join(processes_of(folder).values())
    return {command for command in RUNNING if f"main {command}" in commands}


async def topics_of(broker: LocalBroker) -> Sequence[str]:
    """The demo's topics on a broker."""
    admin = admin_client(load_settings(bootstrap_servers=broker.bootstrap_servers))
    await admin.start()
    try:
        return [name for name in await admin.list_topics() if name.startswith("demo-")]
    finally:
        await admin.close()


@pytest.mark.kafka
def test_a_whole_demo(start: Start, tmp_path: Path) -> None:
    """A thousand transactions, ten bad messages, fifty answers: all decided once, and what was learned is used."""
    process = start("--transactions", "1000", "--seconds", "2", "--text-only", "--json")
    out, err = process.communicate(timeout=PATIENCE)
    assert 0 == process.returncode, err
    summary: dict[str, Any] = json.loads(out)
    assert (True, []) == (summary["ok"], summary["problems"])
    assert 1000 == summary["categorized"] + summary["review"]
    assert summary["categorized"] > summary["review"] > 0
    assert (1010, 10) == (summary["verification"]["inputs"], summary["verification"]["dead_letters"])
    assert 10 == len({letter["reason"] for letter in summary["dead_letters"]})
    assert {"decode"} == {letter["stage"] for letter in summary["dead_letters"]}
    assert 1000 == sum(rate["decisions"] for rate in summary["review_rates"])
    assert 1010 == summary["worker"]["records"]
    assert_nothing_left(tmp_path)
    fairness = summary["fairness"]
    assert (1010, []) == (fairness["observed"], fairness["alerts"])
    assert 0 < fairness["not_enough_data"] < fairness["figures"]
    by_monitor = {reading["monitor"]: reading for reading in fairness["readings"] if reading["group"] is None}
    assert {"review_rate", "confidence_median", "unknown_merchants"} == by_monitor.keys()
    assert 3 == sum(reading["monitor"] == "review_parity" for reading in fairness["readings"])
    rate = by_monitor["review_rate"]
    assert "7d" == rate["window"]
    assert "2020-12-01" < rate["until"] < summary["last_timestamp"]
    assert rate["interval"][0] < rate["value"] < rate["interval"][1]
    assert rate["counts"]["review"] <= summary["review"]
    learning = summary["learning"]
    answers, learned, following = learning["answers"], learning["learned"], learning["next"]
    assert 0 < answers["requests"] <= 50
    assert answers["settled"] >= answers["requests"] - answers["unknown"] > 0
    assert answers["settled"] == learned["corrections"]
    assert 0 < learned["merchants"] <= learned["accepted"] <= learned["corrections"]
    assert (500, 500) == (following["rows"], following["under"])
    assert "0" != learned["version"]
    assert following["by_people"] > 0
    assert {"review": 500, "right": 500}.items() <= {
        name: following[name]["rows"] for name in ("review", "right")
    }.items()
    assert 0 < summary["verification"]["reviewed"] <= answers["settled"]


@pytest.mark.kafka
def test_ctrl_c_stops_the_broker_and_all_processes(start: Start, tmp_path: Path) -> None:
    """Interrupted in the middle of the replay, the demo takes everything away and says so."""
    process = start("--transactions", "1000", "--seconds", "60")
    wait_for_line(process, "replaying")
    assert RUNNING == running(tmp_path)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert (130, "") == (process.returncode, out)
    assert "interrupted" in err
    assert "Traceback" not in err
    assert_nothing_left(tmp_path)


@pytest.mark.kafka
def test_the_console_answers_while_the_demo_runs(start: Start, broker: LocalBroker, tmp_path: Path) -> None:
    """At the address that is named there is the page; a monitor that dies ends the demo, with the end of its log."""
    process = start("--transactions", "1000", "--seconds", "60", "--broker", broker.bootstrap_servers)
    address = re.search(r"http://127\.0\.0\.1:\d+/", wait_for_line(process, "fairness console"))
    assert address is not None
    with urllib.request.urlopen(address[0], timeout=PATIENCE) as page:
        assert b"<title>" in page.read()
    monitor = next(number for number, command in processes_of(tmp_path).items() if "main monitor" in command)
    os.kill(monitor, signal.SIGTERM)
    out, err = process.communicate(timeout=PATIENCE)
    assert (1, "") == (process.returncode, out)
    assert "error: the monitor ended with code 0" in err
    assert_nothing_left(tmp_path)


@pytest.mark.kafka
async def test_a_broker_of_yours_is_left_as_it_was(start: Start, broker: LocalBroker, tmp_path: Path) -> None:
    """On a broker that is given, even after SIGTERM, the demo's own topics are deleted and the broker runs on."""
    process = start("--transactions", "1000", "--seconds", "60", "--broker", broker.bootstrap_servers)
    wait_for_line(process, "replaying")
    assert len(needed_topics(load_settings())) == len(await topics_of(broker))
    process.terminate()
    process.communicate(timeout=PATIENCE)
    assert 130 == process.returncode
    assert [] == await topics_of(broker)
    assert broker.running
    assert_nothing_left(tmp_path)


@pytest.mark.kafka
@pytest.mark.parametrize("line", ["starting worker and monitor", "replaying"])
def test_a_killed_demo_leaves_no_process(start: Start, broker: LocalBroker, tmp_path: Path, line: str) -> None:
    """After SIGKILL, while they start or later, their guards end all and remove the folder."""
    process = start("--transactions", "1000", "--seconds", "60", "--broker", broker.bootstrap_servers)
    wait_for_line(process, line)
    deadline = time.monotonic() + PATIENCE
    while not running(tmp_path) >= RUNNING and time.monotonic() < deadline:
        time.sleep(0.05)
    assert RUNNING == running(tmp_path)
    process.kill()
    process.communicate(timeout=PATIENCE)
    assert_nothing_left(tmp_path)


def test_without_java_it_says_what_to_install(start: Start, environ: dict[str, str], tmp_path: Path) -> None:
    """Exit code 4 and the packages to install; nothing is left behind."""
    bare = {key: value for key, value in environ.items() if key not in ("JAVA_HOME", "MAVEN_HOME")}
    process = start(env=bare | {"PATH": str(tmp_path)})
    out, err = process.communicate(timeout=PATIENCE)
    assert (4, "") == (process.returncode, out)
    assert "error: java was not found" in err
    assert "apt install openjdk-17-jre-headless maven" in err
    assert_nothing_left(tmp_path)


def test_a_broker_that_does_not_answer(start: Start, tmp_path: Path) -> None:
    """Exit code 4 and the address; nothing is left behind."""
    process = start("--broker", "127.0.0.1:1")
    _, err = process.communicate(timeout=PATIENCE)
    assert 4 == process.returncode
    assert "no Kafka broker answers at 127.0.0.1:1" in err
    assert_nothing_left(tmp_path)
