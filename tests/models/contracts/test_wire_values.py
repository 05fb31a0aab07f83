"""What the wire parser takes and refuses as a value: FAULTS 11, 14, 16, 17, 19, each with its reason and field."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from models.contracts.events import AmountBand, Transaction, amount_band
from models.contracts.wire import dump, parse
from tests.harness.messages import TRANSACTION, doubled, message, refusal

NUMBERS = {
    "NaN": ("NaN", "not_finite"),
    "Infinity": ("Infinity", "not_finite"),
    "-Infinity": ("-Infinity", "not_finite"),
    "5,000 digits": ("9" * 5_000, "number_too_long"),
    "5,000 decimals": ("0." + "3" * 5_000, "number_too_long"),
    "33 characters": ("-" + "1" * 32, "number_too_long"),
    "1e400": ("1e400", "out_of_range"),
    "-1e400": ("-1e400", "out_of_range"),
    "an exponent beyond decimals": ("1e99999999999999999999", "out_of_range"),
    "10^12": ("1000000000000", "out_of_range"),
    "32 digits": ("1" * 32, "out_of_range"),
    "1e-400": ("1e-400", "too_precise"),
    "seven decimals": ("0.0000001", "too_precise"),
    "true": ("true", "wrong_type"),
    "null": ("null", "wrong_type"),
    "an array": ("[1]", "wrong_type"),
    "an object": ('{"amount":1}', "wrong_type"),
    "NaN as a string": ('"NaN"', "bad_format"),
    "Infinity as a string": ('"Infinity"', "bad_format"),
    "an exponent as a string": ('"1e400"', "bad_format"),
    "5,000 digits as a string": ('"' + "9" * 5_000 + '"', "bad_format"),
    "an empty string": ('""', "bad_format"),
    "white space around": ('" 1 "', "bad_format"),
    "a thousands separator": ('"1,000.00"', "bad_format"),
    "an underscore": ('"1_000"', "bad_format"),
    "digits that are not ascii": ('"\u0661\u0662"', "bad_format"),
    "a new line behind": ('"1\\n"', "bad_format"),
    "a plus": ('"+1"', "bad_format"),
}


@pytest.mark.parametrize(("literal", "reason"), NUMBERS.values(), ids=NUMBERS.keys())
def test_amounts_that_are_no_decimal_are_refused_by_name(literal: str, reason: str) -> None:
    """FAULTS 11: nothing reaches Python's own limits; the reason and the field are named."""
    assert (reason, "amount") == refusal(message({"amount": literal}))


@pytest.mark.parametrize(
    "literal", ["NaN", "-Infinity", "9" * 5_000, '{"deep":[NaN]}', "[[1,NaN]]", "1e99999999999999999999"]
)
def test_numbers_without_end_are_refused_in_unknown_fields_too(literal: str) -> None:
    """FAULTS 11: what one parser drops another may read, so an unknown field is no hiding place; it is not named."""
    assert refusal(doubled(f'"unknown":{literal}'))[1] is None


AMOUNTS = {
    "12.34": "12.34",
    "-12.34": "-12.34",
    '"-12.34"': "-12.34",
    "12": "12",
    "0": "0",
    "-0": "0",
    "-0.00": "0.00",
    '"-0.0"': "0.0",
    "0e5": "0",
    "1E+2": "100",
    "1.5e3": "1500",
    "0.000001": "0.000001",
    "1e-6": "0.000001",
    "12.3400000000": "12.340000",
    "999999999999.999999": "999999999999.999999",
    '"007.10"': "7.10",
}


@pytest.mark.parametrize(("literal", "written"), AMOUNTS.items())
def test_amounts_are_kept_exactly_and_written_in_plain_digits(literal: str, written: str) -> None:
    """FAULTS 19: the sign is kept, a zero has none, an exponent is written out; what is written is read the same."""
    transaction, _ = parse(Transaction, message({"amount": literal}))
    assert written == str(transaction.amount)
    assert f'"amount":"{written}"'.encode() in dump(transaction)
    assert transaction == parse(Transaction, dump(transaction))[0]


def test_a_negative_amount_is_a_credit_with_the_band_of_its_size() -> None:
    """FAULTS 19: a refund of 250 keeps its sign and is banded by its size."""
    transaction, _ = parse(Transaction, message(amount=-250))
    assert Decimal(-250) == transaction.amount
    assert amount_band(transaction.amount, transaction.currency) == AmountBand.FROM_100_TO_1000


REQUIRED = ("transaction_id", "account_id", "description", "amount", "currency", "timestamp")


@pytest.mark.parametrize("field", REQUIRED)
def test_a_missing_field_is_named(field: str) -> None:
    """FAULTS 14: the field's name, not a value."""
    assert ("missing", field) == refusal(message(drop=(field,)))


@pytest.mark.parametrize("field", ["mcc", "counterparty", "channel", "schema_version"])
def test_what_is_optional_may_be_left_out(field: str) -> None:
    """A transaction without it is complete; the version is then the one there is."""
    transaction, _ = parse(Transaction, message(drop=(field,)))
    assert ("1" if field == "schema_version" else None) == getattr(transaction, field)


@pytest.mark.parametrize("literal", ["true", "1.5", "[]", "{}", '["x"]', '{"value":"x"}'])
@pytest.mark.parametrize("field", [name for name in TRANSACTION if name != "amount"])
def test_a_wrong_type_is_refused_for_every_field(field: str, literal: str) -> None:
    """FAULTS 14: nothing is coerced; `amount` has its own table."""
    assert ("wrong_type", field) == refusal(message({field: literal}))


@pytest.mark.parametrize("field", [*REQUIRED, "schema_version"])
def test_null_is_no_value_for_what_is_required(field: str) -> None:
    """FAULTS 14: null is a wrong type, never the text "None"."""
    assert ("wrong_type", field) == refusal(message({field: "null"}))


VALUES = {
    "blank id": ("transaction_id", '"  "', "empty"),
    "empty account": ("account_id", '""', "empty"),
    "long id": ("transaction_id", '"' + "x" * 129 + '"', "too_long"),
    "nul in an id": ("transaction_id", '"t\\u0000"', "bad_unicode"),
    "bidi in an id": ("account_id", '"\\u202ea-1"', "bad_unicode"),
    "zero-width in an id": ("account_id", '"a\\u200b-1"', "bad_unicode"),
    "lone surrogate in an id": ("account_id", '"\\ud800"', "bad_unicode"),
    "empty description": ("description", '""', "empty"),
    "description of nothing visible": ("description", '"\\u200b\\u202e \\t\\u0000"', "empty"),
    "1,025 characters": ("description", '"' + "x" * 1025 + '"', "too_long"),
    "1,025 characters by NFKC": ("description", '"' + "\\ufdfa" * 57 + '"', "too_long"),
    "high surrogate": ("description", '"TIM \\ud83d"', "bad_unicode"),
    "low surrogate": ("description", '"\\udc00 TIM"', "bad_unicode"),
    "surrogates in the wrong order": ("description", '"\\ude00\\ud83d"', "bad_unicode"),
    "surrogate in a counterparty": ("counterparty", '"\\ud800"', "bad_unicode"),
    "surrogate in a channel": ("channel", '"\\ud800"', "bad_unicode"),
    "long counterparty": ("counterparty", '"' + "x" * 257 + '"', "too_long"),
    "long channel": ("channel", '"' + "x" * 65 + '"', "too_long"),
    "unknown currency": ("currency", '"ZZZ"', "unknown_currency"),
    "small currency": ("currency", '"cad"', "unknown_currency"),
    "currency that looks like one": ("currency", '"\u0421AD"', "unknown_currency"),
    "empty currency": ("currency", '""', "unknown_currency"),
    "surrogate in a currency": ("currency", '"\\ud800AD"', "unknown_currency"),
    "three digits": ("mcc", '"581"', "bad_format"),
    "five digits": ("mcc", '"58144"', "bad_format"),
    "four digits and a line": ("mcc", '"5814\\n"', "bad_format"),
    "digits of another script": ("mcc", '"\u0665\u0668\u0661\u0664"', "bad_format"),
    "mcc as a number": ("mcc", "5814", "wrong_type"),
    "version 2": ("schema_version", '"2"', "unknown_schema_version"),
    "version 2 as a number": ("schema_version", "2", "unknown_schema_version"),
    "no version": ("schema_version", '""', "unknown_schema_version"),
    "surrogate in a version": ("schema_version", '"\\ud800"', "unknown_schema_version"),
    "true version": ("schema_version", "true", "wrong_type"),
    "no zone": ("timestamp", '"2025-03-04T12:13:14"', "not_rfc3339_with_zone"),
    "a day": ("timestamp", '"2025-03-04"', "not_rfc3339_with_zone"),
    "a basic format": ("timestamp", '"20250304T121314Z"', "not_rfc3339_with_zone"),
    "a week date": ("timestamp", '"2025-W10-2T12:13:14Z"', "not_rfc3339_with_zone"),
    "30 February": ("timestamp", '"2025-02-30T12:13:14Z"', "not_rfc3339_with_zone"),
    "hour 24": ("timestamp", '"2025-03-04T24:00:00Z"', "not_rfc3339_with_zone"),
    "zone of 25 hours": ("timestamp", '"2025-03-04T12:13:14+25:00"', "not_rfc3339_with_zone"),
    "zone without colon": ("timestamp", '"2025-03-04T12:13:14+0100"', "not_rfc3339_with_zone"),
    "digits of another script in a time": ("timestamp", '"\u0662025-03-04T12:13:14Z"', "not_rfc3339_with_zone"),
    "surrogate in a time": ("timestamp", '"\\ud800"', "not_rfc3339_with_zone"),
    "seconds since 1970": ("timestamp", "1741090394", "wrong_type"),
    "the first year": ("timestamp", '"0001-01-01T00:00:00Z"', "out_of_range"),
    "the last year": ("timestamp", '"9999-12-31T23:59:59-23:59"', "out_of_range"),
}


@pytest.mark.parametrize(("field", "literal", "reason"), VALUES.values(), ids=VALUES.keys())
def test_values_outside_the_contract_are_refused_by_name(field: str, literal: str, reason: str) -> None:
    """FAULTS 14, 16, 17: no guess; the reason and the field are exact."""
    assert (reason, field) == refusal(message({field: literal}))


TEXTS = {
    "full width": ("\uff34\uff29\uff2d 7", "TIM 7"),
    "ligature": ("\ufb01ne", "fine"),
    "zero-width": ("T\u200bI\u200dM\ufeff", "TIM"),
    "bidi": ("\u202eTIM\u202c \u2066X\u2069", "TIM X"),
    "soft hyphen and tags": ("T\u00adIM\U000e0041", "TIM"),
    "nul": ("TIM\u0000HORTONS", "TIM HORTONS"),
    "controls and separators": ("\tTIM\r\n\u2028HORTONS\u00a0\x7f", "TIM HORTONS"),
    "an accent behind a format character": ("E\u200b\u0301", "\u00c9"),
    "confusables stay what they are": ("\u0422IM", "\u0422IM"),
    "a character of two surrogates": ("\U0001f600", "\U0001f600"),
    "a script from right to left": ("\u05e7\u05e4\u05d4", "\u05e7\u05e4\u05d4"),
    "1,024 characters": ("x" * 1024, "x" * 1024),
}


@pytest.mark.parametrize(("given", "kept"), TEXTS.values(), ids=TEXTS.keys())
def test_statement_text_is_normalised(given: str, kept: str) -> None:
    """FAULTS 16: NFKC without format characters, controls as spaces; reading what was written changes nothing."""
    transaction, _ = parse(Transaction, message(description=given, counterparty=given[:256]))
    assert kept == transaction.description
    assert kept[:256] == transaction.counterparty
    assert transaction == parse(Transaction, dump(transaction))[0]


@pytest.mark.parametrize(("field", "literal"), [("mcc", '""'), ("counterparty", '" "'), ("channel", '"\\u200b"')])
def test_optional_text_with_nothing_in_it_is_none(field: str, literal: str) -> None:
    """Empty is how many systems write "none"."""
    transaction, _ = parse(Transaction, message({field: literal}))
    assert getattr(transaction, field) is None


TIMES = {
    "2025-03-04T12:13:14Z": datetime(2025, 3, 4, 12, 13, 14, tzinfo=UTC),
    "2025-03-04t12:13:14z": datetime(2025, 3, 4, 12, 13, 14, tzinfo=UTC),
    "2025-03-04 12:13:14.5+00:00": datetime(2025, 3, 4, 12, 13, 14, 500_000, tzinfo=UTC),
    "2025-03-04T12:13:14.123456789-05:00": datetime(2025, 3, 4, 17, 13, 14, 123_456, tzinfo=UTC),
}


@pytest.mark.parametrize(("text", "time"), TIMES.items())
def test_times_are_read_with_their_zone(text: str, time: datetime) -> None:
    """RFC 3339 in all its spellings; the zone that was given stays."""
    transaction, _ = parse(Transaction, message(timestamp=text))
    assert time == transaction.timestamp
    assert timedelta(hours=-5 if text.endswith("-05:00") else 0) == transaction.timestamp.utcoffset()


def test_binary_floats_are_no_amounts() -> None:
    """In Python too: whoever has a float must say how it is rounded."""
    with pytest.raises(ValueError, match="wrong_type"):
        Transaction.model_validate(TRANSACTION | {"amount": 12.34})
