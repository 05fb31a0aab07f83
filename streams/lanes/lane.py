"""A lane: one input partition, from assignment to revocation. It takes batches and waits until each is settled.

    assigned -> open -> [ fetch -> batch -> agent -> commit ]* -> close
                 ^                                   |
                 +----- back off, open again --------+  when a commit is not certain

Opening fences whoever served the partition before, reads the committed offset and rebuilds what the lane knows, such as
the duplicate window, so a lane never builds on what another worker, or its own failed commit, left undecided.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from prometheus_client import Counter, Gauge, Histogram

from models.errors import DeliveryError, FencedError
from streams.clock import Clock
from streams.lanes.delivery import Delivery
from streams.messages.records import Output, Received
from streams.settings.settings import Settings

log = logging.getLogger(__name__)

POLL_MS = 500
SHORTEST_BACKOFF = 0.1
LONGEST_BACKOFF = 5.0


class Made(Protocol):
    """What became of a batch."""

    @property
    def written(self) -> Sequence[Output]:
        """Everything that is written in one transaction with the input offset."""
        ...

    def settled(self, memory: Any, *, at: datetime) -> None:
        """Called once it is committed.

        Args:
            memory: What the lane knows.
            at: The clock.
        """
        ...


class LaneMetrics(Protocol):
    """What a lane counts."""

    lag: Gauge
    partitions: Gauge
    batch_seconds: Histogram
    aborted: Counter

    def committed(self, result: Any, records: int) -> None:
        """Count a batch after its commit."""
        ...


Recall = Callable[[int, int], Awaitable[Any]]
"""Rebuilds what a lane knows of its partition, given the partition and its committed offset (0 where there is none)."""

Handle = Callable[[Sequence[Received], Any], Awaitable[Made]]
"""Makes of the records of one batch, and of what the lane knows, what is to be written."""

Portions = Callable[[Sequence[Received]], Iterable[Sequence[Received]]]
"""Cuts what was fetched into the batches that are committed, each asked for after the one before is settled."""


def in_one(records: Sequence[Received]) -> Iterable[Sequence[Received]]:
    """All that was fetched is one batch."""
    return (records,)


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one partition, in offset order, on their way through the agent."""

    lane: "Lane"
    records: Sequence[Received]
    settled: asyncio.Future[DeliveryError | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def next_offset(self) -> int:
        """The position to commit: the offset after the last record."""
        return self.records[-1].offset + 1


class Lane:
    """Serves one input partition.

    Args:
        source: The partition.
        consumer: Already joined to the group; shared by all lanes.
        delivery: Writes this partition's outputs; owned by the lane.
        recall: Rebuilds what the lane knows from what was committed, such as the duplicate window of the partition.
        send: Puts a batch on the channel that the agent reads.
        metrics: Counts.
        clock: The time of day.
        settings: Batch size and time limits.
        portions: Cuts what was fetched into batches.
        released: Called when the partition is given up, for good or to another process.
        rest: Seconds to wait after a batch that was not full: where a batch costs the same whatever its size, fewer
            and larger ones are cheaper.
    """

    def __init__(
        self,
        source: TopicPartition,
        *,
        consumer: AIOKafkaConsumer,
        delivery: Delivery,
        recall: Recall,
        send: Callable[[Batch], Awaitable[Any]],
        metrics: LaneMetrics,
        clock: Clock,
        settings: Settings,
        portions: Portions = in_one,
        released: Callable[[], None] = lambda: None,
        rest: float = 0.0,
    ) -> None:
        self.source = source
        self.memory: Any = None
        self.is_open = False
        self._consumer = consumer
        self._delivery = delivery
        self._recall = recall
        self._send = send
        self._metrics = metrics
        self._clock = clock
        self._settings = settings
        self._portions = portions
        self._released = released
        self._rest = rest
        self._position: int | None = None
        self._backoff = SHORTEST_BACKOFF  # until a batch is committed each new start waits twice as long
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Serve the partition until `stop`; a failing broker means a pause and a fresh start, never a drop."""
        try:
            while not self._stopping.is_set():
                try:
                    await self._open()
                    await self._serve()
                except (KafkaError, DeliveryError, TimeoutError) as error:
                    self._closed()
                    # A fenced lane gives the group time to take the partition away before it claims it back.
                    pause = LONGEST_BACKOFF if isinstance(error, FencedError) else self._backoff
                    log.warning("%s; opening again in %.1f s", self._say(error), pause)
                    await self._pause(pause)
                    self._backoff = min(self._backoff * 2, LONGEST_BACKOFF)
        finally:
            self._closed()
            self._metrics.lag.remove(str(self.source.partition))  # it is another's now, and this figure would stay
            self._released()
            await self._delivery.close()

    def stop(self) -> None:
        """Ask the lane to end after the batch in work."""
        self._stopping.set()

    async def commit(self, batch: Batch, result: Made) -> None:
        """Commit what the agent made of a batch, and remember it.

        Raises:
            DeliveryError: It is not certain that the batch was committed.
        """
        await self._delivery.commit(result.written, batch.next_offset)
        self._position = batch.next_offset
        self._backoff = SHORTEST_BACKOFF
        result.settled(self.memory, at=self._clock())

    async def _open(self) -> None:
        await self._delivery.open()
        committed = await self._consumer.committed(self.source)
        self.memory = await self._recall(self.source.partition, committed or 0)
        if committed is None:
            await self._consumer.seek_to_beginning(self.source)
        else:
            self._consumer.seek(self.source, committed)
        self._position = committed
        self.is_open = True
        self._metrics.partitions.inc()
        log.info("%s: open at offset %s, %s", self.source, committed, self.memory)

    async def _serve(self) -> None:
        while not self._stopping.is_set():
            fetched = await self._consumer.getmany(
                self.source, timeout_ms=POLL_MS, max_records=self._settings.batch_max_records
            )
            found = fetched.get(self.source, ())
            for records in self._portions(found):
                if records and not self._stopping.is_set():
                    await self._settled(records)
            self._report_lag()
            if self._rest and 0 < len(found) < self._settings.batch_max_records:
                await self._pause(self._rest)

    async def _settled(self, records: Sequence[Received]) -> None:
        """Hand a batch to who decides, and wait until it is committed."""
        loop = asyncio.get_running_loop()
        taken = loop.time()
        batch = Batch(self, records)
        await self._send(batch)
        if failure := await batch.settled:
            raise failure
        self._metrics.batch_seconds.observe(loop.time() - taken)

    def _report_lag(self) -> None:
        end = self._consumer.highwater(self.source)
        if end is not None and self._position is not None:
            self._metrics.lag.labels(str(self.source.partition)).set(max(0, end - self._position))

    def _say(self, error: Exception) -> str:
        return str(error) if isinstance(error, DeliveryError) else f"{self.source}: {type(error).__name__}"

    def _closed(self) -> None:
        if self.is_open:
            self.is_open = False
            self._metrics.partitions.dec()

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return


async def settle(
    batch: Batch, handle: Handle, metrics: LaneMetrics, *, after: Callable[[Any, Any], None] | None = None
) -> None:
    """Handle a batch and commit it; the lane that waits for it learns the outcome, whatever happens.

    Args:
        batch: Of one partition.
        handle: Decides.
        metrics: Counts what was committed or aborted.
        after: Called with what the lane knows and what the batch became, once it is committed.
    """
    lane = batch.lane
    outcome: DeliveryError | None = DeliveryError(f"{lane.source}: the batch was not finished")
    try:
        result = await handle(batch.records, lane.memory)
        await lane.commit(batch, result)
        metrics.committed(result, len(batch.records))
        if after is not None:
            after(lane.memory, result)
        outcome = None
    except DeliveryError as error:
        metrics.aborted.inc()
        outcome = error
    finally:
        if not batch.settled.done():  # done already when the lane was cancelled
            batch.settled.set_result(outcome)
