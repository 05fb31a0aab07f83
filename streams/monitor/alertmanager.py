"""Posting alerts to Alertmanager: again and again while they are open, so that a lost post costs a minute at most.

    publish(open, resolved) --> Outbox --> POST {url}/api/v2/alerts
                                 open      every `Pace.resend`, to end in `Pace.expiry`: it ends if the monitor does
                                 ended     as often, for `Pace.linger`, with the time of its end

Alertmanager tells alerts apart by their labels. Severity and window are among them, so an alert that changes one is,
there, another alert: the former one is ended, and both stand in one group, since the labels that alerts are grouped by
(ops/alertmanager/alertmanager.yml) do not change.
"""

import asyncio
import json
import logging
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from mode import Service
from pydantic import SecretStr

from models.contracts.alerts import FairnessAlert
from models.errors import ConfigurationError
from monitors.alerts import wording
from streams.clock import Clock
from streams.http.guarded_client import RefusedAddressError
from streams.monitor.metrics import MonitorMetrics
from streams.settings.endpoint import AllowList, Endpoint
from streams.settings.settings import is_loopback

log = logging.getLogger(__name__)

PATH = "/api/v2/alerts"

Posting = dict[str, Any]
"""An alert as Alertmanager's API takes it: `postableAlert` of its OpenAPI document."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When what is posted.

    Args:
        resend: Time between posts of what has not changed.
        expiry: How long after its last post an open alert ends by itself; several times `resend`.
        linger: How long an ended alert is posted again.
        timeout: Longest wait for an answer.
        first_retry: Wait after a failed post; it doubles with each further one, up to `resend`.
    """

    resend: timedelta = timedelta(minutes=1)
    expiry: timedelta = timedelta(minutes=4)
    linger: timedelta = timedelta(minutes=5)
    timeout: timedelta = timedelta(seconds=10)
    first_retry: timedelta = timedelta(seconds=1)


PACE = Pace()
"""Minutes, as Alertmanager is used to: Prometheus posts as often."""

NOBODY_ELSE = AllowList()
"""Loopback and private addresses only."""


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
    """What whoever is called reads; empty ones are left out."""
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


@dataclass(frozen=True, slots=True)
class _Ended:
    alert: FairnessAlert
    at: datetime
    until: datetime


class Outbox:
    """What Alertmanager has to be told: pure, the clock comes in.

    Args:
        pace: When what is posted.
        console: Address of the console, which Alertmanager links as the source of an alert; empty: none.
    """

    def __init__(self, pace: Pace, *, console: str) -> None:
        self._pace = pace
        self._console = console
        self._open: dict[str, FairnessAlert] = {}
        self._ended: dict[tuple[str, ...], _Ended] = {}

    def take(self, open: Sequence[FairnessAlert], resolved: Sequence[FairnessAlert], now: datetime) -> bool:
        """Take what is open from now on, and what is not any more.

        Args:
            open: All open alerts.
            resolved: Those that were resolved since the last call, as their last step says them.
            now: The clock, timezone-aware.

        Returns:
            Whether there is something that was not taken before.
        """
        before, self._open = self._open, {alert.fingerprint: alert for alert in open}
        over = {alert.fingerprint: alert for alert in resolved}
        for alert in over.values():
            self._end(alert, alert.at, now)
        for name, former in before.items():
            self._close(former, over.get(name) or self._open.get(name), now)
        for alert in open:
            self._ended.pop(_identity(alert), None)
        return bool(over) or before != self._open

    def forget(self) -> None:
        """Post nothing any more, and end nothing: what is open expires, unless another monitor posts it."""
        self._open, self._ended = {}, {}

    def postings(self, now: datetime) -> list[Posting]:
        """What to post now: all open alerts, and those that ended not long ago."""
        self._ended = {name: ended for name, ended in self._ended.items() if now < ended.until}
        expiry = now + self._pace.expiry
        return [
            *(self._posting(alert, expiry) for alert in self._open.values()),
            *(self._posting(ended.alert, ended.at) for ended in self._ended.values()),
        ]

    def _close(self, former: FairnessAlert, successor: FairnessAlert | None, now: datetime) -> None:
        """End what Alertmanager was told under labels that nothing has any more."""
        if successor is None:
            self._end(former, now, now)
        elif _identity(successor) != _identity(former):
            self._end(former, successor.at, now)

    def _end(self, alert: FairnessAlert, at: datetime, now: datetime) -> None:
        # Alertmanager refuses an alert that ends before it starts, and takes one that ends later for open.
        self._ended[_identity(alert)] = _Ended(alert, max(alert.opened_at, min(at, now)), now + self._pace.linger)

    def _posting(self, alert: FairnessAlert, ends_at: datetime) -> Posting:
        posting = {
            "labels": labels(alert),
            "annotations": annotations(alert),
            "startsAt": alert.opened_at.isoformat(),
            "endsAt": ends_at.isoformat(),
        }
        return posting | ({"generatorURL": self._console} if self._console else {})


def _identity(alert: FairnessAlert) -> tuple[str, ...]:
    return tuple(f"{name}={value}" for name, value in labels(alert).items())


class AlertmanagerClient(Service):
    """Posts alerts beside the stream: whoever publishes never waits, and a failed post is tried again.

    Args:
        url: Base address of Alertmanager, such as http://127.0.0.1:9093; its path prefix included.
        metrics: Its `posts` count.
        clock: The time of day, timezone-aware.
        token: Bearer token, or None.
        ca_location: File with the CA certificates that sign Alertmanager's; None: those of the system.
        allowed: What may be called over https beside loopback and private addresses.
        allow_plaintext: Whether http may leave this machine.
        console: Address of the console; empty: not known.
        pace: When what is posted.

    Raises:
        ConfigurationError: The address is refused, or the file of CA certificates cannot be used.
    """

    def __init__(
        self,
        url: str,
        *,
        metrics: MonitorMetrics,
        clock: Clock,
        token: SecretStr | None = None,
        ca_location: Path | None = None,
        allowed: AllowList = NOBODY_ELSE,
        allow_plaintext: bool = False,
        console: str = "",
        pace: Pace = PACE,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._allow_plaintext = allow_plaintext
        self._endpoint = checked_endpoint(url, allowed, allow_plaintext=allow_plaintext)
        self._tls = _tls(ca_location)
        self._headers = {"Content-Type": "application/json", "User-Agent": "evenhand"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token.get_secret_value()}"
        self._metrics = metrics
        self._clock = clock
        self._pace = pace
        self._outbox = Outbox(pace, console=console)
        self._news = asyncio.Event()
        self._well: bool | None = None
        self._session: aiohttp.ClientSession | None = None

    def publish(self, open: Sequence[FairnessAlert], resolved: Sequence[FairnessAlert]) -> None:
        """Post these from now on; to be called after each commit, and after a start with what was open before.

        Args:
            open: All open alerts.
            resolved: Those that were resolved since the last call.
        """
        if self._outbox.take(open, resolved, self._clock()):
            self._news.set()

    def forget(self) -> None:
        """Post nothing any more: another monitor judges now. It posts what is open, so that nothing flickers."""
        self._outbox.forget()

    async def on_start(self) -> None:
        """Open the session; it connects when there is something to post."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self._tls, limit=1, socket_factory=self._socket),
            timeout=aiohttp.ClientTimeout(total=self._pace.timeout.total_seconds()),
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )

    async def on_stop(self) -> None:
        """Close the connection. What is open stays open there until it expires: a restart does not make it flicker."""
        self._news.set()  # the wait for it would hold up the stop
        if self._session is not None:
            await self._session.close()

    @Service.task
    async def _keep_posting(self) -> None:
        resend, retry = self._pace.resend.total_seconds(), self._pace.first_retry.total_seconds()
        wait = retry
        while not self.should_stop:
            self._news.clear()
            if await self._post_all():
                wait = retry
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), resend)
            else:  # news does not shorten the wait: it would hammer on a server that is in trouble
                await self.sleep(wait)
                wait = min(2 * wait, resend)

    async def _post_all(self) -> bool:
        """Post what there is; whether that worked, or there was nothing."""
        postings = self._outbox.postings(self._clock())
        if not postings:
            return True
        trouble = await self._trouble(json.dumps(postings).encode())
        self._metrics.posts.labels("failed" if trouble else "ok").inc()
        self._tell(trouble)
        return not trouble

    async def _trouble(self, body: bytes) -> str:
        """Post; what went wrong, in a word or two, or an empty string. A redirect is not followed."""
        if self._session is None:
            return "not started"
        try:
            async with self._session.post(self._endpoint.base + PATH, data=body, allow_redirects=False) as response:
                return "" if response.status == 200 else f"HTTP {response.status}"
        except aiohttp.ClientConnectorError as error:
            return str(error.os_error) if isinstance(error.os_error, RefusedAddressError) else type(error).__name__
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:  # ValueError: what is not HTTP
            return type(error).__name__

    def _tell(self, trouble: str) -> None:
        """Log a change for the worse or for the better, once."""
        before, self._well = self._well, not trouble
        where = f"{self._endpoint.host}:{self._endpoint.port}"
        if trouble and before is not False:
            log.error(
                "Alertmanager at %s does not take alerts (%s): they are posted again until it does", where, trouble
            )
        elif not trouble and before is not True:
            log.info("Alertmanager at %s takes alerts", where)

    def _socket(self, info: tuple[Any, ...]) -> socket.socket:
        """The socket for one address: the last look before connecting, after any name was resolved."""
        family, kind, protocol, _, (address, *_rest) = info
        plain = self._endpoint.scheme == "http" and not self._allow_plaintext
        if not self._endpoint.permits(str(address)) or (plain and not is_loopback(str(address))):
            raise RefusedAddressError("address refused")
        return socket.socket(family=family, type=kind, proto=protocol)


def checked_endpoint(url: str, allowed: AllowList, *, allow_plaintext: bool) -> Endpoint:
    """Where Alertmanager is.

    Args:
        url: Its base address.
        allowed: What may be called over https beside loopback and private addresses.
        allow_plaintext: Whether http may leave this machine.

    Raises:
        ConfigurationError: The address is none, or one that is refused.
    """
    try:
        endpoint = Endpoint.of(url, allowed)
    except ConfigurationError:
        raise ConfigurationError(
            "alertmanager_url: give http(s)://host[:port][/path], without user, password, query or fragment, at a "
            "loopback or private address, or https and the allow-list"
        ) from None
    if endpoint.scheme == "http" and not (allow_plaintext or is_loopback(endpoint.host)):
        raise ConfigurationError(
            f"alertmanager_url: {endpoint.host} is another machine: use https, or allow_plaintext for development"
        )
    return endpoint


def _tls(ca_location: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_location)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"alertmanager_ca_location cannot be used ({type(error).__name__})") from None
