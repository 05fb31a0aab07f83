"""Delivery: the outputs of one batch and the input offset, together or not at all.

One delivery serves one input partition from assignment to revocation. `open` fences whoever served it before.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Protocol

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, ProducerFenced

from models.errors import DeliveryError, FencedError
from streams.kafka.clients import producer_options
from streams.kafka.closing import in_time
from streams.kafka.topics import SINGLE, Reader, topic_name
from streams.kafka.write_batches import write_batches
from streams.messages.records import Output
from streams.messages.roles import Role
from streams.settings.settings import Settings

ProducerFactory = Callable[..., AIOKafkaProducer]
CommitOffset = Callable[[TopicPartition, int], Awaitable[None]]


class Delivery(Protocol):
    """Writes batches of one input partition."""

    async def open(self) -> None:
        """Connect; afterwards the committed offset is final.

        Raises:
            DeliveryError: The broker does not answer in time.
        """
        ...

    async def commit(self, outputs: Sequence[Output], next_offset: int) -> None:
        """Write the outputs and commit `next_offset` as the position of the input partition.

        Raises:
            DeliveryError: It is not certain that all was written; close, open again and read the committed offset.
        """
        ...

    async def close(self) -> None:
        """Abort what is open and disconnect; never raises for a broker that does not answer."""
        ...


class _ProducerDelivery:
    """The common part of both deliveries: a producer that writes records in batches to the partition of the input."""

    def __init__(self, settings: Settings, source: TopicPartition, producer_factory: ProducerFactory) -> None:
        self._settings = settings
        self._source = source
        self._factory = producer_factory
        self._producer: AIOKafkaProducer | None = None

    def _options(self) -> dict[str, Any]:
        return producer_options(self._settings)

    async def open(self) -> None:
        """Start a fresh producer."""
        await self.close()
        self._producer = self._factory(**self._options())
        try:
            async with asyncio.timeout(self._settings.transaction_timeout_ms / 1000):
                await self._producer.start()
        except (KafkaError, TimeoutError) as error:
            await self.close()
            raise DeliveryError(f"{self._source}: the producer cannot start ({type(error).__name__})") from error

    async def close(self) -> None:
        """Stop the producer; what it had not committed is aborted."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        await in_time(partial(self._abandon, producer), f"{self._source}: transaction not aborted")
        # Also when fenced: it holds sockets and tasks.
        await in_time(producer.stop, f"{self._source}: producer not stopped")

    async def _abandon(self, producer: AIOKafkaProducer) -> None:
        """Give up what is not committed."""

    async def _write(self, producer: AIOKafkaProducer, outputs: Sequence[Output]) -> None:
        """Write all outputs and wait until the broker has acknowledged each."""
        by_place: dict[tuple[Role, int | None], list[Output]] = defaultdict(list)
        for output in outputs:
            by_place[output.role, output.partition].append(output)
        # Side by side: a batch waits for one round of acknowledgements, not for one per topic.
        await asyncio.gather(*(self._write_to(producer, *place, found) for place, found in by_place.items()))

    async def _write_to(
        self, producer: AIOKafkaProducer, role: Role, partition: int | None, outputs: Sequence[Output]
    ) -> None:
        if partition is None:
            # Partition p goes to partition p: its duplicate window is rebuilt from those partitions alone.
            partition = 0 if role in SINGLE else self._source.partition
        await write_batches(producer, topic_name(self._settings, role), partition, outputs)


class TransactionalDelivery(_ProducerDelivery):
    """Exactly once: outputs and offset in one Kafka transaction, under one transactional id per input partition.

    Args:
        settings: Broker, limits and the first part of the transactional id.
        source: The input partition, which is the second part.
        group_id: The consumer group whose offset is committed; by default that of the categorizer.
        further: The reader, if it is not the input's first.
    """

    def __init__(
        self,
        settings: Settings,
        source: TopicPartition,
        producer_factory: ProducerFactory,
        *,
        group_id: str | None = None,
        further: Reader | None = None,
    ) -> None:
        super().__init__(settings, source, producer_factory)
        # The lanes of two readers write at the same time: under one transactional id they would fence each other.
        self._reader = f"-{further}" if further else ""
        self._group_id = group_id or settings.group_id

    def _options(self) -> dict[str, Any]:
        source = self._source
        return super()._options() | {
            # Of the partition, not of the process: whoever opens it next fences this one. It is the only fence, since
            # aiokafka cannot send the group's generation along with the offsets.
            "transactional_id": f"{self._settings.app_id}{self._reader}-{source.topic}-{source.partition}",
            "transaction_timeout_ms": self._settings.transaction_timeout_ms,
        }

    async def commit(self, outputs: Sequence[Output], next_offset: int) -> None:
        """Write the outputs and the offset in one transaction."""
        producer = self._producer
        if producer is None:
            raise DeliveryError(f"{self._source}: not open")
        try:
            async with asyncio.timeout(self._settings.transaction_timeout_ms / 1000):
                await producer.begin_transaction()
                await self._write(producer, outputs)
                # Inside the transaction: outputs and position become visible together, or neither does.
                await producer.send_offsets_to_transaction({self._source: next_offset}, self._group_id)
                await producer.commit_transaction()
        except ProducerFenced as error:
            raise FencedError(f"{self._source}: fenced by another worker") from error
        except (KafkaError, TimeoutError) as error:
            raise DeliveryError(f"{self._source}: transaction not committed ({type(error).__name__})") from error

    async def _abandon(self, producer: AIOKafkaProducer) -> None:
        transaction = producer._txn_manager  # aiokafka has no public way to ask
        # aiokafka raises where there is no transaction to abort.
        if transaction is not None and transaction.is_in_transaction():
            await producer.abort_transaction()


class AtLeastOnceDelivery(_ProducerDelivery):
    """At least once: outputs first, then the offset; a crash between the two repeats a batch."""

    def __init__(
        self,
        settings: Settings,
        source: TopicPartition,
        producer_factory: ProducerFactory,
        commit_offset: CommitOffset,
    ) -> None:
        super().__init__(settings, source, producer_factory)
        self._commit_offset = commit_offset

    async def commit(self, outputs: Sequence[Output], next_offset: int) -> None:
        """Write the outputs, then commit the offset."""
        if self._producer is None:
            raise DeliveryError(f"{self._source}: not open")
        try:
            async with asyncio.timeout(self._settings.transaction_timeout_ms / 1000):
                await self._write(self._producer, outputs)
                # Last: the other order would lose the outputs of a crash in between.
                await self._commit_offset(self._source, next_offset)
        except (KafkaError, TimeoutError) as error:
            raise DeliveryError(f"{self._source}: batch not written ({type(error).__name__})") from error
