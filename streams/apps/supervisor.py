"""Several worker processes under one supervisor, which loads the model once and forks.

    supervisor ──fork──► web       /metrics, /healthz, /readyz for all
        │  loads, waits    ▲ a wire to each worker, handed on by the supervisor
        ├────fork──► worker 1      a full worker: own consumer, own lanes, own producers
        └────fork──► worker 2

The supervisor has no event loop, no thread of Python's and no client of Kafka, now or later: a worker that takes the
place of a dead one is forked from a process as plain as at the start, and shares the model like the first.
"""

import logging
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

import msgspec

from models.errors import ConfigurationError
from streams.apps.faust_app import load_faust
from streams.apps.garbage import calm_collector
from streams.apps.logs import configure_logging
from streams.local.cores import usable_cores
from streams.local.fork import fork_child
from streams.messages.roles import Role
from streams.settings.settings import Settings

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.5
"""Seconds before a worker that has died is started again; twice as long each time that it dies soon after."""

LONGEST_PAUSE = 30.0

WELL_SECONDS = 60.0
"""A worker that has run for so long was well: if it dies now, the next pause is the first again."""

LEAVE_SECONDS = 2.0
"""What a worker has after `stop_seconds`, in which its batches end, to leave the group and end itself."""

MESSAGE_BYTES = 1 << 16
"""More than any message between supervisor and web process has."""

_STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_REFUSED = range(2, 128)
"""Exit codes that say what is wrong with settings or machine; 1 is a crash, and from 128 on it was a signal."""


class Started(msgspec.Struct, frozen=True):
    """What the supervisor tells the web process, together with the wire to a worker that it has started.

    Args:
        processes: How many workers there are to be; they have the numbers from 1.
    """

    number: int
    processes: int


@dataclass(frozen=True, slots=True)
class Seat:
    """What a worker process is given.

    Args:
        number: Its own, from 1.
        processes: How many workers there are.
        wire: Where it reports to.
        counts: Partitions of each topic.
    """

    number: int
    processes: int
    wire: socket.socket
    counts: Mapping[Role, int]

    def settings(self, common: Settings) -> Settings:
        """This process's own: a name in the group, and its part of what one worker may ask of the LLM."""
        return common.model_copy(
            update={
                "group_instance_id": common.group_instance_id and f"{common.group_instance_id}-{self.number}",
                "llm_concurrency": max(1, common.llm_concurrency // self.processes),
                "llm_calls_per_minute": max(1, common.llm_calls_per_minute // self.processes),
                "llm_tokens_per_day": max(1, common.llm_tokens_per_day // self.processes),
            }
        )


@dataclass
class Place:
    """A worker's place: the process that holds it, or when the next one is due; by the monotonic clock."""

    number: int
    pid: int | None = None
    started: float = 0.0
    due: float = 0.0
    pause: float = 0.0

    def ended(self, now: float) -> None:
        """Make the place free, and set when it is taken again."""
        soon = self.pause and now - self.started < WELL_SECONDS
        self.pid, self.pause = None, min(self.pause * 2, LONGEST_PAUSE) if soon else FIRST_PAUSE
        self.due = now + self.pause


def runs_alone(settings: Settings) -> bool:
    """True where one process does all: there is nothing to supervise."""
    return settings.processes == 1 or (settings.processes == "auto" and usable_cores() == 1)


class Supervisor:
    """Starts the web process and the workers, starts again what dies, and stops all at a signal.

    Args:
        front: What the web process does: it gets its end of the connection to the supervisor, tells the partitions of
            each topic once all is well, and ends when the other end is closed.
    """

    def __init__(self, settings: Settings, front: Callable[[socket.socket], NoReturn]) -> None:
        self._settings = settings
        self._front = front
        self._front_pid: int | None = None
        self._places: Sequence[Place] = ()
        self._stop_asked = False
        # Of packets, so that one message is one call, also with a wire.
        self._control, self._other_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._woken, self._waker = socket.socketpair()

    def run(self) -> Seat:
        """Supervise until a signal; returns in the workers only, each time that one has been forked.

        Raises:
            ConfigurationError: In the web process, which ends with it; or here, where the system is not Linux.
            SystemExit: In the supervisor, at the end: 0 after a signal, the exit code of a process that refuses the
                settings, 1 where the web process has crashed.
        """
        if sys.platform != "linux":
            raise ConfigurationError(
                "processes: more than one needs Linux, whose kernel ends them with their supervisor; "
                "start `evenhand worker` as often as needed instead"
            )
        configure_logging(self._settings.log_level)
        self._listen()
        load_faust()
        # What is frozen is left alone by every collection, here and in the workers: pages stay shared.
        calm_collector()
        self._start_front()
        counts = self._hear_partitions()
        processes = self._number_of_processes(counts[Role.TRANSACTIONS])
        self._places = [Place(number) for number in range(1, processes + 1)]
        while True:
            for place in self._places:
                if place.pid is None and place.due <= time.monotonic():
                    wire = self._start(place)
                    if wire is not None:
                        return Seat(place.number, processes, wire, counts)
            self._wait(min((place.due for place in self._places if place.pid is None), default=None))
            self._reap()

    def _listen(self) -> None:
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        # By a socket, because a signal may reach a thread of a library, and only this one can be woken by it.
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in _STOPPING:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as SIGHUP under nohup
                signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, *_: object) -> None:
        self._stop_asked = True

    def _fork(self) -> int:
        pid = fork_child((*_STOPPING, signal.SIGCHLD))
        if not pid:
            self._woken.close()
            self._waker.close()
        return pid

    def _start_front(self) -> None:
        self._front_pid = self._fork()
        if not self._front_pid:
            self._control.close()
            self._front(self._other_end)
        self._other_end.close()

    def _hear_partitions(self) -> dict[Role, int]:
        heard = [self._control]
        while True:
            self._wait(None, *heard)
            self._reap()
            try:
                message = self._control.recv(MESSAGE_BYTES, socket.MSG_DONTWAIT)
            except BlockingIOError:
                continue
            if message:
                return msgspec.json.decode(message, type=dict[Role, int])
            heard = []  # its end is closed: it is about to be reaped

    def _number_of_processes(self, partitions: int) -> int:
        wanted = self._settings.processes
        if wanted == "auto":
            return max(1, min(usable_cores(), partitions))
        if wanted > partitions:
            log.warning("%d worker processes for %d partitions: the others stand by", wanted, partitions)
        return wanted

    def _start(self, place: Place) -> socket.socket | None:
        """Fork a worker; gives its wire in the worker, and None in the supervisor."""
        ours, theirs = socket.socketpair()
        place.started = time.monotonic()
        pid = self._fork()
        if not pid:
            self._control.close()
            ours.close()
            return theirs
        place.pid = pid
        log.info("worker %d: started, pid %d", place.number, pid)
        message = msgspec.json.encode(Started(place.number, len(self._places)))
        with suppress(OSError):  # where the web process has ended, and is about to be reaped
            socket.send_fds(self._control, [message], [ours.fileno()])
        ours.close()
        theirs.close()
        return None

    def _wait(self, until: float | None, *others: socket.socket) -> None:
        """Wait for a signal, for something to read, or until a moment; ends all where a signal asks for it."""
        left = None if until is None else max(0.0, until - time.monotonic())
        if not self._stop_asked:
            select.select([self._woken, *others], [], [], left)
        self._calm()
        if self._stop_asked:
            log.info("stopping")
            self._stop(0)

    def _calm(self) -> None:
        try:
            while self._woken.recv(1024):
                pass
        except BlockingIOError:
            return

    def _reap(self) -> None:
        """Take note of processes that have ended."""
        if (code := _ended(self._front_pid)) is not None:
            self._front_pid = None
            # Before there are workers, what it has said of settings or machine is all there is to say.
            if self._places or code not in _REFUSED:
                log.error("web process ended (%s): stopping all", _how(code))
            self._stop(code if code in _REFUSED else 1)
        for place in self._places:
            pid = place.pid
            if (code := _ended(pid)) is None:
                continue
            place.ended(time.monotonic())
            if code in _REFUSED:
                log.error("worker %d ended (%s): stopping all", place.number, _how(code))
                self._stop(code)
            log.warning(
                "worker %d ended (pid %d, %s); started again in %.1f s", place.number, pid, _how(code), place.pause
            )

    def _stop(self, code: int) -> NoReturn:
        """Stop the workers, in good order if they can, then the web process."""
        for place in self._places:
            if place.pid is not None:
                os.kill(place.pid, signal.SIGTERM)
        until = time.monotonic() + self._settings.stop_seconds + LEAVE_SECONDS
        for place in self._places:
            if not self._gone(place.pid, until):
                log.warning("worker %d did not stop in time and was killed", place.number)
        self._control.close()
        if not self._gone(self._front_pid, time.monotonic() + LEAVE_SECONDS):
            log.warning("web process did not stop in time and was killed")
        signal.set_wakeup_fd(-1)
        self._woken.close()
        self._waker.close()
        raise SystemExit(code)

    def _gone(self, pid: int | None, until: float) -> bool:
        """Wait for the end of a process, which is killed when it is too late; True where it ended by itself."""
        while pid is not None and _ended(pid) is None:
            left = until - time.monotonic()
            if left <= 0:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                return False
            select.select([self._woken], [], [], left)
            self._calm()
        return True


def _ended(pid: int | None) -> int | None:
    """How a child has ended, negative for a signal; None while it runs, or where there is none."""
    if pid is None:
        return None
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
