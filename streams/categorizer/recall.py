"""Rebuilding the duplicate window of a partition from the tails of its output topics."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.clock import Clock
from streams.kafka.read_to_end import read_to, reader
from streams.kafka.topics import topic_name
from streams.lanes.duplicate_window import DuplicateWindow
from streams.lanes.lane import Recall
from streams.messages.headers import BLIND_HEADER, DIGEST_HEADER, REVIEWED_HEADER, SUBJECT_HEADER
from streams.messages.records import header
from streams.messages.roles import Role
from streams.settings.settings import Settings

DECISION_ROLES = (Role.CATEGORIZED, Role.REVIEW)
WITH_DIVERTED = (*DECISION_ROLES, Role.SLOW)
"""Topics from which the fast lane rebuilds its window where there is a slow lane: what waits there is known too."""


def recall_window(settings: Settings, clock: Clock, roles: Sequence[Role] = DECISION_ROLES) -> Recall[DuplicateWindow]:
    """Make the function by which a lane rebuilds its duplicate window from the tails of output topics."""

    async def recall(partition: int, _committed: int) -> DuplicateWindow:
        return await rebuild_window(settings, partition, now=clock(), roles=roles)

    return recall


async def rebuild_window(
    settings: Settings, partition: int, *, now: datetime, roles: Sequence[Role] = DECISION_ROLES
) -> DuplicateWindow:
    """Read the committed tail of partition p of the output topics.

    Args:
        partition: The input partition; its outputs are in the same partition of the output topics.

    Returns:
        A window with the newest ids, oldest first.

    Raises:
        KafkaError: The broker does not answer.
    """
    age = timedelta(hours=settings.duplicate_window_hours)
    # 0 turns the window off, so there is nothing to read.
    if not settings.duplicate_window_ids:
        return DuplicateWindow(max_ids=0, max_age=age)
    # Two topics give no common order, so the boundary batch may be kept twice: allow one batch more.
    batch = max(settings.batch_max_records, settings.batch_lag_records)
    window = DuplicateWindow(max_ids=settings.duplicate_window_ids + batch, max_age=age)
    sources = [TopicPartition(topic_name(settings, role), partition) for role in roles]
    async with reader(settings, sources) as consumer:
        ends = await _seek_to_tails(consumer, sources, settings, now)
        entries = await _entries(consumer, ends)
    # By time over all topics: the window forgets the oldest first, and expects them in that order.
    for at, transaction_id, digest in sorted(entries, key=lambda entry: entry[0]):
        window.add({transaction_id: digest}, at=at)
    return window


async def _seek_to_tails(
    consumer: AIOKafkaConsumer, sources: list[TopicPartition], settings: Settings, now: datetime
) -> dict[TopicPartition, int]:
    horizon = int((now - timedelta(hours=settings.duplicate_window_hours)).timestamp() * 1000)
    starts = await consumer.beginning_offsets(sources)
    ends: dict[TopicPartition, int] = await consumer.end_offsets(sources)
    recent = await consumer.offsets_for_times(dict.fromkeys(sources, horizon))
    for source in sources:
        # What is older than the one bound or beyond the other, the window would forget again.
        by_age = recent[source].offset if recent[source] is not None else ends[source]
        consumer.seek(source, max(starts[source], by_age, ends[source] - settings.duplicate_window_ids))
    return ends


async def _entries(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> list[tuple[datetime, str, bytes]]:
    entries = []
    async for record in read_to(consumer, ends):
        # A copy, or the end of a review: another record of the transaction has the id.
        if BLIND_HEADER in record.headers or REVIEWED_HEADER in record.headers:
            continue
        subject, digest = header(record.headers, SUBJECT_HEADER), header(record.headers, DIGEST_HEADER)
        # A record without both was not written by a worker.
        if subject is not None and digest is not None:
            entries.append((datetime.fromtimestamp(record.timestamp / 1000, UTC), subject.decode(), digest))
    return entries
