"""Alerts in the words of Alertmanager's API: `postableAlert` of its OpenAPI document.

Alertmanager tells alerts apart by their labels. Severity and window are among them, so an alert that changes one is,
there, another alert: the former one is ended, and both stand in one group, since the labels that alerts are grouped by
(ops/alertmanager/alertmanager.yml) do not change.
"""

from datetime import datetime
from typing import Any

from models.contracts.alerts import FairnessAlert
from monitors.alerts import wording

Posting = dict[str, Any]
"""An alert as the API takes it."""


def alertname(monitor: str) -> str:
    """Name of a monitor's alerts, here and in the rules of `ops/prometheus`.

    >>> alertname("review_rate")
    'EvenhandReviewRate'
    """
    return "Evenhand" + "".join(part.capitalize() for part in monitor.split("_"))


def labels(alert: FairnessAlert) -> dict[str, str]:
    """The labels of an alert; one that it has no value for is left out."""
    named = {
        "alertname": alertname(alert.monitor),
        "monitor": alert.monitor,
        "category": alert.category,
        "group": alert.group,
        "window": alert.window.name,
        "severity": alert.severity.value,
    }
    return {name: str(value) for name, value in named.items() if value}


def annotations(alert: FairnessAlert) -> dict[str, str]:
    """The texts of an alert for the person who is called; empty ones are left out."""
    said = {
        "summary": alert.summary,
        "description": wording.description(alert),
        "hint": alert.hint,
        "runbook_url": alert.runbook,
        "counts": wording.counts(alert),
        "interval": wording.interval(alert),
        "window": wording.window(alert),
    }
    return {name: text for name, text in said.items() if text}


def identity(alert: FairnessAlert) -> tuple[str, ...]:
    """The labels in one: what is equal in this is one alert to Alertmanager."""
    return tuple(f"{name}={value}" for name, value in labels(alert).items())


def posting(alert: FairnessAlert, ends_at: datetime, *, console: str) -> Posting:
    """An alert as Alertmanager's API takes it.

    Args:
        alert: As its last step said it.
        ends_at: When it ends unless it is posted again, or when it ended.
        console: Address that Alertmanager links as the source of the alert; empty: none.
    """
    said = {
        "labels": labels(alert),
        "annotations": annotations(alert),
        "startsAt": alert.opened_at.isoformat(),
        "endsAt": ends_at.isoformat(),
    }
    return said | ({"generatorURL": console} if console else {})
