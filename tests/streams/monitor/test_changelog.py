"""The changelog of the monitors: what is written is read back the same, and what cannot be read harms nobody."""

import json
import logging
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contracts.alerts import FairnessAlert
from models.contracts.wire import dump, parse
from monitors.counts.cells import LAYOUT, SIZE, empty
from monitors.counts.history import Changes, History, Mark
from monitors.counts.observation import NOWHERE, Observation
from monitors.counts.windows import KEPT
from streams.messages.records import Output
from streams.messages.roles import Role
from streams.monitor.changelog import Stored, alert_records, changelog, restore
from tests.harness.messages import ALERT

NEWEST = 6_000_000
LATENESS = 12
Log = list[tuple[bytes | None, bytes | None]]


def observation(
    number: int, *, bucket: int = NEWEST, cell: int = 7, source: str = "transactions:0", version: str = ""
) -> Observation:
    """The summary of one record: the `number`-th of its source."""
    answered = {version: (1, 0)} if version else {}
    return Observation(source, number, number + 1, "m1", {bucket: {cell: 1}}, ((bucket, 1),), answered)


def alert(name: str = "c9c4bd2a169b888b", **changed: object) -> FairnessAlert:
    """An open alert."""
    return parse(FairnessAlert, json.dumps(ALERT | {"fingerprint": name} | changed).encode())[0]


def taken(batches: Iterable[Sequence[Observation]]) -> tuple[History, Log]:
    """Take batches, and write the changelog of each."""
    history, log = History(lateness=LATENESS), []
    for batch in batches:
        changes = Changes()
        for one in batch:
            changes |= history.take(one)
        log += lines(changelog(history, changes))
    return history, log


def lines(records: Iterable[Output]) -> Log:
    """Records as they are read back; all are of the changelog and carry no headers."""
    records = list(records)
    assert all(record.role is Role.STATE and not record.headers for record in records)
    return [(record.key, record.value) for record in records]


def same(history: History, stored: Stored) -> bool:
    """Whether what was restored is what was known, order included where it counts."""
    other = stored.history
    plain = [
        (one.lateness, one.sources, one.answered, list(one.answered), one.late, one.expired) for one in (history, other)
    ]
    assert plain[0] == plain[1]
    assert history.buckets.keys() == other.buckets.keys()
    assert all(counts.shape == (SIZE,) and counts.dtype == np.int64 for counts in other.buckets.values())
    return all(np.array_equal(counts, other.buckets[bucket]) for bucket, counts in history.buckets.items())


def test_nothing_is_restored_from_nothing() -> None:
    """The first start."""
    stored = restore([], lateness=LATENESS)
    assert same(History(lateness=LATENESS), stored)
    assert ({}, []) == (stored.alerts, stored.strange)


def test_each_part_has_a_record_of_its_own() -> None:
    """Those that changed: buckets, the source, corrections by model, late records."""
    _, log = taken([[observation(0, version="m1"), observation(1, bucket=NEWEST - 1)]])
    assert {
        f"bucket:{NEWEST}": {"layout": LAYOUT, "cells": [7, 1]},
        f"bucket:{NEWEST - 1}": {"layout": LAYOUT, "cells": [7, 1]},
        "source:transactions:0": [2, NEWEST, NEWEST - 1],
        "answered": {"m1": [1, 0]},
        "passed": [0, 0],
    } == {(key or b"").decode(): json.loads(value or b"") for key, value in log}


def test_what_changed_nothing_writes_nothing() -> None:
    """A repeat costs no record."""
    history, _ = taken([[observation(0)]])
    changes = history.take(observation(0))
    assert [] == list(changelog(history, changes))


def test_only_what_changed_is_written() -> None:
    """A bucket that was not touched is not written again."""
    history, _ = taken([[observation(0), observation(1, bucket=NEWEST - 1)]])
    changes = history.take(observation(2))
    keys = {(record.key or b"").decode() for record in changelog(history, changes)}
    assert {f"bucket:{NEWEST}", "source:transactions:0", "answered", "passed"} == keys


def test_what_is_given_up_is_taken_away() -> None:
    """A bucket older than seven days gets a record without a value; restored, it is gone."""
    history, log = taken([[observation(0)], [observation(1, bucket=NEWEST + KEPT)]])
    assert (f"bucket:{NEWEST}".encode(), None) in log
    stored = restore(log, lateness=LATENESS)
    assert {NEWEST + KEPT} == set(stored.history.buckets)
    assert same(history, stored)


def test_alerts_are_kept_while_they_are_open() -> None:
    """As their last step said them; closed, they are taken away; what did not change is not written."""
    first, second = alert("a" * 16), alert("b" * 16)
    log = lines(alert_records([], {"a" * 16: first, "b" * 16: second}, ["a" * 16, "b" * 16]))
    assert {"a" * 16: first, "b" * 16: second} == restore(log, lateness=0).alerts
    worse = alert("a" * 16, state="update", severity="page")
    log += lines(alert_records(["a" * 16, "b" * 16], {"a" * 16: worse, "b" * 16: second}, ["a" * 16]))
    assert 3 == len(log)
    assert {"a" * 16: worse, "b" * 16: second} == restore(log, lateness=0).alerts
    log += lines(alert_records(["a" * 16, "b" * 16], {"b" * 16: second}, ["a" * 16]))
    assert (b"alert:" + b"a" * 16, None) == log[-1]
    assert {"b" * 16: second} == restore(log, lateness=0).alerts


def _old_layout(value: bytes) -> bytes:
    return json.dumps(json.loads(value) | {"layout": "0" * 12}).encode()


BUCKET_KEY = f"bucket:{NEWEST}"
STRANGE: dict[str, tuple[str, bytes]] = {
    "another layout": (BUCKET_KEY, _old_layout(json.dumps({"layout": LAYOUT, "cells": [7, 1]}).encode())),
    "no layout": (BUCKET_KEY, b'{"cells":[7,1]}'),
    "a cell that is none": (BUCKET_KEY, json.dumps({"layout": LAYOUT, "cells": [SIZE, 1]}).encode()),
    "half a pair": (BUCKET_KEY, json.dumps({"layout": LAYOUT, "cells": [7]}).encode()),
    "a negative count": (BUCKET_KEY, json.dumps({"layout": LAYOUT, "cells": [7, -1]}).encode()),
    "a count beyond 64 bits": (BUCKET_KEY, json.dumps({"layout": LAYOUT, "cells": [7, 10**30]}).encode()),
    "a bucket of no year": (f"bucket:{10**12}", json.dumps({"layout": LAYOUT, "cells": [7, 1]}).encode()),
    "a source of no year": ("source:transactions:0", b"[1,1000000000000,1]"),
    "a bucket without a number": ("bucket:x", json.dumps({"layout": LAYOUT, "cells": [7, 1]}).encode()),
    "a source of two": ("source:transactions:0", b"[1,2]"),
    "a source of text": ("source:transactions:0", b'["x","y","z"]'),
    "a source without end": ("source:transactions:0", b"[1e400,1,1]"),
    "corrections as a list": ("answered", b"[1]"),
    "corrections of three": ("answered", b'{"m1":[1,2,3]}'),
    "late as one": ("passed", b"7"),
    "an alert that is none": ("alert:c9c4bd2a169b888b", b"{}"),
    "an alert of another release": (
        "alert:c9c4bd2a169b888b",
        json.dumps(ALERT | {"schema_version": "2"}).encode(),
    ),
    "an unknown kind": ("learner:7", b"{}"),
    "no key": ("", b"{}"),
    "no json": ("passed", b"{"),
    "an empty value": ("passed", b""),
    "bytes": (BUCKET_KEY, b"\xff\x00"),
    "nested without end": ("passed", b"[" * 100_000),
}


@pytest.mark.parametrize(("key", "value"), STRANGE.values(), ids=STRANGE.keys())
def test_what_cannot_be_read_is_left_out_and_named(key: str, value: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """Another release wrote it, or nobody of ours: the rest is restored, and the log says how much is missing."""
    history, log = taken([[observation(0, bucket=NEWEST + 1, source="transactions:1", version="m1")]])
    log = [line for line in log if (line[0] or b"").decode() != key]
    with caplog.at_level(logging.WARNING):
        stored = restore([*log, (key.encode() or None, value)], lateness=LATENESS)
    assert [key] == stored.strange
    assert {NEWEST + 1} == set(stored.history.buckets)
    assert history.sources == stored.history.sources
    assert {} == stored.alerts
    assert ["1 records of the state are of another release and left out"] == caplog.messages


def test_a_new_layout_begins_with_empty_windows_and_goes_on_where_it_was(caplog: pytest.LogCaptureFixture) -> None:
    """After an upgrade old counts are left out, and what was read before is not read again."""
    _, log = taken([[observation(0), observation(1, bucket=NEWEST + 1)]])
    upgraded = [
        (key, _old_layout(value or b"") if (key or b"").startswith(b"bucket:") else value) for key, value in log
    ]
    stored = restore(upgraded, lateness=LATENESS)
    assert {} == stored.history.buckets
    assert {"transactions:0": Mark(2, NEWEST + 1, NEWEST + 1)} == stored.history.sources
    assert 1 == stored.history.take(observation(1)).repeated
    assert "2 records" in caplog.text


def test_a_strange_record_that_was_taken_away_is_not_missed() -> None:
    """Only the newest record of a key counts."""
    assert [] == restore([(b"learner:7", b"{}"), (b"learner:7", None)], lateness=0).strange


_SOURCES = ("transactions:0", "transactions:1", "transactions.corrections:0")


@st.composite
def _streams(draw: st.DrawFn) -> list[list[Observation]]:
    """Batches of observations of several sources, over some weeks, with dead letters and corrections among them."""
    ends = dict.fromkeys(_SOURCES, 0)
    batches: list[list[Observation]] = []
    for size in draw(st.lists(st.integers(1, 5), max_size=6)):
        batch = []
        for _ in range(size):
            source = draw(st.sampled_from(_SOURCES))
            start, count = ends[source], draw(st.integers(1, 3))
            ends[source] = start + count
            buckets = draw(st.lists(st.integers(NEWEST - KEPT, NEWEST + KEPT + 40), max_size=3))
            places = [*buckets, *draw(st.lists(st.just(NOWHERE), max_size=1))]
            cells = {place: {draw(st.integers(0, SIZE - 1)): draw(st.integers(1, 10**13))} for place in places}
            versions = draw(st.lists(st.sampled_from("abcdefghijkl"), max_size=3, unique=True))
            answered = {version: (1, draw(st.integers(0, 5))) for version in versions}
            runs = tuple((bucket, 1) for bucket in buckets)
            batch.append(Observation(source, start, start + count, "m1", cells, runs, answered))
        batches.append(batch)
    return batches


def compacted(log: Log, random: Any) -> Log:
    """What Kafka may leave of a log: of each key the newest record, and as many of the older ones as it likes."""
    newest = {key: place for place, (key, _) in enumerate(log)}
    return [line for place, line in enumerate(log) if newest[line[0]] == place or random.random() < 0.5]


@settings(max_examples=80)
@given(_streams(), st.randoms(use_true_random=False))
def test_restoring_gives_the_same_state(batches: list[list[Observation]], random: Any) -> None:
    """I3: after any batches, from the whole changelog or from what compaction left of it; and it goes on the same."""
    history, log = taken(batches)
    for lines_left in (log, compacted(log, random)):
        stored = restore(lines_left, lateness=LATENESS)
        assert [] == stored.strange
        assert same(history, stored)
    more = observation(10**6, bucket=NEWEST + 2 * KEPT, version="m")
    for one in (history, stored.history):
        one.take(more)
    assert same(history, stored)


def test_counts_that_were_restored_can_be_added_to() -> None:
    """They are arrays of their own."""
    _, log = taken([[observation(0)]])
    stored = restore(log, lateness=LATENESS)
    stored.history.take(observation(1))
    expected = empty()
    expected[7] = 2
    assert np.array_equal(expected, stored.history.buckets[NEWEST])


def test_an_alert_is_written_as_it_is_sent() -> None:
    """What is restored after a kill is what was published."""
    (record,) = alert_records([], {"c9c4bd2a169b888b": alert()}, ["c9c4bd2a169b888b"])
    assert (b"alert:c9c4bd2a169b888b", dump(alert())) == (record.key, record.value)
