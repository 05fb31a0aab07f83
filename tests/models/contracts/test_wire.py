"""What the wire parser takes and refuses as a message: FAULTS 10, 12, 13, 15, each with its reason and field."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pydantic_core import _pydantic_core

from models.contracts.events import Categorized, ReviewRequest, Transaction
from models.contracts.wire import DEPTH_LIMIT, REASONS, SIZE_LIMIT, WireReason, dump, field_names, parse, reason_of
from tests.harness.messages import DECISION, REVIEW, TRANSACTION, doubled, message, refusal

BYTES = {
    "nothing": (b"", "empty"),
    "only white space": (b" \n\t", "empty"),
    "no json": (b"hello", "invalid_json"),
    "half a message": (message()[:-20], "invalid_json"),
    "single quotes": (message().replace(b'"', b"'"), "invalid_json"),
    "a comment": (b"/* */" + message(), "invalid_json"),
    "a raw control character in a string": (message().replace(b"TIM", b"TIM\n"), "invalid_json"),
    "a raw nul in a string": (message().replace(b"TIM", b"T\x00M"), "invalid_json"),
    "a trailing comma": (message()[:-1] + b",}", "invalid_json"),
    "a leading zero": (message({"amount": "012"}), "invalid_json"),
    "utf-8 byte order mark": (b"\xef\xbb\xbf" + message(), "byte_order_mark"),
    "utf-16 with mark": (message().decode().encode("utf-16"), "byte_order_mark"),
    "utf-16 big endian with mark": (b"\xfe\xff" + message().decode().encode("utf-16-be"), "byte_order_mark"),
    "utf-16 without mark": (message().decode().encode("utf-16-le"), "invalid_json"),
    "latin-1": (message().replace(b"TIM", "CAFÉ".encode("latin-1")), "bad_utf8"),
    "an overlong slash": (message().replace(b"TIM", b"\xc0\xaf"), "bad_utf8"),
    "a raw surrogate": (message().replace(b"TIM", b"\xed\xa0\x80"), "bad_utf8"),
    "two messages": (message() * 2, "trailing_bytes"),
    "a nul behind": (message() + b"\x00", "trailing_bytes"),
    "a bracket too many": (message() + b"}", "trailing_bytes"),
    "an array": (b"[" + message() + b"]", "not_an_object"),
    "a string": (b'"t-1"', "not_an_object"),
    "a number": (b"1", "not_an_object"),
    "null": (b"null", "not_an_object"),
    "a lone NaN": (b"NaN", "not_finite"),
    "10 MB description": (message(description="x" * 10_000_000), "too_large"),
    "one byte too many": (message().ljust(SIZE_LIMIT + 1), "too_large"),
    "arrays 10,000 deep": (b"[" * 10_000 + b"]" * 10_000, "too_deep"),
    "arrays 10,000 deep, never closed": (b"[" * 10_000, "too_deep"),
    "objects 10,000 deep": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "too_deep"),
    "10,000 deep in a field": (message({"amount": "[" * 10_000 + "]" * 10_000}), "too_deep"),
    "one level too deep": (message({"x": "[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT}), "too_deep"),
}


@pytest.mark.parametrize(("raw", "reason"), BYTES.values(), ids=BYTES.keys())
def test_bytes_that_are_no_message_are_refused_as_a_whole(raw: bytes, reason: str) -> None:
    """FAULTS 10, 12, 15: the reason is exact and no field is named."""
    assert (reason, None) == refusal(raw)


DUPLICATES = {
    "a field": ('"amount":999', "amount"),
    "a field, escaped": ('"\\u0061mount":999', "amount"),
    "with the same value": ('"transaction_id":"t-1"', "transaction_id"),
    "an unknown field": ('"x":1,"x":1', None),
    "nested in an unknown field": ('"x":{"amount":1,"amount":1}', None),
    "nested in an array": ('"x":[[{"y":1,"y":2}]]', None),
    "the empty key": ('"":1,"":1', None),
}


@pytest.mark.parametrize(("literal", "field"), DUPLICATES.values(), ids=DUPLICATES.keys())
def test_duplicate_keys_are_refused(literal: str, field: str | None) -> None:
    """FAULTS 13: amount 1, then 999 is no transaction, at any depth."""
    assert ("duplicate_key", field) == refusal(doubled(literal))


def test_a_duplicate_inside_a_known_field_names_that_field() -> None:
    """The contract's own path is named as far as it goes, without the index."""
    raw = json.dumps(DECISION).replace('"method"', '"category": "fuel", "method"').encode()
    assert refusal(raw, Categorized) == ("duplicate_key", "votes.category")
    raw = message({"amount": '{"x":1,"x":2}'})
    assert refusal(raw) == ("duplicate_key", "amount")


def test_a_typical_message_is_read() -> None:
    """Every field arrives as its type, and nothing is counted as dropped."""
    transaction, dropped = parse(Transaction, b" " + message({"amount": "12.34"}) + b"\r\n")
    assert dropped == 0
    expected = TRANSACTION | {"amount": Decimal("12.34"), "timestamp": datetime(2025, 3, 4, 12, 13, 14, tzinfo=UTC)}
    assert expected == transaction.model_dump()


def test_unknown_fields_are_dropped_and_counted() -> None:
    """No demographic field enters the system; the count is of top-level fields."""
    raw = message(gender="f", age=41, address={"postcode": "M5V", "city": "Toronto"}, ce_type="x")
    transaction, dropped = parse(Transaction, raw)
    assert dropped == 4
    assert b"Toronto" not in dump(transaction)
    assert parse(Transaction, message())[0] == transaction


def test_the_limits_themselves_are_within_them() -> None:
    """64 KiB, 16 levels and brackets inside strings are taken."""
    parse(Transaction, message().ljust(SIZE_LIMIT))
    parse(Transaction, message({"x": "[" * (DEPTH_LIMIT - 1) + "]" * (DEPTH_LIMIT - 1)}))
    parse(Transaction, message(description='[{"\\' * 200))
    parse(Transaction, message({"x": "[" + "[],{}," * 500 + "1]"}))


def test_a_long_unterminated_string_takes_no_time() -> None:
    """The depth scan is linear: every quote of 60,000 escaped ones is looked at once (quadratic would take minutes)."""
    assert refusal(b'{"a":"' + b'\\"' * 30_000 + b"[" * 17) == ("invalid_json", None)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("votes", 0, "category"), "gambling", ("unknown_value", "votes.category")),
        (("votes", 0, "confidence"), 1.5, ("out_of_range", "votes.confidence")),
        (("votes", 0, "confidence"), "0.5", ("wrong_type", "votes.confidence")),
        (("votes", 0, "weight"), True, ("wrong_type", "votes.weight")),
        (("votes", 0, "method"), 7, ("wrong_type", "votes.method")),
        (("votes", 0), "mcc", ("wrong_type", "votes")),
        (("votes",), {}, ("wrong_type", "votes")),
        (("agreement", "agreeing"), -1, ("out_of_range", "agreement.agreeing")),
        (("agreement", "voting"), 1.0, ("wrong_type", "agreement.voting")),
        (("agreement", "voting"), None, ("wrong_type", "agreement.voting")),
        (("reasons", 0), "because", ("unknown_value", "reasons")),
        (("category",), "\ud800", ("bad_unicode", "category")),
        (("confidence",), -0.1, ("out_of_range", "confidence")),
        (("uncertainty",), 10**400, ("number_too_long", "uncertainty")),
        (("requires_review",), "yes", ("wrong_type", "requires_review")),
        (("requires_review",), 0, ("wrong_type", "requires_review")),
        (("decided_by",), "chance", ("unknown_value", "decided_by")),
        (("policy",), "\ud800", ("bad_unicode", "policy")),
        (("votes", 0, "evidence"), "x \udfff", ("bad_unicode", "votes.evidence")),
        (("amount",), True, ("wrong_type", "amount")),
        (("timestamp",), 0, ("wrong_type", "timestamp")),
    ],
)
def test_faults_inside_a_decision_are_named_by_the_contracts_path(
    path: tuple[str | int, ...], value: object, expected: tuple[str, str]
) -> None:
    """A reader of decisions learns where, by the contract's names without indexes."""
    data = json.loads(json.dumps(REVIEW))
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert expected == refusal(json.dumps(data).encode(), ReviewRequest)


def test_a_key_with_a_dot_is_no_path_of_the_contract() -> None:
    """A key that spells a path is an unknown field like any other."""
    raw = b'{"votes.category":NaN,' + json.dumps(DECISION).encode()[1:]
    assert refusal(raw, Categorized) == ("not_finite", None)


def test_decisions_are_written_and_read_back() -> None:
    """What we emit passes our own parser, and amounts stay exact."""
    request = ReviewRequest.model_validate(REVIEW | {"amount": "-1234.50"})
    assert (request, 0) == parse(ReviewRequest, dump(request))
    assert b'"amount":"-1234.50"' in dump(request)
    decision = Categorized.model_validate(DECISION)
    assert (decision, 0) == parse(Categorized, dump(decision))


@pytest.mark.parametrize("error_type", [entry["type"] for entry in _pydantic_core.list_all_errors()])
def test_every_error_of_pydantic_has_a_reason(error_type: str) -> None:
    """Whatever pydantic may say in a later version of a contract, the label is from the closed set."""
    assert reason_of(error_type) in REASONS


def test_an_error_type_of_another_pydantic_falls_back() -> None:
    """An unheard-of error type is still a refusal with a known reason."""
    assert reason_of("invented_next_year") == WireReason.REFUSED
    assert reason_of("invented_type") == WireReason.WRONG_TYPE


def test_names_of_a_contract_are_its_fields_and_theirs() -> None:
    """The closed set of field names that a refusal can carry."""
    assert set(TRANSACTION) == field_names(Transaction)
    assert {"votes.evidence", "agreement.voting", "alternatives.confidence"} < field_names(Categorized)
