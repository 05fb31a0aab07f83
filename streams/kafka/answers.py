"""A look at Kafka every few seconds: the clients that work wait for a broker that is gone, and tell nobody."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.metadata import MetadataRequest
from mode import Service

from streams.clock import Clock
from streams.kafka.clients import client_options
from streams.settings.settings import Settings

log = logging.getLogger(__name__)

EVERY_SECONDS = 4.0
PATIENCE = 4.0
"""Seconds that an answer may take."""

GRACE = timedelta(seconds=8)
"""For how long Kafka may be silent before it is said: a broker that restarts is no outage."""

ENOUGH = 2
"""Questions without an answer: a process that was held up for a while has lost one, and the broker is well."""


class KafkaWatch(Service):
    """Asks Kafka for its brokers every few seconds; one broker that answers is enough.

    Args:
        clock: The time of day, timezone-aware.
    """

    def __init__(self, settings: Settings, clock: Clock, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._settings = settings
        self._clock = clock
        self._client: AIOKafkaClient | None = None
        self._unanswered: list[datetime] = []

    @property
    def silent_since(self) -> datetime | None:
        """When the first of the questions was asked that nobody has answered; None while Kafka answers."""
        if len(self._unanswered) < ENOUGH or self._clock() - self._unanswered[0] < GRACE:
            return None
        return self._unanswered[0]

    @property
    def fault(self) -> str:
        """The silence in one line, for `/readyz`; empty while Kafka answers."""
        since = self.silent_since
        if since is None:
            return ""
        return f"Kafka has not answered for {(self._clock() - since).total_seconds():.0f} s"

    @Service.task
    async def _watch(self) -> None:
        try:
            while not self.should_stop:
                asked = self._clock()
                if await self._answers():
                    self._heard()
                else:
                    self._unanswered = [*self._unanswered, asked][:ENOUGH]
                    await self._drop()
                await self.sleep(EVERY_SECONDS)
        finally:
            await self._drop()

    def _heard(self) -> None:
        if self.silent_since is not None:
            log.info("Kafka answers again")
        self._unanswered = []

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                if self._client is None:
                    self._client = AIOKafkaClient(**client_options(self._settings))
                    await self._client.bootstrap()
                return await _one_answers(self._client)
        except (KafkaError, OSError, TimeoutError) as error:
            # Not a warning: the lanes warn of the same broker.
            log.debug("Kafka does not answer (%s)", type(error).__name__)
            return False

    async def _drop(self) -> None:
        # A new client begins at the configured servers: those that the old one knew may be gone for good.
        client, self._client = self._client, None
        if client is not None:
            await client.close()


async def _one_answers(client: AIOKafkaClient) -> bool:
    """Ask the known brokers until one answers; together they have the time of one question."""
    for broker in client.cluster.brokers():
        try:
            # Of no topic, so that the answer is short.
            await client.send(broker.nodeId, MetadataRequest([]))
        except KafkaError:
            continue
        return True
    return False
