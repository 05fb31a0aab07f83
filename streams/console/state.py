"""A snapshot as JSON, for the page and for whoever wants the same figures: `/api/state`.

Everything a figure needs to be read travels with it: window, counts, interval, and what is missing where there is not
enough data. Numbers that JSON has no word for are left out, so that every reader can read it.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import isfinite, log10

from models.contracts.alerts import FairnessAlert
from models.contracts.taxonomy import DESCRIPTIONS
from models.voters.contract import Method
from monitors.alerts.wording import BAND_WORDS, TWIN_WORDS, WORDS
from monitors.base.contract import Reading, ReadingState, Rules
from monitors.catalogue.registry import DESCRIPTIONS as ABOUT
from monitors.counts.cells import NOBODY
from monitors.counts.observation import BUCKET_SECONDS
from monitors.counts.windows import KEPT, LENGTHS, Window
from monitors.snapshot import Hour, Snapshot
from streams.console.judged import PARITY, idle, judged, needed, too_few

Json = Mapping[str, object]

FORMAT = 1

METHOD_WORDS: Mapping[str, str] = {
    Method.MCC: "merchant category code",
    Method.RULES: "rules and brands",
    Method.TEXT: "text model",
    Method.LLM: "language model (LLM)",
    Method.ONLINE: "people's corrections",
    Method.ACCOUNT: "an account's corrections",
    Method.HOUSE: "house rules",
    NOBODY: "no method",
}

_DIGITS = 6
_EVIDENCE_LIMIT = 300.0
_HOUR = timedelta(hours=1)


def document(snapshot: Snapshot, rules: Rules) -> Json:
    """All that the page shows, except the clock: equal documents mean that nothing changed.

    Args:
        rules: Their limits; they say how many cases a figure needs.
    """
    few, unused = too_few(snapshot.readings), idle(snapshot)
    open_alerts = {(alert.monitor, alert.category, alert.group) for alert in snapshot.alerts}
    return {
        "format": FORMAT,
        "model_version": snapshot.model_version,
        "newest": _moment(snapshot.newest),
        "per_second": _number(snapshot.per_second),
        "lag": None if snapshot.lag is None else int(snapshot.lag),
        "late": int(snapshot.late),
        "expired": int(snapshot.expired),
        "categories": dict(DESCRIPTIONS),
        "monitors": {
            monitor.value: {
                "figure": words.figure,
                "about": ABOUT[monitor],
                "unit": words.unit.__name__,
                "limit": words.limit,
            }
            for monitor, words in WORDS.items()
        },
        "groups": {**BAND_WORDS, **TWIN_WORDS, **METHOD_WORDS},
        "windows": [_window(window, snapshot) for window in LENGTHS],
        "readings": [
            _reading(reading, rules, held=reading.holds and reading.subject in open_alerts)
            | {"idle": (reading.monitor, reading.group) in unused and reading.state is ReadingState.OK}
            | ({"too_few": few[reading.monitor, reading.window]} if reading.monitor in PARITY else {})
            for reading in snapshot.readings
        ],
        "alerts": [_alert(alert) for alert in snapshot.alerts],
        "confidence": {window.value: [int(count) for count in bins] for window, bins in snapshot.confidence.items()},
        "trend": _trend(snapshot),
        "workers": {
            "last_reported": _moment(snapshot.reported),
            "waiting": None if snapshot.waiting is None else int(snapshot.waiting),
            "partitions": int(snapshot.reporting),
        },
        "kafka": {"answers": snapshot.kafka_silent is None, "since": _moment(snapshot.kafka_silent)},
        "judged": {
            **judged(snapshot, rules),
            "last_label": _moment(snapshot.last_label),
            "labels": int(snapshot.labels),
        },
        "history": [_step(step) for step in snapshot.steps],
        "sparks": _sparks(snapshot),
        "limits": {
            "review_rate": rules.review_rate,
            "confidence_median": rules.confidence_median,
            "warn_evidence": rules.warn_evidence,
            "page_evidence": rules.page_evidence,
        },
    }


def dump(what: Json) -> bytes:
    """JSON in UTF-8, on one line.

    Raises:
        ValueError: A number is infinite or none.
    """
    return json.dumps(what, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _window(window: Window, snapshot: Snapshot) -> Json:
    start = snapshot.newest and snapshot.newest - timedelta(seconds=LENGTHS[window] * BUCKET_SECONDS)
    return {
        "name": window.value,
        "start": _moment(start),
        "end": _moment(snapshot.newest),
        "decisions": int(snapshot.decisions.get(window, 0)),
    }


def _reading(reading: Reading, rules: Rules, *, held: bool) -> dict[str, object]:
    return {
        "monitor": reading.monitor.value,
        "window": reading.window.value,
        "state": reading.state.value,
        "category": reading.category,
        "group": reading.group,
        "counts": {name: int(count) for name, count in reading.counts.items()},
        "value": _number(reading.value),
        "interval": _numbers(reading.interval),
        "level": reading.level,
        "threshold": _number(reading.threshold),
        "held": held,
        "evidence": _logarithm(reading.evidence),
        "reference": _number(reading.reference),
        "ratios": {name: _number(ratio) for name, ratio in reading.ratios.items()},
        "hint": reading.hint,
        "needed": needed(reading, rules),
    }


def _alert(alert: FairnessAlert) -> Json:
    interval = alert.interval
    return {
        "fingerprint": alert.fingerprint,
        "severity": alert.severity.value,
        "monitor": alert.monitor,
        "category": None if alert.category is None else str(alert.category),
        "group": alert.group,
        "window": {"name": alert.window.name, "start": _moment(alert.window.start), "end": _moment(alert.window.end)},
        "value": _number(alert.reading),
        "interval": interval and _numbers((interval.low, interval.high)),
        "level": interval and interval.level,
        "counts": {name: int(count) for name, count in alert.counts.items()},
        "threshold": _number(alert.threshold),
        "evidence": _logarithm(alert.evidence),
        "summary": alert.summary,
        "hint": alert.hint,
        "runbook": alert.runbook,
        "opened_at": _moment(alert.opened_at),
        "at": _moment(alert.at),
        "model_version": alert.model_version,
    }


def _step(alert: FairnessAlert) -> Json:
    return {
        "fingerprint": alert.fingerprint,
        "state": alert.state.value,
        "severity": alert.severity.value,
        "monitor": alert.monitor,
        "category": None if alert.category is None else str(alert.category),
        "group": alert.group,
        "summary": alert.summary,
        "opened_at": _moment(alert.opened_at),
        "at": _moment(alert.at),
    }


def _sparks(snapshot: Snapshot) -> Json:
    """Hours as numbers since `start`; only those that have the figure are named."""
    starts = [start for line in snapshot.lines.values() for start, _ in line]
    if not starts:
        return {"start": None, "hours": 0, "series": {}}
    first = min(starts)
    return {
        "start": _moment(first),
        "hours": (max(starts) - first) // _HOUR + 1,
        "series": {
            name: [[(start - first) // _HOUR, _number(figure)] for start, figure in line]
            for name, line in snapshot.lines.items()
        },
    }


def _trend(snapshot: Snapshot) -> Json:
    """Hours as numbers since `start`; only those with decisions are named."""
    starts = [hour.start for hours in snapshot.trend.values() for hour in hours]
    if not starts:
        return {"start": None, "hours": 0, "series": {}}
    first, last = min(starts), max(starts)
    return {
        "start": _moment(first),
        "hours": min((last - first) // _HOUR + 1, KEPT * BUCKET_SECONDS // 3_600 + 1),
        "series": {category: _series(hours, first) for category, hours in snapshot.trend.items()},
    }


def _series(hours: Sequence[Hour], first: datetime) -> list[list[int]]:
    return [[(hour.start - first) // _HOUR, int(hour.decisions), int(hour.review)] for hour in hours]


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _number(value: float | None) -> float | None:
    return None if value is None or not isfinite(value) else round(float(value), _DIGITS)


def _numbers(bounds: tuple[float, float] | None) -> list[float | None] | None:
    return None if bounds is None else [_number(bound) for bound in bounds]


def _logarithm(evidence: float | None) -> float | None:
    """Decimal logarithm of evidence, which may be too large or too small for JSON."""
    if evidence is None:
        return None
    if not isfinite(evidence):
        return _EVIDENCE_LIMIT
    return round(log10(evidence), 2) if evidence > 10**-_EVIDENCE_LIMIT else -_EVIDENCE_LIMIT
