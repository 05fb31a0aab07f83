"""Posting alerts to Alertmanager beside the stream: whoever publishes never waits, and a failed post is tried again."""

import asyncio
import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
from mode import Service
from pydantic import SecretStr

from models.contracts.alerts import FairnessAlert
from models.errors import ConfigurationError, RefusedAddressError
from streams.clock import Clock
from streams.http.guarded_client import GuardedClient, trusted
from streams.monitor.alerting.outbox import SCHEDULE, Outbox, Schedule
from streams.monitor.metrics import MonitorMetrics
from streams.settings.endpoint import AllowList, Endpoint
from streams.settings.settings import is_loopback

log = logging.getLogger(__name__)

PATH = "/api/v2/alerts"

NOBODY_ELSE = AllowList()
"""Loopback and private addresses only."""


class AlertmanagerClient(Service):
    """Posts what `publish` was told last, until it is told something else.

    Args:
        url: Base address of Alertmanager, such as http://127.0.0.1:9093; its path prefix included.
        metrics: Posts are counted in its `posts`, by outcome.
        clock: The time of day, timezone-aware.
        ca_location: File with the CA certificates that sign Alertmanager's; None: those of the system.
        allowed: What may be called over https beside loopback and private addresses.
        console: Address of the console; empty: not known.

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
        schedule: Schedule = SCHEDULE,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._allow_plaintext = allow_plaintext
        self._http = GuardedClient(
            checked_endpoint(url, allowed, allow_plaintext=allow_plaintext),
            permits=self._permits,
            tls=trusted(ca_location, setting="alertmanager_ca_location"),
            token=token,
            # One post follows another, so that none overtakes a newer one.
            connections=1,
            seconds=schedule.timeout.total_seconds(),
        )
        self._metrics = metrics
        self._clock = clock
        self._schedule = schedule
        self._outbox = Outbox(schedule, console=console)
        self._news = asyncio.Event()
        self._well: bool | None = None

    def publish(self, open: Sequence[FairnessAlert], resolved: Sequence[FairnessAlert]) -> None:
        """Post these from now on; to be called after each commit, and after a start with what was open before.

        Args:
            resolved: Those that were resolved since the last call.
        """
        if self._outbox.take(open, resolved, self._clock()):
            self._news.set()

    def forget(self) -> None:
        """Post nothing any more: another monitor judges now. It posts what is open, so that nothing flickers."""
        self._outbox.forget()

    async def on_start(self) -> None:
        """Open the session; it connects when there is something to post."""
        await self._http.start()

    async def on_stop(self) -> None:
        """Close the connection. What is open stays open there until it expires: a restart does not make it flicker."""
        self._news.set()  # the wait for it would hold up the stop
        await self._http.stop()

    @Service.task
    async def _keep_posting(self) -> None:
        resend, retry = self._schedule.resend.total_seconds(), self._schedule.first_retry.total_seconds()
        wait = retry
        while not self.should_stop:
            # Before the post: news that come while it runs start the next one.
            self._news.clear()
            if await self._post_all():
                wait = retry
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), resend)
            else:  # news does not shorten the wait: it would hammer on a server that is in trouble
                await self.sleep(wait)
                wait = min(2 * wait, resend)

    async def _post_all(self) -> bool:
        """Post what there is, and say whether that worked; it did where there was nothing."""
        postings = self._outbox.postings(self._clock())
        if not postings:
            return True
        trouble = await self._trouble(json.dumps(postings).encode())
        self._metrics.posts.labels("failed" if trouble else "ok").inc()
        self._tell(trouble)
        return not trouble

    async def _trouble(self, body: bytes) -> str:
        """Post, and say in a word or two what went wrong; nothing where nothing did."""
        if not self._http.started:
            return "not started"
        try:
            try:
                return await self._refusal(body)
            except aiohttp.ServerDisconnectedError:
                # It closed an idle connection as the post was on its way: no trouble. Alerts may be posted twice.
                return await self._refusal(body)
        except aiohttp.ClientConnectorError as error:
            return str(error.os_error) if isinstance(error.os_error, RefusedAddressError) else type(error).__name__
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:  # ValueError: what is not HTTP
            return type(error).__name__

    async def _refusal(self, body: bytes) -> str:
        async with self._http.post(PATH, body) as response:
            return "" if response.status == 200 else f"HTTP {response.status}"

    def _tell(self, trouble: str) -> None:
        """Log a change for the worse or for the better, once."""
        before, self._well = self._well, not trouble
        where = f"{self._http.endpoint.host}:{self._http.endpoint.port}"
        if trouble and before is not False:
            log.error(
                "Alertmanager at %s does not take alerts (%s): they are posted again until it does", where, trouble
            )
        elif not trouble and before is not True:
            log.info("Alertmanager at %s takes alerts", where)

    def _permits(self, address: str) -> bool:
        endpoint = self._http.endpoint
        plain = endpoint.scheme == "http" and not self._allow_plaintext
        # Checked for each connection: a name may resolve to another machine than at the start.
        return endpoint.permits(address) and not (plain and not is_loopback(address))


def checked_endpoint(url: str, allowed: AllowList, *, allow_plaintext: bool) -> Endpoint:
    """Read the address of Alertmanager.

    Args:
        allowed: What may be called over https beside loopback and private addresses.

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
