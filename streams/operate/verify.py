"""Checks what was delivered, by reading the topics: nothing missing, nothing doubled, order per account kept.

These are the invariants that every fault test and `evenhand demo` end with; what the slow lane decided keeps an order
of its own:

    input offset ----> dead letter that names it, or a decision with its transaction id and digest; exactly one
    request ---------> at most one final decision, of a person or because nobody answered; no second outcome
    output topic ----> per account in the order of the input; no transaction left open

Partitions are read one after the other, since outputs of input partition p are in partition p: beside the ids of all
decisions, only one partition's offsets and digests are held at a time.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaConnectionError

from models.errors import ConfigurationError
from streams.kafka.clients import consumer_options
from streams.kafka.topics import check_partitions, partition_counts, topic_name, unreachable
from streams.kafka.topics import group_id as group_of
from streams.messages.roles import Role
from streams.operate.ledger import Audit, Ledger
from streams.operate.verification import Verification
from streams.settings.settings import Settings

STALL_SECONDS = 30
"""Longest silence of a partition; then reading it is given up."""

SETTLE_SECONDS = 3.0
"""Longest time of an open transaction; then it counts as left open."""

SETTLE_STEPS = 30

DECISIONS = (Role.CATEGORIZED, Role.REVIEW)
OUTPUTS = (*DECISIONS, Role.DEAD_LETTER)


async def verify(settings: Settings, *, group_id: str | None = None) -> Verification:
    """Read the input and output topics to their ends and check the invariants.

    It may run beside a worker: input that is not committed yet shows as lag, outputs of the moment are left out.

    Args:
        group_id: Whose committed offsets count; by default the categorizer's of `settings`.

    Raises:
        ConfigurationError: The broker does not answer, or topics are missing or do not fit together.
    """
    counts = await partition_counts(settings)
    check_partitions(settings, counts)
    partitions = range(counts[Role.TRANSACTIONS])
    outputs = OUTPUTS if not counts[Role.SLOW] else (*OUTPUTS, Role.SLOW)
    try:
        # Offsets first, then outputs, then inputs: what a running worker adds meanwhile is never taken for a fault.
        committed = await _committed(settings, Role.TRANSACTIONS, group_id, partitions)
        slow = await _committed(settings, Role.SLOW, None, partitions if counts[Role.SLOW] else ())
        audit = Audit(topic_name(settings, Role.TRANSACTIONS))
        consumer = AIOKafkaConsumer(**consumer_options(settings))
        try:
            await consumer.start()
            await _settle(settings, consumer, outputs, partitions, audit)
            for partition in partitions:
                ledger = Ledger(audit, partition, committed[partition], slow.get(partition, 0))
                await _audit_partition(settings, consumer, ledger, outputs, partition)
        finally:
            await consumer.stop()
    except KafkaConnectionError:
        raise unreachable(settings) from None
    return audit.verification()


async def _committed(settings: Settings, role: Role, named: str | None, partitions: Sequence[int]) -> dict[int, int]:
    """The group's position in each partition, 0 where there is none; the consumer joins no group by asking."""
    topic = topic_name(settings, role)
    consumer = AIOKafkaConsumer(**consumer_options(settings), group_id=named or group_of(settings, role))
    try:
        await consumer.start()
        return {partition: await consumer.committed(TopicPartition(topic, partition)) or 0 for partition in partitions}
    finally:
        await consumer.stop()


async def _audit_partition(
    settings: Settings, consumer: AIOKafkaConsumer, ledger: Ledger, outputs: Sequence[Role], partition: int
) -> None:
    for role in outputs:
        async for record in _records(consumer, TopicPartition(topic_name(settings, role), partition)):
            ledger.output(role, record)
    source = TopicPartition(topic_name(settings, Role.TRANSACTIONS), partition)
    async for record in _records(consumer, source):
        ledger.input(record)
    requests = TopicPartition(topic_name(settings, Role.REVIEW), partition)
    beginnings = await consumer.beginning_offsets([source, requests])
    ledger.close(beginning=beginnings[source], requests=beginnings[requests])


async def _records(consumer: AIOKafkaConsumer, source: TopicPartition) -> AsyncIterator[Any]:
    """Every committed record of a partition, up to its end now.

    The loop goes by position: the last offsets before the end may be control records, which are never given.
    """
    consumer.assign([source])
    end = (await consumer.end_offsets([source]))[source]
    await consumer.seek_to_beginning(source)
    waited = 0
    while await consumer.position(source) < end:
        records = (await consumer.getmany(source, timeout_ms=1000, max_records=5000)).get(source, [])
        waited = 0 if records else waited + 1
        # A partition without a leader gives nothing and raises nothing.
        if waited > STALL_SECONDS:
            raise ConfigurationError(f"{source.topic}:{source.partition} gave no records for {STALL_SECONDS} s")
        for record in records:
            # A running worker adds to the partition; what came after the end was taken is not judged.
            if record.offset < end:
                yield record


async def _settle(
    settings: Settings, consumer: AIOKafkaConsumer, outputs: Sequence[Role], partitions: Sequence[int], audit: Audit
) -> None:
    """Wait for the transactions that are open now, and note the partitions where one stays open.

    A commit is acknowledged, and its offset visible, before the broker has marked it in every partition: outputs that
    are read at once may seem to be missing.
    """
    sources = [TopicPartition(topic_name(settings, role), partition) for role in outputs for partition in partitions]
    latest = await _high_watermarks(settings, sources)
    for _ in range(SETTLE_STEPS):
        stable = await consumer.end_offsets(sources)  # under read_committed: the last stable offsets
        sources = [source for source in sources if stable[source] < latest[source]]
        if not sources:
            return
        await asyncio.sleep(SETTLE_SECONDS / SETTLE_STEPS)
    for source in sources:
        audit.found["open_transactions"].add(f"{source.topic}:{source.partition}")


async def _high_watermarks(settings: Settings, sources: Sequence[TopicPartition]) -> Mapping[TopicPartition, int]:
    # Uncommitted too: the end that a committed reader sees stops before an open transaction.
    consumer = AIOKafkaConsumer(**(consumer_options(settings) | {"isolation_level": "read_uncommitted"}))
    try:
        await consumer.start()
        ends: Mapping[TopicPartition, int] = await consumer.end_offsets(sources)
    finally:
        await consumer.stop()
    return ends
