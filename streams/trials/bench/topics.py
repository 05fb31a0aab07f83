"""The topics of one run: made for it, read to their ends, and deleted after it."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.kafka.clients import consumer_options
from streams.kafka.read_to_end import read_to
from streams.kafka.topics import SINGLE, create_topics, delete_topics, topic_name
from streams.messages.roles import Role
from streams.settings.settings import Settings


@asynccontextmanager
async def fresh_topics(settings: Settings) -> AsyncIterator[None]:
    """Create the topics of the settings, and delete them at the end."""
    await create_topics(settings)
    try:
        yield
    finally:
        await delete_topics(settings)


async def read_topics(settings: Settings, roles: Iterable[Role]) -> AsyncIterator[Any]:
    """Every committed record of some topics; those of an open transaction, and what is behind them, are not given."""
    async with AIOKafkaConsumer(**consumer_options(settings)) as consumer:
        sources = [
            TopicPartition(topic_name(settings, role), partition)
            for role in roles
            for partition in range(1 if role in SINGLE else settings.partitions)
        ]
        consumer.assign(sources)
        await consumer.seek_to_beginning(*sources)
        async for record in read_to(consumer, await consumer.end_offsets(sources)):
            yield record
