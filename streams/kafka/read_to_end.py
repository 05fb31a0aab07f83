"""Reading topics up to an end that is known, outside every consumer group."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.kafka.clients import consumer_options
from streams.settings.settings import Settings

POLL_MS = 1000
MOST = 5000


@asynccontextmanager
async def reader(settings: Settings, sources: Sequence[TopicPartition]) -> AsyncIterator[AIOKafkaConsumer]:
    """Open a consumer on these partitions; it belongs to no group and commits nothing.

    Raises:
        KafkaError: The broker does not answer.
    """
    consumer = AIOKafkaConsumer(**consumer_options(settings))
    try:
        await consumer.start()
        consumer.assign(list(sources))
        yield consumer
    finally:
        await consumer.stop()  # also where the start failed, which `async with` on the consumer itself would leave open


async def seek_back(consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int], records: int) -> None:
    """Go back from the ends by so many records in each partition, or to its beginning where it has fewer.

    What Kafka keeps between records takes numbers, too.
    """
    begins = await consumer.beginning_offsets(list(ends))
    for source, end in ends.items():
        consumer.seek(source, max(begins[source], end - records))


async def read_to(consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> AsyncIterator[Any]:
    """Every record from the consumer's positions on, until each partition is at its end.

    The loop goes by position: the last offsets before an end may be control records, which are never given.

    Args:
        consumer: Assigned to the partitions, and sought to where reading starts.
        ends: Partition to the offset after its last record.

    Raises:
        KafkaError: The broker stopped answering.
    """
    # Only partitions that are behind: others may still get records, and those are not asked for.
    while behind := [source for source, end in ends.items() if await consumer.position(source) < end]:
        for records in (await consumer.getmany(*behind, timeout_ms=POLL_MS, max_records=MOST)).values():
            for record in records:
                yield record
