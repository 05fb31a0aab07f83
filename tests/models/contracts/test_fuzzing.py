"""The generator of hostile messages, and the parser under it."""

from collections import Counter

import pytest

from models.contracts.events import Transaction
from models.contracts.wire import REASONS, field_names, parse
from models.errors import ContractError
from tests.harness.fuzzing import fuzzed_messages

ORIGINALS = (
    b'{"transaction_id":"t-1","account_id":"a-1","description":"TIM HORTONS #2231","amount":12.34,"currency":"CAD",'
    b'"timestamp":"2025-03-04T12:13:14Z","mcc":"5814","counterparty":null,"channel":"pos","schema_version":"1"}',
    '{"transaction_id":"t-2","account_id":"a-2","description":"CAFÉ ÉCLAIR 東京","amount":"-7.00","currency":"EUR",'
    '"timestamp":"2025-03-04T12:13:14+01:00"}'.encode(),
)


def test_the_same_seed_gives_the_same_messages() -> None:
    """A failure can be repeated from its seed."""
    one, two, other = (list(fuzzed_messages(500, seed, ORIGINALS)) for seed in (7, 7, 8))
    assert one == two
    assert one != other


def test_originals_that_are_no_objects_are_changed_as_bytes() -> None:
    """Messages need not be JSON to be mutated."""
    mutated = list(fuzzed_messages(100, 1, [b"", b"[1]", b"\xff"]))
    assert len(mutated) == 100


def test_twenty_thousand_hostile_messages_parse_or_are_refused() -> None:
    """The parser raises ContractError with a known reason and a name of the contract, and nothing else (I7)."""
    outcomes: Counter[str] = Counter()
    fields: set[str | None] = set()
    for raw in fuzzed_messages(20_000, 20_250_304, ORIGINALS):
        try:
            parse(Transaction, raw)
        except ContractError as error:
            outcomes[error.reason] += 1
            fields.add(error.field)
        else:
            outcomes["parsed"] += 1
    assert fields == field_names(Transaction) | {None}
    assert outcomes.keys() <= REASONS | {"parsed"}
    never = {"refused", "unknown_value"}  # no field of a transaction is an enumeration
    assert REASONS - never == outcomes.keys() - {"parsed"}
    assert outcomes["parsed"] == pytest.approx(2_600, abs=1_000)
