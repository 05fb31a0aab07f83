"""The process that answers for several workers: one `/metrics`, one `/healthz`, one `/readyz`."""

import asyncio
import logging
import socket
from collections.abc import Iterator

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from streams.apps.merging import Family, lasting, merge, metric_of
from streams.apps.reporter import QUESTION, SIZE_BYTES, Report
from streams.apps.supervisor import Started

log = logging.getLogger(__name__)

EVERY_SECONDS = 0.25
"""Between two questions to a worker: what it has counted since its last answer is lost if it is killed."""

PATIENCE = 2.0
"""Seconds that an answer may take; then `/metrics` shows the last one."""

SILENT_SECONDS = 10.0
"""After so long without an answer a worker is said not to answer: it may have been busy, or held up."""

ILL_SECONDS = 60.0
"""After so long it will not answer any more: one process alone, which hangs, would not answer its probe either."""


class ProcessMetrics:
    """What only a supervisor knows of its workers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.running = Gauge(
            "evenhand_worker_processes", "Worker processes that run under the supervisor.", registry=registry
        )
        self.restarts = Counter(
            "evenhand_worker_restarts",
            "Worker processes that ended by themselves and were replaced.",
            registry=registry,
        )


class Link:
    """The connection to a worker that runs, and its newest report.

    Args:
        number: The worker's.
        heard: When it was last heard of, by the event loop's clock; to begin with, now.
    """

    def __init__(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, heard: float
    ) -> None:
        self.number = number
        self._reader = reader
        self._writer = writer
        self._news = asyncio.Event()
        self.heard = heard
        self.report: Report | None = None

    async def listen(self) -> None:
        """Take reports until the worker ends."""
        try:
            while True:
                size = int.from_bytes(await self._reader.readexactly(SIZE_BYTES))
                self.report = msgspec.json.decode(await self._reader.readexactly(size), type=Report)
                self.heard = asyncio.get_running_loop().time()
                self._news.set()
        except (asyncio.IncompleteReadError, OSError):
            return  # it has ended, perhaps in the middle of a report
        finally:
            self._news.set()  # nobody need wait for an answer any longer
            self._writer.close()

    async def ask(self) -> None:
        """Ask for a report, and wait for one as long as is reasonable."""
        self._news.clear()
        self._writer.write(QUESTION)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._news.wait()
        except TimeoutError:
            log.debug("a worker has not answered within %.0f s", PATIENCE)


class Gathering(Collector):
    """The workers' metrics as one, and whether all of them are ready.

    What a worker had counted stays when it has ended; who takes its place begins at zero.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._links: list[Link] = []
        self._seen: set[int] = set()
        self._kept: list[Family] = []
        self._processes = 0
        self._metrics = ProcessMetrics(registry)
        registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """What all have counted, and the state of those that run."""
        # First what runs now: the order of what is shown is that of a worker, also after one has ended.
        reports = [link.report.families for link in self._links if link.report is not None]
        return (metric_of(family) for family in merge([*reports, self._kept]))

    @property
    def fault(self) -> str:
        """The first worker that is not ready, and why; empty where all are."""
        if not self._processes:
            return "no worker has been started"
        numbers = range(1, self._processes + 1)
        return next((f"worker {number}: {fault}" for number in numbers if (fault := self._fault_of(number))), "")

    @property
    def illness(self) -> str:
        """The first worker that hangs; empty where none does. One that has ended is started again by itself."""
        silent = ((link.number, _silence(link)) for link in self._links)
        return next(
            (
                f"worker {number}: has not answered for {seconds:.0f} s"
                for number, seconds in silent
                if seconds > ILL_SECONDS
            ),
            "",
        )

    def _fault_of(self, number: int) -> str:
        # The newest: its predecessor's end may not have been seen yet.
        link = next((link for link in reversed(self._links) if link.number == number), None)
        if link is None:
            return "does not run"
        if (seconds := _silence(link)) > SILENT_SECONDS:
            return f"has not answered for {seconds:.0f} s"
        return "is starting" if link.report is None else link.report.fault

    async def refresh(self) -> None:
        """Ask all that run, before their figures are shown."""
        await asyncio.gather(*(link.ask() for link in self._links))

    async def follow(self, started: Started, wire: socket.socket) -> None:
        """Follow a worker from its start to its end."""
        self._processes = started.processes
        if started.number in self._seen:
            self._metrics.restarts.inc()
        self._seen.add(started.number)
        streams = await asyncio.open_connection(sock=wire)
        link = Link(started.number, *streams, heard=asyncio.get_running_loop().time())
        self._links.append(link)
        self._metrics.running.set(len(self._links))
        asking = asyncio.create_task(_ask_on(link))
        try:
            await link.listen()
        finally:
            asking.cancel()
            # Together, or a look in between would see counters that fall.
            self._links.remove(link)
            if link.report is not None:
                self._kept = merge([self._kept, lasting(link.report.families)])
            self._metrics.running.set(len(self._links))


def _silence(link: Link) -> float:
    """Seconds since a worker was last heard of."""
    return asyncio.get_running_loop().time() - link.heard


async def _ask_on(link: Link) -> None:
    while True:
        await link.ask()
        await asyncio.sleep(EVERY_SECONDS)
