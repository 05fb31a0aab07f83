"""How far the monitors are behind the input: what is in the topic less what was observed."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from mode import Service

from streams.kafka.clients import consumer_options
from streams.kafka.topics import topic_name
from streams.messages.roles import Role
from streams.settings.settings import Settings

log = logging.getLogger(__name__)

EVERY_SECONDS = 5.0

MARKERS = 10
"""Offsets at the end of a partition that are looked at one by one: they may be markers of transactions, not records."""

PROBE_MS = 500

Known = Mapping[str, tuple[int, int]]
"""Source (topic:partition) to its first offset and the offset after its last record."""


class LagWatch(Service):
    """Asks for the ends of the input every few seconds; a broker that does not answer leaves the lag unknown.

    Args:
        observed: Source (topic:partition) to the first offset that was not observed.
    """

    def __init__(
        self, settings: Settings, partitions: int, observed: Callable[[], Mapping[str, int]], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._settings = settings
        self._partitions = partitions
        self._observed = observed
        self._known: Known | None = None

    @property
    def records(self) -> int | None:
        """Records that are not observed yet: of the ends a few seconds ago, and of what is observed now."""
        return None if self._known is None else waiting(self._known, self._observed())

    @Service.task
    async def _watch(self) -> None:
        while not self.should_stop:
            # In no group: it only asks for ends, and must not take part in a rebalance.
            consumer = AIOKafkaConsumer(**consumer_options(self._settings))
            try:
                await consumer.start()
                while not self.should_stop:
                    self._known = await self._look(consumer)
                    await self.sleep(EVERY_SECONDS)
            except KafkaError as error:
                self._known = None
                # Not a warning: the lanes warn of the same broker.
                log.debug("the input's ends are not known (%s)", type(error).__name__)
                await self.sleep(EVERY_SECONDS)
            finally:
                await consumer.stop()

    async def _look(self, consumer: AIOKafkaConsumer) -> Known:
        topic = topic_name(self._settings, Role.TRANSACTIONS)
        sources = [TopicPartition(topic, number) for number in range(self._partitions)]
        starts, ends = await consumer.beginning_offsets(sources), await consumer.end_offsets(sources)
        observed, known = self._observed(), {}
        for source in sources:
            name, end = f"{source.topic}:{source.partition}", ends[source]
            seen = max(starts[source], observed.get(name, 0))
            empty = 0 < end - seen <= MARKERS and await _holds_nothing(consumer, source, seen, end)
            known[name] = (end if empty else starts[source], end)
        return known


async def _holds_nothing(consumer: AIOKafkaConsumer, source: TopicPartition, first: int, end: int) -> bool:
    """Whether there is no record from an offset to the end of a partition.

    A producer that writes in transactions leaves a marker after each, which takes an offset that nobody observes: an
    idle stream would seem to wait for ever.
    """
    consumer.assign([source])
    consumer.seek(source, first)
    found = await consumer.getmany(source, timeout_ms=PROBE_MS, max_records=1)
    return not found.get(source) and await consumer.position(source) >= end


def waiting(known: Known, observed: Mapping[str, int]) -> int:
    """Records of the input that no summary covers.

    Args:
        known: Where the partitions begin and end. What retention has deleted waits no more, where nobody ever came to
            observe it.
        observed: Source to the first offset that was not observed.

    >>> waiting({"transactions:0": (0, 50), "transactions:1": (20, 30)}, {"transactions:0": 45})
    15
    """
    return sum(max(0, end - max(start, observed.get(source, 0))) for source, (start, end) in known.items())
