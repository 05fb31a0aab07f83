"""What the monitors said, from a file that was exported: a console's state, or alerts of the topic, one a line."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from pydantic import JsonValue, ValidationError

from models.contracts.alerts import AlertState, FairnessAlert, Severity
from models.errors import DataError

Step = TypeVar("Step", FairnessAlert, Mapping[str, Any])

_EXPORT = (
    "export it with `curl http://127.0.0.1:9465/api/state` from a monitor's console, or as the values of"
    " fairness.alerts, one JSON object a line"
)


def monitors_data(text: str, name: str, since: date | None = None, until: date | None = None) -> dict[str, JsonValue]:
    """What a file says of the monitors' history.

    Args:
        text: A state of the console, or alerts of `fairness.alerts`, one a line.
        name: Of the file, for messages.
        since: First day of the period, UTC; steps before it are left out. None: all.
        until: Last day of it, inclusive; steps after it are left out. None: all.

    Raises:
        DataError: It is neither.
    """
    period: dict[str, JsonValue] = {
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
    }
    try:
        state = json.loads(text)
    except ValueError:
        state = None
    # One alert alone is a document, too.
    if state is None or (isinstance(state, dict) and "fingerprint" in state):
        return period | _of_alerts(_within(_alerts(text, name), since, until), name)
    try:
        state["history"] = _within(state["history"], since, until)
        return period | _of_state(state, name)
    except (KeyError, TypeError, AttributeError, ValueError):
        raise DataError(f"{name} is no state of a monitor and no list of alerts; {_EXPORT}") from None


def _within(steps: Iterable[Step], since: date | None, until: date | None) -> list[Step]:
    """Those of the period, by their day in UTC."""

    def day(step: Step) -> date:
        at = step.at if isinstance(step, FairnessAlert) else datetime.fromisoformat(step["at"])
        return at.astimezone(UTC).date()

    return [step for step in steps if (since or date.min) <= day(step) <= (until or date.max)]


def _of_state(state: Mapping[str, Any], name: str) -> dict[str, JsonValue]:
    readings: Sequence[Mapping[str, Any]] = state["readings"]
    steps: Sequence[Mapping[str, Any]] = state["history"]
    windows: JsonValue = [dict(window) for window in state["windows"]]
    return {
        "kind": "state of a console",
        "file": name,
        "model_versions": [state["model_version"]] if state["model_version"] else [],
        "newest": state["newest"],
        "windows": windows,
        "readings_by_state": dict(sorted(Counter(str(each["state"]) for each in readings).items())),
        "open": [_step(alert | {"state": "open"}) for alert in map(dict, state["alerts"])],
        "steps": [_step(step) for step in steps],
        "steps_by_monitor": _by_monitor(steps),
    }


def _of_alerts(alerts: Sequence[FairnessAlert], name: str) -> dict[str, JsonValue]:
    alerts = sorted(alerts, key=lambda alert: (alert.at, alert.fingerprint))
    last = {alert.fingerprint: alert for alert in alerts}
    steps = [alert.model_dump(mode="json") for alert in alerts]
    still = [alert.model_dump(mode="json") for alert in last.values() if alert.state is not AlertState.RESOLVED]
    return {
        "kind": "alerts of fairness.alerts",
        "file": name,
        "model_versions": [*sorted({alert.model_version for alert in alerts})],
        "newest": steps[-1]["at"] if steps else None,
        "windows": [],
        "readings_by_state": {},
        "open": [_step(alert) for alert in still],
        "steps": [_step(step) for step in steps],
        "steps_by_monitor": _by_monitor(steps),
    }


def _alerts(text: str, name: str) -> list[FairnessAlert]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                found.append(FairnessAlert.model_validate_json(line))
            except ValidationError:
                raise DataError(f"{name}, line {number} is no alert of fairness.alerts; {_EXPORT}") from None
    return found


def _step(alert: Mapping[str, Any]) -> dict[str, JsonValue]:
    kept = ("at", "state", "severity", "monitor", "category", "group", "summary", "opened_at")
    return {name: alert.get(name) for name in kept}


def _by_monitor(steps: Iterable[Mapping[str, Any]]) -> dict[str, JsonValue]:
    """Monitor to how many alerts opened, and how many of its steps paged."""
    counted: dict[str, dict[str, int]] = {}
    for step in steps:
        counts = counted.setdefault(str(step["monitor"]), {"opened": 0, "paged": 0})
        counts["opened"] += step["state"] == AlertState.OPEN.value
        counts["paged"] += step["severity"] == Severity.PAGE.value
    return {monitor: dict(counts) for monitor, counts in sorted(counted.items())}
