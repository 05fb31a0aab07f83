"""Fixtures that several packages' tests share."""

import uuid
from collections.abc import Iterator

import pytest

from streams.local.broker import LocalBroker


@pytest.fixture(scope="session")
def broker() -> Iterator[LocalBroker]:
    """One real Kafka for the whole session; tests share it and keep apart by `prefix`.

    A test that stops or kills a broker must start one of its own. Mark tests that use this with `kafka`.
    """
    with LocalBroker() as running:
        yield running


@pytest.fixture
def prefix() -> str:
    """Start of this test's topic, group and transactional ids: no other test has the same."""
    return f"t{uuid.uuid4().hex[:8]}."
