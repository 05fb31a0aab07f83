"""Workers tell what they count and whether they are ready to the process that answers for them, over real sockets."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from prometheus_client import CollectorRegistry

from streams.apps import gathering as module
from streams.apps.gathering import Gathering
from streams.apps.reporter import Reporter
from streams.apps.supervisor import Started
from streams.categorizer.metrics import WorkerMetrics
from tests.harness.workers import until


@dataclass
class Told:
    """A worker as far as it tells of itself."""

    number: int
    reporter: Reporter
    wire: socket.socket
    metrics: WorkerMetrics
    states: list[str] = field(default_factory=lambda: [""])

    def say(self, fault: str) -> None:
        """Be not ready from now on, for this reason."""
        self.states.append(fault)


@dataclass
class Group:
    """A gathering and the registry that it shows itself in."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        self.gathering = Gathering(self.registry)
        self.following: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def worker(self, number: int, *, ready: bool = True) -> AsyncIterator[Told]:
        """A worker of two that runs, until it stops in good order."""
        ours, theirs = socket.socketpair()
        metrics = WorkerMetrics(CollectorRegistry())
        states = [""]
        reporter = Reporter(theirs, registry=metrics.registry, ready=lambda: ready, fault=lambda: states[-1])
        self.following.add(asyncio.create_task(self.gathering.follow(Started(number, processes=2), ours)))
        await reporter.start()
        try:
            yield Told(number, reporter, theirs, metrics, states)
        finally:
            await reporter.stop()

    async def value(self, name: str) -> float | None:
        """What is shown now."""
        await self.gathering.refresh()
        return self.registry.get_sample_value(name)

    async def shows(self, name: str, value: float) -> None:
        """Wait until it is shown."""

        async def is_shown() -> bool:
            return await self.value(name) == value

        await until(is_shown, every=0.01)

    async def is_told(self, check: Callable[[str], bool]) -> None:
        """Wait until the fault is like that."""

        async def is_so() -> bool:
            await self.gathering.refresh()
            return check(self.gathering.fault)

        await until(is_so, every=0.01)


async def test_figures_are_those_of_the_moment() -> None:
    """Who asks sees what the workers have counted until then, as one sum."""
    group = Group()
    async with group.worker(1) as first, group.worker(2) as second:
        await group.shows("evenhand_worker_processes", 2)
        first.metrics.duplicates.inc(3)
        second.metrics.duplicates.inc(4)

        assert 7 == await group.value("evenhand_duplicates_total")

        second.metrics.duplicates.inc()

        assert 8 == await group.value("evenhand_duplicates_total")
        assert 0 == await group.value("evenhand_worker_restarts_total")


async def test_what_a_worker_counted_last_is_not_lost_when_it_stops() -> None:
    """Nobody asked after the last batch: it says so by itself, and who takes its place counts on."""
    group = Group()
    async with group.worker(1), group.worker(2) as second:
        await group.shows("evenhand_worker_processes", 2)
        await group.shows("evenhand_duplicates_total", 0)
        await second.reporter.stop()  # so that nobody asks
        second.metrics.duplicates.inc(4)
    async with group.worker(1) as first:
        await group.shows("evenhand_worker_processes", 1)
        first.metrics.duplicates.inc(5)
        await first.reporter.stop()
        await group.shows("evenhand_worker_processes", 0)

        assert 5 == await group.value("evenhand_duplicates_total")
        assert 1 == await group.value("evenhand_worker_restarts_total")


async def test_a_worker_that_is_cut_off_leaves_what_it_had_told() -> None:
    """As by kill -9, here in the middle of a report: what came whole stays, and sums never fall."""
    group = Group()
    ours, theirs = socket.socketpair()
    async with group.worker(1) as first:
        first.metrics.duplicates.inc(3)
        await group.shows("evenhand_duplicates_total", 3)
        group.following.add(asyncio.create_task(group.gathering.follow(Started(2, processes=2), ours)))
        await group.shows("evenhand_worker_processes", 2)
        theirs.sendall((1000).to_bytes(4) + b'{"fault":')
        theirs.close()
        await group.shows("evenhand_worker_processes", 1)

        assert 3 == await group.value("evenhand_duplicates_total")


async def test_it_is_said_which_worker_is_not_ready() -> None:
    """All must be: none started, one missing, one that says why, one that is not open yet."""
    group = Group()
    assert "no worker has been started" == group.gathering.fault
    async with group.worker(1) as first:
        await group.is_told("worker 2: does not run".__eq__)
        async with group.worker(2, ready=False):
            await group.is_told("worker 2: not joined, or a partition is not open yet".__eq__)
            first.say("Kafka has not answered for 12 s")
            await group.is_told("worker 1: Kafka has not answered for 12 s".__eq__)
            first.say("")
        await group.is_told("worker 2: does not run".__eq__)
        async with group.worker(2):
            await group.is_told("".__eq__)


async def test_a_worker_that_hangs_is_named_and_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last figures are shown, after a bounded wait; until it answers again it is not ready."""
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    monkeypatch.setattr(module, "SILENT_SECONDS", 0.3)
    group = Group()
    ours, theirs = socket.socketpair()
    async with group.worker(1) as first:
        first.metrics.duplicates.inc(3)
        group.following.add(asyncio.create_task(group.gathering.follow(Started(2, processes=2), ours)))
        await group.is_told("worker 2: is starting".__eq__)
        assert "" == group.gathering.illness
        await group.is_told("worker 2: has not answered for 0 s".__eq__)

        assert 3 == await group.value("evenhand_duplicates_total")
        monkeypatch.setattr(module, "ILL_SECONDS", 0.3)
        assert re.fullmatch(r"worker 2: has not answered for \d s", group.gathering.illness)
        theirs.close()
        await group.is_told("worker 2: does not run".__eq__)
        assert "" == group.gathering.illness
