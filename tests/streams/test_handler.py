"""The handler of a batch, without Kafka: repeats, conflicts, refusals, and voters with bugs."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from models.ensemble import Ensemble
from models.events import Transaction
from models.wire import dump
from streams.codec import DIGEST_HEADER, Codec, digest
from streams.duplicates import DuplicateWindow
from streams.handler import BatchResult, CategorizeHandler
from streams.records import Headers, header
from streams.topics import Role
from tests.voters import NOON, TripsOver, sure_of, transaction


@dataclass(frozen=True)
class Record:
    """A consumed record."""

    value: bytes | None
    offset: int = 0
    key: bytes | None = b"acct-1"
    headers: Headers = field(default_factory=tuple)
    topic: str = "transactions"
    partition: int = 3


def record(event: Transaction, **fields: object) -> Record:
    """The record that carries a transaction."""
    return replace(Record(dump(event)), **fields)  # type: ignore[arg-type]


def handle(*records: Record, ensemble: Ensemble | None = None, window: DuplicateWindow | None = None) -> BatchResult:
    """Handle a batch with everything else plain."""
    handler = CategorizeHandler(ensemble or sure_of("fuel"), Codec(source="/test"), lambda: NOON)
    return handler(records, window if window is not None else an_empty_window())


def an_empty_window() -> DuplicateWindow:
    """A window that remembers a hundred ids for a day."""
    return DuplicateWindow(max_ids=100, max_age=timedelta(days=1))


def test_one_output_per_transaction_in_order() -> None:
    """Decisions leave in the order in which transactions came, keyed by account."""
    result = handle(*(record(transaction(f"t{n}", account_id=f"a{n}")) for n in range(5)))

    assert [f"a{n}".encode() for n in range(5)] == [output.key for output in result.outputs]
    assert [f"t{n}".encode() for n in range(5)] == [header(output.headers, "ce_subject") for output in result.outputs]
    assert 5 == result.tally.total


def test_a_repeat_in_the_batch_gives_no_second_output() -> None:
    """The same body twice: one decision, one counted repeat."""
    result = handle(record(transaction()), record(transaction()))

    assert (1, 1, 0) == (len(result.outputs), result.duplicates, result.conflicts)


def test_a_repeat_is_recognised_whatever_its_spelling() -> None:
    """49.01 and 49.010, or a time in another zone, are the same body."""
    respelled = dump(transaction()).replace(b'"49.01"', b"49.010").replace(b"12:00:00Z", b"07:00:00-05:00")

    result = handle(record(transaction()), Record(respelled))

    assert (1, 1) == (len(result.outputs), result.duplicates)


def test_a_repeat_of_what_was_committed_before_gives_no_output() -> None:
    """The window carries what earlier batches committed."""
    window = an_empty_window()
    window.add({"t1": digest(transaction())}, at=NOON)

    result = handle(record(transaction()), window=window)

    assert (0, 1) == (len(result.outputs), result.duplicates)


@pytest.mark.parametrize("within_batch", [True, False], ids=["in the batch", "in the window"])
def test_the_same_id_with_another_body_is_a_conflict(within_batch: bool) -> None:
    """FAULTS 20: the first one stands, the second is a dead letter that names the field."""
    window = an_empty_window()
    batch = [record(transaction(amount=Decimal(999)), offset=8)]
    if within_batch:
        batch.insert(0, record(transaction(), offset=7))
    else:
        window.add({"t1": digest(transaction())}, at=NOON)

    result = handle(*batch, window=window)

    letter = result.outputs[0 if not within_batch else [o.role for o in result.outputs].index(Role.DEAD_LETTER)]
    assert 1 == result.conflicts
    assert b"conflicting_duplicate" == header(letter.headers, "evenhand_reason")
    assert b"transaction_id" == header(letter.headers, "evenhand_field")
    assert b"8" == header(letter.headers, "evenhand_offset")


def test_a_refused_message_becomes_a_dead_letter_as_received() -> None:
    """Bytes and key untouched; headers say stage, reason, field and where it came from, and no value."""
    raw = b'{"transaction_id":"t1","amount":NaN}'

    (letter,) = handle(Record(raw, offset=41, key=b"k")).outputs

    assert (Role.DEAD_LETTER, b"k", raw) == (letter.role, letter.key, letter.value)
    assert {
        "evenhand_stage": b"decode",
        "evenhand_reason": b"not_finite",
        "evenhand_field": b"amount",
        "evenhand_topic": b"transactions",
        "evenhand_partition": b"3",
        "evenhand_offset": b"41",
        "evenhand_attempt": b"1",
    } == dict(letter.headers)


def test_a_tombstone_is_a_dead_letter() -> None:
    """A record without value is refused, and so is one without key and value."""
    result = handle(Record(None), Record(None, key=None))

    assert Counter({("decode", "empty"): 2}) == result.dead_letters
    assert [None, b""] == [output.value for output in result.outputs]


def test_a_voter_with_a_bug_costs_one_dead_letter_not_the_batch() -> None:
    """FAULTS I7: the transaction that trips a voter is set aside, its neighbours are decided."""
    batch = [record(transaction(f"t{n}", description="POISON" if n == 2 else "SHELL"), offset=n) for n in range(5)]

    result = handle(*batch, ensemble=Ensemble([TripsOver("POISON")], "m1"))

    assert Counter({("categorize", "categorizer_failed"): 1}) == result.dead_letters
    assert {"t0", "t1", "t3", "t4"} == set(result.seen)
    assert 5 == len(result.outputs)


def test_trace_context_passes_and_nothing_else_does() -> None:
    """A well-formed traceparent goes through; other headers and malformed ones stay behind."""
    trace = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = [("traceparent", trace), ("x-card", b"4111111111111111")]

    passed, dropped = handle(
        record(transaction("a"), headers=headers), record(transaction("b"), headers=[("traceparent", b"4111")])
    ).outputs

    assert trace == header(passed.headers, "traceparent")
    assert None is header(passed.headers, "x-card")
    assert None is header(dropped.headers, "traceparent")


def test_event_ids_are_derived() -> None:
    """The same transaction gives the same CloudEvents id on every run."""
    first, second = (header(handle(record(transaction())).outputs[0].headers, "ce_id") for _ in range(2))

    assert first == second


def test_digest_header_is_what_the_window_needs() -> None:
    """A window rebuilt from headers recognises the repeat."""
    (output,) = handle(record(transaction())).outputs
    window = an_empty_window()
    rebuilt = header(output.headers, DIGEST_HEADER)
    assert rebuilt is not None
    window.add({"t1": rebuilt}, at=NOON)

    assert 1 == handle(record(transaction()), window=window).duplicates


def test_unknown_fields_are_dropped_and_counted() -> None:
    """A demographic field is neither stored nor passed on."""
    raw = dump(transaction())[:-1] + b',"religion":"x","age":40}'

    result = handle(Record(raw))

    assert 2 == result.unknown_fields
    assert b"religion" not in (result.outputs[0].value or b"")
