"""Restoring the queue from its journal."""

import logging
from collections.abc import AsyncIterator, Callable

from aiokafka import TopicPartition

from streams.kafka.read_to_end import read_to, reader
from streams.kafka.topics import topic_name
from streams.lanes.lane import Recall
from streams.messages.roles import Role
from streams.review_queue.copying import Copied
from streams.review_queue.state.parts import Limits
from streams.review_queue.state.queue import Queue
from streams.review_queue.state.records import Entered, Restoring
from streams.settings.settings import Settings

log = logging.getLogger(__name__)

ALL_TAKEN = 1 << 62
"""Committed offset that takes every entry for taken."""


def limits_of(settings: Settings) -> Limits:
    """The limits that the settings say."""
    return Limits(
        claim_ms=int(settings.review_claim_seconds * 1000),
        grace_ms=int(settings.review_grace_seconds * 1000),
        expiry_ms=int(settings.review_expiry_hours * 3_600_000),
        expires=settings.review_expired == "emit",
        open=settings.review_open_limit,
    )


def recall_queue(settings: Settings, restored: Callable[[Queue], None]) -> Recall[Queue]:
    """Make the function by which the lane of the journal restores the queue.

    Args:
        restored: Told of the queue before its first batch.
    """

    async def recall(_partition: int, committed: int) -> Queue:
        queue = await read_queue(settings, committed=committed)
        restored(queue)
        return queue

    return recall


async def read_queue(settings: Settings, *, committed: int = ALL_TAKEN) -> Queue:
    """Read the queue from the journal.

    Args:
        committed: Offset of the first entry that is not taken yet; by default requests that have just come are open,
            too, for those who only look.

    Raises:
        KafkaError: The broker does not answer.
    """
    restoring = Restoring(committed=committed)
    async for record in _journal(settings):
        restoring.take(record)
    queue = restoring.queue(limits_of(settings))
    if queue.left_out:
        log.warning("%d records of the queue cannot be read by this release, and are left out", queue.left_out)
    return queue


async def _journal(settings: Settings) -> AsyncIterator[Entered]:
    journal = TopicPartition(topic_name(settings, Role.REVIEW_JOURNAL), 0)
    async with reader(settings, [journal]) as consumer:
        await consumer.seek_to_beginning(journal)
        ends = await consumer.end_offsets([journal])
        async for record in read_to(consumer, ends):
            yield Entered(record.offset, record.key, record.value, record.headers)


async def recall_nothing(_partition: int, _committed: int) -> Copied:
    """What a copying lane knows when it starts."""
    return Copied()
