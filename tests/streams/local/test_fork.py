"""A forked child: it ends with its parent however that ends, and has its own session and its own signals."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = """
import os, signal, sys
from streams.local.fork import fork_child

for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: print("the parent's", flush=True))
reads, writes = os.pipe()
os.set_blocking(writes, False)
signal.set_wakeup_fd(writes)
pid = fork_child((signal.SIGTERM,))
if pid:
    print(pid, flush=True)
    os.waitpid(pid, 0)
    os.set_blocking(reads, False)
    try:
        print(os.read(reads, 10), flush=True)
    except BlockingIOError:
        print("not woken", flush=True)
while True:
    signal.pause()
"""

Start = Callable[[], tuple["subprocess.Popen[str]", int]]


@pytest.fixture
def start() -> Start:  # type: ignore[misc]
    """Starts a parent with a child; gives the parent and the child's id."""
    begun: list[subprocess.Popen[str]] = []

    def run() -> tuple["subprocess.Popen[str]", int]:
        parent = subprocess.Popen(
            [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]
        )
        begun.append(parent)
        assert parent.stdout is not None
        return parent, int(parent.stdout.readline())

    yield run
    for parent in begun:
        parent.kill()
        parent.communicate()


def ends(pid: int) -> bool:
    """Whether a process is gone in a while: a busy machine may take its time."""
    deadline = time.monotonic() + 60
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    return not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_it_does_not_outlive_its_parent(start: Start, number: signal.Signals) -> None:
    """Not even where that is killed, and can do nothing about it."""
    parent, pid = start()
    parent.send_signal(number)
    parent.wait(60)
    assert ends(pid)


def test_its_session_is_its_own(start: Start) -> None:
    """Ctrl-C at the terminal is not for it, and it may write there."""
    parent, pid = start()
    deadline = time.monotonic() + 60
    while os.getsid(pid) != pid and time.monotonic() < deadline:
        time.sleep(0.01)
    assert pid == os.getsid(pid) != os.getsid(parent.pid)


def test_its_signals_are_its_own(start: Start) -> None:
    """One that was set back ends it; its parent is neither asked nor woken."""
    parent, pid = start()
    os.kill(pid, signal.SIGTERM)
    assert ends(pid)
    assert parent.stdout is not None
    assert "not woken\n" == parent.stdout.readline()
