"""The work on one batch of the journal, without Kafka: learn, and say what workers and people are told of it."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.errors import ContractError
from streams.clock import Clock
from streams.learner.memory import Memory, Taken
from streams.learner.sequencing import STAGE
from streams.messages.cloudevents import dead_letter
from streams.messages.headers import OFFSET_HEADER, PARTITION_HEADER, TOPIC_HEADER, number, text
from streams.messages.learning import tombstone
from streams.messages.records import Output, Received, Restored
from streams.messages.roles import Role

PORTION = 200
"""Entries that are learned before the heartbeat and the web server have their turn."""

REPORT = b"report"
"""Key of the learner's report in `models.learning`."""


@dataclass(slots=True)
class LearningResult:
    """All that a batch of the journal becomes.

    Args:
        written: Parts of what was learned, the report, dead letters, and deletions from the journal.
        taken: What came of the entries.
        updates: Parts of what was learned that changed.
        report: What people are told; None where nothing new is to be told.
    """

    written: list[Output] = field(default_factory=list)
    taken: Taken = field(default_factory=Taken)
    updates: int = 0
    report: Mapping[str, Any] | None = None


class LearningHandler:
    """Turns a batch of entries into what was learned from them. No input makes it raise.

    Where something is taken back, all is learned anew, once for the whole batch.

    Args:
        clock: The time of day, timezone-aware.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, records: Sequence[Received], memory: Memory) -> LearningResult:
        """Handle one batch; the memory is changed."""
        result = LearningResult()
        memory.take(records, result.taken)
        await catch_up(memory)
        result.taken.outcomes += memory.learner.outcomes()
        updates = [*memory.owed, *memory.learner.updates()]
        memory.owed = []
        result.updates = len(updates)
        result.written += update_records(updates)
        result.written += map(_refusal, *zip(*result.taken.refused, strict=True)) if result.taken.refused else ()
        result.written += (tombstone(key) for key in result.taken.deleted)
        memory.unreported |= bool(result.taken.outcomes or result.taken.refused or updates)
        if memory.owes_report(now := self._clock()):
            memory.unreported, memory.reported = False, now
            result.report = memory.report()
            result.written.append(report_record(result.report))
        return result


async def catch_up(memory: Memory) -> None:
    """Learn what was taken; others have their turn in between."""
    for learned, _ in enumerate(memory.learner.catch_up(), 1):
        if learned % PORTION == 0:
            await asyncio.sleep(0)


def update_records(updates: Iterable[tuple[str, bytes | None]]) -> list[Output]:
    """The records of `models.updates` for parts that changed."""
    return [Output(Role.UPDATES, name.encode(), content, []) for name, content in updates]


def report_record(report: Mapping[str, Any]) -> Output:
    """The record of the report for people."""
    return Output(Role.LEARNING, REPORT, json.dumps(report, ensure_ascii=False, separators=(",", ":")).encode(), [])


def _refusal(record: Received, error: ContractError) -> Output:
    """The dead letter of an entry, in the partition that the correction came from."""
    headers = record.headers
    partition = number(headers, PARTITION_HEADER, otherwise=0)
    original = Restored(
        text(headers, TOPIC_HEADER) or record.topic,
        partition,
        number(headers, OFFSET_HEADER, otherwise=record.offset),
        record.key,
        record.value,
        headers,
        record.timestamp,
    )
    return dead_letter(original, error, STAGE)._replace(partition=partition)
