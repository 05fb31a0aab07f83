"""Writing to the journal from outside its lane, and waiting until the lane has taken what was written."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from mode import Service
from pydantic import ValidationError

from models.contracts.taxonomy import Category
from streams.clock import Clock
from streams.console.desk.contract import Why
from streams.kafka.clients import producer_options
from streams.kafka.closing import in_time
from streams.kafka.topics import topic_name
from streams.messages.roles import Role
from streams.review_queue.entries import ANSWER_SECONDS, Ask, Entry, Outcome, entry_record
from streams.settings.settings import Settings

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
"""Pause between attempts to reach the broker."""

TICK_SECONDS = 0.25
"""Between two looks whether answers have become final, or requests have expired."""


class JournalWriter(Service):
    """An idempotent producer of entries, which also tells the lane when the clock brings something.

    Args:
        source: CloudEvents source of the entries.
        clock: The time of day, timezone-aware.
        due: Whether the clock has brought something.
        producer_factory: Makes the producer.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        source: str,
        clock: Clock,
        due: Callable[[], bool],
        producer_factory: Callable[..., AIOKafkaProducer] = AIOKafkaProducer,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._settings = settings
        self._source = source
        self._clock = clock
        self._due = due
        self._factory = producer_factory
        self._producer: AIOKafkaProducer | None = None
        self._waiting: dict[str, asyncio.Future[Outcome]] = {}

    @property
    def connected(self) -> bool:
        """Whether entries can be written."""
        return self._producer is not None

    async def on_start(self) -> None:
        """Connect in the background: a broker that is not there yet is waited for."""
        self.add_future(self._serve())

    async def on_stop(self) -> None:
        """Disconnect."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await in_time(producer.stop, "the producer of the queue not stopped")

    def taken(self, outcomes: Mapping[str, Outcome]) -> None:
        """Tell those who wait what came of their entries; called when that is committed."""
        for entry_id, outcome in outcomes.items():
            waiting = self._waiting.get(entry_id)
            if waiting is not None and not waiting.done():
                waiting.set_result(outcome)

    async def ask(
        self,
        ask: Ask,
        reviewer: str | None = None,
        request_ids: Sequence[str] = (),
        category: Category | None = None,
        reason: str | None = None,
    ) -> Outcome:
        """Write an entry and wait for what comes of it; `Why.SILENT` where that is not known in time."""
        try:
            entry = Entry(
                entry_id=uuid4().hex,
                ask=ask,
                request_ids=tuple(request_ids),
                category=category,
                reviewer=reviewer,
                reason=reason,
                at=self._clock(),
            )
        except ValidationError:
            return Outcome(Why.INVALID)
        waiting: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting[entry.entry_id] = waiting
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._write(entry)
                return await waiting
        except (KafkaError, TimeoutError) as error:
            log.warning("an entry of the queue was not confirmed (%s)", type(error).__name__)
            return Outcome(Why.SILENT)
        finally:
            del self._waiting[entry.entry_id]

    async def _write(self, entry: Entry) -> None:
        assert self._producer is not None
        record = entry_record(entry, source=self._source)
        await self._producer.send_and_wait(
            topic_name(self._settings, Role.REVIEW_JOURNAL),
            partition=0,
            key=record.key,
            value=record.value,
            headers=list(record.headers),
        )

    async def _serve(self) -> None:
        await self._connect()
        while not self.should_stop:
            await self.sleep(TICK_SECONDS)
            if self.connected and self._due():
                await self.ask(Ask.TICK)

    async def _connect(self) -> None:
        while not self.should_stop:
            # Nothing is gathered: a person waits for each.
            producer = self._factory(**(producer_options(self._settings) | {"linger_ms": 0}))
            try:
                await producer.start()
            except KafkaError as error:
                log.warning("no broker yet (%s); trying again in %.0f s", type(error).__name__, CONNECT_SECONDS)
                await in_time(producer.stop, "the producer of the queue not stopped")
                await self.sleep(CONNECT_SECONDS)
            else:
                self._producer = producer
                return
