"""A guarded child: it is itself, it ends when told to, and no kill of its parent leaves it behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from streams.local.guarded_child import GuardedChild
from tests.harness.processes import assert_nothing_left, processes_of

DEATHS = 30

Start = Callable[..., GuardedChild]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment by which the test's processes can be told, however they came about."""
    return os.environ | {"TMPDIR": str(tmp_path)}


@pytest.fixture(autouse=True)
def _no_survivors(tmp_path: Path) -> Iterator[None]:
    """Kills what a failing test leaves."""
    yield
    for pid in processes_of(tmp_path):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def start(environ: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Starts guarded shells that write to the file `said`; they end with the test."""
    started: list[GuardedChild] = []

    def run(script: str, *, doomed: Path | None = None) -> GuardedChild:
        with (tmp_path / "said").open("wb") as output:
            child = GuardedChild(["/bin/sh", "-c", script], environ=environ, output=output, doomed=doomed)
        started.append(child)
        return child

    yield run
    for child in started:
        child.kill()


def exit_code(child: GuardedChild) -> int | None:
    """How it ended; None when it does not in a while."""
    deadline = time.monotonic() + 60
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    return child.poll()


def wait_for_words(file: Path) -> None:
    """Wait until something is in the file."""
    deadline = time.monotonic() + 60
    while not file.read_text() and time.monotonic() < deadline:
        time.sleep(0.01)


def parent(arguments: Sequence[str], environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run a Python process that starts a guarded child."""
    return subprocess.run(
        [sys.executable, *arguments], env=environ, stdout=subprocess.PIPE, text=True, timeout=60, check=False
    )


def test_a_parent_killed_at_any_moment_of_the_start_leaves_no_child(environ: dict[str, str], tmp_path: Path) -> None:
    """Thirty parents die at moments spread over the start, from before the guard to after the child."""
    dying = ["-m", "tests.harness.dying_parent"]
    moments = int(parent([*dying, "0"], environ).stdout)
    assert moments > DEATHS
    for death in range(DEATHS):
        assert -signal.SIGKILL == parent([*dying, str(1 + death * moments // DEATHS)], environ).returncode
    assert_nothing_left(tmp_path)


def test_a_parent_killed_by_its_child_leaves_neither_child_nor_folder(environ: dict[str, str], tmp_path: Path) -> None:
    """The first thing that the child does is to kill its parent, which has had no time for anything after it."""
    doomed = tmp_path / "doomed"
    doomed.mkdir()
    script = (
        "import os, sys, time; from pathlib import Path; from streams.local.guarded_child import GuardedChild;"
        "command, output = ['/bin/sh', '-c', 'kill -9 $PPID; exec sleep 300'], Path(os.devnull).open('wb');"
        "GuardedChild(command, environ=os.environ, output=output, doomed=Path(sys.argv[1])); time.sleep(60)"
    )
    assert -signal.SIGKILL == parent(["-c", script, str(doomed)], environ).returncode
    assert_nothing_left(tmp_path)


def test_pid_output_and_exit_code_are_the_childs(start: Start, tmp_path: Path) -> None:
    """The shell that tells the guard becomes the child: same id, its words, its code, nothing to read."""
    child = start("echo $$; echo wrong >&2; cat; exit 7")
    assert 7 == exit_code(child)
    assert f"{child.pid}\nwrong\n" == (tmp_path / "said").read_text()


def test_a_program_that_is_not_there_ends_at_once_and_is_named(environ: dict[str, str], tmp_path: Path) -> None:
    """Code 127, as shells have it, and the reason in the output."""
    with (tmp_path / "said").open("wb") as output:
        child = GuardedChild([str(tmp_path / "absent")], environ=environ, output=output, doomed=None)
    assert 127 == exit_code(child)
    child.kill()
    assert "absent" in (tmp_path / "said").read_text()


def test_a_stop_leaves_the_folder_and_no_guard(start: Start, tmp_path: Path) -> None:
    """SIGTERM reaches the child; the guard goes without doing its work."""
    child = start("trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done", doomed=tmp_path)
    wait_for_words(tmp_path / "said")
    child.stop(within=10)
    assert 3 == child.poll()
    assert {} == processes_of(tmp_path)
    assert (tmp_path / "said").exists()


def test_a_child_that_does_not_listen_is_killed(start: Start, tmp_path: Path) -> None:
    """After the time that it was given, SIGKILL."""
    child = start("trap '' TERM; echo ready; while :; do sleep 0.05; done")
    wait_for_words(tmp_path / "said")
    child.stop(within=0.2)
    assert -signal.SIGKILL == child.poll()
