"""Corrections as the learner receives them, without a broker."""

from datetime import datetime

from models.contracts.corrections import Correction
from models.contracts.wire import dump
from tests.harness.voters import NOON
from tests.streams.categorizer.test_handler import Record


def received(correction: Correction, *, offset: int = 0, partition: int = 1) -> Record:
    """The record by which it comes."""
    return Record(
        dump(correction),
        offset=offset,
        key=correction.transaction_id.encode(),
        topic="transactions.corrections",
        partition=partition,
    )


def at_noon() -> datetime:
    """A clock that stands still."""
    return NOON
