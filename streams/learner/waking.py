"""Waking the learner's lane where nothing comes: a record of the journal that says nothing, so that time passes.

What has waited too long becomes a dead letter, and what workers are owed is told to them, with the next record.
"""

import logging
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from mode import Service

from streams.kafka.clients import producer_options
from streams.kafka.closing import in_time
from streams.kafka.topics import topic_name
from streams.messages.roles import Role
from streams.settings.settings import Settings

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
KEY = b"wake"


class Waking(Service):
    """Writes such a record when it is needed.

    Args:
        needed: Whether it is now; asked every few seconds.
    """

    def __init__(self, settings: Settings, needed: Callable[[], bool], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._settings = settings
        self._needed = needed

    @Service.task
    async def _wake(self) -> None:
        while not self.should_stop:
            if self._needed():
                try:
                    await write_nothing(self._settings)
                except KafkaError as error:
                    log.debug("the journal cannot be written (%s)", type(error).__name__)
            await self.sleep(EVERY_SECONDS)


async def write_nothing(settings: Settings) -> None:
    """Write a record that deletes what never was.

    Raises:
        KafkaError: It was not taken.
    """
    producer = AIOKafkaProducer(**producer_options(settings))
    try:
        await producer.start()
        await producer.send_and_wait(topic_name(settings, Role.LEARNING_JOURNAL), key=KEY, value=None, partition=0)
    finally:
        await in_time(producer.stop, "a producer not stopped")
