"""Batches of records on a real broker: all of them, in order, whatever their sizes."""

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from streams.kafka.clients import consumer_options, producer_options
from streams.kafka.read_to_end import read_to
from streams.kafka.topics import create_topics, topic_name
from streams.kafka.write_batches import write_batches
from streams.local.broker import LocalBroker
from streams.messages.records import Output
from streams.messages.roles import Role
from streams.settings.settings import load_settings

SMALL = 4_096
"""Bytes of a batch, so that few records need several."""


@pytest.mark.kafka
async def test_records_keep_their_order_over_batches(broker: LocalBroker, prefix: str) -> None:
    """A hundred records in a dozen batches, one of them larger than a batch; none at all is nothing to write."""
    settings = load_settings(bootstrap_servers=broker.bootstrap_servers, topic_prefix=prefix, partitions=2)
    await create_topics(settings)
    topic = topic_name(settings, Role.TRANSACTIONS)
    sizes = [300] * 50 + [2 * SMALL] + [300] * 49
    records = [
        Output(Role.TRANSACTIONS, str(number).encode(), b"x" * size, [("n", str(number).encode())])
        for number, size in enumerate(sizes)
    ]

    async with AIOKafkaProducer(**producer_options(settings) | {"max_batch_size": SMALL}) as producer:
        await write_batches(producer, topic, 1, records)
        await write_batches(producer, topic, 0, [])

    async with AIOKafkaConsumer(**consumer_options(settings)) as consumer:
        sources = [TopicPartition(topic, partition) for partition in range(2)]
        consumer.assign(sources)
        await consumer.seek_to_beginning(*sources)
        found = [record async for record in read_to(consumer, await consumer.end_offsets(sources))]
    assert [(1, one.key, one.value, one.headers) for one in records] == [
        (one.partition, one.key, one.value, list(one.headers)) for one in found
    ]
