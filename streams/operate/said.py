"""All corrections that the topic still holds, read outside every group: nobody who reads it notices."""

from streams.kafka.read_to_end import read_to, reader
from streams.kafka.topics import partition_counts, sources_of
from streams.messages.roles import Role
from streams.messages.said import Said, read_all
from streams.settings.settings import Settings


async def corrections_on_topic(settings: Settings) -> Said:
    """Read `transactions.corrections` from its beginning to its end of now, read committed.

    Raises:
        ConfigurationError: The topic does not exist.
        KafkaError: The broker does not answer.
    """
    sources = sources_of(settings, Role.CORRECTIONS, await partition_counts(settings))
    async with reader(settings, sources) as consumer:
        ends = await consumer.end_offsets(sources)
        await consumer.seek_to_beginning(*sources)
        return read_all([record.value or b"" async for record in read_to(consumer, ends)])
