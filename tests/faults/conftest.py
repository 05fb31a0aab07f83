"""Fixtures of the end-to-end tests."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from streams.local.broker import LocalBroker
from tests.harness.workers import Stage
from tests.streams.console.conftest import browser as browser

OpenStage = Callable[..., Awaitable[Stage]]


@pytest.fixture
async def stage(broker: LocalBroker, prefix: str, tmp_path: Path) -> AsyncIterator[OpenStage]:
    """Opens the test's stage, given settings, and others by another name; its workers end with the test."""
    async with AsyncExitStack() as stack:

        async def open_stage(*, name: str = "", **overrides: Any) -> Stage:
            folder = tmp_path / name
            folder.mkdir(exist_ok=True)
            return await stack.enter_async_context(Stage(broker, prefix + name, folder, overrides))

        yield open_stage
