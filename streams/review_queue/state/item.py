"""A request in the queue: what is kept of it in memory, and the way from its record and back to the event."""

import zlib
from dataclasses import dataclass
from typing import Final, NamedTuple

from pydantic import ValidationError

from models.contracts.corrections import Answered
from models.contracts.events import ReviewRequest
from models.contracts.taxonomy import Category
from models.contracts.wire import dump, parse, reason_of
from models.decisions.review_order import Standing
from models.errors import ContractError
from streams.messages.cloudevents import event_id, traceparent
from streams.messages.headers import BLIND_HEADER, DIGEST_HEADER, PARTITION_HEADER, TRACE_HEADER, number
from streams.messages.records import Headers, Output, Received, header
from streams.messages.roles import Role
from streams.review_queue.entries import REQUEST, key_of

OPENED_HEADER: Final = "evenhand_opened"
"""When a request was written to `transactions.review`, Unix milliseconds."""

UNAIDED_HEADER: Final = ("evenhand_unaided", b"1")
"""Marks an unsure request that is asked without suggestions, as blind ones are."""

_VOTE = '{"method":"text","category":"%s","confidence":0.,"weight":0.,"evidence":"'
_DICTIONARY = (
    "".join(f'{{"category":"{category}","confidence":0.' for category in Category)
    + "".join(_VOTE % category for category in Category)
    + '"requires_review":true,"uncertainty":0.,"votes":[{"method":"mcc","category":"}],"agreement":{"agreeing":1,'
    '"voting":2},"reasons":["one_method_alone","confidence_below_threshold"],"review_note":null,"alternatives":['
    '"amount_band":"under_100","decided_by":"ensemble","answered_by":null,"model_version":"","online_version":"0",'
    '"taxonomy_version":"1.0.0","policy":"calibrated","schema_version":"1","description":"","amount":"","currency":"'
    'EUR","timestamp":"2026-01-01T00:00:00Z","mcc":"5411","counterparty":null,"channel":null,"blind":false,'
    '"sampling_probability":1.0}{"transaction_id":"","account_id":"","merchant":"","merchant_key":"","via":null,'
).encode()
"""What requests have in common: with it one is packed into a fourth of the bytes that it takes without."""


class Given(NamedTuple):
    """An answer.

    Args:
        entry_id: The entry that gave it, which may have answered others, too.
        at_ms: When it was given, Unix milliseconds; so is `final_ms`, from which on the ledger has it.
    """

    entry_id: str
    reviewer: str
    category: Category
    reason: str | None
    at_ms: int
    final_ms: int

    def correction_id(self, request_id: str) -> str:
        """The id of the correction that this answer to a request is."""
        return event_id("evenhand.correction.v1", f"{self.entry_id}:{request_id}")


@dataclass(slots=True)
class Item:
    """A request that waits, or was answered so lately that the answer can be taken back.

    Args:
        packed: The request as the topic has it, compressed.
        like: Merchant and direction of money, which requests that are alike share; None where there is no merchant.
        opened_ms: When it came, Unix milliseconds.
        partition: Of `transactions.review`, and of whatever becomes of it.
        digest: Digest of the transaction, by which the categorizer recognises a repeat.
        standing: What its place rests on, where that is not its own: of requests without suggestions.
        claimed_by: Reviewer who has it until `claimed_ms`; empty where nobody has.
        unknown_to: Reviewers who do not know.
        given: The answer, where there is one.
        emitted: The ledger has an answer.
        unaided: It is asked without suggestions: a blind one, or one drawn for that when it came.
    """

    request_id: str
    packed: bytes
    like: str | None
    uncertainty: float
    opened_ms: int
    partition: int
    digest: bytes | None
    trace: bytes | None
    blind: bool
    unaided: bool
    standing: Standing | None = None
    claimed_by: str = ""
    claimed_ms: int = 0
    unknown_to: tuple[str, ...] = ()
    given: Given | None = None
    emitted: bool = False

    def holder(self, now_ms: int) -> str:
        """Who has it now; empty where nobody has."""
        return self.claimed_by if self.claimed_ms > now_ms else ""

    def is_for(self, reviewer: str, now_ms: int) -> bool:
        """Whether a reviewer may have it now: it is open, with nobody, and they have not said that they do not know."""
        return self.given is None and not self.holder(now_ms) and reviewer not in self.unknown_to

    def event(self) -> ReviewRequest:
        """The request."""
        return parse(ReviewRequest, unpacked(self.packed))[0]

    def incoming(self) -> Headers:
        """The headers that go on with what becomes of it."""
        headers = [] if self.digest is None else [(DIGEST_HEADER, self.digest)]
        return headers if self.trace is None else [*headers, (TRACE_HEADER, self.trace)]


def packed(value: bytes) -> bytes:
    """A request in fewer bytes."""
    packer = zlib.compressobj(level=6, wbits=-15, zdict=_DICTIONARY)
    return packer.compress(value) + packer.flush()


def unpacked(value: bytes) -> bytes:
    """The bytes that were packed."""
    return zlib.decompressobj(wbits=-15, zdict=_DICTIONARY).decompress(value)


def request_id(transaction_id: str, *, blind: bool) -> str:
    """The id of a request at the desk: of a blind one another than that of an unsure one, and not told by its look."""
    return event_id(ReviewRequest.ce_type, f"blind:{transaction_id}" if blind else transaction_id)


def opened(record: Received, request: ReviewRequest, *, unaided: bool = False) -> Output:
    """The entry of the journal for a record of `transactions.review`.

    Args:
        unaided: Ask it without suggestions, though it is not blind.
    """
    headers = [
        (PARTITION_HEADER, str(record.partition).encode()),
        (OPENED_HEADER, str(record.timestamp).encode()),
    ]
    digest = header(record.headers, DIGEST_HEADER)
    if digest is not None:
        headers.append((DIGEST_HEADER, digest))
    headers += traceparent(record.headers)
    if request.blind:
        headers.append(BLIND_HEADER)
    elif unaided:
        headers.append(UNAIDED_HEADER)
    named = request_id(request.transaction_id, blind=request.blind)
    return Output(Role.REVIEW_JOURNAL, key_of(REQUEST, named), dump(request), headers)


def item_of(request_id: str, value: bytes, headers: Headers) -> Item:
    """The item of an entry of the journal.

    Raises:
        ContractError: Another release wrote it, and this one could not settle it.
    """
    request, _ = parse(ReviewRequest, value)
    answered(request)
    direction = "in" if request.amount < 0 else "out"
    return Item(
        request_id,
        packed(value),
        f"{direction}:{request.merchant_key}" if request.merchant_key else None,
        request.uncertainty,
        number(headers, OPENED_HEADER, otherwise=0),
        number(headers, PARTITION_HEADER, otherwise=0),
        header(headers, DIGEST_HEADER),
        header(headers, TRACE_HEADER),
        request.blind,
        request.blind or header(headers, UNAIDED_HEADER[0]) is not None,
    )


def answered(request: ReviewRequest) -> Answered:
    """The decision that an answer replies to.

    Raises:
        ContractError: The request says what no correction may say, such as a sampling probability of 0.
    """
    try:
        return Answered(
            category=request.category,
            confidence=request.confidence,
            amount_band=request.amount_band,
            blind=request.blind,
            sampling_probability=request.sampling_probability,
            model_version=request.model_version,
            merchant_key=request.merchant_key,
        )
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise ContractError(reason_of(first["type"]).value, str(first["loc"][0])) from None
