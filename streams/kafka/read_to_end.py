"""Reading topics up to an end that is known."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

POLL_MS = 1000
MOST = 5000


async def read_to(consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> AsyncIterator[Any]:
    """Every record from the consumer's positions on, until each partition is at its end.

    The loop goes by position: the last offsets before an end may be control records, which are never given.

    Args:
        consumer: Assigned to the partitions, and sought to where reading starts.
        ends: Partition to the offset after its last record.

    Raises:
        KafkaError: The broker stopped answering.
    """
    while behind := [source for source, end in ends.items() if await consumer.position(source) < end]:
        for records in (await consumer.getmany(*behind, timeout_ms=POLL_MS, max_records=MOST)).values():
            for record in records:
                yield record
