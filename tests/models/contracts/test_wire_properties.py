"""Properties of the wire parser: only ContractError, nothing of the message in it, and what is written is read."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from models.contracts.alerts import FairnessAlert
from models.contracts.corrections import Correction
from models.contracts.events import Categorized, Event, ReviewRequest, Transaction, currencies
from models.contracts.fields import AMOUNT_LIMIT, clean_text
from models.contracts.schemas import schema
from models.contracts.wire import REASONS, dump, field_names, parse
from models.errors import ContractError
from tests.harness.messages import ALERT, CORRECTION, DECISION, REVIEW, TRANSACTION, message

CARD = "4111111111111111"
VALID: dict[type[Event], dict[str, Any]] = {
    Transaction: TRANSACTION,
    Categorized: DECISION,
    ReviewRequest: REVIEW,
    Correction: CORRECTION,
    FairnessAlert: ALERT,
}
CONTRACTS = tuple(VALID)
SCHEMA = Draft202012Validator(schema("transaction"))

any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | any_text | st.sampled_from(sorted(TRANSACTION))
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4), max_leaves=12
)
amounts = st.decimals(
    min_value=-AMOUNT_LIMIT + 1, max_value=AMOUNT_LIMIT - 1, places=6, allow_nan=False, allow_infinity=False
) | st.decimals(min_value=-1000, max_value=1000, places=2)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
identifiers = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=128)


def visible(limit: int) -> st.SearchStrategy[str]:
    """Text of which something is left after cleaning, within the limit."""
    texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=limit)
    return texts.filter(lambda text: 0 < len(clean_text(text)) <= limit)


transactions = st.builds(
    Transaction,
    transaction_id=identifiers,
    account_id=identifiers,
    description=visible(100),
    amount=amounts,
    currency=st.sampled_from(sorted(currencies())),
    timestamp=st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=zones),  # noqa: DTZ001  # zone is drawn
    mcc=st.none() | st.from_regex(r"[0-9]{4}", fullmatch=True),
    counterparty=st.none() | visible(60),
    channel=st.none() | visible(30),
)


def outcome(contract: type[Event], raw: bytes) -> ContractError | None:
    """The refusal, checked to be well-formed, or None where the message parsed."""
    refused = None
    try:
        event, dropped = parse(contract, raw)
    except ContractError as error:
        refused = error
    if refused is None:
        assert isinstance(event, contract)
        assert dropped >= 0
        return None
    assert refused.reason in REASONS
    assert refused.field is None or refused.field in field_names(contract)
    assert str(refused) in {refused.reason, f"{refused.field}: {refused.reason}"}
    assert refused.__context__ is None
    return refused


@given(st.sampled_from(CONTRACTS), st.binary(max_size=400))
def test_any_bytes_parse_or_are_refused(contract: type[Event], raw: bytes) -> None:
    """I7: whatever the bytes are, nothing but ContractError comes out."""
    outcome(contract, raw)


@given(st.sampled_from(CONTRACTS), json_values)
def test_any_json_parses_or_is_refused(contract: type[Event], value: Any) -> None:
    """I7: any JSON at all, with NaN, Infinity and lone surrogates in it."""
    outcome(contract, json.dumps(value).encode())


@given(st.sampled_from(CONTRACTS), st.data())
def test_a_valid_message_with_any_value_in_a_field_parses_or_is_refused(
    contract: type[Event], data: st.DataObject
) -> None:
    """I7: one field holds what it should not."""
    fields = VALID[contract]
    field = data.draw(st.sampled_from(sorted(fields)))
    outcome(contract, json.dumps(fields | {field: data.draw(json_values)}).encode())


@given(st.sampled_from(CONTRACTS), st.data())
def test_a_valid_message_with_bytes_changed_parses_or_is_refused(contract: type[Event], data: st.DataObject) -> None:
    """I7: a piece of the message is replaced by any bytes."""
    raw = json.dumps(VALID[contract]).encode()
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 20)))
    outcome(contract, raw[:start] + data.draw(st.binary(max_size=12)) + raw[end:])


@given(transactions)
def test_what_is_written_is_read_back_equal(transaction: Transaction) -> None:
    """Dump, then parse, gives the same transaction; the published schema agrees."""
    raw = dump(transaction)
    assert (transaction, 0) == parse(Transaction, raw)
    assert raw == dump(parse(Transaction, raw)[0])
    SCHEMA.validate(json.loads(raw))


@given(st.decimals(allow_nan=True, allow_infinity=True) | st.integers())
def test_an_amount_is_read_exactly_or_refused(amount: Decimal | int) -> None:
    """No amount is rounded: it is equal to what was sent, or a dead letter."""
    literal = str(amount)
    assume(literal.lstrip("-")[0].isdigit())
    raw = message({"amount": literal})
    if outcome(Transaction, raw) is None:
        kept = parse(Transaction, raw)[0].amount
        assert Decimal(amount) == kept
        assert "E" not in str(kept)
        assert kept or not kept.is_signed()
    else:
        text = format(Decimal(amount).normalize(), "f") if abs(Decimal(amount).adjusted()) < 100 else ""
        decimals = len(text.partition(".")[2])
        assert len(literal) > 32 or not text or abs(Decimal(amount)) >= AMOUNT_LIMIT or decimals > 6


@given(st.text(st.characters(codec="utf-8")))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """A description that was written is not changed by being read again; nothing unprintable stays."""
    cleaned = clean_text(text)
    assert cleaned == clean_text(cleaned)
    assert cleaned.isprintable()
    assert cleaned == cleaned.strip()


@settings(max_examples=200)
@given(
    st.sampled_from(CONTRACTS),
    st.sampled_from(("NaN", "1e400", "9" * 40, '"\\ud800"', '{"x":1,"x":2}', "[" * 20, "true", '"', "", f'"{CARD}"')),
    st.data(),
)
def test_no_refusal_names_a_key_or_value_of_the_message(
    contract: type[Event], spoiler: str, data: st.DataObject
) -> None:
    """I5: a card number planted as a key, twice, nested, in a value or beside a fault is never in the error."""
    members = [(json.dumps(key), json.dumps(value)) for key, value in VALID[contract].items()]
    at = data.draw(st.integers(0, len(members) - 1))
    planted = data.draw(
        st.sampled_from(
            (
                (f'"{CARD}"', spoiler),
                (f'"votes.{CARD}"', spoiler),
                (members[at][0], f'{{"{CARD}":{spoiler}}}'),
                (members[at][0], f'["{CARD}",{spoiler}]'),
                (members[at][0], f'"{CARD}"'),
                (members[at][0], CARD),
                (members[at][0], CARD * 3),
            )
        )
    )
    times = data.draw(st.integers(1, 2))
    if data.draw(st.booleans()):
        del members[at]
    members[at:at] = [planted] * times
    text = "{" + ",".join(f"{key}:{value}" for key, value in members) + "}"
    error = outcome(contract, text.encode())
    if error is not None:
        assert CARD not in f"{error} {error!r} {error.reason} {error.field} {error.args}"


@given(st.sets(st.text(st.characters(codec="utf-8"), max_size=20), max_size=5))
def test_unknown_fields_are_counted_and_leave_no_trace(names: set[str]) -> None:
    """However many there are and whatever their names, the transaction is the same."""
    unknown = sorted(names - TRANSACTION.keys())
    transaction, dropped = parse(Transaction, message(dict.fromkeys(unknown, '"f"')))
    assert len(unknown) == dropped
    assert transaction == parse(Transaction, message())[0]


def test_the_valid_messages_are_valid() -> None:
    """What the other properties change parses as it stands, so that they do not test refusals alone."""
    for contract, fields in VALID.items():
        assert outcome(contract, json.dumps(fields).encode()) is None
    assert datetime(2025, 3, 4, 12, 13, 14, tzinfo=UTC) == parse(Transaction, message())[0].timestamp
