"""Entries of `review.journal`: what is asked of the queue, and what came of it.

A record's key tells what it is:

    request:<request id>    a request, copied from `transactions.review`
    do:<entry id>           something asked; without a value it is done, and a header says what came of it
    status:<request id>     who has a request, who does not know, what was answered
    done:<request id>       a request that was answered or has expired, so that a repeat is recognised
    reviewer:<name>         a reviewer's day and last answers
    early:<request id>      an answer of a case tool that came before its request did

Others write the first two; all else, and every record without a value, is written by the lane that keeps the queue, in
the transaction that takes the entry. So the state is the newest record of each key, whatever Kafka has compacted.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, ClassVar, Final

from models.contracts import fields
from models.contracts.events import CategoryName, Event, Identifier, OptionalIdentifier, Timestamp
from models.contracts.taxonomy import Category
from models.contracts.wire import dump
from streams.console.desk.contract import Why
from streams.messages.cloudevents import attributes, ce_source, ce_time, ce_type
from streams.messages.records import Headers, Output, header
from streams.messages.roles import Role

REQUEST: Final = "request:"
ENTRY: Final = "do:"
STATUS: Final = "status:"
DONE: Final = "done:"
REVIEWER: Final = "reviewer:"
EARLY: Final = "early:"
"""Beginnings of keys."""

OUTCOME_HEADER: Final = "evenhand_outcome"
"""What came of an entry, as JSON, on the record that takes the entry away."""


ANSWER_SECONDS: Final = 10.0
"""Longest wait for what came of an entry; then whoever asked gives up, and asks again."""


class Ask(StrEnum):
    """What is asked of the queue."""

    NEXT = "next"
    """A request for this reviewer."""
    CLAIM = "claim"
    """A certain request for this reviewer."""
    RELEASE = "release"
    """Give it back."""
    SKIP = "skip"
    """Give it back, and have others first for the rest of the day."""
    ANSWER = "answer"
    """Answer requests; without a category the reviewer does not know."""
    UNDO = "undo"
    """Take the reviewer's newest answer back."""
    TOLD = "told"
    """Somebody has answered elsewhere, and said so on `transactions.corrections`."""
    TICK = "tick"
    """Look at the clock: answers become final, requests expire."""


class Entry(Event):
    """Something asked of the queue."""

    ce_type: ClassVar[str] = "evenhand.review-entry.v1"

    entry_id: Identifier
    ask: Annotated[Ask, fields.Named()]
    request_ids: tuple[Identifier, ...] = ()
    category: CategoryName | None = None
    reviewer: OptionalIdentifier = None
    reason: Annotated[str | None, fields.optional_text(256)] = None
    at: Timestamp


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an entry.

    Args:
        why: Why nothing was done; None where it was.
        request_ids: What it concerns: claimed, answered or taken back.
        refused: Requests that were left out, and why.
        category: What an answer that was taken back had said.
        final_ms: Until when an answer can be taken back without a trace, Unix milliseconds.
        repeated: The same was there already.
        amends: What was taken back is with the ledger already.
    """

    why: Why | None = None
    request_ids: tuple[str, ...] = ()
    refused: Mapping[str, Why] = field(default_factory=lambda: MappingProxyType({}))
    category: Category | None = None
    final_ms: int = 0
    repeated: bool = False
    amends: bool = False


def key_of(kind: str, name: str) -> bytes:
    """The key of a record."""
    return (kind + name).encode()


def entry_record(entry: Entry, *, source: str) -> Output:
    """The record by which something is asked."""
    kind = Entry.ce_type
    headers = attributes(
        ce_type(kind), ce_source(source), entry.entry_id, ce_time(entry.at), subject=",".join(entry.request_ids[:1])
    )
    return Output(Role.REVIEW_JOURNAL, key_of(ENTRY, entry.entry_id), dump(entry), headers)


def outcome_record(entry_id: str, outcome: Outcome) -> Output:
    """The record that takes an entry away and says what came of it."""
    said = {
        "why": outcome.why,
        "ids": outcome.request_ids,
        "refused": dict(outcome.refused),
        "category": outcome.category,
        "final": outcome.final_ms,
        "repeated": outcome.repeated,
        "amends": outcome.amends,
    }
    value = json.dumps({name: value for name, value in said.items() if value}, separators=(",", ":")).encode()
    return Output(Role.REVIEW_JOURNAL, key_of(ENTRY, entry_id), None, [(OUTCOME_HEADER, value)])


def read_outcome(headers: Headers) -> Outcome | None:
    """What the headers of a record without a value say; None where they say nothing that can be read."""
    raw = header(headers, OUTCOME_HEADER)
    if raw is None:
        return None
    try:
        said = json.loads(raw)
        return Outcome(
            why=Why(said["why"]) if "why" in said else None,
            request_ids=tuple(map(str, said.get("ids", ()))),
            refused=MappingProxyType({str(key): Why(why) for key, why in said.get("refused", {}).items()}),
            category=Category(said["category"]) if "category" in said else None,
            final_ms=int(said.get("final", 0)),
            repeated=bool(said.get("repeated", False)),
            amends=bool(said.get("amends", False)),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
