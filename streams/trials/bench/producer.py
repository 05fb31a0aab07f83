"""A producer that tells the meter how much of the input its transactions have committed."""

from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition

from streams.lanes.delivery import ProducerFactory
from streams.trials.bench.job import Meter


class MeteredProducer(AIOKafkaProducer):  # type: ignore[misc]  # aiokafka carries no types
    """Reports records of the input once the transaction that carries their offsets is committed.

    Args:
        group: Consumer group of the input; its partitions begin at offset 0.
    """

    def __init__(self, *, meter: Meter, group: str, **options: Any) -> None:
        super().__init__(**options)
        self._meter = meter
        self._group = group
        self._taken: dict[TopicPartition, int] = {}
        self._reported = 0

    async def send_offsets_to_transaction(self, offsets: dict[TopicPartition, int], group_id: str) -> None:
        """Send, and note how far the input has been read."""
        await super().send_offsets_to_transaction(offsets, group_id)
        if group_id == self._group:
            self._taken |= offsets

    async def commit_transaction(self) -> None:
        """Commit, and report."""
        await super().commit_transaction()
        taken = sum(self._taken.values())
        records, self._reported = taken - self._reported, taken
        self._meter.committed(records)


def metered(meter: Meter, group: str) -> ProducerFactory:
    """A producer factory, as the application takes it."""
    return lambda **options: MeteredProducer(meter=meter, group=group, **options)
