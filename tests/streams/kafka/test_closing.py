"""Closing a client, whatever its broker does."""

import asyncio
import logging
import time

import pytest
from aiokafka.errors import KafkaConnectionError

from streams.kafka import closing
from streams.kafka.closing import in_time


async def test_a_step_without_end_is_left(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A producer waits for what it has not sent as long as its broker is away."""
    monkeypatch.setattr(closing, "CLOSE_SECONDS", 0.05)
    began = time.monotonic()
    with caplog.at_level(logging.WARNING):
        await in_time(asyncio.Event().wait, "not stopped")
    assert time.monotonic() - began < 2
    assert ["not stopped (TimeoutError)"] == caplog.messages


async def test_a_step_that_fails_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """And raises nothing: whoever closes has something else to raise."""

    async def fail() -> None:
        raise KafkaConnectionError

    with caplog.at_level(logging.WARNING):
        await in_time(fail, "not stopped")
    assert ["not stopped (KafkaConnectionError)"] == caplog.messages
