"""What reaches PagerDuty and the webhook: the very configuration of `ops/`, a real Alertmanager, servers of ours."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from ruamel.yaml import YAML

from tests.harness.local_alertmanager import local_alertmanager
from tests.harness.workers import free_port
from tests.ops.test_ops import ROOT, services

CONFIG = ROOT / "ops" / "alertmanager" / "alertmanager.yml"
PAGERDUTY = "https://events.pagerduty.com/v2/enqueue"
WEBHOOK = "https://alerts.example/evenhand"
SECRETS = "/run/secrets"
WAIT_SECONDS = 240.0

REVIEW_RATE = {
    "labels": {
        "alertname": "EvenhandReviewRate",
        "monitor": "review_rate",
        "category": "pets",
        "window": "24h",
        "severity": "page",
    },
    "annotations": {
        "summary": "Review rate of pets is 31.5% (99% interval 26.6% to 36.9%) of 540 decisions in the last 24 h.",
        "description": "Alarms above 25%.",
        "hint": "New merchants?",
        "runbook_url": "https://wiki.bank.example/evenhand/review_rate.md",
        "counts": "review 170, decisions 540",
        "interval": "26.6% to 36.9% (99%)",
        "window": "24h of event time, 2026-02-28 03:05 UTC to 2026-03-01 03:05 UTC",
    },
}


@dataclass
class Server:
    """Keeps what is posted to it: (path, headers, body).

    Args:
        status: What it answers.
    """

    status: int
    port: int = field(default_factory=free_port)
    posts: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)

    async def _take(self, request: web.Request) -> web.Response:
        self.posts.append((request.path, dict(request.headers), await request.json()))
        return web.json_response({"status": "success", "dedup_key": "1"}, status=self.status)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Server"]:
        """Listen on loopback."""
        app = web.Application()
        app.router.add_post("/{path:.*}", self._take)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        try:
            yield self
        finally:
            await runner.cleanup()

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """All bodies, in their order."""
        return [body for _, _, body in self.posts]

    def told(self, alertname: str) -> list[tuple[str, str]]:
        """(status, severity) of each alert of this name in the webhook's messages, in their order."""
        alerts = [
            alert for body in self.bodies for alert in body["alerts"] if alert["labels"]["alertname"] == alertname
        ]
        return [(alert["status"], alert["labels"]["severity"]) for alert in alerts]


@dataclass
class Bench:
    """An Alertmanager between us and the two servers."""

    url: str
    pagerduty: Server
    webhook: Server

    async def post(self, *alerts: dict[str, Any]) -> None:
        """What Prometheus does."""
        async with aiohttp.ClientSession() as session, session.post(f"{self.url}/api/v2/alerts", json=alerts) as answer:
            assert answer.status == 200, await answer.text()

    def resolves(self) -> list[dict[str, Any]]:
        """What PagerDuty was told to close."""
        return [body for body in self.pagerduty.bodies if body["event_action"] == "resolve"]


@asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[Bench]:
    """The configuration of `ops/` with other addresses and another folder of secrets, and nothing else changed."""
    (folder / "pagerduty_routing_key").write_text("the-key\n")
    (folder / "webhook_token").write_text("the-token\n")
    async with AsyncExitStack() as stack:
        pagerduty = await stack.enter_async_context(Server(202).serving())
        webhook = await stack.enter_async_context(Server(200).serving())
        text = CONFIG.read_text()
        for ours, theirs, times in (
            (f"http://127.0.0.1:{pagerduty.port}/v2/enqueue", PAGERDUTY, 1),
            (f"http://127.0.0.1:{webhook.port}/evenhand", WEBHOOK, 1),
            (str(folder), SECRETS, 3),
        ):
            assert times == text.count(theirs), theirs
            text = text.replace(theirs, ours)
        yield Bench(stack.enter_context(local_alertmanager(text, folder)), pagerduty, webhook)


async def until(true: Callable[[], object]) -> None:
    """Wait for it."""
    for _ in range(int(WAIT_SECONDS / 0.05)):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"did not come true in {WAIT_SECONDS:.0f} s")


def changed(alert: dict[str, Any], *, over: bool = False, **labels: str) -> dict[str, Any]:
    """The alert with other labels; one that is over has ended just now."""
    now = datetime.now(UTC)
    began, ends = now - timedelta(minutes=5), now if over else now + timedelta(minutes=5)
    return {
        "labels": {name: value for name, value in {**alert["labels"], **labels}.items() if value},
        "annotations": alert["annotations"],
        "startsAt": began.isoformat(),
        "endsAt": ends.isoformat(),
    }


@pytest.mark.slow
async def test_a_page_reaches_both_a_warning_the_webhook_and_both_learn_the_end(tmp_path: Path) -> None:
    """All that an engineer needs is in what arrives; a page silences the warning about the same subject."""
    other = {"alertname": "EvenhandMethodUsage", "monitor": "method_usage", "category": "", "group": "llm"}
    drift = {"alertname": "EvenhandReviewRate", "severity": "warning", "window": "7d"}
    async with bench(tmp_path) as running:
        webhook = running.webhook
        await running.post(changed(REVIEW_RATE))
        await until(lambda: running.pagerduty.posts and webhook.posts)
        await running.post(changed(REVIEW_RATE, **drift), changed(REVIEW_RATE, severity="warning", **other))
        await until(lambda: webhook.told("EvenhandMethodUsage"))
        check_trigger(running.pagerduty)
        check_message(webhook)
        assert [("firing", "page")] == webhook.told("EvenhandReviewRate")
        assert [("firing", "warning")] == webhook.told("EvenhandMethodUsage")
        await running.post(changed(REVIEW_RATE, over=True), changed(REVIEW_RATE, over=True, **drift))
        await until(lambda: running.resolves() and ("resolved", "page") in webhook.told("EvenhandReviewRate"))
        trigger, resolve = running.pagerduty.bodies
        assert ("trigger", "resolve") == (trigger["event_action"], resolve["event_action"])
        assert trigger["dedup_key"] == resolve["dedup_key"]


def check_trigger(pagerduty: Server) -> None:
    """One event, as Events API v2 takes it."""
    (path, _, event), *more = pagerduty.posts
    told = REVIEW_RATE["annotations"]
    assert [] == more
    assert ("/v2/enqueue", "the-key", "trigger") == (path, event["routing_key"], event["event_action"])
    assert [{"href": told["runbook_url"], "text": "Runbook"}] == event["links"]
    payload = event["payload"]
    assert (told["summary"], "critical") == (payload["summary"], payload["severity"])
    assert ("EvenhandReviewRate", "review_rate") == (payload["class"], payload["component"])
    details = payload["custom_details"]
    expected = {name: told[name] for name in ("description", "window", "counts", "interval", "hint")}
    expected |= {"category": "pets", "group": "", "runbook": told["runbook_url"]}
    assert expected == {name: details[name] for name in expected}
    assert "1" == details["num_firing"]


def check_message(webhook: Server) -> None:
    """Labels and annotations as they were posted, with the token that the receiver asks for."""
    path, headers, message = next(post for post in webhook.posts if post[2]["receiver"] == "on-call")
    assert ("/evenhand", "Bearer the-token") == (path, headers["Authorization"])
    (alert,) = message["alerts"]
    assert (REVIEW_RATE["labels"], REVIEW_RATE["annotations"]) == (alert["labels"], alert["annotations"])


@pytest.mark.slow
async def test_a_change_of_window_leaves_no_event_without_a_summary(tmp_path: Path) -> None:
    """The old and the new stand in one group, with no annotation in common; one of each is told, not none."""
    later = {**REVIEW_RATE, "annotations": {**REVIEW_RATE["annotations"], "summary": "Now of 7 days.", "window": "7d"}}
    async with bench(tmp_path) as running:
        await running.post(changed(REVIEW_RATE))
        await until(lambda: running.pagerduty.posts)
        await running.post(changed(REVIEW_RATE, over=True), changed(later, window="7d"))
        await until(lambda: len(running.pagerduty.posts) >= 2)
        first, second = running.pagerduty.bodies[:2]
        assert ("trigger", first["dedup_key"]) == (second["event_action"], second["dedup_key"])
        assert "Now of 7 days." == second["payload"]["summary"]
        assert "7d" == second["payload"]["custom_details"]["window"]


async def test_a_worker_that_is_down_silences_what_follows_from_it(tmp_path: Path) -> None:
    """One page, not three."""
    down = {"labels": {"alertname": "EvenhandWorkerDown", "severity": "page", "job": "evenhand"}, "annotations": {}}
    async with bench(tmp_path) as running:
        names = ("EvenhandLag", "EvenhandMonitorStale", "EvenhandMonitorDown")
        await running.post(changed(down))
        await until(lambda: running.pagerduty.posts)
        await running.post(*(changed(down, alertname=name) for name in names))
        await until(lambda: len(running.pagerduty.posts) >= 2)
        await asyncio.sleep(1)
        paged = {(body["payload"]["class"], body["payload"]["summary"]) for body in running.pagerduty.bodies}
        assert {(name, name) for name in ("EvenhandWorkerDown", "EvenhandMonitorDown")} == paged


async def test_without_secrets_it_starts_and_nothing_is_sent(tmp_path: Path) -> None:
    """As docker compose runs it at first: alerts are shown, no receiver is called."""
    async with bench(tmp_path) as running:
        for secret in ("pagerduty_routing_key", "webhook_token"):
            (tmp_path / secret).unlink()
        await running.post(changed(REVIEW_RATE))
        await until(lambda: "no such file" in (tmp_path / "alertmanager.log").read_text())
        await asyncio.sleep(1)
        assert [] == running.pagerduty.posts + running.webhook.posts


def test_no_secret_is_in_the_configuration() -> None:
    """Keys and tokens come from files of the folder that docker compose mounts."""
    text = CONFIG.read_text()
    assert not re.search(r"routing_key:|service_key:|credentials:|password:|bearer_token", text)
    files = dict(re.findall(r"(\w+_file): (\S+)", text))
    expected = {"routing_key_file": "pagerduty_routing_key", "credentials_file": "webhook_token"}
    assert {key: f"{SECRETS}/{name}" for key, name in expected.items()} == files
    mounted = [volume for volume in services()["alertmanager"]["volumes"] if f":{SECRETS}:ro" in volume]
    assert 1 == len(mounted)


@pytest.mark.parametrize("receiver", ["on-call", "webhook"])
def test_every_receiver_tells_the_end(receiver: str) -> None:
    """`send_resolved` is the default of both kinds, and not switched off."""
    receivers = {one["name"]: one for one in YAML(typ="safe").load(CONFIG)["receivers"]}
    kinds = [config for key, configs in receivers[receiver].items() if key != "name" for config in configs]
    assert kinds
    assert all(config.get("send_resolved", True) for config in kinds)
