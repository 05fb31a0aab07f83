"""The queue's state as records of the journal, and back.

The newest record of each key counts, and one without a value takes it away (`streams.review_queue.entries`).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from models.contracts.taxonomy import Category
from models.errors import ContractError
from streams.messages.records import Headers, Output
from streams.messages.roles import Role
from streams.review_queue.entries import DONE, EARLY, ENTRY, REQUEST, REVIEWER, STATUS, Outcome, key_of, read_outcome
from streams.review_queue.state.item import Given, Item, item_of
from streams.review_queue.state.parts import Done, Limits, Noted
from streams.review_queue.state.people import Reviewer
from streams.review_queue.state.queue import Queue

T = TypeVar("T")

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
        self._unread: set[bytes] = set()
        self._statuses: dict[str, bytes] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._kept: Mapping[str, dict[str, bytes]] = {STATUS: self._statuses, DONE: {}, REVIEWER: {}, EARLY: {}}

    def take(self, record: Entered) -> None:
        """Take the next record."""
        kind, _, name = (record.key or b"").decode("utf-8", "replace").partition(":")
        kind += ":"
        if record.key is not None:
            self._unread.discard(record.key)
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
        taken = record.offset < self._committed
        try:
            (self._requests if taken else self._later)[name] = item_of(name, record.value, record.headers)
        except ContractError:
            if taken:  # one that is not taken yet becomes a dead letter then
                self._requests.pop(name, None)
                self._unread.add(key_of(REQUEST, name))

    def queue(self, limits: Limits) -> Queue:
        """The state; what another release wrote, and this one cannot read, is left out and counted."""
        queue = Queue(limits)
        for name, done in self._read(DONE, _done):
            queue.done[name] = done
        # A request that came again keeps its status, though compaction has taken its first record.
        backed = {name: self._later[name] for name in self._statuses if name in self._later}
        for name, item in (backed | self._requests).items():
            status = self._statuses.get(name)
            if status is not None and not _apply(item, status):
                self._unread.add(key_of(STATUS, name))
            if status is not None or name not in queue.done:
                queue.put(item)
        for name, reviewer in self._read(REVIEWER, Reviewer.read):
            queue.reviewers[name] = reviewer
        for name, given in self._read(EARLY, lambda raw: _given(json.loads(raw))):
            queue.early[name] = given
        for name, outcome in self._outcomes.items():
            queue.remember(name, outcome)
        queue.noted = Noted()
        queue.left_out = len(self._unread)
        return queue

    def _read(self, kind: str, read: Callable[[bytes], T]) -> Iterator[tuple[str, T]]:
        for name, raw in self._kept[kind].items():
            try:
                found = read(raw)
            except UNREADABLE:
                self._unread.add(key_of(kind, name))
            else:
                yield name, found


def _done(raw: bytes) -> Done:
    category, reviewer, at = json.loads(raw)
    return Done(None if category is None else Category(category), str(reviewer), int(at))


def _given(said: Any) -> Given:
    entry, reviewer, category, reason, at, final = said
    return Given(str(entry), str(reviewer), Category(category), reason, int(at), int(final))


def _apply(item: Item, raw: bytes) -> bool:
    """Put in what people have done with a request; whether it could be read."""
    try:
        said = json.loads(raw)
        if "claim" in said:
            item.claimed_by, item.claimed_ms = str(said["claim"][0]), int(said["claim"][1])
        item.unknown_to = tuple(map(str, said.get("unknown", ())))
        if "given" in said:
            item.given = _given(said["given"])
        item.emitted = bool(said.get("emitted", False))
    except UNREADABLE:
        return False
    return True
