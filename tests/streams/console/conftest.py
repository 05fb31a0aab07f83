"""One browser for all tests of the page."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.streams.console.browser import Browser, chromium, running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A real headless Chromium; it lives in the session's event loop, and so do the tests that use it."""
    path = chromium()
    if path is None:
        pytest.skip("no chromium on PATH or in build/tools/bin")
    async with running(path) as started:
        yield started
