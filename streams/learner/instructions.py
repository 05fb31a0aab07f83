"""What people tell the learner, and what it tells them: a record into its journal, and the newest of its reports."""

import asyncio
import json
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from models.contracts.instructions import Instruction
from models.learned.online.entries import Reason, Status
from streams.kafka.clients import producer_options
from streams.kafka.closing import in_time
from streams.kafka.read_to_end import POLL_MS, read_to, reader, seek_back
from streams.kafka.topics import topic_name
from streams.learner.learning import REPORT
from streams.messages.learning import instruction_entry
from streams.messages.roles import Role
from streams.settings.settings import Settings

LATELY = 20
"""Records of the learner's topic, at its end, among which its newest report is looked for first: most are reports."""


class Answer(NamedTuple):
    """What the learner made of an instruction."""

    status: Status
    reason: Reason


async def send_instruction(settings: Settings, instruction: Instruction, *, source: str) -> int:
    """Write an instruction into the journal.

    Args:
        source: CloudEvents source: who wrote it.

    Returns:
        Its offset.

    Raises:
        KafkaError: It was not taken.
    """
    entry = instruction_entry(instruction, source=source)
    producer = AIOKafkaProducer(**producer_options(settings))
    try:
        await producer.start()
        written = await producer.send_and_wait(
            topic_name(settings, entry.role), key=entry.key, value=entry.value, headers=list(entry.headers), partition=0
        )
    finally:
        await in_time(producer.stop, "the producer of an instruction not stopped")
    return int(written.offset)


async def instruct(
    settings: Settings, instruction: Instruction, *, source: str, patience: float
) -> tuple[int, Answer | None]:
    """Write an instruction into the journal, and wait for what the learner makes of it.

    Args:
        source: CloudEvents source: who wrote it.
        patience: Seconds to wait for a report that names it.

    Returns:
        Its offset, and the answer; None where no learner has told one in time: one that runs later carries it out.

    Raises:
        KafkaError: It was not taken, or the broker stopped answering.
    """
    reports = TopicPartition(topic_name(settings, Role.LEARNING), 0)
    async with reader(settings, [reports]) as consumer:
        # From here on: a report that was written before cannot know of it.
        consumer.seek(reports, (await consumer.end_offsets([reports]))[reports])
        offset = await send_instruction(settings, instruction, source=source)
        try:
            async with asyncio.timeout(patience):
                return offset, await _answer(consumer, instruction.instruction_id)
        except TimeoutError:
            return offset, None


async def _answer(consumer: AIOKafkaConsumer, instruction_id: str) -> Answer:
    while True:
        for records in (await consumer.getmany(timeout_ms=POLL_MS)).values():
            for record in records:
                if record.key != REPORT or record.value is None:
                    continue
                for each in json.loads(record.value).get("instructions", ()):
                    if each["instruction_id"] == instruction_id:
                        return Answer(Status(each["status"]), Reason(each["reason"]))


async def read_report(settings: Settings) -> dict[str, Any] | None:
    """The newest report of the learner; None where it has learned nothing yet.

    Raises:
        KafkaError: The broker does not answer.
    """
    source = TopicPartition(topic_name(settings, Role.LEARNING), 0)
    newest: bytes | None = None
    async with reader(settings, [source]) as consumer:
        ends = await consumer.end_offsets([source])
        for back in (LATELY, ends[source]):
            await seek_back(consumer, ends, back)
            async for record in read_to(consumer, ends):
                if record.key == REPORT:
                    newest = record.value
            if newest is not None:
                break
    return None if newest is None else dict(json.loads(newest))
