"""Alerts to post, as the life cycle makes them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from models.contracts.alerts import AlertState, FairnessAlert
from monitors.alerts.lifecycle import step
from monitors.base.contract import MonitorName, Reading, ReadingState
from monitors.counts.windows import Window

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def clock() -> datetime:
    """The time of day: Alertmanager has no other."""
    return datetime.now(UTC)


def alert(at: datetime = NOW, **changed: Any) -> FairnessAlert:
    """The review rate of pets pages, as the life cycle says it."""
    reading = Reading(
        MonitorName.REVIEW_RATE,
        Window.DAY,
        ReadingState.PAGE,
        {"review": 170, "decisions": 540},
        category="pets",
        value=170 / 540,
        interval=(0.2659, 0.3685),
        threshold=0.25,
    )
    steps = step(
        {},
        [replace(reading, **changed)],
        at=at,
        newest=int(at.timestamp()) // 300,
        model_version="m1",
        runbooks="https://wiki.bank.example/runbooks",
        easing={},
    )
    return steps.events[0]


def over(former: FairnessAlert, at: datetime) -> FairnessAlert:
    """Its last step."""
    return former.model_copy(update={"state": AlertState.RESOLVED, "at": at})
