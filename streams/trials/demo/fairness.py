"""The monitor's figures by its console's `/api/state`: read while the demo runs, and once it has seen everything."""

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import TypeAdapter

from models.contracts.alerts import Severity
from models.errors import EvenhandError
from monitors.base.contract import MonitorName, Reading, ReadingState
from monitors.counts.windows import Window
from streams.trials.demo.process import DemoProcess
from streams.trials.demo.scrape import Observed, read_observed

LOOK_SECONDS = 1.0
"""Time between two looks; the console renews its state as often."""

OBSERVE_SECONDS = 30.0
"""Time that the monitor may take to observe what is in the topics at the end."""

WINDOW = Window.WEEK
"""The window whose figures are told."""

TOLD = (
    MonitorName.REVIEW_RATE,
    MonitorName.CONFIDENCE_MEDIAN,
    MonitorName.UNKNOWN_MERCHANTS,
    MonitorName.REVIEW_PARITY,
)
"""The monitors whose figures are told, those of single categories left out."""


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An open alert: severity, subject, and a sentence."""

    severity: Severity
    monitor: str
    category: str | None
    group: str | None
    summary: str


@dataclass(frozen=True, slots=True)
class Look:
    """The state of the monitor at one moment.

    Args:
        alerts: Open alerts with the pages first.
        readings: Number of figures, over all windows, categories and groups.
        lacking: Number of those that have not enough data.
        told: Readings of `TOLD` for `WINDOW`, in its order; none before the first observation.
        until: End of `WINDOW` in event time.
    """

    alerts: tuple[OpenAlert, ...] = ()
    readings: int = 0
    lacking: int = 0
    told: tuple[Reading, ...] = ()
    until: datetime | None = None


_LOOK = TypeAdapter(Look)


@dataclass(frozen=True, slots=True)
class WindowFigure:
    """A reading, and the end of its window in event time."""

    reading: Reading
    until: datetime


@dataclass(slots=True)
class MonitorWatch:
    """Takes one look at the monitor after the other, and keeps each figure as it last had enough data."""

    last: Look = Look()
    _known: dict[tuple[MonitorName, str | None], WindowFigure] = field(default_factory=dict)

    def take(self, look: Look) -> None:
        """Keep a new look."""
        self.last = look
        if look.until is None:
            return
        for reading in look.told:
            key = reading.monitor, reading.group
            if reading.value is not None or key not in self._known or self._known[key].reading.value is None:
                self._known[key] = WindowFigure(reading, look.until)

    @property
    def figures(self) -> tuple[WindowFigure, ...]:
        """Each figure with its newest value, or as it is now where it never had one."""
        return tuple(self._known.values())


@dataclass(frozen=True, slots=True)
class Fairness:
    """The monitor's state after the replay, with each figure of `TOLD` as it last had enough data.

    Not in the end: answers are of today, and the windows of the monitor move with them, away from the sample's days.

    Args:
        observed: Records that it had observed in the end, and alerts that it had raised before the answers.
        later: Alerts that it raised after that.
        open_later: Those that were open in the end.
    """

    observed: Observed
    last: Look
    figures: tuple[WindowFigure, ...]
    later: int = 0
    open_later: tuple[OpenAlert, ...] = ()


def read_state(text: str) -> Look:
    """Read the JSON of `/api/state`."""
    state = json.loads(text)
    until = next(window["end"] for window in state["windows"] if window["name"] == WINDOW)
    readings = state["readings"]
    told = [one for one in readings if one["window"] == WINDOW and one["category"] is None and one["monitor"] in TOLD]
    return _LOOK.validate_python(
        {
            "alerts": sorted(state["alerts"], key=lambda alert: alert["severity"] != Severity.PAGE),
            "readings": len(readings),
            "lacking": sum(one["state"] == ReadingState.NOT_ENOUGH_DATA for one in readings),
            "told": sorted(told, key=lambda one: TOLD.index(one["monitor"])) if until else (),
            "until": until,
        }
    )


async def watch_monitor(monitor: DemoProcess, watch: MonitorWatch) -> None:
    """Look at the monitor until cancelled; a look that fails is left out, as the next one comes soon."""
    while True:
        with suppress(EvenhandError):
            watch.take(read_state(await monitor.get("api/state")))
        await asyncio.sleep(LOOK_SECONDS)


async def conclude(monitor: DemoProcess, watch: MonitorWatch, *, topic: str, records: int) -> Fairness:
    """Wait until the monitor has observed so many records, for `OBSERVE_SECONDS` at most, and take a last look.

    Raises:
        EvenhandError: It does not answer.
    """
    observed = await observed_all(monitor, topic=topic, records=records)
    await asyncio.sleep(LOOK_SECONDS)  # the state may be as old as that, where a browser looks at it as well
    watch.take(read_state(await monitor.get("api/state")))
    return Fairness(observed, watch.last, watch.figures)


async def finish(monitor: DemoProcess, before: Fairness, *, topic: str, records: int) -> Fairness:
    """Add to what the monitor said before the answers what it has observed and raised since.

    Raises:
        EvenhandError: It does not answer.
    """
    observed = await observed_all(monitor, topic=topic, records=records)
    look = read_state(await monitor.get("api/state"))
    raised = before.observed.raised
    counted = Observed(observed.records, raised)
    return replace(before, observed=counted, later=observed.raised - raised, open_later=look.alerts)


async def observed_all(monitor: DemoProcess, *, topic: str, records: int) -> Observed:
    """Wait until the monitor has observed so many records, for `OBSERVE_SECONDS` at most.

    Raises:
        EvenhandError: It does not answer.
    """
    deadline = time.monotonic() + OBSERVE_SECONDS
    while True:
        observed = read_observed(await monitor.get("metrics"), topic)
        if observed.records >= records or time.monotonic() > deadline:
            return observed
        await asyncio.sleep(0.2)
