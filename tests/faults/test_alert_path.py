"""From a transaction to on-call: Kafka, worker, monitor, Prometheus, Alertmanager and a webhook, all of them real.

One rise is told twice, each way into an Alertmanager of its own: by Prometheus, which scrapes the monitor, and by the
monitor, which posts. Configurations and rules are those of `ops/`, but for addresses.
"""

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from streams.messages.roles import Role
from tests.faults.conftest import OpenStage
from tests.harness.local_prometheus import local_prometheus
from tests.harness.monitors import caught_up
from tests.harness.workers import QUICK, Message, Stage, until
from tests.ops.test_alertmanager_config import Bench, Server, bench

pytestmark = pytest.mark.kafka

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
PER_HOUR = 300
WITHIN_SECONDS = 60.0
"""Of the crossing, that on-call must know."""


def hour(start: datetime, category: str, *, unsure: float, count: int = PER_HOUR) -> Iterator[Message]:
    """Transactions of one category, spread over an hour, of which a share goes to review."""
    for number in range(count):
        account = f"account-{number % 50}".encode()
        state = "unsure" if (number * 7919) % count < unsure * count else "sure"
        value = {
            "transaction_id": f"{category}-{start.isoformat()}-{number}",
            "account_id": account.decode(),
            "description": f"{category} {state}",
            "amount": "12.50",
            "currency": "CAD",
            "timestamp": (start + timedelta(seconds=3600 * number / count)).isoformat(),
        }
        yield Message(json.dumps(value).encode(), account, account)


def ordinary(first: int, last: int) -> Iterator[Message]:
    """Hours before now, oldest first, in which 5% of two categories goes to review."""
    for ago in range(first, last, -1):
        for category in ("pets", "fuel"):
            yield from hour(NOW - timedelta(hours=ago), category, unsure=0.05)


def told(webhook: Server, status: str) -> list[dict[str, Any]]:
    """Alerts about the review rate of pets that reached the webhook."""
    return [
        alert
        for body in webhook.bodies
        for alert in body["alerts"]
        if alert["labels"]["alertname"] == "EvenhandReviewRate"
        and alert["labels"].get("category") == "pets"
        and alert["status"] == status
    ]


async def heard(webhook: Server, status: str, *, within: float) -> dict[str, Any]:
    """Wait for such an alert, and give the first."""

    async def is_there() -> bool:
        return bool(told(webhook, status))

    await until(is_there, within=within)
    return told(webhook, status)[0]


def check(alert: dict[str, Any]) -> None:
    """Whoever is called knows what it is about, how surely, and where to look."""
    expected = {
        "alertname": "EvenhandReviewRate",
        "monitor": "review_rate",
        "category": "pets",
        "window": "1h",
        "severity": "warning",
    }
    assert expected == alert["labels"]
    said = alert["annotations"]
    assert "1h" in said["window"]
    assert "decisions 300" in said["counts"]
    assert "review 180" in said["counts"]
    low, high, level = (float(number) for number in re.findall(r"[0-9.]+(?=%)", said["interval"]))
    assert (pytest.approx(52.6, abs=0.1), pytest.approx(67.0, abs=0.1), 99) == (low, high, level)
    assert re.search(r"pets.*\b60(\.0)?%", said["summary"])
    assert said["hint"]
    assert said["runbook_url"].endswith("/review_rate.md")


async def send(scene: Stage, monitor: Any, messages: list[Message], seen: int) -> int:
    """Send, wait until the monitor has observed it, and give the number of messages so far."""
    await scene.send(messages)
    await caught_up(monitor, records=seen + len(messages))
    return seen + len(messages)


async def test_a_rise_of_one_category_reaches_on_call_and_its_end_too(stage: OpenStage, tmp_path: Any) -> None:
    """60% of pets to review for an hour: on-call knows within a minute, either way, and is told when it is over."""
    for name in ("posted", "scraped", "prometheus"):
        (tmp_path / name).mkdir()
    scene = await stage(partitions=2, review_threshold=0.6, policy="agreement", **QUICK)
    async with bench(tmp_path / "posted") as posted, bench(tmp_path / "scraped") as scraped:
        worker = scene.worker("--ensemble", "telling")
        monitor = scene.monitor(
            alertmanager_url=posted.url,
            runbook_base_url="https://wiki.bank.example/evenhand",
            monitor_rules='{"unknown_merchants": 1.0}',
        )
        with ExitStack() as stack:
            addresses = {
                "localhost:9464": f"127.0.0.1:{worker.port}",
                "localhost:9465": f"127.0.0.1:{monitor.port}",
                "alertmanager:9093": scraped.url.removeprefix("http://"),
            }
            stack.enter_context(local_prometheus(addresses, tmp_path / "prometheus"))
            await worker.ready()
            await monitor.ready()
            seen = await send(scene, monitor, list(ordinary(30, 3)), 0)
            assert [] == told(posted.webhook, "firing") + told(scraped.webhook, "firing")
            crossing = time.monotonic()
            rise = [
                *hour(NOW - timedelta(hours=3), "pets", unsure=0.6),
                *hour(NOW - timedelta(hours=3), "fuel", unsure=0.05),
            ]
            seen = await send(scene, monitor, rise, seen)
            await _both(posted, scraped, since=crossing)
            await send(scene, monitor, list(ordinary(2, 0)), seen)
            for way in (posted, scraped):
                await heard(way.webhook, "resolved", within=90)
            steps = [json.loads(record.value) for record in await scene.read(Role.ALERTS)]
            own = [step["state"] for step in steps if step["category"] == "pets" and step["monitor"] == "review_rate"]
            assert ("open", "resolved") == (own[0], own[-1])


async def _both(posted: Bench, scraped: Bench, *, since: float) -> None:
    for name, way in (("posted", posted), ("scraped", scraped)):
        alert = await heard(way.webhook, "firing", within=max(1.0, WITHIN_SECONDS - (time.monotonic() - since)))
        print(f"{name}: heard {time.monotonic() - since:.1f} s after the crossing")
        check(alert)
