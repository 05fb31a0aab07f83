"""What people said, sent to a stage, and what the learner made of it, read back."""

import json
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from models.contracts.corrections import Correction
from models.contracts.instructions import Action, Instruction
from models.contracts.wire import dump
from models.learned.online.model import OnlineModel
from models.learned.online.records import HEAD
from streams.kafka.clients import consumer_options
from streams.kafka.topics import Reader, group_id, topic_name
from streams.learner.instructions import send_instruction
from streams.learner.memory import Memory, Taken
from streams.messages.learning import correction_entry
from streams.messages.roles import Role
from streams.settings.settings import Settings
from tests.harness.runner import plain_preparation
from tests.harness.voters import NOON
from tests.harness.workers import Message, Stage, until
from tests.streams.categorizer.test_handler import Record


def said(number: int, description: str | None = "ZEPPLO BITS 12", **fields: object) -> Correction:
    """A correction of a purchase at a merchant; None leaves the transaction out."""
    about = None if description is None else {"description": description, "amount": "12.50", "currency": "CAD"}
    plain: dict[str, object] = {
        "correction_id": f"c{number}",
        "transaction_id": f"t{number}",
        "category": "pets",
        "actor": f"reviewer-{number}",
        "timestamp": NOON,
        "about": about,
    }
    return Correction.model_validate(plain | fields)


def message(correction: Correction) -> Message:
    """As it is sent."""
    key = correction.transaction_id.encode()
    return Message(dump(correction), key, key)


def transaction(number: int, *, description: str = "ZEPPLO BITS 12", account: str = "") -> Message:
    """A purchase; without an account it is one of its own, so that purchases spread over the partitions."""
    fields = {
        "transaction_id": f"x{number}",
        "account_id": account or f"acc-{number}",
        "description": description,
        "amount": "12.50",
        "currency": "CAD",
        "timestamp": NOON.isoformat(),
    }
    key = fields["account_id"].encode()
    return Message(json.dumps(fields).encode(), key, key)


async def correct(stage: Stage, *corrections: Correction) -> None:
    """Send corrections as an app does."""
    await stage.send(map(message, corrections), role=Role.CORRECTIONS)


async def instruct(stage: Stage, action: Action, target: str | None = None, *, number: int = 1) -> None:
    """Tell the learner something, as an approver."""
    instruction = Instruction.model_validate(
        {
            "instruction_id": f"i-{action.value}-{number}",
            "action": action,
            "target": target,
            "actor": "boss",
            "standing": "approver",
            "timestamp": NOON,
        }
    )
    await send_instruction(stage.settings, instruction, source="/test")


async def decisions(stage: Stage) -> dict[str, dict[str, Any]]:
    """What was decided, by the transaction's id."""
    records = [*await stage.read(Role.CATEGORIZED), *await stage.read(Role.REVIEW)]
    return {found["transaction_id"]: found for found in (json.loads(record.value) for record in records)}


async def decided(stage: Stage, numbers: Iterable[int]) -> list[dict[str, Any]]:
    """The decisions on these transactions, once there are all."""
    names, found = [f"x{number}" for number in numbers], dict[str, dict[str, Any]]()

    async def are_there() -> bool:
        found.update(await decisions(stage))
        return all(name in found for name in names)

    await until(are_there)
    return [found[name] for name in names]


async def head(stage: Stage) -> dict[str, Any]:
    """What the last step of the learner says; empty before the first."""
    heads = [record.value for record in await stage.read(Role.UPDATES) if record.key == HEAD.encode()]
    return dict(json.loads(heads[-1])) if heads else {}


async def reported(stage: Stage, memory: Memory) -> None:
    """Wait until people are told what a learner knows; within a second they are told once."""
    expected = json.loads(json.dumps(memory.report()))

    async def is_told() -> bool:
        return bool(await report(stage) == expected)

    await until(is_told)


async def report(stage: Stage) -> dict[str, Any]:
    """The learner's newest report; empty before the first."""
    found = await stage.read(Role.LEARNING)
    return dict(json.loads(found[-1].value)) if found else {}


async def learned(stage: Stage) -> None:
    """Wait until all corrections have their place in the journal, and all of the journal is learned."""
    consumers = {
        Role.CORRECTIONS: group_id(stage.settings, Role.CORRECTIONS, Reader.LEARNER),
        Role.LEARNING_JOURNAL: group_id(stage.settings, Role.LEARNING_JOURNAL),
    }
    for role, group in consumers.items():
        consumer = AIOKafkaConsumer(**consumer_options(stage.settings), group_id=group)
        await consumer.start()
        try:
            await until(partial(_read_by, consumer, stage, role))
        finally:
            await consumer.stop()


async def _read_by(consumer: AIOKafkaConsumer, stage: Stage, role: Role) -> bool:
    """Whether each record of a topic lies before the committed offset; markers of transactions have offsets, too."""
    last: dict[int, int] = {}
    for record in await stage.read(role):
        last[record.partition] = max(record.offset, last.get(record.partition, -1))
    topic = topic_name(stage.settings, role)
    committed = {partition: await consumer.committed(TopicPartition(topic, partition)) or 0 for partition in last}
    return all(committed[partition] > offset for partition, offset in last.items())


def newest(records: Sequence[ConsumerRecord]) -> list[ConsumerRecord]:
    """What is left of a topic of one partition once Kafka has compacted it: the newest record of each key."""
    kept = {record.key: record for record in records}
    return sorted((record for record in kept.values() if record.value is not None), key=lambda one: int(one.offset))


def replayed(stage: Stage, journal: Sequence[ConsumerRecord]) -> Memory:
    """What a learner of `following_ensemble` knows after these entries."""
    memory, taken = plain_preparation(stage.settings).memory(), Taken()
    memory.take(journal, taken)
    return memory


def replayed_said(settings: Settings, corrections: Iterable[Correction]) -> Memory:
    """What such a learner knows after these corrections, without a broker."""
    memory, taken = plain_preparation(settings).memory(), Taken()
    for offset, correction in enumerate(corrections):
        received = Record(dump(correction), offset=offset, topic="transactions.corrections", partition=0)
        entry = correction_entry(correction, received, source="/test", now=NOON)
        at = int(NOON.timestamp()) * 1000 + offset
        record = Record(entry.value, offset, entry.key, entry.headers, "models.journal", 0, at)
        memory.take([record], taken)
    return memory


def followed(updates: Sequence[ConsumerRecord]) -> OnlineModel:
    """What a worker knows after these records."""
    model = OnlineModel()
    model.apply((record.key.decode(), record.value) for record in updates)
    return model
