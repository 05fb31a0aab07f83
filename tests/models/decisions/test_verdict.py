"""The part of a decision that equal votes share: checked once, and nothing of a transaction in it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError

from models.contracts.events import Categorized, Event, ReviewRequest
from models.contracts.wire import dump, parse
from models.decisions.ensemble import Ensemble
from models.decisions.verdict import DecisionEvent
from models.voters.contract import Ballot, Method
from tests.harness.voters import NOON, SaysAlways, says, transaction


def _decide(confidence: float, **fields: object) -> DecisionEvent:
    ballot = Ballot("fuel", confidence, "always fuel", (("pets", 0.2), ("auto", 0.1)))
    return Ensemble([SaysAlways(Method.TEXT, ballot)], "m1").categorize([transaction(**fields)], now=NOON)[0]


@pytest.mark.parametrize(("confidence", "contract"), [(0.95, Categorized), (0.5, ReviewRequest)])
@pytest.mark.parametrize("ahead", [0, 10])
def test_an_event_is_what_the_contract_reads_back(confidence: float, contract: type[Event], ahead: int) -> None:
    """An event made of checked parts equals the one that the strict parser builds from its bytes, field by field."""
    event = _decide(confidence, amount=Decimal("-1200.50"), timestamp=NOON + timedelta(minutes=ahead), mcc="5541")

    again, unknown = parse(contract, dump(event))

    assert (again, 0) == (event, unknown)
    assert list(contract.model_fields) == list(dict(event))
    assert dump(again) == dump(event)


@pytest.mark.parametrize("confidence", [0.95, 0.5], ids=["sure", "unsure"])
@pytest.mark.parametrize("ahead", [0, 10])
@pytest.mark.parametrize("identifier", ["plain", 'quo"te \\ back', "käse-☕", '"amount_band":"under_100",'])
@pytest.mark.parametrize("amount", ["-5.00", "100", "1000.01"])
def test_bytes_without_an_event_are_the_bytes_of_the_event(
    confidence: float, ahead: int, identifier: str, amount: str
) -> None:
    """What the stream writes is what the contract's own serializer writes, whatever the ids and the evidence hold."""
    ballot = Ballot("fuel", confidence, 'text ~ "amount_band":"under_100", ☕ {}', (("pets", 0.2),))
    ensemble = Ensemble([SaysAlways(Method.TEXT, ballot)], 'm"1"')
    given = transaction(
        identifier, account_id=identifier, amount=Decimal(amount), timestamp=NOON + timedelta(minutes=ahead)
    )

    (decided,) = ensemble.decide([given], now=NOON)

    assert dump(decided.event()) == decided.dumped()


@pytest.mark.parametrize(
    "fields",
    [
        {"description": 'a "quoted" \\ \u2028 line ☕,"schema_version":"1"}', "mcc": "5541"},
        {"counterparty": "Käse & Söhne", "channel": "pos", "amount": Decimal("-0.000001")},
        {"timestamp": "2026-01-01T23:59:59.000120+05:30", "amount": Decimal("1200.50"), "currency": "JPY"},
        {"timestamp": "2026-01-01T00:00:00-00:30", "amount": Decimal(0)},
    ],
)
def test_what_a_reviewer_sees_is_written_as_the_event_has_it(fields: dict[str, object]) -> None:
    """Also by a verdict whose bytes were made for another transaction."""
    ensemble = Ensemble([says(Method.TEXT, "fuel", 0.5)], "m1")
    for one in (transaction("first"), transaction("ü☕", account_id='"x"', **fields)):
        (decided,) = ensemble.decide([one], now=NOON)
        assert isinstance(decided.event(), ReviewRequest)
        assert dump(decided.event()) == decided.dumped()


def test_equal_votes_share_a_verdict_but_not_the_transaction() -> None:
    """Equal votes in one amount band: the votes are one object, what is the transaction's own differs."""
    ensemble = Ensemble([says(Method.TEXT, "pets", 0.9)], "m1")

    first, second = ensemble.categorize(
        [transaction("a", account_id="x", amount=Decimal(5)), transaction("b", account_id="y", amount=Decimal(50))],
        now=NOON,
    )

    assert first.votes is second.votes
    assert [("a", "x", "under_100"), ("b", "y", "under_100")] == [
        (event.transaction_id, event.account_id, event.amount_band.value) for event in (first, second)
    ]


def test_a_timestamp_ahead_does_not_stay_with_the_verdict() -> None:
    """The flag of one transaction is not shown on the next one with equal votes."""
    ensemble = Ensemble([says(Method.TEXT, "pets", 0.9)], "m1")
    late = transaction("late", timestamp=NOON + timedelta(hours=1))

    reasons = [len(event.reasons) for event in ensemble.categorize([late, transaction("now")], now=NOON)]

    assert [2, 1] == reasons


def test_a_verdict_keeps_nothing_of_a_transaction() -> None:
    """What is remembered names neither a person's account nor a description."""
    ensemble = Ensemble([says(Method.TEXT, "pets", 0.9)], "m1")
    secret = transaction("secret-id", account_id="secret-account", description="SECRET SHOP")

    (decided,) = ensemble.decide([secret], now=NOON)
    (again,) = ensemble.decide([transaction()], now=NOON)

    assert again.verdict is decided.verdict
    assert "pets" == decided.verdict.category
    assert "secret" not in repr(decided.verdict).lower()


def test_a_vote_that_breaks_the_contract_is_refused_every_time() -> None:
    """An unknown category is no event; the refusal is not remembered as a verdict."""
    ensemble = Ensemble([says(Method.TEXT, "astrology", 0.9)], "m1")

    for _ in range(2):
        with pytest.raises(ValidationError):
            ensemble.categorize([transaction()], now=NOON)
