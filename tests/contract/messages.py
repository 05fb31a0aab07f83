"""Valid messages, ways to spoil them, and what the parser says."""

import json
from typing import Any

import pytest

from models.errors import ContractError
from models.events import Event, Transaction
from models.wire import parse

TRANSACTION: dict[str, Any] = {
    "transaction_id": "t-1",
    "account_id": "a-1",
    "description": "TIM HORTONS #2231",
    "amount": "12.34",
    "currency": "CAD",
    "timestamp": "2025-03-04T12:13:14Z",
    "mcc": "5814",
    "counterparty": "Tim Hortons",
    "channel": "pos",
    "schema_version": "1",
}
DECISION: dict[str, Any] = {
    "transaction_id": "t-1",
    "account_id": "a-1",
    "category": "food_dining",
    "confidence": 0.97,
    "band": "HIGH",
    "requires_review": False,
    "uncertainty": 0.03,
    "votes": [{"method": "mcc", "category": "food_dining", "confidence": 0.9, "weight": 1.0, "evidence": "mcc 5814"}],
    "agreement": {"agreeing": 1, "voting": 1},
    "reasons": ["one_method_alone"],
    "alternatives": [{"category": "groceries", "confidence": 0.02}],
    "amount_band": "under_100",
    "model_version": "m-1",
    "taxonomy_version": "1.0.0",
    "policy": "agreement",
}
REVIEW = DECISION | {key: TRANSACTION[key] for key in ("description", "amount", "currency", "timestamp", "mcc")}


def message(literals: dict[str, str] | None = None, /, *, drop: tuple[str, ...] = (), **values: object) -> bytes:
    """A valid transaction with fields replaced: `literals` are JSON text, `values` are written as JSON."""
    members = {key: json.dumps(value) for key, value in (TRANSACTION | values).items() if key not in drop}
    members |= literals or {}
    return ("{" + ",".join(f"{json.dumps(key)}:{text}" for key, text in members.items()) + "}").encode()


def doubled(literal: str) -> bytes:
    """A valid transaction with one more member in front, as JSON text."""
    return b"{" + literal.encode() + b"," + message()[1:]


def refusal(raw: bytes, contract: type[Event] = Transaction) -> tuple[str, str | None]:
    """Reason and field that the parser gives."""
    with pytest.raises(ContractError) as caught:
        parse(contract, raw)
    return caught.value.reason, caught.value.field
