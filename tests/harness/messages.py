"""Valid messages, ways to spoil them, and what the parser says."""

import json
from typing import Any

import pytest

from models.contracts.events import Event, Transaction
from models.contracts.wire import parse
from models.errors import ContractError

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
    "merchant": "Tim Hortons",
    "merchant_key": "timhortons",
    "via": None,
    "category": "food_dining",
    "confidence": 0.97,
    "band": "HIGH",
    "requires_review": False,
    "uncertainty": 0.03,
    "votes": [{"method": "mcc", "category": "food_dining", "confidence": 0.9, "weight": 1.0, "evidence": "mcc 5814"}],
    "agreement": {"agreeing": 1, "voting": 1},
    "reasons": ["one_method_alone"],
    "review_note": None,
    "alternatives": [{"category": "groceries", "confidence": 0.02}],
    "amount_band": "under_100",
    "model_version": "m-1",
    "taxonomy_version": "1.0.0",
    "policy": "agreement",
}
REVIEW = DECISION | {key: TRANSACTION[key] for key in ("description", "amount", "currency", "timestamp", "mcc")}

CORRECTION: dict[str, Any] = {
    "correction_id": "c-1",
    "transaction_id": "t-1",
    "category": "groceries",
    "actor": "reviewer-7",
    "reason": "sells food only",
    "timestamp": "2025-03-04T12:13:14Z",
    "answers": {
        "category": "food_dining",
        "confidence": 0.97,
        "amount_band": "under_100",
        "blind": True,
        "sampling_probability": 0.01,
        "model_version": "m-1",
        "merchant_key": "tim hortons",
    },
    "about": {
        "description": "TIM HORTONS #2712 TORONTO",
        "amount": "12.50",
        "currency": "CAD",
        "mcc": "5814",
        "counterparty": None,
        "channel": None,
    },
    "scope": "account",
    "account_id": "a-1",
    "account_token": "9f2b",
    "standing": "customer",
    "schema_version": "1",
}
ALERT: dict[str, Any] = {
    "fingerprint": "c9c4bd2a169b888b",
    "state": "open",
    "severity": "warning",
    "monitor": "review_rate",
    "category": "pets",
    "group": None,
    "window": {"name": "24h", "start": "2025-03-03T12:05:00Z", "end": "2025-03-04T12:05:00Z"},
    "reading": 0.3092592592592593,
    "interval": {"low": 0.26060194030163536, "high": 0.36254689033301823, "level": 0.99},
    "counts": {"review": 167, "decisions": 540},
    "threshold": 0.25,
    "evidence": None,
    "summary": "Review rate of pets is 30.9%.",
    "hint": "Which method votes on these transactions?",
    "runbook": "http://127.0.0.1:9465/runbooks/review_rate.md",
    "opened_at": "2025-03-04T12:03:20Z",
    "at": "2025-03-04T12:03:20Z",
    "model_version": "m-1",
    "schema_version": "1",
}


def answering(**changed: object) -> bytes:
    """A valid correction with fields of its `answers` replaced; None leaves one out."""
    answers = {key: value for key, value in (CORRECTION["answers"] | changed).items() if value is not None}
    return json.dumps(CORRECTION | {"answers": answers}).encode()


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
