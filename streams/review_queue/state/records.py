"""The queue's state as records of the journal, and back.

The newest record of each key counts, and one without a value takes it away (`streams.review_queue.entries`).
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from models.contracts.taxonomy import Category
from streams.messages.records import Headers, Output
from streams.messages.roles import Role
from streams.review_queue.entries import DONE, EARLY, ENTRY, REQUEST, REVIEWER, STATUS, Outcome, key_of, read_outcome
from streams.review_queue.state.item import Given, Item, item_of
from streams.review_queue.state.parts import Done, Limits, Noted
from streams.review_queue.state.people import Reviewer
from streams.review_queue.state.queue import Queue

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError)
"""What reading a record raises that another release has written."""


class Entered(NamedTuple):
    """A record of the journal, as far as the state looks at it."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


def changed(queue: Queue) -> Iterator[Output]:
    """The records for what has changed since the last call."""
    noted, queue.noted = queue.noted, Noted()
    for request_id in noted.gone:
        if request_id not in queue.items:
            yield _record(REQUEST, request_id, None)
            yield _record(STATUS, request_id, None)
    for request_id in noted.items:
        item = queue.items.get(request_id)
        if item is not None:
            yield _record(STATUS, request_id, _status(item))
    for request_id in noted.done:
        done = queue.done.get(request_id)
        yield _record(DONE, request_id, None if done is None else _json(list(done)))
    for request_id in noted.early:
        given = queue.early.get(request_id)
        yield _record(EARLY, request_id, None if given is None else _json(list(given)))
    for name in noted.reviewers:
        reviewer = queue.reviewers.get(name)
        yield _record(REVIEWER, name, None if reviewer is None else reviewer.written())


def _status(item: Item) -> bytes | None:
    """What people have done with a request; None where they have not."""
    said: dict[str, Any] = {}
    if item.claimed_by:
        said["claim"] = [item.claimed_by, item.claimed_ms]
    if item.unknown_to:
        said["unknown"] = item.unknown_to
    if item.given is not None:
        said["given"] = list(item.given)
    if item.emitted:
        said["emitted"] = True
    return _json(said) if said else None


def _record(kind: str, name: str, value: bytes | None) -> Output:
    return Output(Role.REVIEW_JOURNAL, key_of(kind, name), value, [])


def _json(said: object) -> bytes:
    return json.dumps(said, separators=(",", ":")).encode()


class Restoring:
    """Rebuilds the state from the records of the journal, which are taken in their order.

    Args:
        committed: Offset of the first entry that is not taken yet. Records of the state may stand behind it, since they
            are written after the entries that they follow from.
    """

    def __init__(self, *, committed: int) -> None:
        self._committed = committed
        self._requests: dict[str, Item] = {}
        self._later: dict[str, Item] = {}
        self._statuses: dict[str, bytes] = {}
        self._done: dict[str, bytes] = {}
        self._reviewers: dict[str, bytes] = {}
        self._early: dict[str, bytes] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._kept = {STATUS: self._statuses, DONE: self._done, REVIEWER: self._reviewers, EARLY: self._early}

    def take(self, record: Entered) -> None:
        """Take the next record."""
        kind, _, name = (record.key or b"").decode("utf-8", "replace").partition(":")
        kind += ":"
        if kind == REQUEST:
            self._request(name, record)
        elif kind == ENTRY:
            outcome = read_outcome(record.headers) if record.value is None else None
            if outcome is not None:
                self._outcomes[name] = outcome
        elif (kept := self._kept.get(kind)) is not None:
            kept.pop(name, None)  # put behind the others: their order is their age
            if record.value is not None:
                kept[name] = record.value

    def _request(self, name: str, record: Entered) -> None:
        if record.value is None:
            self._requests.pop(name, None)
            self._later.pop(name, None)
            return
        item = item_of(name, record.value, record.headers)
        if item is not None:
            (self._requests if record.offset < self._committed else self._later)[name] = item

    def queue(self, limits: Limits) -> Queue:
        """The state; what another release wrote, and this one cannot read, is left out."""
        queue = Queue(limits)
        for name, raw in self._done.items():
            if (done := _done(raw)) is not None:
                queue.done[name] = done
        # A request that came again keeps its status, though compaction has taken its first record.
        backed = {name: self._later[name] for name in self._statuses if name in self._later}
        for name, item in (backed | self._requests).items():
            status = self._statuses.get(name)
            if status is not None:
                _apply(item, status)
            if status is not None or name not in queue.done:
                queue.put(item)
        for name, raw in self._reviewers.items():
            try:
                queue.reviewers[name] = Reviewer.read(raw)
            except UNREADABLE:
                continue
        for name, raw in self._early.items():
            try:
                queue.early[name] = _given(json.loads(raw))
            except UNREADABLE:
                continue
        for name, outcome in self._outcomes.items():
            queue.remember(name, outcome)
        queue.noted = Noted()
        return queue


def _done(raw: bytes) -> Done | None:
    try:
        category, reviewer, at = json.loads(raw)
        return Done(None if category is None else Category(category), str(reviewer), int(at))
    except UNREADABLE:
        return None


def _given(said: Any) -> Given:
    entry, reviewer, category, reason, at, final = said
    return Given(str(entry), str(reviewer), Category(category), reason, int(at), int(final))


def _apply(item: Item, raw: bytes) -> None:
    try:
        said = json.loads(raw)
        if "claim" in said:
            item.claimed_by, item.claimed_ms = str(said["claim"][0]), int(said["claim"][1])
        item.unknown_to = tuple(map(str, said.get("unknown", ())))
        if "given" in said:
            item.given = _given(said["given"])
        item.emitted = bool(said.get("emitted", False))
    except UNREADABLE:
        return
