"""Readings of monitors, and the steps that the life cycle makes of them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from monitors.alerts.lifecycle import Steps, step
from monitors.base.contract import MonitorName, Reading, ReadingState
from monitors.counts.windows import Window

REVIEW_RATE = Reading(
    MonitorName.REVIEW_RATE,
    Window.DAY,
    ReadingState.PAGE,
    {"review": 170, "decisions": 540},
    category="pets",
    value=170 / 540,
    interval=(0.2659, 0.3685),
    threshold=0.25,
)
"""The review rate of pets pages."""


def review_rate(**changed: Any) -> Reading:
    """The review rate of pets pages, but for what is changed."""
    return replace(REVIEW_RATE, **changed)


def opened(readings: Iterable[Reading], *, at: datetime, runbooks: str) -> Steps:
    """The steps of readings when no alert was open, with the address of the folder of runbooks."""
    return step(
        {},
        list(readings),
        at=at,
        newest=int(at.timestamp()) // 300,
        model_version="m1",
        runbooks=runbooks,
        easing={},
    )
