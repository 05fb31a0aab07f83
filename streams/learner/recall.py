"""What the learner knows when it takes over: all that the journal says, learned again."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition

from models.learned.online.records import HEAD
from streams.kafka.read_to_end import read_to, reader
from streams.kafka.topics import topic_name
from streams.lanes.lane import Recall
from streams.learner.learning import PORTION, catch_up
from streams.learner.memory import Memory, Part, Taken
from streams.messages.records import Received
from streams.messages.roles import Role
from streams.settings.settings import Settings

log = logging.getLogger(__name__)


def recall_learned(settings: Settings, new: Callable[[], Memory], restored: Callable[[Memory], None]) -> Recall[Memory]:
    """Make the function by which the lane of the journal learns again what was committed.

    Args:
        new: Makes a state that has learned nothing.
        restored: Told the state, to show it.
    """

    async def recall(_partition: int, committed: int) -> Memory:
        memory = new()
        journal = TopicPartition(topic_name(settings, Role.LEARNING_JOURNAL), 0)
        async with reader(settings, [journal]) as consumer:
            await consumer.seek_to_beginning(journal)
            end = min(committed, (await consumer.end_offsets([journal]))[journal])
            forgotten, portion = Taken(), list[Received]()
            # What lies behind the committed offset was not learned yet.
            async for record in read_to(consumer, {journal: end}):
                if record.offset < committed:
                    portion.append(record)
                if len(portion) == PORTION:
                    memory.take(portion, forgotten)
                    portion = []
                    await asyncio.sleep(0)
            memory.take(portion, forgotten)
            # All at once, so that what was taken back since is not learned first.
            await catch_up(memory)
            memory.learner.outcomes()  # they were counted when they came
            told = await _parts(consumer, TopicPartition(topic_name(settings, Role.UPDATES), 0))
        memory.owed = difference(told, memory.learner.updates())
        if memory.owed:
            # After a change of the settings or of the release: the same journal says something else now.
            log.warning("%d parts of what workers were told differ from what was learned", len(memory.owed))
        # The predecessor may have ended before it told people all of it.
        memory.unreported = memory.learner.offset >= 0
        restored(memory)
        return memory

    return recall


async def _parts(consumer: AIOKafkaConsumer, updates: TopicPartition) -> dict[str, bytes]:
    """The parts that workers were told, as they are now."""
    consumer.assign([updates])
    await consumer.seek_to_beginning(updates)
    newest = {
        (record.key or b"").decode("utf-8", "replace"): record.value
        async for record in read_to(consumer, await consumer.end_offsets([updates]))
    }
    return {name: content for name, content in newest.items() if content is not None}


def difference(told: Mapping[str, bytes], learned: Iterable[Part]) -> list[Part]:
    """What workers have to be told, so that they know what was learned and nothing else; empty where they do.

    Args:
        told: Parts as workers know them.
        learned: All parts, `head` last; those without content are gone.

    >>> difference({"a": b"1", "b": b"2", "head": b"1"}, [("a", b"1"), ("c", b"3"), ("head", b"2")])
    [('b', None), ('c', b'3'), ('head', b'2')]
    >>> difference({"a": b"1", "head": b"1"}, [("a", b"1"), ("head", b"2")])
    []
    """
    now = {name: content for name, content in learned if content is not None}
    head = now.pop(HEAD, None)
    gone: list[Part] = [(name, None) for name in told if name != HEAD and name not in now]
    parts = gone + [(name, content) for name, content in now.items() if told.get(name) != content]
    # A head alone says the same of the same parts: only its offset may be another, once entries were deleted.
    return [*parts, (HEAD, head)] if parts else []
