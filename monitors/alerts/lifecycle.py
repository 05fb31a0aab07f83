"""The life of an alert: readings in, steps out. Pure: the same input gives the same steps.

    (nothing) --raises--> open --(update)*--> resolved

One alert per (monitor, category, group), whatever the window: over its windows the worst reading speaks, by severity,
then the window that the alert has already, then the shortest.

- It opens when a window warns or pages, and stays open while one does, or `holds`.
- Its severity goes up at once. It goes down after no window has reached it for `UPDATE_INTERVAL`, or by resolving; a
  window that only holds leaves it as it is.
- A change of window, or of the figure by more than `MOVED` of its threshold, is told `UPDATE_INTERVAL` after the last
  step at the earliest; what changes less is told every `REFRESH`, so that no alert says old figures for days.
- It resolves when the window that it speaks of has a figure and none alarms or holds. Where that window has no figure,
  nothing is known of the cause, and the alert stays as it is until event time has moved on by the length of its window:
  then none of what raised it is left to look at, and it is closed with a sentence that says so, and with no reading. A
  figure that no window bounds belongs to a model; without a figure, its alert ends with that model.
"""

import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from models.contracts.alerts import AlertState, FairnessAlert, Interval, Severity, Span
from models.contracts.taxonomy import Category
from monitors.alerts import wording
from monitors.base.contract import Reading, ReadingState
from monitors.counts.observation import BUCKET_SECONDS
from monitors.counts.windows import LENGTHS, Window, span

UPDATE_INTERVAL = timedelta(minutes=5)
"""Shortest time between two steps of an alert whose severity does not rise, and how long lower must hold to count."""

REFRESH = timedelta(hours=1)
"""After this, an alert that still stands is told again with its present figures."""

MOVED = 0.1
"""Part of its threshold that a figure moves by before it is worth telling."""

_RANKS: Mapping[Severity | None, int] = MappingProxyType({None: 0, Severity.WARNING: 1, Severity.PAGE: 2})
_WINDOWS = tuple(window.value for window in Window)


@dataclass(frozen=True, slots=True)
class Steps:
    """State of all alerts, with the steps to publish.

    Args:
        open: Fingerprint to the alert, as its last step said it.
        events: The steps to publish, in the order of their fingerprints.
        easing: Fingerprint to the time since which a severity below the alert's has held. Handed to the next call; a
            restart may forget it, and then the time counts anew.
    """

    open: Mapping[str, FairnessAlert]
    events: Sequence[FairnessAlert] = ()
    easing: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Moment:
    """Values that are the same for all alerts of one call."""

    at: datetime
    newest: int | None
    model_version: str
    runbooks: str


@dataclass(frozen=True, slots=True)
class _Step:
    """State of one alert after a call."""

    kept: FairnessAlert | None = None
    event: FairnessAlert | None = None
    easing: datetime | None = None


def fingerprint(monitor: str, category: str | None, group: str | None) -> str:
    """The name of an alert, the same for all its steps and after each restart: 16 hexadecimal digits of a SHA-256.

    >>> fingerprint("review_rate", "pets", None)
    'c9c4bd2a169b888b'
    """
    # Not Python's `hash`, which differs from process to process.
    return hashlib.sha256(f"{monitor}|{category or ''}|{group or ''}".encode()).hexdigest()[:16]


def runbook(base: str, monitor: str) -> str:
    """Address of a monitor's runbook.

    >>> runbook("https://wiki.bank.example/evenhand", "review_rate")
    'https://wiki.bank.example/evenhand/review_rate.md'
    """
    return f"{base.rstrip('/')}/{monitor}.md"


def step(
    open: Mapping[str, FairnessAlert],
    readings: Sequence[Reading],
    *,
    at: datetime,
    newest: int | None,
    model_version: str,
    runbooks: str,
    easing: Mapping[str, datetime],
) -> Steps:
    """Turn readings into steps of alerts.

    Args:
        open: Fingerprint to open alert, as its last step said it; not changed.
        readings: Of all monitors, in any order.
        at: The clock, timezone-aware.
        newest: The newest bucket of event time; None before the first observation.
        easing: `Steps.easing` of the last call; empty at the start.
    """
    moment = _Moment(at, newest, model_version, runbooks)
    subjects: dict[str, list[Reading]] = {}
    # Shortest window first, because `min` takes the first of equals.
    for reading in sorted(readings, key=lambda reading: _WINDOWS.index(reading.window)):
        subjects.setdefault(fingerprint(*reading.subject), []).append(reading)
    steps = {
        name: _step(open.get(name), subjects.get(name, ()), moment, easing.get(name))
        # Sorted, so that a replay publishes the same steps in the same order.
        for name in sorted(open.keys() | subjects.keys())
    }
    return Steps(
        open={name: one.kept for name, one in steps.items() if one.kept is not None},
        events=[one.event for one in steps.values() if one.event is not None],
        easing={name: one.easing for name, one in steps.items() if one.easing is not None},
    )


def _step(alert: FairnessAlert | None, readings: Sequence[Reading], moment: _Moment, easing: datetime | None) -> _Step:
    speaking = _speaking(readings, own=alert.window.name if alert else None)
    if alert is None:
        opened = _opened(speaking, moment) if speaking is not None and speaking.state.severity else None
        return _Step(opened, opened)
    if speaking is not None:
        return _standing(alert, speaking, moment, easing)
    if _unknown(alert, readings, moment):
        return _Step(alert, easing=easing)
    return _Step(event=_resolved(alert, readings, moment))


def _speaking(readings: Sequence[Reading], *, own: str | None) -> Reading | None:
    """The worst of the readings that alarm or hold; among equals that of the alert's window, then the shortest."""
    loud = [reading for reading in readings if reading.state.severity or reading.holds]
    return min(loud, key=lambda one: (-_RANKS[one.state.severity], one.window != own), default=None)


def _standing(alert: FairnessAlert, speaking: Reading, moment: _Moment, easing: datetime | None) -> _Step:
    severity = speaking.state.severity
    # It only holds, which says nothing of how bad it is.
    if severity is None:
        severity = alert.severity
    elif _RANKS[severity] >= _RANKS[alert.severity]:
        easing = None
    else:
        easing = easing or moment.at
        if moment.at - easing < UPDATE_INTERVAL:
            return _Step(alert, easing=easing)
    if not _worth_telling(alert, severity, speaking, moment.at):
        return _Step(alert, easing=easing)
    update = _said(alert, AlertState.UPDATE, severity, speaking, moment)
    return _Step(update, update, easing if severity == alert.severity else None)


def _worth_telling(alert: FairnessAlert, severity: Severity, reading: Reading, at: datetime) -> bool:
    if severity != alert.severity:
        return True
    since = at - alert.at
    # A figure that swings around a limit must not call somebody with every batch.
    if since < UPDATE_INTERVAL:
        return False
    return since >= REFRESH or reading.window != alert.window.name or _moved(alert.reading, reading)


def _moved(before: float | None, reading: Reading) -> bool:
    # A figure that comes or goes is worth telling, however small.
    if before is None or reading.value is None:
        return before is not reading.value
    return abs(reading.value - before) > MOVED * abs(reading.threshold)


def _unknown(alert: FairnessAlert, readings: Sequence[Reading], moment: _Moment) -> bool:
    """True where the alert's window has no figure, and has not been without one for as long as it is."""
    own = [reading for reading in readings if reading.window == alert.window.name]
    if any(reading.state is not ReadingState.NOT_ENOUGH_DATA for reading in own):
        return False
    # A figure of no window belongs to a model, and ends with it.
    if alert.window.name not in LENGTHS:
        return alert.model_version == moment.model_version
    window = Window(alert.window.name)
    return moment.newest is None or _span(window, moment).end - alert.window.end < _length(window)


def _opened(reading: Reading, moment: _Moment) -> FairnessAlert:
    return _said(None, AlertState.OPEN, Severity(reading.state.value), reading, moment)


def _resolved(alert: FairnessAlert, readings: Sequence[Reading], moment: _Moment) -> FairnessAlert:
    own = [reading for reading in readings if reading.window == alert.window.name]
    known = [reading for reading in own if reading.state is not ReadingState.NOT_ENOUGH_DATA]
    if known:
        return _said(alert, AlertState.RESOLVED, alert.severity, known[0], moment)
    return alert.model_copy(
        update={
            "state": AlertState.RESOLVED,
            "reading": None,
            "interval": None,
            "counts": dict(own[0].counts) if own else {},
            "evidence": None,
            "window": _span(Window(alert.window.name), moment),
            "summary": wording.silence(alert),
            # Where the clock was set back, steps still follow one another in time.
            "at": max(moment.at, alert.at),
            "model_version": moment.model_version,
        }
    )


def _said(
    alert: FairnessAlert | None, state: AlertState, severity: Severity, reading: Reading, moment: _Moment
) -> FairnessAlert:
    """A step with the figures of a reading; one after another in time, even where the clock was set back."""
    at = moment.at if alert is None else max(moment.at, alert.at)
    return FairnessAlert(
        fingerprint=fingerprint(*reading.subject),
        state=state,
        severity=severity,
        monitor=reading.monitor.value,
        category=None if reading.category is None else Category(reading.category),
        group=reading.group,
        window=_span(reading.window, moment),
        reading=reading.value,
        interval=reading.interval and Interval(low=reading.interval[0], high=reading.interval[1], level=reading.level),
        counts=dict(reading.counts),
        threshold=reading.threshold,
        # JSON has no infinity.
        evidence=None if reading.evidence is None else min(reading.evidence, sys.float_info.max),
        summary=wording.summary(reading, resolved=state is AlertState.RESOLVED),
        hint=wording.hint(reading),
        runbook=runbook(moment.runbooks, reading.monitor),
        opened_at=at if alert is None else alert.opened_at,
        at=at,
        model_version=moment.model_version,
    )


def _span(window: Window, moment: _Moment) -> Span:
    """The window in event time; that of a figure that no window bounds is the moment itself."""
    if window not in LENGTHS or moment.newest is None:
        return Span(name=window.value, start=moment.at, end=moment.at)
    start, end = span(window, moment.newest)
    return Span(name=window.value, start=start, end=end)


def _length(window: Window) -> timedelta:
    return timedelta(seconds=LENGTHS[window] * BUCKET_SECONDS)
