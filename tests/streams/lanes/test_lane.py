"""A lane without a broker: it waits for one, ends when it is told to, and then gives up what it showed."""

import asyncio
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaConnectionError
from prometheus_client import CollectorRegistry

from streams.categorizer.metrics import WorkerMetrics
from streams.kafka.clients import consumer_options
from streams.kafka.topics import Reader
from streams.lanes.delivery import TransactionalDelivery
from streams.lanes.duplicate_window import DuplicateWindow
from streams.lanes.lane import Batch, Lane, Subscription
from streams.messages.roles import Role
from streams.settings.settings import Settings
from tests.streams.categorizer.test_handler import an_empty_window

SETTINGS = Settings(bootstrap_servers="127.0.0.1:1")
SOURCE = TopicPartition("fairness.observations", 0)


async def recall(_partition: int, _committed: int) -> DuplicateWindow:
    """Nothing is known."""
    return an_empty_window()


async def send(_batch: Batch[DuplicateWindow]) -> None:
    """Nothing ever comes."""


async def test_a_lane_tells_once_that_its_partition_is_given_up() -> None:
    """Not at each failed attempt to open it, which is no reason to show nothing: when it ends, for whatever reason."""
    given_up: list[str] = []
    consumer = AIOKafkaConsumer(**consumer_options(SETTINGS))
    lane = Lane(
        SOURCE,
        Subscription(Role.OBSERVATIONS, send, recall, released=lambda: given_up.append(SOURCE.topic)),
        consumer=consumer,
        delivery=TransactionalDelivery(SETTINGS, SOURCE, AIOKafkaProducer, group_id="g"),
        counts=WorkerMetrics(CollectorRegistry()).lane,
        settings=SETTINGS,
    )
    running = asyncio.create_task(lane.run())
    await asyncio.sleep(0.5)
    assert [] == given_up
    assert not lane.is_open
    lane.stop()
    await asyncio.wait_for(running, 10)
    await consumer.stop()
    assert [SOURCE.topic] == given_up


async def test_two_readers_of_a_topic_do_not_fence_each_other() -> None:
    """Their lanes of one partition write under different transactional ids, each the same after a restart."""
    seen: list[str] = []

    def away(**options: Any) -> AIOKafkaProducer:
        seen.append(options["transactional_id"])
        raise KafkaConnectionError

    for further in (None, Reader.LEARNER, None):
        with pytest.raises(KafkaConnectionError):
            await TransactionalDelivery(SETTINGS, SOURCE, away, further=further).open()
    first, second, again = seen
    assert first == again != second
