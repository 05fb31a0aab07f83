"""All corrections that the topic still holds, read outside every group: nobody who reads it notices."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from aiokafka import TopicPartition

from models.contracts.corrections import Correction, Standing
from models.contracts.instructions import Action, Instruction
from models.errors import ContractError
from streams.kafka.read_to_end import read_to, reader
from streams.kafka.topics import partition_counts, sources_of, topic_name
from streams.messages.learning import read_entry, time_of
from streams.messages.records import Received
from streams.messages.roles import Role
from streams.messages.said import Said, read_all
from streams.settings.settings import Settings


async def corrections_on_topic(settings: Settings) -> Said:
    """Read `transactions.corrections` from its beginning to its end of now, read committed.

    Where there is a learner, its journal says which were taken back, and when each came.

    Raises:
        ConfigurationError: The topic does not exist.
        KafkaError: The broker does not answer.
    """
    counts = await partition_counts(settings)
    sources = sources_of(settings, Role.CORRECTIONS, counts)
    said = read_all([record.value or b"" for record in await _read(settings, sources)])
    if not counts[Role.LEARNING_JOURNAL]:
        return said
    journal = TopicPartition(topic_name(settings, Role.LEARNING_JOURNAL), 0)
    return Journalled.of(await _read(settings, [journal])).held_against(said)


async def _read(settings: Settings, sources: list[TopicPartition]) -> list[Received]:
    async with reader(settings, sources) as consumer:
        ends = await consumer.end_offsets(sources)
        await consumer.seek_to_beginning(*sources)
        return [record async for record in read_to(consumer, ends)]


@dataclass(slots=True)
class Journalled:
    """What the learner's journal says of corrections.

    Args:
        actors: Who gave those that it has, by id.
        at: When it had each.
        undone: Ids that somebody took back, with who did; None for an approver.
        gone: Ids of those whose actor was forgotten.
    """

    actors: dict[str, str] = field(default_factory=dict)
    at: dict[str, datetime] = field(default_factory=dict)
    undone: set[tuple[str, str | None]] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, records: Iterable[Received]) -> "Journalled":
        """Read the journal, from its beginning."""
        journalled = cls()
        for record in records:
            try:
                entry = read_entry(record)
            except ContractError:
                continue
            if isinstance(entry, Correction):
                journalled.actors.setdefault(entry.correction_id, entry.actor)
                journalled.at.setdefault(entry.correction_id, time_of(record))
            elif isinstance(entry, Instruction):
                journalled._take(entry)
        return journalled

    def held_against(self, said: Said) -> Said:
        """Corrections with the ids of those that were taken back; none is later than the journal had it."""
        corrections = [
            one.model_copy(update={"timestamp": min(one.timestamp, self.at.get(one.correction_id, one.timestamp))})
            for one in said.corrections
        ]
        taken_back = frozenset(one.correction_id for one in corrections if self._is_taken_back(one))
        return replace(said, corrections=corrections, taken_back=taken_back)

    def _take(self, told: Instruction) -> None:
        by_approver = told.standing is Standing.APPROVER
        if told.action is Action.FORGET_CORRECTION and told.target:
            self.undone.add((told.target, None if by_approver else told.actor))
        elif told.action is Action.FORGET_ACTOR and by_approver:
            # What the same actor says later counts again, as it does for the learner.
            self.gone.update(name for name, actor in self.actors.items() if actor == told.target)

    def _is_taken_back(self, one: Correction) -> bool:
        name = one.correction_id
        return name in self.gone or not self.undone.isdisjoint(((name, None), (name, one.actor)))
