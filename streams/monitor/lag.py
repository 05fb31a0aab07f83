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


class LagWatch(Service):
    """Asks for the ends of the input every few seconds; a broker that does not answer leaves the lag unknown.

    Args:
        settings: Broker and topics.
        partitions: Number of partitions of the input.
        observed: Source (topic:partition) to the first offset that was not observed.
    """

    def __init__(
        self, settings: Settings, partitions: int, observed: Callable[[], Mapping[str, int]], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._settings = settings
        self._partitions = partitions
        self._observed = observed
        self.records: int | None = None

    @Service.task
    async def _watch(self) -> None:
        while not self.should_stop:
            consumer = AIOKafkaConsumer(**consumer_options(self._settings))
            try:
                await consumer.start()
                while not self.should_stop:
                    self.records = await self._look(consumer)
                    await self.sleep(EVERY_SECONDS)
            except KafkaError as error:
                self.records = None
                log.debug("the input's ends are not known (%s)", type(error).__name__)
                await self.sleep(EVERY_SECONDS)
            finally:
                await consumer.stop()

    async def _look(self, consumer: AIOKafkaConsumer) -> int:
        topic = topic_name(self._settings, Role.TRANSACTIONS)
        ends = await consumer.end_offsets([TopicPartition(topic, number) for number in range(self._partitions)])
        observed = self._observed()
        return sum(max(0, end - observed.get(f"{source.topic}:{source.partition}", 0)) for source, end in ends.items())
