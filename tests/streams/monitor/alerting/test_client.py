"""Posts to a real Alertmanager, which tells a receiver of ours; and to one that is dead, refuses, or is elsewhere."""

import asyncio
import json
import logging
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from models.contracts.alerts import Severity
from models.errors import ConfigurationError
from monitors.alerts.lifecycle import fingerprint
from streams.monitor.alerting.client import AlertmanagerClient
from streams.monitor.alerting.outbox import Schedule
from streams.monitor.alerting.payload import annotations, labels
from streams.monitor.metrics import MonitorMetrics
from streams.settings.endpoint import AllowList
from tests.harness.alerts import alert, clock, over
from tests.harness.llm_server import LlmServer, sends
from tests.harness.local_alertmanager import local_alertmanager
from tests.harness.workers import free_port

QUICK = Schedule(
    resend=timedelta(seconds=0.2),
    expiry=timedelta(seconds=3),
    linger=timedelta(seconds=2),
    timeout=timedelta(seconds=2),
    first_retry=timedelta(seconds=0.05),
)


# Against a real Alertmanager.


@dataclass
class Receiver:
    """A webhook receiver: keeps what it is told."""

    port: int = field(default_factory=free_port)
    told: list[dict[str, Any]] = field(default_factory=list)

    async def _take(self, request: web.Request) -> web.Response:
        self.told.append(await request.json())
        return web.Response()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Receiver"]:
        """Listen on loopback."""
        app = web.Application()
        app.add_routes([web.post("/", self._take)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        try:
            yield self
        finally:
            await runner.cleanup()

    def statuses(self, severity: str) -> list[str]:
        """What it was told of the alert with this severity, each change once."""
        said = [
            one["status"] for message in self.told for one in message["alerts"] if one["labels"]["severity"] == severity
        ]
        return [status for number, status in enumerate(said) if number == 0 or status != said[number - 1]]


def configuration(port: int) -> str:
    """Groups as `ops/alertmanager/alertmanager.yml` does, and quicker."""
    return f"""
route:
  receiver: us
  group_by: [alertname, monitor, category, group]
  group_wait: 100ms
  group_interval: 300ms
  repeat_interval: 1h
receivers:
  - name: us
    webhook_configs:
      - url: http://127.0.0.1:{port}/
        send_resolved: true
"""


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A webhook receiver."""
    async with Receiver().serving() as serving:
        yield serving


@pytest.fixture
def server(receiver: Receiver, tmp_path: Path) -> Iterator[str]:
    """Base address of a real Alertmanager that tells the receiver."""
    with local_alertmanager(configuration(receiver.port), tmp_path) as url:
        yield url


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float = 60.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        holds = condition()
        if holds if isinstance(holds, bool) else await holds:
            return
        await asyncio.sleep(0.02)
    pytest.fail("waited in vain")


@asynccontextmanager
async def running(url: str, **options: Any) -> AsyncIterator[tuple[AlertmanagerClient, MonitorMetrics]]:
    """A client that posts there."""
    metrics = MonitorMetrics(CollectorRegistry())
    client = AlertmanagerClient(url, **{"metrics": metrics, "clock": clock, "schedule": QUICK, **options})
    await client.start()
    try:
        yield client, metrics
    finally:
        await asyncio.wait_for(client.stop(), 5)


def posts(metrics: MonitorMetrics, outcome: str) -> float:
    """How many posts came to this."""
    return metrics.registry.get_sample_value("evenhand_alertmanager_posts_total", {"outcome": outcome}) or 0.0


async def listed(url: str) -> list[dict[str, Any]]:
    """What Alertmanager lists as open."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}/api/v2/alerts") as response:
        alerts: list[dict[str, Any]] = await response.json()
    return alerts


async def test_it_fires_once_and_resolves(server: str, receiver: Receiver) -> None:
    """An alert that is posted again and again is told once, with all that an engineer needs; then its end."""
    async with running(server, console="http://127.0.0.1:9465/") as (client, metrics):
        began = alert(clock())
        client.publish([began], [])
        await until(lambda: bool(receiver.told))
        await until(lambda: posts(metrics, "ok") >= 5)
        assert ["firing"] == [message["status"] for message in receiver.told]
        fired = receiver.told[0]["alerts"][0]
        assert labels(began) == fired["labels"]
        assert annotations(began) == fired["annotations"]
        assert "http://127.0.0.1:9465/" == fired["generatorURL"]
        assert 1 == len(await listed(server))
        client.publish([], [over(began, clock())])
        await until(lambda: receiver.statuses("page") == ["firing", "resolved"])
    assert 0 == posts(metrics, "failed")


async def test_it_ends_by_itself_when_the_monitor_dies(server: str, receiver: Receiver) -> None:
    """Nobody posts any more, nobody resolves: the alert expires."""
    async with running(server) as (client, _):
        client.publish([alert(clock())], [])
        await until(lambda: receiver.statuses("page") == ["firing"])
    await until(lambda: receiver.statuses("page") == ["firing", "resolved"])


async def test_it_stays_open_over_a_restart(server: str, receiver: Receiver) -> None:
    """A monitor that comes back within the expiry, and knows what was open, makes nobody's phone ring."""
    began = alert(clock())
    for _ in range(2):
        async with running(server) as (client, metrics):
            client.publish([began], [])
            await until(lambda metrics=metrics: posts(metrics, "ok") >= 2)  # type: ignore[misc]
            await until(lambda: bool(receiver.told))
    assert ["firing"] == receiver.statuses("page")


async def test_a_warning_that_becomes_a_page_is_one_open_alert(server: str, receiver: Receiver) -> None:
    """The warning is over, the page is open, and the receiver hears both in one message."""
    warning = alert(clock()).model_copy(update={"severity": Severity.WARNING})
    async with running(server) as (client, _):
        client.publish([warning], [])
        await until(lambda: receiver.statuses("warning") == ["firing"])
        client.publish([warning.model_copy(update={"severity": Severity.PAGE, "at": clock()})], [])
        await until(lambda: receiver.statuses("page") == ["firing"])
        await until(lambda: receiver.statuses("warning") == ["firing", "resolved"])
        severities = [one["labels"]["severity"] for one in await listed(server)]
        assert ["page"] == severities
        assert 1 == len({message["groupKey"] for message in receiver.told})


# Against one that is dead, refuses or stalls.


async def test_a_dead_one_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    """Failures are counted and logged once; nobody waits; when it is back, it is told."""
    caplog.set_level(logging.INFO)
    server = LlmServer(sends(b""))
    async with running(server.url) as (client, metrics):
        before = time.monotonic()
        client.publish([alert(clock())], [])
        assert time.monotonic() - before < 0.1
        await until(lambda: posts(metrics, "failed") >= 3)
        assert 0 == posts(metrics, "ok")
        async with server:
            await until(lambda: posts(metrics, "ok") >= 2)
    said = [record.levelname for record in caplog.records if "Alertmanager at" in record.message]
    assert ["ERROR", "INFO"] == said


@pytest.mark.parametrize("status", [201, 301, 307, 400, 401, 500])
async def test_any_status_but_200_is_a_failure(status: int) -> None:
    """Redirects are not followed, least of all with a token."""
    async with (
        LlmServer(sends(b"")) as elsewhere,
        LlmServer(sends(b"", status=status, Location=elsewhere.url)) as server,
    ):
        async with running(server.url) as (client, metrics):
            client.publish([alert(clock())], [])
            await until(lambda: posts(metrics, "failed") >= 2)
        assert 0 == posts(metrics, "ok")
        assert [] == elsewhere.requests


async def test_one_that_stalls_is_given_up() -> None:
    """A post takes as long as its timeout, and the next one comes; stopping does not wait for it."""

    async def stall(_: LlmServer, __: web.Request) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    async with LlmServer(stall) as server:
        async with running(server.url, schedule=replace(QUICK, timeout=timedelta(seconds=0.2))) as (client, metrics):
            client.publish([alert(clock())], [])
            await until(lambda: posts(metrics, "failed") >= 2)
        async with running(server.url, schedule=replace(QUICK, timeout=timedelta(seconds=60))) as (client, _):
            known = len(server.requests)
            client.publish([alert(clock())], [])
            await until(lambda: len(server.requests) > known)


async def test_an_idle_connection_that_was_closed_is_no_trouble() -> None:
    """A server that hangs up as the next post is on its way has not refused it: it is posted once more."""

    async def hang_up(server: LlmServer, request: web.Request) -> web.StreamResponse:
        if len(server.requests) == 2:
            assert request.transport is not None
            request.transport.abort()
        return web.Response()

    async with LlmServer(hang_up) as server, running(server.url) as (client, metrics):
        client.publish([alert(clock())], [])
        await until(lambda: posts(metrics, "ok") >= 3)
        assert len(server.requests) >= 4
    assert 0 == posts(metrics, "failed")


async def test_retries_back_off() -> None:
    """They double up to the time between posts."""
    schedule = replace(QUICK, first_retry=timedelta(seconds=0.1), resend=timedelta(seconds=10))
    async with running(f"http://127.0.0.1:{free_port()}", schedule=schedule) as (client, metrics):
        client.publish([alert(clock())], [])
        await asyncio.sleep(1.0)  # tries at 0, 0.1, 0.3, 0.7, 1.5
        assert 2 <= posts(metrics, "failed") <= 4


async def test_nothing_is_posted_where_nothing_is_open() -> None:
    """An idle monitor leaves Alertmanager alone."""
    async with LlmServer(sends(b"")) as server, running(server.url) as (client, _):
        client.publish([], [])
        await asyncio.sleep(0.5)
        assert [] == server.requests


async def test_the_token_is_sent_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    """It goes into the header; no log has it."""
    caplog.set_level(logging.DEBUG)
    async with (
        LlmServer(sends(b"", status=401)) as server,
        running(server.url, token=SecretStr("s3cret")) as (client, metrics),
    ):
        client.publish([alert(clock())], [])
        await until(lambda: posts(metrics, "failed") >= 1)
        path, headers, body = server.requests[0]
    assert ("/api/v2/alerts", "Bearer s3cret") == (path, headers["Authorization"])
    assert fingerprint("review_rate", "pets", None) not in body
    assert "review_rate" == json.loads(body)[0]["labels"]["monitor"]
    assert "s3cret" not in caplog.text


# Where it may be.


def client(url: str, **options: Any) -> AlertmanagerClient:
    """A client that is not started."""
    return AlertmanagerClient(url, **{"metrics": MonitorMetrics(CollectorRegistry()), "clock": clock, **options})


@pytest.mark.parametrize(
    "url",
    [
        "",
        "alertmanager:9093",
        "http://user:password@127.0.0.1:9093",
        "https://203.0.113.5:9093",
        "https://169.254.169.254",
        "http://10.1.2.3:9093",
        "http://alertmanager.bank.example:9093",
    ],
)
async def test_addresses_that_are_refused(url: str) -> None:
    """No address, one with a password, one of somebody else, another machine in the clear."""
    with pytest.raises(ConfigurationError, match="alertmanager_url"):
        client(url)


async def test_addresses_that_are_taken() -> None:
    """TLS opens private and listed addresses, the development flag plain text within the bank."""
    client("http://127.0.0.1:9093/prefix")
    client("http://localhost:9093")
    client("https://10.1.2.3:9093")
    client("https://203.0.113.5", allowed=AllowList.of("203.0.113.0/24"))
    client("http://10.1.2.3:9093", allow_plaintext=True)


@pytest.mark.parametrize(
    ("url", "address", "plaintext"),
    [
        ("http://alerts.bank.example", "0.0.0.0", True),
        ("https://alerts.bank.example", "0.0.0.0", False),
        ("http://localhost", "10.255.255.1", False),
    ],
)
async def test_a_name_is_judged_by_its_address(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, url: str, address: str, plaintext: bool
) -> None:
    """What a name resolves to is looked at when it is connected to: 0.0.0.0 would reach this machine's server."""
    async with LlmServer(sends(b"")) as server:

        def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, server.port))]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        async with running(f"{url}:{server.port}", allow_plaintext=plaintext) as (refused, metrics):
            refused.publish([alert(clock())], [])
            await until(lambda: posts(metrics, "failed") >= 1)
        assert [] == server.requests
    assert "(address refused)" in caplog.text


async def test_certificates_that_cannot_be_read(tmp_path: Path) -> None:
    """It is said at the start, not at the first alert."""
    with pytest.raises(ConfigurationError, match="alertmanager_ca_location"):
        client("https://127.0.0.1:9093", ca_location=tmp_path / "missing.pem")
