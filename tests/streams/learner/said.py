"""Corrections as people and apps send them, for the tests of the learner."""

from datetime import datetime

from models.contracts.corrections import Correction
from models.contracts.wire import dump
from models.decisions.ensemble import CLOCK_TOLERANCE
from tests.harness.voters import NOON
from tests.harness.workers import Message
from tests.streams.categorizer.test_handler import Record

LATEST = NOON + CLOCK_TOLERANCE


def said(number: int, description: str | None = "ZEPPLO BITS 12", **fields: object) -> Correction:
    """A correction of a purchase at a merchant; None leaves the transaction out."""
    about = None if description is None else {"description": description, "amount": "12.50", "currency": "CAD"}
    plain: dict[str, object] = {
        "correction_id": f"c{number}",
        "transaction_id": f"t{number}",
        "category": "pets",
        "actor": f"reviewer-{number}",
        "timestamp": NOON,
        "about": about,
    }
    return Correction.model_validate(plain | fields)


def received(correction: Correction, *, offset: int = 0, partition: int = 1) -> Record:
    """The record by which it comes."""
    return Record(
        dump(correction),
        offset=offset,
        key=correction.transaction_id.encode(),
        topic="transactions.corrections",
        partition=partition,
    )


def message(correction: Correction) -> Message:
    """The same, to be sent."""
    key = correction.transaction_id.encode()
    return Message(dump(correction), key, key)


def at_noon() -> datetime:
    """A clock that stands still."""
    return NOON
