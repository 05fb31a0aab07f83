"""The history of alerts as `fairness.alerts` has it, outside every consumer group."""

from aiokafka import TopicPartition

from streams.kafka.read_to_end import read_to, reader
from streams.kafka.topics import topic_name
from streams.messages.roles import Role
from streams.settings.settings import Settings


async def alert_lines(settings: Settings) -> str:
    """Every alert that the topic holds now, oldest first, one JSON object a line.

    Raises:
        KafkaError: The broker does not answer.
    """
    source = TopicPartition(topic_name(settings, Role.ALERTS), 0)
    async with reader(settings, [source]) as consumer:
        await consumer.seek_to_beginning(source)
        ends = await consumer.end_offsets([source])
        values = [record.value async for record in read_to(consumer, ends)]
    return "".join(f"{value.decode(errors='replace')}\n" for value in values if value)
