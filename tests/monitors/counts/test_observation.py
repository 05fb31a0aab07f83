"""An observation survives its journey, and what is none is refused."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import ContractError
from monitors.counts.cells import SIZE
from monitors.counts.observation import BUCKET_SECONDS, NOWHERE, Observation, bucket_of, decode, flat, unflat
from tests.harness.fuzzing import fuzzed_messages

_BUCKETS = st.just(NOWHERE) | st.integers(0, 10**7)
_CELLS = st.dictionaries(st.integers(0, SIZE - 1), st.integers(0, 10**9), max_size=5)
_OBSERVATIONS = st.builds(
    Observation,
    source=st.text(st.characters(codec="utf-8")),
    first=st.integers(0, 10**12),
    next_offset=st.integers(0, 10**12),
    model_version=st.text(st.characters(codec="utf-8")),
    cells=st.dictionaries(_BUCKETS, _CELLS, max_size=3),
    runs=st.lists(st.tuples(_BUCKETS, st.integers(1, 10**6)), max_size=4).map(tuple),
    answered=st.dictionaries(
        st.text(st.characters(codec="utf-8"), max_size=8), st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=3
    ),
)
EXAMPLE = Observation("transactions:0", 3, 5, "1", {NOWHERE: {0: 1}, 7: {1: 2, 5: 1}}, ((7, 2),), {"1": (1, 0)})


@given(_OBSERVATIONS)
def test_what_is_written_is_read(observation: Observation) -> None:
    """Decoding gives back what was encoded, and encoding is a function of the content."""
    raw = observation.encode()
    assert observation == decode(raw)
    assert raw == decode(raw).encode()


@given(_CELLS)
def test_equal_counts_give_equal_bytes(cells: dict[int, int]) -> None:
    """The order in which cells were counted does not show."""
    turned = dict(reversed(cells.items()))
    assert Observation("s", 0, 1, cells={1: cells}).encode() == Observation("s", 0, 1, cells={1: turned}).encode()
    assert cells == unflat(flat(cells))


def test_bytes_hold_counts_only() -> None:
    """What is on the topic: names and numbers, nothing of a transaction."""
    message = json.loads(EXAMPLE.encode())
    assert {"format", "layout", "source", "first", "next", "model_version", "cells", "runs", "answered"} == set(message)
    assert {str(NOWHERE): [0, 1], "7": [1, 2, 5, 1]} == message["cells"]
    assert [7, 2] == message["runs"]


@pytest.mark.parametrize("change", [{"layout": "0" * 12}, {"format": 2}])
def test_another_release_is_refused(change: dict[str, object]) -> None:
    """Counts under another layout would be added to the wrong cells: refused, and said to be that."""
    message = json.loads(EXAMPLE.encode()) | change
    with pytest.raises(ContractError, match="unsupported_schema_version"):
        decode(json.dumps(message).encode())


def _without(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda message: {key: value for key, value in message.items() if key != name}


@pytest.mark.parametrize(
    "change",
    [
        *(_without(name) for name in ("format", "layout", "source", "first", "next", "cells", "runs", "answered")),
        lambda message: [message],
        lambda message: list(message),
        lambda message: message | {"first": -1},
        lambda message: message | {"next": 1.5},
        lambda message: message | {"next": True},
        lambda message: message | {"next": 1e400},
        lambda message: message | {"cells": {"7": [0]}},
        lambda message: message | {"cells": {"7": [SIZE, 1]}},
        lambda message: message | {"cells": {"7": [0, -1]}},
        lambda message: message | {"cells": {"7": [0, 2**63]}},
        lambda message: message | {"cells": {"seven": [0, 1]}},
        lambda message: message | {"cells": {"9" * 30: [0, 1]}},
        lambda message: message | {"cells": [[0, 1]]},
        lambda message: message | {"runs": [7]},
        lambda message: message | {"runs": [float("inf"), 1]},
        lambda message: message | {"runs": [7, None]},
        lambda message: message | {"answered": {"1": [1]}},
        lambda message: message | {"answered": {"1": ["1", "0"]}},
    ],
)
def test_what_is_no_observation_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    """One wrong part is enough, and the one error says so: nothing else may stop the monitor."""
    with pytest.raises(ContractError):
        decode(json.dumps(change(json.loads(EXAMPLE.encode()))).encode())


def test_garbage_is_refused_or_read() -> None:
    """Whatever bytes come: an observation, or the one error. What is read can be counted."""
    for raw in fuzzed_messages(3_000, 21, [EXAMPLE.encode()]):
        try:
            observation = decode(raw)
        except ContractError:
            continue
        assert all(0 <= cell < SIZE for cells in observation.cells.values() for cell in cells)
        assert observation == decode(observation.encode())


@settings(max_examples=200)
@given(st.binary(max_size=60))
def test_noise_is_refused(raw: bytes) -> None:
    """Bytes at random are no observation."""
    with pytest.raises(ContractError):
        decode(raw)


def test_bucket_is_of_the_moment_not_the_zone() -> None:
    """A bucket starts every five minutes since 1970, whatever zone the moment is told in."""
    start = datetime(2027, 1, 17, 12, tzinfo=UTC)
    assert start.timestamp() / BUCKET_SECONDS == bucket_of(start)
    assert bucket_of(start) == bucket_of(start.astimezone(timezone(timedelta(hours=-5))))
    assert bucket_of(start) == bucket_of(start + timedelta(seconds=BUCKET_SECONDS - 1))
    assert bucket_of(start) + 1 == bucket_of(start + timedelta(seconds=BUCKET_SECONDS))
