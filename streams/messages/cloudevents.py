"""From bytes to events and back: CloudEvents attributes as Kafka headers (binary mode), digests, dead letters.

CloudEvents Kafka binding 1.0: attributes are headers prefixed `ce_`, the value is the event's data.
"""

import re
from binascii import hexlify
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import blake2b, sha1
from operator import itemgetter
from typing import Any
from uuid import UUID

from models.contracts.alerts import FairnessAlert
from models.contracts.events import Categorized, ReviewRequest, Transaction
from models.contracts.wire import dump, parse
from models.decisions.verdict import Decided
from models.errors import ContractError
from streams.messages.headers import (
    ATTEMPT_HEADER,
    BLIND_HEADER,
    DIGEST_HEADER,
    FIELD_HEADER,
    OFFSET_HEADER,
    PARTITION_HEADER,
    REASON_HEADER,
    STAGE_HEADER,
    SUBJECT_HEADER,
    TOPIC_HEADER,
    TRACE_HEADER,
    TRUNCATED_HEADER,
)
from streams.messages.records import Header, Headers, Output, Received, header
from streams.messages.roles import Role

NAMESPACE = UUID("6f0c5b0e-3f5f-5d0a-9a58-6b8f7c2f6a01")
"""Namespace of the derived event ids: UUIDv5 of `<kind>:<transaction_id>`."""


def ce_type(kind: str) -> Header:
    """The kind of an event, such as `evenhand.categorized.v1`."""
    return "ce_type", kind.encode()


def ce_source(source: str) -> Header:
    """The application that an event comes from, such as `/evenhand/categorizer`."""
    return "ce_source", source.encode()


def ce_time(at: datetime) -> Header:
    """The time of an event."""
    return "ce_time", at.isoformat().encode()


_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_NAMESPACE_BYTES = NAMESPACE.bytes
_contents = itemgetter("account_id", "description", "amount", "currency", "timestamp", "mcc", "counterparty", "channel")
"""What tells one transaction from another of the same id."""

_DIGEST = blake2b(digest_size=8)  # copied for each transaction, which is quicker than to make one
_SPECVERSION = ("ce_specversion", b"1.0")
_CONTENT_TYPE = ("content-type", b"application/json")
# Made once, since encoding is on the path of every decision.
_KINDS: Mapping[bool, tuple[Role, str, Header]] = {
    requires_review: (role, contract.ce_type, ce_type(contract.ce_type))
    for requires_review, contract, role in (
        (False, Categorized, Role.CATEGORIZED),
        (True, ReviewRequest, Role.REVIEW),
    )
}
# The variant of RFC 9562: the two highest bits of this digit are 1 and 0.
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
# Below the topic's limit of 16 MiB, because key and headers need room as well.
_DEAD_LETTER_LIMIT = 15 << 20


@dataclass(frozen=True, slots=True)
class Codec:
    """Encodes the outputs of one application.

    Args:
        source: CloudEvents source, such as `/evenhand/categorizer`.
        marks: Headers that every decision carries beside those of the contract.
    """

    source: str
    marks: Headers = ()

    def decode(self, record: Received) -> tuple[Transaction, int]:
        """Parse a transaction.

        Returns:
            The transaction and the number of unknown fields that were dropped.

        Raises:
            ContractError: The record breaks the contract.
        """
        if record.value is None:
            raise ContractError("empty")
        return parse(Transaction, record.value)

    def stamp(self, now: datetime) -> "Stamp":
        """Make the stamp that all decisions of one batch share."""
        return Stamp(ce_source(self.source), ce_time(now), self.marks)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Encodes the decisions of one batch: the headers of source and time are the same for all."""

    source: Header
    time: Header
    marks: Headers = ()

    def encode(self, decision: Decided, digest: bytes, incoming: Headers) -> Output:
        """The record of a decision, keyed by account."""
        verdict, transaction = decision.verdict, decision.transaction
        role, kind, kind_header = _KINDS[verdict.requires_review]
        headers = self._headers(kind, kind_header, transaction.transaction_id, digest, incoming)
        return Output(role, transaction.account_id.encode(), decision.dumped(), headers)

    def encode_blind(self, request: ReviewRequest, digest: bytes, incoming: Headers) -> Output:
        """The record of a blind request: marked, since the decision it is a copy of is the transaction's own record."""
        role, kind, kind_header = _KINDS[True]
        headers = self._headers(kind, kind_header, request.transaction_id, digest, incoming)
        return Output(role, request.account_id.encode(), dump(request), [*headers, BLIND_HEADER])

    def _headers(self, kind: str, kind_header: Header, subject: str, digest: bytes, incoming: Headers) -> list[Header]:
        headers = attributes(kind_header, self.source, event_id(kind, subject), self.time, subject=subject)
        # The duplicate window is rebuilt from this header, without reading the value.
        headers.append((DIGEST_HEADER, digest))
        headers += self.marks
        if incoming:
            headers += traceparent(incoming)
        return headers


def alert_record(alert: FairnessAlert, *, source: str) -> Output:
    """The record of a step of an alert, keyed by its fingerprint."""
    kind = FairnessAlert.ce_type
    # The time is part of it: an alert may be updated many times.
    step = f"{alert.fingerprint}:{alert.state.value}:{alert.at.isoformat()}"
    headers = attributes(
        ce_type(kind), ce_source(source), event_id(kind, step), ce_time(alert.at), subject=alert.fingerprint
    )
    return Output(Role.ALERTS, alert.fingerprint.encode(), dump(alert), headers)


def transaction_headers(transaction: Transaction, *, source: str) -> list[Header]:
    """The headers of a transaction that is sent to the input."""
    kind = transaction.ce_type
    identity = event_id(kind, transaction.transaction_id)
    return attributes(ce_type(kind), ce_source(source), identity, ce_time(transaction.timestamp))


def attributes(
    kind: Header, source: Header, identity: str, time: Header, *, subject: str | None = None
) -> list[Header]:
    """The CloudEvents attributes of a record, in the order in which we write them.

    Args:
        kind: From `ce_type`.
        source: From `ce_source`.
        identity: From `event_id`.
        time: From `ce_time`.
        subject: What the event is about; None where the event is the thing itself.
    """
    named = ("ce_id", identity.encode())
    if subject is None:
        return [_SPECVERSION, kind, source, named, time, _CONTENT_TYPE]
    return [_SPECVERSION, kind, source, named, (SUBJECT_HEADER, subject.encode()), time, _CONTENT_TYPE]


def event_id(kind: str, transaction_id: str) -> str:
    """The derived id of an event: the same input gives the same id, so a consumer can tell a repeat.

    It is UUIDv5 (RFC 9562, section 5.5), written from the hash without the cost of a UUID object.

    >>> from uuid import uuid5
    >>> event_id("a.kind", "tx-1") == str(uuid5(NAMESPACE, "a.kind:tx-1"))
    True
    """
    name = _named_by(kind).copy()
    name.update(transaction_id.encode())
    code = name.hexdigest()
    return f"{code[:8]}-{code[8:12]}-5{code[13:16]}-{_VARIANT[code[16]]}{code[17:20]}-{code[20:32]}"


@cache
def _named_by(kind: str) -> Any:
    """The hash of the ids of one kind, as far as they are alike: copied for each, rather than begun anew."""
    # UUIDv5 prescribes SHA-1; without the flag a FIPS build of OpenSSL refuses it.
    return sha1(_NAMESPACE_BYTES + f"{kind}:".encode(), usedforsecurity=False)


def digest(transaction: Transaction, at: float | None = None) -> bytes:
    """Digest (16 hex digits) of a transaction's contents as the contract sees them, whatever their spelling in JSON.

    Args:
        at: Its timestamp in Unix seconds, where the caller has it: in a zone of its own it costs more than the hash.
    """
    account, description, amount, currency, timestamp, mcc, counterparty, channel = _contents(vars(transaction))
    seconds = timestamp.timestamp() if at is None else at
    # NUL in between, which no field can hold, so that no two transactions join to the same text. !s: a decimal's own
    # formatting is slower than its str, and gives the same.
    contents = (
        f"{account}\0{description}\0{amount.normalize()!s}\0{currency}\0{seconds!s}\0{mcc}\0{counterparty}\0{channel}"
    )
    state = _DIGEST.copy()
    state.update(contents.encode())
    return hexlify(state.digest())


def traceparent(incoming: Headers) -> list[Header]:
    """The W3C trace context to pass on: nothing but a well-formed `traceparent`."""
    value = header(incoming, TRACE_HEADER) if incoming else None
    return [(TRACE_HEADER, value)] if value is not None and _TRACEPARENT.fullmatch(value) else []


def dead_letter(record: Received, error: ContractError, stage: str) -> Output:
    """The bytes as received, with headers that say why; never a value of the message or the text of an exception."""
    attempt = header(record.headers, ATTEMPT_HEADER) or b""
    headers = [
        (STAGE_HEADER, stage.encode()),
        (REASON_HEADER, error.reason.encode()),
        (FIELD_HEADER, (error.field or "").encode()),
        (TOPIC_HEADER, record.topic.encode()),
        (PARTITION_HEADER, str(record.partition).encode()),
        (OFFSET_HEADER, str(record.offset).encode()),
        # Whoever writes the input may write this header too, at any length.
        (ATTEMPT_HEADER, attempt if attempt.isdigit() and len(attempt) < 6 else b"1"),
    ]
    headers += traceparent(record.headers)
    value = record.value if record.value is not None or record.key is not None else b""
    if value is not None and len(value) > _DEAD_LETTER_LIMIT:
        headers.append((TRUNCATED_HEADER, str(len(value)).encode()))
        value = value[:_DEAD_LETTER_LIMIT]
    return Output(Role.DEAD_LETTER, record.key, value, headers)
