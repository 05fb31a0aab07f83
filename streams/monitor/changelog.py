"""The monitors' state as records of the changelog `fairness.state`, and back.

A record is a part of the state under its key; the newest of each key counts, and one without a value takes it away:

    bucket:5942304              counts of a bucket of event time
    source:transactions:3       how far a source has been read
    answered                    corrections by model version
    passed                      records that came late
    reported                    when a categorizer's newest summary was written, Unix milliseconds
    alert:c9c4bd2a169b888b      an open alert
"""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.contracts.alerts import FairnessAlert
from models.contracts.wire import dump, parse
from models.errors import ContractError
from monitors.counts.cells import LAYOUT, empty
from monitors.counts.history import Changes, History, Mark
from monitors.counts.observation import flat, read_bucket, read_count, unflat
from streams.messages.records import Output
from streams.messages.roles import Role

log = logging.getLogger(__name__)

Json = Any
"""Anything that `json.loads` returns."""


@dataclass(slots=True)
class Stored:
    """Contents of the changelog.

    Args:
        alerts: Fingerprint to open alert, as its last step said it.
        reported: When a categorizer's newest summary was written, Unix milliseconds; 0 before the first.
        steps: Steps of alerts, oldest first. They are no part of the changelog: `fairness.alerts` holds them.
        strange: Keys of records that this release cannot read.
    """

    history: History
    alerts: dict[str, FairnessAlert] = field(default_factory=dict)
    reported: int = 0
    steps: list[FairnessAlert] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)


def changelog(history: History, changes: Changes) -> Iterator[Output]:
    """The records for what taking observations changed."""
    # Whole buckets, not what was added to them: after compaction only the last record of a key is left.
    for bucket in sorted(changes.buckets):
        counts = history.buckets[bucket]
        cells = {int(cell): int(counts[cell]) for cell in np.flatnonzero(counts)}
        yield _record(f"bucket:{bucket}", {"layout": LAYOUT, "cells": flat(cells)})
    for bucket in sorted(changes.expired):
        yield _record(f"bucket:{bucket}", None)
    for source in sorted(changes.sources):
        mark = history.sources[source]
        yield _record(f"source:{source}", [mark.next_offset, mark.newest, mark.last])
    if changes.sources:
        yield _record("answered", {version: list(counts) for version, counts in history.answered.items()})
        yield _record("passed", [history.late, history.expired])


def alert_records(before: Iterable[str], now: Mapping[str, FairnessAlert], changed: Iterable[str]) -> Iterator[Output]:
    """The records for alerts that were opened, updated or closed."""
    # Sorted: the order of a set of strings differs from process to process.
    for fingerprint in sorted({*changed} & now.keys()):
        yield Output(Role.STATE, f"alert:{fingerprint}".encode(), dump(now[fingerprint]), [])
    for fingerprint in sorted({*before} - now.keys()):
        yield _record(f"alert:{fingerprint}", None)


def reported_record(reported: int) -> Output:
    """The record for the time at which a categorizer last reported, Unix milliseconds."""
    return _record("reported", reported)


def restore(records: Iterable[tuple[bytes | None, bytes | None]], *, lateness: int) -> Stored:
    """Rebuild the state.

    Args:
        records: Key and value of all records of the changelog, oldest first.
        lateness: As `History` takes it.

    Returns:
        The state; what another release wrote, and this one cannot read, is left out and named.
    """
    # As Kafka compacts: the last record of a key is the only one that counts.
    newest = {(key or b"").decode("utf-8", "replace"): value for key, value in records}
    stored = Stored(History(lateness=lateness))
    for key, value in newest.items():
        if value is None:
            continue
        kind, _, name = key.partition(":")
        try:
            _READERS[kind](stored, name, value)
        # A record of another release costs its part of the state, not the start of the monitor.
        except (KeyError, ValueError, TypeError, AttributeError, RecursionError, ContractError):
            stored.strange.append(key)
    if stored.strange:
        log.warning("%d records of the state are of another release and left out", len(stored.strange))
    return stored


def _bucket(stored: Stored, name: str, value: bytes) -> None:
    message = json.loads(value)
    if message["layout"] != LAYOUT:
        # Counts of another layout would be added to the wrong cells.
        raise ValueError("another layout")
    cells = unflat(message["cells"])
    counts = stored.history.buckets[read_bucket(int(name))] = empty()
    counts[list(cells)] = list(cells.values())


def _source(stored: Stored, name: str, value: bytes) -> None:
    next_offset, newest, last = json.loads(value)
    # Read strictly: a newest bucket beyond the calendar would expire all that is kept.
    stored.history.sources[name] = Mark(read_count(next_offset), read_bucket(newest), read_bucket(last))


def _answered(stored: Stored, _name: str, value: bytes) -> None:
    stored.history.answered = {
        version: (read_count(changed), read_count(confirmed))
        for version, (changed, confirmed) in json.loads(value).items()
    }


def _passed(stored: Stored, _name: str, value: bytes) -> None:
    late, expired = json.loads(value)
    stored.history.late, stored.history.expired = read_count(late), read_count(expired)


def _reported(stored: Stored, _name: str, value: bytes) -> None:
    stored.reported = read_count(json.loads(value))


def _alert(stored: Stored, name: str, value: bytes) -> None:
    stored.alerts[name] = parse(FairnessAlert, value)[0]


_READERS = {
    "bucket": _bucket,
    "source": _source,
    "answered": _answered,
    "passed": _passed,
    "reported": _reported,
    "alert": _alert,
}


def _record(key: str, value: Json) -> Output:
    raw = None if value is None else json.dumps(value, separators=(",", ":")).encode()
    return Output(Role.STATE, key.encode(), raw, [])
