"""A lane: one input partition, from assignment to revocation. It takes batches and waits until each is settled.

    assigned -> open -> [ fetch -> batch -> agent -> commit ]* -> close
                 ^                                   |
                 +----- back off, open again --------+  when a commit is not certain

Where a subscription overlaps, a batch is handled while the one before it is being committed. It is committed after that
one or not at all, so the order and exactly-once stay as they are.

Opening fences whoever served the partition before, reads the committed offset and rebuilds what the lane knows, such as
the duplicate window, so a lane never builds on what another worker, or its own failed commit, left undecided.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from models.errors import DeliveryError, FencedError
from streams.kafka.topics import Reader
from streams.lanes.batch_size import BatchSize
from streams.lanes.counts import LaneCounts
from streams.lanes.delivery import Delivery
from streams.messages.records import Output, Received
from streams.messages.roles import Role
from streams.settings.settings import Settings

log = logging.getLogger(__name__)

# An idle lane notices a stop only between two polls, so this bounds how long the stop takes.
POLL_MS = 500
SHORTEST_BACKOFF = 0.1
# Several heartbeats: by then the group has taken the partition away from a worker that was fenced after a stall.
LONGEST_BACKOFF = 5.0


class Committable(Protocol):
    """The result of handling a batch, as far as a lane looks at it."""

    @property
    def written(self) -> Sequence[Output]:
        """Everything that is written in one transaction with the input offset."""
        ...


StateT = TypeVar("StateT")
"""All that a lane knows of its partition beside the offset, such as the duplicate window."""

ResultT = TypeVar("ResultT", bound=Committable)

Recall = Callable[[int, int], Awaitable[StateT]]
"""Rebuilds the state of a lane, given the partition and its committed offset (0 where there is none)."""

Handle = Callable[[Sequence[Received], StateT], Awaitable[ResultT]]
"""Makes of the records of one batch, and of the state, what is to be written."""

Committed = Callable[[StateT, ResultT], None]
"""Called once a batch is committed: brings the state up to date, counts, shows."""

Portions = Callable[[Sequence[Received]], Iterable[Sequence[Received]]]
"""Cuts what was fetched into the batches that are committed, each asked for after the one before is settled."""


def in_one(records: Sequence[Received]) -> Iterable[Sequence[Received]]:
    """All that was fetched is one batch."""
    return (records,)


async def nothing_before() -> None:
    """Nothing is awaited before the group is joined."""


@dataclass(frozen=True, slots=True)
class Batch(Generic[StateT]):
    """Records of one partition, in offset order, on their way to a handler.

    Args:
        lane: Where they come from; it waits until `settled` has a result.
        after: `settled` of the batch before it, where that may still be on its way to its commit.
        taken: When it was taken, seconds of the event loop's clock.
        handled: The seconds that the handler took, once it is done with it, whatever came of it.
        settled: None once the batch is committed, or why it is not certain that it is.
    """

    lane: "Lane[StateT]"
    records: Sequence[Received]
    # Not the batch itself, which would keep the one before it, and so on.
    after: asyncio.Future[DeliveryError | None] | None = None
    # Monotonic: a wall clock that is set back would give negative durations.
    taken: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    handled: asyncio.Future[float] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    settled: asyncio.Future[DeliveryError | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def next_offset(self) -> int:
        """The position to commit: the offset after the last record."""
        return self.records[-1].offset + 1


@dataclass(frozen=True, slots=True)
class Subscription(Generic[StateT]):
    """A topic, and what its lanes do with the records that they fetch.

    Args:
        send: Hands a batch over; it is settled when it is committed.
        recall: Rebuilds the state of a partition from what was committed.
        start: Called when the topic is about to be read.
        released: Called when a partition is given up, for good or to another process.
        rest: Seconds that a lane waits after a batch that was not full: where a batch costs the same whatever its size,
            fewer and larger ones are cheaper.
        overlaps: A batch may be handled while the one before it is being committed, and its size follows the lag and
            the time that handling takes. Then the state has to be up to date as soon as a batch is handled, and
            handling must work, not wait.
        before: Awaited before the group is joined: what a process has to know before partitions are its own.
        further: Which reader this is beside the topic's first, with a group and transactional ids of its own.
    """

    role: Role
    send: Callable[[Batch[StateT]], Awaitable[None]]
    recall: Recall[StateT]
    portions: Portions = in_one
    start: Callable[[], None] = lambda: None
    released: Callable[[], None] = lambda: None
    rest: float = 0.0
    overlaps: bool = False
    before: Callable[[], Awaitable[None]] = nothing_before
    further: Reader | None = None


class Lane(Generic[StateT]):
    """Serves one input partition.

    Args:
        consumer: Already joined to the group; shared by all lanes.
        delivery: Writes this partition's outputs; owned by the lane.
    """

    def __init__(
        self,
        source: TopicPartition,
        subscription: Subscription[StateT],
        *,
        consumer: AIOKafkaConsumer,
        delivery: Delivery,
        counts: LaneCounts,
        settings: Settings,
    ) -> None:
        self.source = source
        self.is_open = False
        self._subscription = subscription
        self._consumer = consumer
        self._delivery = delivery
        self._counts = counts
        self._settings = settings
        self._state: StateT | None = None
        self._position: int | None = None
        self._backoff = SHORTEST_BACKOFF  # until a batch is committed each new start waits twice as long
        self._size = BatchSize(settings.batch_max_records, settings.batch_lag_records)
        self._under_way: Batch[StateT] | None = None
        self._stopping = asyncio.Event()

    @property
    def state(self) -> StateT:
        """All that the lane knows of its partition; there is nothing before it was opened."""
        assert self._state is not None
        return self._state

    async def run(self) -> None:
        """Serve the partition until `stop`; a failing broker means a pause and a fresh start, never a drop."""
        try:
            while not self._stopping.is_set():
                try:
                    await self._open()
                    await self._serve()
                # Anything else is a bug of ours: it ends the lane and, through the intake, the worker.
                except (KafkaError, DeliveryError, TimeoutError) as error:
                    self._closed()
                    # What is still in work belongs to the producer that `_open` closes.
                    if self._under_way is not None:
                        await _is_committed(self._under_way.settled)
                        self._under_way = None
                    # A fenced lane gives the group time to take the partition away before it claims it back.
                    pause = LONGEST_BACKOFF if isinstance(error, FencedError) else self._backoff
                    log.warning("%s; opening again in %.1f s", self._say(error), pause)
                    await self._pause(pause)
                    self._backoff = min(self._backoff * 2, LONGEST_BACKOFF)
        finally:
            self._closed()
            # Otherwise Prometheus keeps showing the last value of a partition that is no longer ours.
            self._counts.lag.remove(str(self.source.partition))
            self._subscription.released()
            await self._delivery.close()

    def stop(self) -> None:
        """Ask the lane to end after the batch in work."""
        self._stopping.set()

    async def commit(self, batch: Batch[StateT], result: Committable) -> None:
        """Commit what a batch became, and the offset after it.

        Raises:
            DeliveryError: It is not certain that the batch was committed.
        """
        await self._delivery.commit(result.written, batch.next_offset)
        self._position = batch.next_offset
        self._backoff = SHORTEST_BACKOFF

    async def _open(self) -> None:
        # In this order: once the predecessor is fenced, nothing that it still sends can move the committed offset.
        await self._delivery.open()
        committed = await self._consumer.committed(self.source)
        self._state = await self._subscription.recall(self.source.partition, committed or 0)
        if committed is None:
            # A new group reads from the beginning: what came before it is to be categorized, too.
            await self._consumer.seek_to_beginning(self.source)
        else:
            self._consumer.seek(self.source, committed)
        self._position = committed
        self.is_open = True
        self._counts.partitions.inc()
        log.info("%s: open at offset %s, %s", self.source, committed, self._state)

    async def _serve(self) -> None:
        while not self._stopping.is_set():
            # One partition a call: a lane that waits for its commit must not hold back the others' records.
            asked = self._size.records
            fetched = await self._consumer.getmany(self.source, timeout_ms=POLL_MS, max_records=asked)
            found = fetched.get(self.source, ())
            for records in self._subscription.portions(found):
                # What is left is not committed, so the next owner reads it again.
                if records and not self._stopping.is_set():
                    await self._take(records)
            if not found:
                await self._finish()
            self._report_lag()
            if self._subscription.rest and 0 < len(found) < asked:
                await self._pause(self._subscription.rest)
        await self._finish()

    async def _take(self, records: Sequence[Received]) -> None:
        """Hand a batch to its handler, and wait for its commit or, where batches overlap, that of the one before."""
        before = self._under_way
        batch: Batch[StateT] = Batch(self, records, after=before.settled if before else None)
        self._under_way = batch
        await self._subscription.send(batch)
        if not self._subscription.overlaps:
            await self._finish()
            return
        await asyncio.wait((batch.handled,))  # else another could overtake it
        if before is not None:
            await self._settled(before)

    async def _finish(self) -> None:
        """Wait until the batch in work is committed, if there is one."""
        if self._under_way is not None:
            await self._settled(self._under_way)
            self._under_way = None

    async def _settled(self, batch: Batch[StateT]) -> None:
        if failure := await batch.settled:  # raised here: only the lane may open again, never the handler's task
            raise failure
        self._counts.batch_seconds.observe(asyncio.get_running_loop().time() - batch.taken)
        if self._subscription.overlaps:
            self._size.settled(len(batch.records), seconds=batch.handled.result(), waiting=self._waiting() or 0)

    def _waiting(self) -> int | None:
        """Records that are not yet committed; None before the first fetch."""
        end: int | None = self._consumer.highwater(self.source)
        if end is None or self._position is None:
            return None
        # The high watermark is as old as the last fetch, so the position may be ahead of it.
        return max(0, end - self._position)

    def _report_lag(self) -> None:
        waiting = self._waiting()
        if waiting is not None:
            self._counts.lag.labels(str(self.source.partition)).set(waiting)

    def _say(self, error: Exception) -> str:
        # Our own texts hold nothing of a transaction; of a library's error only the type is known to be safe.
        return str(error) if isinstance(error, DeliveryError) else f"{self.source}: {type(error).__name__}"

    def _closed(self) -> None:
        if self.is_open:
            self.is_open = False
            self._counts.partitions.dec()

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return


async def settle(
    batch: Batch[StateT], handle: Handle[StateT, ResultT], counts: LaneCounts, committed: Committed[StateT, ResultT]
) -> None:
    """Handle a batch and commit it; the lane that waits for it learns the outcome, whatever happens.

    Args:
        committed: Called with the lane's state and the result, once it is committed.
    """
    lane = batch.lane
    # Stands where the handler raises or is cancelled: the lane that waits must learn it in any case.
    outcome: DeliveryError | None = DeliveryError(f"{lane.source}: the batch was not finished")
    try:
        begun = asyncio.get_running_loop().time()
        try:
            result = await handle(batch.records, lane.state)
        finally:
            batch.handled.set_result(asyncio.get_running_loop().time() - begun)
        # A transaction at a time, in the order of the input; what this one builds on must be certain.
        if batch.after is not None and not await _is_committed(batch.after):
            raise DeliveryError(f"{lane.source}: the batch before it was not committed")
        await lane.commit(batch, result)
        if counts.batch_records is not None:
            counts.batch_records.observe(len(batch.records))
        committed(lane.state, result)
        outcome = None
    except DeliveryError as error:
        counts.aborted.inc()
        outcome = error
    finally:
        if not batch.settled.done():  # done already when the lane was cancelled
            batch.settled.set_result(outcome)


async def _is_committed(settled: asyncio.Future[DeliveryError | None]) -> bool:
    """Wait until a batch is settled, and say whether it is certain that it was committed."""
    # Not awaited itself: a lane that is cancelled while it waits cancels the future, which must not reach the others.
    await asyncio.wait((settled,))
    return not settled.cancelled() and settled.result() is None
