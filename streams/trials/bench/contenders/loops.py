"""The aiokafka contenders: consume, transform, produce, offsets in the same transaction; nothing else.

They have the application's client options, batch size and partitions, and none of its duplicate window, dead letters,
metrics, lanes or recovery.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from streams.kafka.clients import consumer_options, producer_options
from streams.kafka.topics import topic_name
from streams.kafka.write_batches import write_batches
from streams.messages.cloudevents import Codec
from streams.messages.records import Output, Received
from streams.messages.roles import Role
from streams.settings.settings import Settings
from streams.trials.bench.contenders.recoding import Transform, recoding
from streams.trials.bench.job import Job, Meter
from streams.trials.bench.producer import metered

POLL_MS = 500


def copying(records: Sequence[Received]) -> list[Output]:
    """Byte for byte."""
    return [Output(Role.CATEGORIZED, record.key, record.value, list(record.headers)) for record in records]


async def bare(job: Job, meter: Meter) -> None:
    """The bare loop with the application's codec."""
    await _loop(job, meter, recoding(Codec(source=f"/evenhand/{job.prefix}")))


async def copy(job: Job, meter: Meter) -> None:
    """The copy loop."""
    await _loop(job, meter, copying)


async def _loop(job: Job, meter: Meter, transform: Transform) -> None:
    settings = job.settings()
    options = producer_options(settings) | {
        "transactional_id": f"{job.prefix}-loop",
        "transaction_timeout_ms": settings.transaction_timeout_ms,
    }
    producer = metered(meter, settings.group_id)(**options)
    consumer = AIOKafkaConsumer(
        topic_name(settings, Role.TRANSACTIONS), **consumer_options(settings), group_id=settings.group_id
    )
    async with producer, consumer:
        serving = asyncio.create_task(_serve(settings, consumer, producer, transform))
        waiting = asyncio.create_task(meter.wait(job.stall_seconds))
        await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            await serving  # never returns normally: raises its error
        serving.cancel()
        await asyncio.wait((serving,))


async def _serve(
    settings: Settings, consumer: AIOKafkaConsumer, producer: AIOKafkaProducer, transform: Transform
) -> None:
    topic = topic_name(settings, Role.CATEGORIZED)
    while True:
        fetched: dict[TopicPartition, list[Any]] = await consumer.getmany(
            timeout_ms=POLL_MS, max_records=settings.batch_max_records
        )
        if not fetched:
            continue
        async with producer.transaction():
            for source, records in fetched.items():
                await write_batches(producer, topic, source.partition, transform(records))
            offsets = {source: records[-1].offset + 1 for source, records in fetched.items()}
            await producer.send_offsets_to_transaction(offsets, settings.group_id)
