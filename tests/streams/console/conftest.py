"""One browser for all tests of the page."""

from collections.abc import Iterator

import pytest

from tests.streams.console.browser import Browser, chromium, running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real headless Chromium."""
    path = chromium()
    if path is None:
        pytest.skip("no chromium on PATH or in build/tools/bin")
    with running(path) as started:
        yield started
