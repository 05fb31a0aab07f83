"""Alerts to post, as the life cycle makes them."""

from datetime import UTC, datetime
from typing import Any

from models.contracts.alerts import AlertState, FairnessAlert
from tests.harness.readings import opened, review_rate

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def clock() -> datetime:
    """The time of day: Alertmanager has no other."""
    return datetime.now(UTC)


def alert(at: datetime = NOW, **changed: Any) -> FairnessAlert:
    """The review rate of pets pages, as the life cycle says it."""
    return opened([review_rate(**changed)], at=at, runbooks="https://wiki.bank.example/runbooks").events[0]


def over(former: FairnessAlert, at: datetime) -> FairnessAlert:
    """Its last step."""
    return former.model_copy(update={"state": AlertState.RESOLVED, "at": at})
