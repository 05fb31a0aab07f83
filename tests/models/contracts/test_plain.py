"""The quick reading of plain transactions gives what the strict parser gives, and leaves every refusal to that."""

import json
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.contracts.events import Transaction
from models.contracts.plain import plain_transaction
from models.contracts.wire import SIZE_LIMIT, dump, parse, parse_strictly
from models.errors import ContractError
from tests.harness.fuzzing import fuzzed_messages
from tests.harness.messages import TRANSACTION, message
from tests.models.contracts.test_wire_properties import transactions

FEWEST = {key: TRANSACTION[key] for key in ("account_id", "amount", "currency", "description", "timestamp")}

ORIGINALS = (
    message(),
    b'{"transaction_id":"x","account_id":"a","description":"d","amount":12.50,"currency":"CAD",'
    b'"timestamp":"2025-01-01T00:00:00Z"}',
    b'{"transaction_id":"x","account_id":"a","description":"d","amount":"-0.00","currency":"CAD",'
    b'"timestamp":"2025-01-01T00:00:00.123+00:00","mcc":""}',
    b'{"transaction_id":"x","account_id":"a","description":"d","amount":12,"currency":"CAD",'
    b'"timestamp":"2025-01-01T00:00:00.123456789-05:00","mcc":null}',
)
"""Amounts and timestamps of all forms, with and without the fields that may be left out."""


def compare(raw: bytes) -> str:
    """Assert that a message is read alike on both ways, to the last digit and type; say which way could read it."""
    found = plain_transaction(raw)
    try:
        strict, unknown = parse_strictly(Transaction, raw)
    except ContractError:
        strict, unknown = None, 0
    if found is None:
        return "refused" if strict is None else "strict only"
    plain, dropped = found
    assert strict is not None
    assert unknown == dropped
    assert list(vars(strict).items()) == list(vars(plain).items())  # in the contract's order, by which it is written
    assert repr(strict) == repr(plain)
    assert [type(value) for value in vars(strict).values()] == [type(value) for value in vars(plain).values()]
    assert dump(strict) == dump(plain)
    return "both"


def test_hostile_messages_are_read_as_the_strict_parser_reads_them() -> None:
    """Twenty thousand messages with bytes and structure changed: none is taken that the strict parser would refuse."""
    messages = fuzzed_messages(20_000, 20_251_129, ORIGINALS)
    outcomes = Counter(compare(raw) for raw in messages if len(raw) <= SIZE_LIMIT)

    assert {"refused", "strict only", "both"} == outcomes.keys()
    assert outcomes["both"] > 2 * outcomes["strict only"]  # most of what is right is plain even among these


@given(transactions)
def test_what_we_write_ourselves_is_plain_enough(transaction: Transaction) -> None:
    """Whatever a transaction holds; but a quotation mark in a text looks like the end of one."""
    texts = (transaction.transaction_id, transaction.account_id, transaction.description)
    quoting = any('"' in text for text in (*texts, transaction.counterparty or "", transaction.channel or ""))
    assert compare(dump(transaction)) == ("strict only" if quoting else "both")


@given(
    st.one_of(
        st.from_regex(r"-?[0-9]{1,13}\.[0-9]{0,7}", fullmatch=True),
        st.from_regex(r"[ +-]?[0-9_]{1,4}([.,][0-9_]{0,3})?([eE][+-]?[0-9]{1,3})?", fullmatch=True),
        st.text(max_size=8),
    ),
    st.booleans(),
)
@example("1_0.00", True)
@example("NaN", True)
@example("٣.٠٠", True)
@example("-0.00", True)
@example("-0", False)
@example("1e400", False)
@example("1e99999999999999999999", False)
@example("9" * 33, False)
def test_amounts_are_read_alike(amount: str, quoted: bool) -> None:
    """As a string or as a number, whatever it looks like."""
    compare(message({"amount": json.dumps(amount) if quoted else amount}))


@given(
    st.from_regex(
        r"\d{4}-?(\d\d|W\d\d)-?\d{1,2}[Tt _]?\d\d:?\d\d:?(\d\d)?([.,]\d{1,10})?([Zz]|[+-]\d\d(:?\d\d(:\d\d)?)?)?",
        fullmatch=True,
    )
)
@example("2025-03-04T12:13:14Z")
@example("2025-03-04T121314.5Z")
@example("2025-03-04T12:13:14,5Z")
@example("2025-03-04T12:13:14.1234567899Z")
@example("2025-03-04T12:13:14.9999999Z")
@example("2025-03-04T12:13:14Zx")
@example("2025-03-04T12:13:14Z\0")
@example("2025-03-04T12:13:14+00:0\0")
@example("2025-W10-2T12:13:14Z")
@example("2025-03-04T24:00:00Z")
@example("2025-03-04T12:13:14+23:60")
@example("2025-03-04T12:13:14-00:00")
@example("0001-01-01T00:00:00Z")
@example("9999-01-01T00:00:00Z")
@example("٢٠٢٥-03-04T12:13:14Z")
def test_timestamps_are_read_alike(timestamp: str) -> None:
    """`fromisoformat` takes much that RFC 3339 does not have; none of it gets through."""
    compare(message(timestamp=timestamp))


@given(
    st.sampled_from(("2025-03-04T12:13:14Z", "2025-03-04T12:13:14.125Z", "2025-03-04 12:13:14.125+01:00")),
    st.integers(0, 30),
    st.integers(0, 2),
    st.text(st.sampled_from("0159:-+.,TZ \0\nW") | st.characters(codec="utf-8"), max_size=3),
)
def test_a_timestamp_with_any_characters_in_it_is_read_alike(text: str, at: int, cut: int, put: str) -> None:
    """Characters replaced, put in or taken out."""
    compare(message(timestamp=text[:at] + put + text[at + cut :]))


@given(st.sampled_from(sorted(TRANSACTION)), st.text(st.characters(codec=None, exclude_categories=()), max_size=40))
@example("transaction_id", " ")
@example("transaction_id", " a")
@example("transaction_id", "")
@example("description", "  ")
@example("description", "a  b ")
@example("mcc", "٥٨١٤")
@example("currency", "cad")
@example("schema_version", "2")
@example("channel", "x" * 65)
def test_any_text_in_a_field_is_read_alike(field: str, text: str) -> None:
    """Escapes, surrogates and controls included."""
    compare(json.dumps(TRANSACTION | {field: text}).encode())
    compare(json.dumps(TRANSACTION | {field: text}, ensure_ascii=False).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("field", sorted(TRANSACTION))
@pytest.mark.parametrize("value", ["null", "1", '"x"', '"a\\"b"', "true", "[]"])
@pytest.mark.parametrize("first", [True, False])
def test_a_key_that_comes_twice_is_left_to_the_strict_parser(field: str, value: str, *, first: bool) -> None:
    """Whichever of the two msgspec would have kept."""
    raw = message()
    twice = f'"{field}":{value}'.encode()
    assert compare(b"{" + twice + b"," + raw[1:] if first else raw[:-1] + b"," + twice + b"}") == "refused"


@pytest.mark.parametrize("amount", ["12.50", '"12.50"'])
@pytest.mark.parametrize("key", ["mcc", "\\u0061mount", "\\u006dcc"])
@pytest.mark.parametrize("value", ["1", "null", '"x"'])
def test_no_number_makes_up_for_the_quotation_marks_of_a_key(amount: str, key: str, value: str) -> None:
    """An amount may be a string or a number, so the marks are counted by which it is."""
    raw = message({"amount": amount})
    assert plain_transaction(raw[:-1] + f',"{key}":{value}}}'.encode()) is None


@pytest.mark.parametrize(
    ("members", "way"),
    [
        ('"x":1', "both"),
        ('"x":"y","z":null,"":true', "both"),
        ('"x":1.25e3', "both"),
        (f'"x":{"9" * 31}', "both"),
        (f'"x":{"9" * 32}', "strict only"),
        (f'"x":{"9" * 33}', "refused"),
        (f'"x":-{"9" * 33}', "refused"),
        (f'"x":{"9" * 400}', "refused"),
        (f'"x":0.{"3" * 40}', "refused"),
        ('"x":1e99999999999999999999', "refused"),
        ('"x":NaN', "refused"),
        ('"x":1,"x":1', "refused"),
        ('"x":null,"mcc":null', "refused"),
        ('"x":{"a":1,"a":1}', "refused"),
        ('"x":{"a":1}', "strict only"),
        ('"x":[1]', "strict only"),
        ('"x":"\\u0041"', "strict only"),
        ('"\\u0078":1', "strict only"),
    ],
)
def test_unknown_fields_are_counted_alike(members: str, way: str) -> None:
    """Plain ones are; what may hide something is left to the strict parser."""
    assert compare(message()[:-1] + f",{members}}}".encode()) == way


@given(st.dictionaries(st.text(max_size=8), st.none() | st.booleans() | st.integers() | st.text(max_size=8)))
def test_any_unknown_fields_are_counted_alike(unknown: dict[str, object]) -> None:
    """Also where one has a name of the contract, with a value that it may not have."""
    compare(json.dumps(unknown | TRANSACTION, ensure_ascii=False).encode())
    compare(json.dumps(TRANSACTION | unknown).encode())


@pytest.mark.parametrize("missing", sorted(FEWEST))
def test_a_field_that_is_missing_is_left_to_the_strict_parser(missing: str) -> None:
    """It names the field."""
    raw = json.dumps({key: value for key, value in TRANSACTION.items() if key != missing}).encode()
    assert plain_transaction(raw) is None
    with pytest.raises(ContractError, match=f"{missing}: missing"):
        parse(Transaction, raw)


def test_nesting_without_end_is_left_to_the_strict_parser() -> None:
    """msgspec stops at Python's own limit."""
    assert compare(message({"amount": "[" * 10_000 + "]" * 10_000})) == "refused"
    assert compare(message({"x": '{"a":' * 2_000 + "1" + "}" * 2_000})) == "refused"


def test_the_usual_message_is_plain() -> None:
    """So that the other tests compare something."""
    found = plain_transaction(message())
    assert found is not None
    assert found == parse(Transaction, message())
    assert Decimal("12.34") == found[0].amount
    assert plain_transaction(json.dumps(FEWEST | {"transaction_id": "t"}).encode()) is not None
