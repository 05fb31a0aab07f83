"""What people tell the learner, and what it tells them, whatever the broker does."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiokafka.errors import KafkaTimeoutError

from models.contracts.corrections import Standing
from models.contracts.instructions import Action, Instruction
from streams.kafka import closing
from streams.kafka.read_to_end import read_to
from streams.learner import instructions
from streams.learner.instructions import LATELY, read_report, send_instruction
from streams.learner.learning import REPORT
from streams.local.broker import LocalBroker
from streams.messages.roles import Role
from streams.settings.settings import Settings
from tests.harness.workers import Message, Stage


class Away:
    """A producer of aiokafka whose broker went away: it gives up what it sends, and does not stop before it is back."""

    def __init__(self, **_options: Any) -> None:
        pass

    async def start(self) -> None:
        """The broker was there."""

    async def send_and_wait(self, *_args: Any, **_record: Any) -> None:
        """And is gone."""
        raise KafkaTimeoutError

    async def stop(self) -> None:
        """What is not sent is waited for."""
        await asyncio.Event().wait()


async def test_an_instruction_ends_where_the_broker_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks at the page is told, and does not wait for ever."""
    monkeypatch.setattr(instructions, "AIOKafkaProducer", Away)
    monkeypatch.setattr(closing, "CLOSE_SECONDS", 0.05)
    freeze = Instruction(
        instruction_id="i-1",
        action=Action.FREEZE,
        actor="boss",
        standing=Standing.APPROVER,
        reason="a test",
        timestamp=datetime.now(UTC),
    )
    began = time.monotonic()
    with pytest.raises(KafkaTimeoutError):
        async with asyncio.timeout(20):
            await send_instruction(Settings(bootstrap_servers="127.0.0.1:9092"), freeze, source="/test")
    assert time.monotonic() - began < 10


def reports(*numbers: int) -> list[Message]:
    """Reports of the learner, and after each as many other records as are looked through first."""
    others = [Message(b"{}", b"memory", b"") for _ in range(LATELY + 5)]
    return [message for n in numbers for message in (*others, Message(json.dumps({"number": n}).encode(), REPORT, b""))]


@pytest.mark.kafka
async def test_the_newest_report_is_found_at_the_end(
    broker: LocalBroker, prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without reading all that was learned; from the beginning only where there is none among the newest records."""
    read: list[Any] = []

    async def counted(*of: Any) -> AsyncIterator[Any]:
        async for record in read_to(*of):
            read.append(record)
            yield record

    monkeypatch.setattr(instructions, "read_to", counted)
    async with Stage(broker, prefix, tmp_path, {"partitions": 1}) as stage:
        assert await read_report(stage.settings) is None
        await stage.send(reports(1, 2), role=Role.LEARNING)
        assert {"number": 2} == await read_report(stage.settings)
        assert LATELY >= len(read)
        await stage.send(reports(3)[:-1], role=Role.LEARNING)
        assert {"number": 2} == await read_report(stage.settings)
