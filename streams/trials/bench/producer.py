"""A producer that tells the meter what it has committed."""

from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaProducer

from streams.messages.roles import Role
from streams.trials.bench.job import Meter


class MeteredProducer(AIOKafkaProducer):  # type: ignore[misc]  # aiokafka carries no types
    """Counts the records of the batches it sends, and reports them once their transaction is committed.

    Args:
        meter: Is told.
        options: As aiokafka takes them.
    """

    def __init__(self, *, meter: Meter, **options: Any) -> None:
        super().__init__(**options)
        self._meter = meter
        self._uncommitted = 0

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> Any:
        """Send, and count."""
        if not topic.endswith(Role.OBSERVATIONS.value):  # a summary of a batch is no transaction's record
            self._uncommitted += batch.record_count()
        return await super().send_batch(batch, topic, partition=partition)

    async def commit_transaction(self) -> None:
        """Commit, and report."""
        await super().commit_transaction()
        records, self._uncommitted = self._uncommitted, 0
        self._meter.committed(records)


def metered(meter: Meter) -> Callable[..., AIOKafkaProducer]:
    """A producer factory, as the application takes it."""
    return lambda **options: MeteredProducer(meter=meter, **options)
