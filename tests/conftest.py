"""Fixtures that several packages' tests share, the marks that follow from them, and what may run side by side."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from streams.local.broker import LocalBroker

MARK_OF = {"broker": "kafka", "browser": "browser"}
"""Fixture to the mark of every test that uses it."""


@pytest.hookimpl(optionalhook=True)  # the environment of `make embeddings` has no xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Deal tests out in shares, in the order of the collection, unless another `--dist` was asked for."""
    from tests.harness.shares import Shares

    if config.getoption("dist") != "load":
        return None
    config.option.loadscopereorder = False
    return Shares(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they use, and put first what takes longest: the end then is made of small shares."""
    for item in items:
        for fixture, mark in MARK_OF.items():
            if fixture in _fixtures(item):
                item.add_marker(mark)
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
    items.sort(key=_rank)


def _fixtures(item: pytest.Item) -> Sequence[str]:
    return getattr(item, "fixturenames", ())


def _rank(item: pytest.Item) -> int:
    """Place among the shares: brokers, browsers, what is slow, the rest; within each as they were collected."""
    marks = [item.get_closest_marker(name) is not None for name in ("kafka", "browser", "slow")]
    return marks.index(True) if any(marks) else len(marks)


@pytest.fixture(scope="session")
def broker() -> Iterator[LocalBroker]:
    """One real Kafka for the whole session of a process; tests share it and keep apart by `prefix`.

    A test that stops or kills a broker must start one of its own. Tests that use this are marked `kafka`.
    """
    with LocalBroker() as running:
        yield running


@pytest.fixture
def prefix() -> str:
    """Start of this test's topic, group and transactional ids: no other test has the same."""
    return f"t{uuid.uuid4().hex[:8]}."
