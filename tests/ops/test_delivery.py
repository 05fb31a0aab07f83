"""From a monitor's metrics through a real Prometheus to a real Alertmanager: the alert that the monitor would post."""

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, start_http_server

from models.contracts.alerts import FairnessAlert
from monitors.base.contract import MonitorName, Reading, ReadingState
from monitors.counts.windows import Window
from streams.monitor.alerting.payload import annotations, labels
from streams.monitor.metrics import MonitorMetrics
from tests.harness.local_alertmanager import local_alertmanager
from tests.harness.local_prometheus import local_prometheus
from tests.harness.readings import REVIEW_RATE, opened
from tests.harness.workers import free_port

RUNBOOKS = "https://runbooks.example/evenhand"
QUIET = "route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n"
WAIT_SECONDS = 240.0


def readings() -> list[Reading]:
    """One alert about a category, one about a group, one about neither."""
    llm = Reading(
        MonitorName.METHOD_USAGE,
        Window.HOUR,
        ReadingState.WARNING,
        {"voted": 300, "decisions": 1000},
        group="llm",
        value=0.3,
        interval=(0.264, 0.339),
        threshold=0.2,
    )
    age = Reading(MonitorName.MODEL_AGE, Window.ALL, ReadingState.WARNING, {"days": 200}, value=200.0, threshold=180.0)
    return [REVIEW_RATE, llm, age]


@contextmanager
def shown(readings: list[Reading]) -> Iterator[tuple[int, list[FairnessAlert]]]:
    """Port of an endpoint with the metrics of a monitor that says this, and the alerts that it has opened."""
    now = datetime.now(UTC)
    steps = opened(readings, at=now, runbooks=RUNBOOKS)
    metrics = MonitorMetrics(CollectorRegistry())
    metrics.show(readings, steps.open.values())
    metrics.newest.set(now.timestamp())
    metrics.lane.partitions.inc()
    port = free_port()
    server, thread = start_http_server(port, addr="127.0.0.1", registry=metrics.registry)
    try:
        yield port, list(steps.open.values())
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def addresses(monitor: int, alertmanager: str) -> dict[str, str]:
    """Where the configuration's are here; there is no worker."""
    return {"localhost:9465": f"127.0.0.1:{monitor}", "alertmanager:9093": alertmanager.removeprefix("http://")}


def open_alerts(url: str, expected: list[FairnessAlert]) -> list[dict[str, Any]]:
    """What Alertmanager has of these monitors, once there are so many."""
    deadline, query = time.monotonic() + WAIT_SECONDS, urllib.parse.urlencode({"filter": 'monitor!=""'})
    found: list[dict[str, Any]] = []
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"{url}/api/v2/alerts?{query}", timeout=5) as answer:
            found = json.load(answer)
        if len(found) >= len(expected):
            return found
        time.sleep(0.2)
    raise AssertionError(f"{len(found)} of {len(expected)} alerts came")


@pytest.mark.slow
def test_prometheus_posts_the_alert_that_the_monitor_would(tmp_path: Path) -> None:
    """Label for label, so that both are one alert; the same runbook, hint, counts and interval."""
    with (
        shown(readings()) as (port, alerts),
        local_alertmanager(QUIET, tmp_path) as alertmanager,
        local_prometheus(addresses(port, alertmanager), tmp_path, hurried=True),
    ):
        posted = {one["labels"]["alertname"]: one for one in open_alerts(alertmanager, alerts)}
    assert {one["alertname"]: one for one in map(labels, alerts)} == {
        name: one["labels"] for name, one in posted.items()
    }
    for alert in alerts:
        ours, theirs = annotations(alert), posted[labels(alert)["alertname"]]["annotations"]
        assert {key: ours[key] for key in ("hint", "runbook_url")} == {
            key: theirs[key] for key in ("hint", "runbook_url")
        }
        assert ours.keys() <= theirs.keys()
    review = posted["EvenhandReviewRate"]["annotations"]
    assert ("decisions 540, review 170", "26.59% to 36.85% (99%)") == (review["counts"], review["interval"])
    assert "Review Rate, pets: 31.48%, limit 25%; 24h" == review["summary"]
