"""Rebuilding the duplicate window of a partition of corrections from the corrections that were read before."""

from datetime import timedelta

from aiokafka import TopicPartition

from models.contracts.corrections import Correction
from models.contracts.wire import parse
from models.errors import ContractError
from streams.clock import Clock
from streams.corrections.handler import digest
from streams.kafka.read_to_end import read_to, reader
from streams.kafka.topics import topic_name
from streams.lanes.duplicate_window import DuplicateWindow
from streams.lanes.lane import Recall
from streams.messages.records import Received
from streams.messages.roles import Role
from streams.settings.settings import Settings


def recall_corrections(settings: Settings, clock: Clock) -> Recall[DuplicateWindow]:
    """Make the function by which a lane of corrections rebuilds its duplicate window."""

    async def recall(partition: int, committed: int) -> DuplicateWindow:
        window = DuplicateWindow(
            max_ids=settings.duplicate_window_ids, max_age=timedelta(hours=settings.duplicate_window_hours)
        )
        source = TopicPartition(topic_name(settings, Role.CORRECTIONS), partition)
        async with reader(settings, [source]) as consumer:
            beginning = (await consumer.beginning_offsets([source]))[source]
            end = min(committed, (await consumer.end_offsets([source]))[source])  # a topic may have been made anew
            # Further back the window would forget again what it read.
            consumer.seek(source, max(beginning, committed - settings.duplicate_window_ids))
            # Before the committed offset only: what comes after it has not been summed up yet.
            async for record in read_to(consumer, {source: max(end, beginning)}):
                if record.offset < committed:
                    window.add(_id_and_digest(record), at=clock())
        return window

    return recall


def _id_and_digest(record: Received) -> dict[str, bytes]:
    try:
        correction, _ = parse(Correction, record.value or b"")
    except ContractError:
        # It became a dead letter when it was read, and its id may come again.
        return {}
    return {correction.correction_id: digest(correction)}
