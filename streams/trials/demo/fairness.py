"""What the monitor says, by its console's `/api/state`: read while the demo runs, and once it has seen everything."""

import asyncio
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.contracts.alerts import Severity
from models.errors import EvenhandError
from monitors.base.contract import MonitorName, ReadingState
from monitors.counts.windows import Window
from streams.trials.demo.process import Part
from streams.trials.demo.scrape import Observed, read_observed

LOOK_SECONDS = 1.0
"""Time between two looks; the console renews its state as often."""

OBSERVE_SECONDS = 30.0
"""How long the monitor may take to observe what is in the topics at the end."""

WINDOW = Window.WEEK
"""The window whose figures are told."""

TOLD = (
    MonitorName.REVIEW_RATE,
    MonitorName.CONFIDENCE_MEDIAN,
    MonitorName.UNKNOWN_MERCHANTS,
    MonitorName.REVIEW_PARITY,
)
"""The monitors whose figures are told, those of single categories left out."""

Json = Any
"""What json gives."""


@dataclass(frozen=True, slots=True)
class Alert:
    """An open alert: who should look, and what it says in a sentence."""

    severity: Severity
    monitor: str
    category: str | None
    group: str | None
    summary: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A reading of `WINDOW`.

    Args:
        monitor: Whose.
        group: The amount band it is about, or None for all decisions.
        until: End of the window, in event time.
        state: What it says.
        value: The figure; None where there is not enough data for one.
        interval: Its bounds at `level`; None with it.
        level: Confidence level of the interval.
        counts: What was counted, by name.
        ratios: Both directions of a comparison, by name.
    """

    monitor: MonitorName
    group: str | None
    until: datetime
    state: ReadingState
    value: float | None
    interval: tuple[float, float] | None
    level: float
    counts: Mapping[str, int]
    ratios: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Look:
    """What the monitor says at one moment.

    Args:
        alerts: Open ones, pages first.
        readings: How many figures there are, over all windows, categories and groups.
        lacking: How many of them have not enough data.
        figures: Those of `TOLD`, in its order; none before the first observation.
    """

    alerts: tuple[Alert, ...] = ()
    readings: int = 0
    lacking: int = 0
    figures: tuple[Figure, ...] = ()


@dataclass(slots=True)
class Watch:
    """Looks at the monitor one after the other, and keeps each figure as it last had enough data."""

    last: Look = Look()
    _known: dict[tuple[MonitorName, str | None], Figure] = field(default_factory=dict)

    def take(self, look: Look) -> None:
        """A new look."""
        self.last = look
        for one in look.figures:
            before = self._known.get((one.monitor, one.group), one)
            self._known[one.monitor, one.group] = before if one.value is None and before.value is not None else one

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Each figure with its newest value, or as it is now where it never had one."""
        return tuple(self._known.values())


@dataclass(frozen=True, slots=True)
class Fairness:
    """What the monitor said in the end.

    Args:
        observed: What it has seen.
        last: Its state then.
        figures: Each figure of `TOLD` as it last had enough data.
    """

    observed: Observed
    last: Look
    figures: tuple[Figure, ...]


def read_state(state: Json) -> Look:
    """Read what `/api/state` gives."""
    until = next(window["end"] for window in state["windows"] if window["name"] == WINDOW)
    alerts = (
        Alert(Severity(one["severity"]), one["monitor"], one["category"], one["group"], one["summary"])
        for one in state["alerts"]
    )
    told = [
        _figure(one, datetime.fromisoformat(until))
        for one in (state["readings"] if until else ())
        if one["window"] == WINDOW and one["monitor"] in TOLD and one["category"] is None
    ]
    return Look(
        alerts=tuple(sorted(alerts, key=lambda alert: alert.severity is not Severity.PAGE)),
        readings=len(state["readings"]),
        lacking=sum(one["state"] == ReadingState.NOT_ENOUGH_DATA for one in state["readings"]),
        figures=tuple(sorted(told, key=lambda figure: TOLD.index(figure.monitor))),
    )


def _figure(reading: Json, until: datetime) -> Figure:
    bounds = reading["interval"]
    return Figure(
        monitor=MonitorName(reading["monitor"]),
        group=reading["group"],
        until=until,
        state=ReadingState(reading["state"]),
        value=reading["value"],
        interval=bounds and (bounds[0], bounds[1]),
        level=reading["level"],
        counts=reading["counts"],
        ratios=reading["ratios"],
    )


async def watch_monitor(monitor: Part, watch: Watch) -> None:
    """Look at the monitor until cancelled; a look that fails is left out, as the next one comes soon."""
    while True:
        with suppress(EvenhandError):
            watch.take(await _look(monitor))
        await asyncio.sleep(LOOK_SECONDS)


async def conclude(monitor: Part, watch: Watch, *, topic: str, records: int) -> Fairness:
    """Wait until the monitor has observed everything, for `OBSERVE_SECONDS` at most, and take a last look.

    Args:
        monitor: Runs.
        watch: What was seen before.
        topic: The input topic.
        records: How many are in it.

    Raises:
        EvenhandError: It does not answer.
    """
    deadline = time.monotonic() + OBSERVE_SECONDS
    while True:
        observed = read_observed(await monitor.get("metrics"), topic)
        if observed.records >= records or time.monotonic() > deadline:
            break
        await asyncio.sleep(0.2)
    await asyncio.sleep(LOOK_SECONDS)  # the state may be as old as that, where a browser looks at it as well
    watch.take(await _look(monitor))
    return Fairness(observed, watch.last, watch.figures)


async def _look(monitor: Part) -> Look:
    return read_state(json.loads(await monitor.get("api/state")))
