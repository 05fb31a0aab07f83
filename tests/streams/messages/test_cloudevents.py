"""The digest of a transaction: by it a repeat is told from another body under the same id."""

from datetime import timedelta
from decimal import Decimal

import pytest

from models.contracts.events import Transaction
from streams.messages.cloudevents import digest
from tests.harness.voters import NOON, transaction

CHANGED: dict[str, object] = {
    "account_id": "acct-2",
    "description": "TIM HORTONS #5548",
    "amount": Decimal("49.02"),
    "currency": "USD",
    "timestamp": NOON + timedelta(seconds=1),
    "mcc": "5814",
    "counterparty": "Tim Hortons",
    "channel": "card",
}
"""Field to another value than that of the plain transaction."""


def test_every_field_is_thought_of() -> None:
    """A new one must have its part in the digest; the id is what a repeat is looked up by."""
    assert Transaction.model_fields.keys() - {"transaction_id", "schema_version"} == CHANGED.keys()


@pytest.mark.parametrize("field", CHANGED)
def test_another_value_is_another_digest(field: str) -> None:
    """Else a changed repeat would give no output and no dead letter."""
    assert digest(transaction()) != digest(transaction(**{field: CHANGED[field]}))


def test_another_spelling_is_the_same_digest() -> None:
    """A producer may write an amount with another number of digits the second time."""
    assert digest(transaction()) == digest(transaction(amount=Decimal("49.010")))
