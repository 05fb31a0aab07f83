"""What was learned from people, on its way into a worker: `models.updates`, read to its end, then followed.

A step of the learner is several records, the last of which is `head`. They are applied together when that comes, and
between two batches, since a batch is handled without a pause: a decision sees a step whole or not at all.
"""

import asyncio
import logging
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from mode import Service
from prometheus_client import CollectorRegistry, Counter, Gauge

from models.errors import ArtefactError
from models.learned.online.model import OnlineModel
from models.learned.online.records import HEAD
from models.learned.online.steps import Steps
from streams.kafka.clients import consumer_options
from streams.kafka.topics import topic_name
from streams.messages.roles import Role
from streams.settings.settings import Settings

log = logging.getLogger(__name__)

POLL_MS = 500
MOST = 5000
RETRY_SECONDS = 5.0


class OnlineMetrics:
    """Counters and gauges of what a worker has of what was learned."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.offset = Gauge(
            "evenhand_online_offset",
            "Entry of the journal up to which this worker knows what was learned.",
            registry=registry,
        )
        self.updates = Counter("evenhand_online_updates", "Steps of the learner that were applied.", registry=registry)
        self.parts = Counter("evenhand_online_parts", "Parts of what was learned that were applied.", registry=registry)
        self.refused = Counter(
            "evenhand_online_refused", "Steps of the learner that could not be read.", registry=registry
        )
        self.lag = Gauge(
            "evenhand_online_lag_records", "Records of models.updates that were not applied.", registry=registry
        )


class FollowUpdates(Service):
    """Keeps a worker's online model up to date.

    Args:
        model: Told each step.
    """

    def __init__(self, settings: Settings, model: OnlineModel, metrics: OnlineMetrics, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._settings = settings
        self._model = model
        self._metrics = metrics
        self._steps = Steps(model)
        self._applied: int | None = None
        self._whole = asyncio.Event()
        self._source = TopicPartition(topic_name(settings, Role.UPDATES), 0)

    @property
    def ready(self) -> bool:
        """Whether all is known that had been learned when the worker started."""
        return self._whole.is_set()

    async def caught_up(self) -> None:
        """Wait until all is known that had been learned when the worker started."""
        await self._whole.wait()

    @Service.task
    async def _follow(self) -> None:
        while not self.should_stop:
            # Of no group, and of this process alone: each worker reads all of it.
            consumer = AIOKafkaConsumer(**consumer_options(self._settings))
            try:
                await consumer.start()
                consumer.assign([self._source])
                await self._read(consumer)
            except KafkaError as error:
                log.warning("%s cannot be read (%s); trying again", self._source.topic, type(error).__name__)
                await self.sleep(RETRY_SECONDS)
            finally:
                await consumer.stop()

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        """Read until the worker stops, or the broker fails."""
        end = (await consumer.end_offsets([self._source]))[self._source]
        # After what was applied: from the beginning the model would go through its past again.
        self._steps.begin_again()
        if self._applied is None:
            await consumer.seek_to_beginning(self._source)
        else:
            consumer.seek(self._source, self._applied)
        while not self.should_stop:
            found = await consumer.getmany(self._source, timeout_ms=POLL_MS, max_records=MOST)
            for record in found.get(self._source, ()):
                self._take((record.key or b"").decode("utf-8", "replace"), record.value, record.offset)
            position = await consumer.position(self._source)
            self._metrics.lag.set(max(0, (consumer.highwater(self._source) or position) - position))
            if not self._whole.is_set() and position >= end:
                self._check()
                log.info("what was learned is known, up to version %s", self._model.version)
                self._whole.set()

    def _take(self, key: str, value: bytes | None, offset: int) -> None:
        if key == HEAD:
            self._applied = offset + 1
        try:
            parts = self._steps.take(key, value)
        except ArtefactError as error:
            # Of another release: what is known stays, and the worker goes on without what it cannot read.
            self._metrics.refused.inc()
            log.warning("a step of %s cannot be read (%s)", self._source.topic, type(error).__name__)
            return
        if parts is None:
            return
        self._metrics.updates.inc()
        self._metrics.parts.inc(parts)
        # Before that, later records may have taken the place of some of this step: the topic is compacted.
        if self.ready:
            self._check()
        self._metrics.offset.set(max(0, self._model.head.offset))

    def _check(self) -> None:
        if not self._steps.is_whole:
            self._metrics.refused.inc()
            log.error("what is known is not what version %s says: a record is missing", self._model.version)
