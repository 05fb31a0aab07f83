"""From bytes to events and back: CloudEvents attributes as Kafka headers (binary mode), digests, dead letters.

CloudEvents Kafka binding 1.0: attributes are headers prefixed `ce_`, the value is the event's data.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b, sha1
from uuid import UUID

from models.contracts.alerts import FairnessAlert
from models.contracts.events import Categorized, ReviewRequest, Transaction
from models.contracts.wire import dump, parse
from models.decisions.verdict import Decided
from models.errors import ContractError
from streams.messages.records import Headers, Output, Received, header
from streams.messages.roles import Role

NAMESPACE = UUID("6f0c5b0e-3f5f-5d0a-9a58-6b8f7c2f6a01")
"""Namespace of the derived event ids: UUIDv5 of `<kind>:<transaction_id>`."""

DIGEST_HEADER = "evenhand_digest"
SUBJECT_HEADER = "ce_subject"
BLIND_HEADER = ("evenhand_blind", b"1")
"""Marks the copy of an accepted decision that a person is asked about: not a transaction's one outcome."""

_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_NAMESPACE_BYTES = NAMESPACE.bytes
_SPECVERSION = ("ce_specversion", b"1.0")
_CONTENT_TYPE = ("content-type", b"application/json")
# Made once, since encoding is on the path of every decision.
_KINDS: Mapping[bool, tuple[Role, str, tuple[str, bytes]]] = {
    requires_review: (role, contract.ce_type, ("ce_type", contract.ce_type.encode()))
    for requires_review, contract, role in (
        (False, Categorized, Role.CATEGORIZED),
        (True, ReviewRequest, Role.REVIEW),
    )
}
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
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
        return Stamp(("ce_source", self.source.encode()), ("ce_time", now.isoformat().encode()), self.marks)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Encodes the decisions of one batch: the headers of source and time are the same for all."""

    source: tuple[str, bytes]
    time: tuple[str, bytes]
    marks: Headers = ()

    def encode(self, decision: Decided, digest: bytes, incoming: Headers) -> Output:
        """The record of a decision, keyed by account."""
        role, kind, kind_header = _KINDS[decision.requires_review]
        transaction = decision.transaction
        headers = self._headers(kind, kind_header, transaction.transaction_id, digest, incoming)
        return Output(role, transaction.account_id.encode(), decision.dumped(), headers)

    def encode_blind(self, request: ReviewRequest, digest: bytes, incoming: Headers) -> Output:
        """The record of a blind request: marked, since the decision it is a copy of is the transaction's own record."""
        role, kind, kind_header = _KINDS[True]
        headers = self._headers(kind, kind_header, request.transaction_id, digest, incoming)
        return Output(role, request.account_id.encode(), dump(request), [*headers, BLIND_HEADER])

    def _headers(
        self, kind: str, kind_header: tuple[str, bytes], subject: str, digest: bytes, incoming: Headers
    ) -> list[tuple[str, bytes]]:
        headers: list[tuple[str, bytes]] = [
            _SPECVERSION,
            kind_header,
            self.source,
            ("ce_id", event_id(kind, subject).encode()),
            (SUBJECT_HEADER, subject.encode()),
            self.time,
            _CONTENT_TYPE,
            (DIGEST_HEADER, digest),
            *self.marks,
        ]
        if incoming:
            headers += traceparent(incoming)
        return headers


def alert_record(alert: FairnessAlert, *, source: str) -> Output:
    """The record of a step of an alert, keyed by its fingerprint."""
    kind = FairnessAlert.ce_type
    step = f"{alert.fingerprint}:{alert.state.value}:{alert.at.isoformat()}"
    headers: list[tuple[str, bytes]] = [
        _SPECVERSION,
        ("ce_type", kind.encode()),
        ("ce_source", source.encode()),
        ("ce_id", event_id(kind, step).encode()),
        (SUBJECT_HEADER, alert.fingerprint.encode()),
        ("ce_time", alert.at.isoformat().encode()),
        _CONTENT_TYPE,
    ]
    return Output(Role.ALERTS, alert.fingerprint.encode(), dump(alert), headers)


def event_id(kind: str, transaction_id: str) -> str:
    """The derived id of an event: the same input gives the same id, so a consumer can tell a repeat.

    It is UUIDv5 (RFC 9562, section 5.5), written from the hash without the cost of a UUID object.

    >>> from uuid import uuid5
    >>> event_id("a.kind", "tx-1") == str(uuid5(NAMESPACE, "a.kind:tx-1"))
    True
    """
    code = sha1(_NAMESPACE_BYTES + f"{kind}:{transaction_id}".encode(), usedforsecurity=False).hexdigest()
    return f"{code[:8]}-{code[8:12]}-5{code[13:16]}-{_VARIANT[code[16]]}{code[17:20]}-{code[20:32]}"


def digest(transaction: Transaction) -> bytes:
    """Digest (16 hex digits) of a transaction's contents as the contract sees them, whatever their spelling in JSON."""
    it = transaction
    contents = (  # !s: a decimal's own formatting is slower than its str, and gives the same
        f"{it.account_id}\0{it.description}\0{it.amount.normalize()!s}\0{it.currency}\0{it.timestamp.timestamp()!s}\0"
        f"{it.mcc}\0{it.counterparty}\0{it.channel}"
    )
    return blake2b(contents.encode(), digest_size=8).hexdigest().encode()


def traceparent(incoming: Headers) -> list[tuple[str, bytes]]:
    """The W3C trace context to pass on: nothing but a well-formed `traceparent`."""
    value = header(incoming, "traceparent") if incoming else None
    return [("traceparent", value)] if value is not None and _TRACEPARENT.fullmatch(value) else []


def dead_letter(record: Received, error: ContractError, stage: str) -> Output:
    """The bytes as received, with headers that say why; never a value of the message or the text of an exception."""
    attempt = header(record.headers, "evenhand_attempt") or b""
    headers = [
        ("evenhand_stage", stage.encode()),
        ("evenhand_reason", error.reason.encode()),
        ("evenhand_field", (error.field or "").encode()),
        ("evenhand_topic", record.topic.encode()),
        ("evenhand_partition", str(record.partition).encode()),
        ("evenhand_offset", str(record.offset).encode()),
        ("evenhand_attempt", attempt if attempt.isdigit() and len(attempt) < 6 else b"1"),
    ]
    headers += traceparent(record.headers)
    value = record.value if record.value is not None or record.key is not None else b""
    if value is not None and len(value) > _DEAD_LETTER_LIMIT:
        headers.append(("evenhand_truncated_from_bytes", str(len(value)).encode()))
        value = value[:_DEAD_LETTER_LIMIT]
    return Output(Role.DEAD_LETTER, record.key, value, headers)
