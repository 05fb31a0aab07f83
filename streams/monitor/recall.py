"""What a monitor knows when it starts, read from Kafka: its state, and the last steps of alerts."""

from collections.abc import Sequence
from datetime import datetime

from aiokafka import AIOKafkaConsumer, TopicPartition

from models.contracts.alerts import FairnessAlert
from models.contracts.wire import parse
from models.errors import ContractError
from monitors.counts.observation import BUCKET_SECONDS
from streams.clock import Clock
from streams.kafka.read_to_end import read_to, reader
from streams.kafka.topics import topic_name
from streams.lanes.lane import Recall
from streams.messages.roles import Role
from streams.monitor.changelog import restore
from streams.monitor.handler import STEPS, STEPS_FOR, Memory
from streams.monitor.judging import Judging
from streams.monitor.publisher import Publisher
from streams.settings.settings import Settings


def recall_state(settings: Settings, judging: Judging, publisher: Publisher, clock: Clock) -> Recall[Memory]:
    """Make the function by which the lane of the observations restores what the monitors know.

    Args:
        clock: The time of day, timezone-aware.
    """

    async def recall(_partition: int, _committed: int) -> Memory:
        changelog = TopicPartition(topic_name(settings, Role.STATE), 0)
        alerts = TopicPartition(topic_name(settings, Role.ALERTS), 0)
        async with reader(settings, [changelog]) as consumer:
            await consumer.seek_to_beginning(changelog)
            ends = await consumer.end_offsets([changelog])
            records = [(record.key, record.value) async for record in read_to(consumer, ends)]
            steps = await _steps(consumer, alerts, since=clock() - STEPS_FOR)
        stored = restore(records, lateness=settings.allowed_lateness_minutes * 60 // BUCKET_SECONDS)
        stored.steps = steps_of(steps)
        memory = Memory(stored, judging, clock)
        # Before the first batch: alerts that are open must not seem closed until one comes.
        publisher.restored(memory)
        return memory

    return recall


async def _steps(consumer: AIOKafkaConsumer, alerts: TopicPartition, *, since: datetime) -> list[bytes | None]:
    """Values of the topic of alerts since a moment of the broker's, oldest first."""
    consumer.assign([alerts])
    found = (await consumer.offsets_for_times({alerts: int(since.timestamp() * 1000)}))[alerts]
    if found is None:
        return []
    consumer.seek(alerts, found.offset)
    ends = await consumer.end_offsets([alerts])
    return [record.value async for record in read_to(consumer, ends)]


def steps_of(values: Sequence[bytes | None]) -> list[FairnessAlert]:
    """The last steps among the values of `fairness.alerts`, oldest first; what is no step is left out."""
    steps = []
    for value in values:
        try:
            steps.append(parse(FairnessAlert, value or b"")[0])
        except ContractError:
            continue  # another's, or of another release: a line of the history is missing, and nothing else
    return steps[-STEPS:]
