"""A worker's follower on a real broker: steps are applied whole, and what cannot be read is left out."""

from collections.abc import Iterable

from aiokafka import AIOKafkaProducer
from prometheus_client import CollectorRegistry

from models.learned.online import records
from models.learned.online.model import OnlineModel
from streams.categorizer.follow_updates import FollowUpdates, OnlineMetrics
from streams.kafka.clients import producer_options
from streams.kafka.topics import create_topics, topic_name
from streams.local.broker import LocalBroker
from streams.messages.roles import Role
from streams.settings.settings import Settings
from tests.harness.workers import until

Part = tuple[str, bytes | None]
PETS, FUEL = (records.standing_bytes(records.Standing(name, 1, 1)) for name in ("pets", "fuel"))


def step(offset: int, *parts: Part, before: Iterable[Part] = ()) -> list[Part]:
    """A step of the learner, with the head that the state has after it."""
    digest = records.PartsDigest()
    for name, content in (*before, *parts):
        digest.put(name, content)
    return [*parts, (records.HEAD, records.head_bytes(records.head_of(offset, digest.hex())))]


async def write(settings: Settings, parts: Iterable[Part]) -> None:
    """Write records as the learner does."""
    producer = AIOKafkaProducer(**producer_options(settings))
    await producer.start()
    for name, content in parts:
        topic = topic_name(settings, Role.UPDATES)
        await producer.send_and_wait(topic, key=name.encode(), value=content, partition=0)
    await producer.stop()


async def test_steps_are_applied_whole(broker: LocalBroker, prefix: str) -> None:
    """What was there at the start is known before anybody is told to go on; a step without its end waits for it."""
    settings = Settings(bootstrap_servers=broker.bootstrap_servers, topic_prefix=prefix)
    await create_topics(settings)
    first, second = ("merchant:out:zepplo", PETS), ("merchant:out:quimby", FUEL)
    await write(settings, step(3, first))
    registry = CollectorRegistry()
    model, metrics = OnlineModel(), OnlineMetrics(registry)
    follower = FollowUpdates(settings, model, metrics)
    await follower.start()
    try:
        await follower.caught_up()
        assert ("3", 1) == (model.version.partition("-")[0], len(model))

        *begun, end = step(8, second, before=[first])
        await write(settings, begun)
        await until(lambda: _is(lambda: registry.get_sample_value("evenhand_online_lag_records") == 0.0))
        assert ("3", 1) == (model.version.partition("-")[0], len(model))
        await write(settings, [end])
        await until(lambda: _is(lambda: model.version.startswith("8-")))
        assert 2 == len(model)
        assert 0 == registry.get_sample_value("evenhand_online_refused_total")

        # Of another release, and one that does not add up: neither stops the follower.
        await write(settings, step(9, ("merchant:out:wobble", b"?"), before=[first, second]))
        await write(settings, step(10, ("merchant:out:quimby", None)))
        await until(lambda: _is(lambda: model.version.startswith("10-")))
        assert 1 == len(model)
        assert 2 == registry.get_sample_value("evenhand_online_refused_total")
        assert 10 == registry.get_sample_value("evenhand_online_offset")
    finally:
        await follower.stop()


async def _is(answer: object) -> bool:
    return bool(answer() if callable(answer) else answer)
