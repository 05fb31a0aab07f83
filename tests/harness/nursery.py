"""Starts `tests.harness.runner` by forking a process that has imported it and read the shipped tables.

    test ──socket──► nursery ──fork──► worker, monitor, learner, review queue

Each is a process of its own, that is killed and ends like any other; what it is spared is one to three seconds of CPU
for imports and tables that are the same for all. Settings, signals and random numbers are its own.
"""

import atexit
import gc
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

ROOT = Path(__file__).parents[2]
_LONGEST = 1 << 18
"""Bytes of a message."""


class Born:
    """A process of the nursery, with what tests use of `subprocess.Popen`."""

    def __init__(self, nursery: "Nursery", pid: int) -> None:
        self._nursery = nursery
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        if self.returncode is None:
            self.returncode = self._nursery.ended(self.pid)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait for its end.

        Raises:
            subprocess.TimeoutExpired: It is still there.
        """
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
            self._nursery.heed(0.05)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL; does not wait."""
        self.send_signal(signal.SIGKILL)


class Nursery:
    """The process that forks; ends with this one, and all that it forked with it."""

    def __init__(self) -> None:
        self._socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._codes: dict[int, int] = {}
        self._reading, self._starting = Lock(), Lock()
        environ = {name: value for name, value in os.environ.items() if not name.startswith("EVENHAND_")}
        # Linear algebra starts its threads when it is imported.
        environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        with other:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.harness.nursery", str(other.fileno())],
                cwd=ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                pass_fds=[other.fileno()],
            )
        atexit.register(self.close)

    def close(self) -> None:
        """End it, and all that it forked."""
        self._socket.close()
        self._process.wait()

    def start(self, options: Sequence[str], environ: Mapping[str, str], log: Path) -> Born:
        """Start a process.

        Args:
            options: The runner's.
            environ: Its whole environment.
            log: File to which all that it says is added.
        """
        with self._starting:
            self._socket.send(json.dumps([list(options), dict(environ), str(log)]).encode())
            while (told := self._told(None)) is None or "born" not in told:
                pass
        return Born(self, told["born"])

    def ended(self, pid: int) -> int | None:
        """The exit code of a process; None while it runs."""
        while self._starting.acquire(blocking=False):
            try:
                if self._told(0) is None:
                    break
            finally:
                self._starting.release()
        return self._codes.get(pid)

    def heed(self, seconds: float) -> None:
        """Wait so long, or until there is news."""
        select.select([self._socket], [], [], seconds)

    def _told(self, within: float | None) -> Any:
        """The next news; None where there are none in time."""
        with self._reading:
            if not select.select([self._socket], [], [], within)[0]:
                return None
            news = self._socket.recv(_LONGEST)
            assert news, "the nursery has ended: what it said of it is in this process's stderr"
            told = json.loads(news)
            if "ended" in told:
                self._codes[told["ended"]] = told["code"]
            return told


@cache
def nursery() -> Nursery:
    """The one of this process, started when it is first asked for."""
    return Nursery()


def _prepare() -> None:
    """Import all that any of them imports, and read what any of them reads of the package's tables."""
    from models.decisions.loading import load_ensemble
    from streams.apps import run_learner, run_monitor, run_review  # noqa: F401
    from streams.learner import preparation  # noqa: F401
    from streams.monitor import judging  # noqa: F401
    from tests.harness import runner

    load_ensemble()
    runner.following_ensemble()
    gc.collect()
    gc.freeze()
    # A fork has the thread that forked alone; locks that others held would stay locked.
    assert 1 == len(list(Path("/proc/self/task").iterdir())), "something that is imported has started a thread"


def _serve(link: socket.socket) -> list[str]:
    """Fork whenever it is asked for; returns in those who are forked only, with their options."""
    awake, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    running: set[int] = set()
    while True:
        ready, _, _ = select.select([link, awake], [], [])
        if awake in ready:
            os.read(awake, 4096)
            for pid in sorted(running):
                done, status = os.waitpid(pid, os.WNOHANG)
                if done:
                    running.remove(pid)
                    _tell(link, ended=pid, code=os.waitstatus_to_exitcode(status))
        if link in ready:
            message = link.recv(_LONGEST)
            if not message:  # the tests have ended, however they did
                for pid in running:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                os._exit(0)
            options, environ, log = json.loads(message)
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for each in (awake, wake):
                    os.close(each)
                link.close()
                _become(environ, Path(log))
                return list(options)
            running.add(pid)
            _tell(link, born=pid)


def _tell(link: socket.socket, **news: int) -> None:
    try:
        link.send(json.dumps(news).encode())
    except BrokenPipeError:  # nobody is left to hear it; the next reading ends it all
        return


def _become(environ: Mapping[str, str], log: Path) -> None:
    """Take over the environment and the log of who is wanted."""
    os.environ.clear()
    os.environ.update(environ)
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for stream in (1, 2):
        os.dup2(said, stream)
    os.close(said)
    random.seed()


def main() -> None:
    """Prepare, fork, and be the runner in those who are forked."""
    link = socket.socket(fileno=int(sys.argv[1]))
    _prepare()
    options = _serve(link)
    sys.argv = ["tests.harness.runner", *options]
    from tests.harness.runner import main as run

    run()


if __name__ == "__main__":
    main()
