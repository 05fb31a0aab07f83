"""The console says what the metrics and the topic of alerts say, at every look; and it says so when nobody works."""

import asyncio
import json
import re
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from aiokafka import AIOKafkaProducer

from streams.kafka.clients import producer_options
from streams.kafka.topics import topic_name
from streams.messages.roles import Role
from tests.faults.conftest import OpenStage
from tests.harness.monitors import caught_up, state
from tests.harness.workers import QUICK, Message, Stage, Worker, sample_messages, until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(420)]

BEFORE, WITHHELD, AT_A_TIME = 9_000, 3_000, 100
NOW = datetime(2026, 3, 4, tzinfo=UTC)
LOOKS = 60
SAID_WITHIN_SECONDS = 60.0
"""Of the end of the only worker."""

_SAMPLE = re.compile(r"^evenhand_alert_open\{(.+)\} 1\.0$", re.MULTILINE)
FIELD = 6
"""Characters that are left of a description that is cut."""

CUT = 4
"""One of so many is."""

_LABEL = re.compile(r'(\w+)="([^"]*)"')


class Subject(NamedTuple):
    """What an open alert is about, and how bad it is."""

    monitor: str
    category: str
    group: str
    window: str
    severity: str


def retimed(messages: Sequence[Message], first: datetime, last: datetime, *, codes: bool) -> Iterator[Message]:
    """Rows spread evenly over a time, with their merchant category codes, or without and some of them cut short."""
    for number, message in enumerate(messages):
        row = json.loads(message.value or b"")
        row["timestamp"] = (first + (last - first) * number / len(messages)).isoformat()
        if not codes:
            del row["mcc"]
            row["description"] = row["description"][: FIELD if number % CUT == 0 else None]
        yield Message(json.dumps(row).encode(), message.key, message.route)


def told_by(said: dict[str, Any]) -> Subject:
    """The subject of an alert, of the console or of the topic."""
    window = said["window"]["name"]
    return Subject(said["monitor"], said["category"] or "", said["group"] or "", window, said["severity"])


async def in_metrics(monitor: Worker) -> set[Subject]:
    """Open alerts of `/metrics`."""
    said = await monitor.get("/metrics")
    assert said is not None
    return {Subject(**dict(_LABEL.findall(labels))) for labels in _SAMPLE.findall(said)}


async def on_the_topic(scene: Stage) -> set[Subject]:
    """Open alerts of whoever reads `fairness.alerts` from its start."""
    last = {record.key: json.loads(record.value) for record in await scene.read(Role.ALERTS)}
    return {told_by(step) for step in last.values() if step["state"] != "resolved"}


async def look(scene: Stage, monitor: Worker) -> set[Subject]:
    """What the three say; asked again where a commit fell in between, as whoever compares them does."""
    for _ in range(20):
        topic, metrics = await on_the_topic(scene), await in_metrics(monitor)
        answer = await monitor.get("/api/state")
        assert answer is not None, "/api/state has no answer"
        shown = {told_by(alert) for alert in json.loads(answer)["alerts"]}
        if topic == metrics == shown:
            return shown
        if (topic, metrics) == (await on_the_topic(scene), await in_metrics(monitor)):
            break  # nothing was committed meanwhile: they differ for good
    pytest.fail(f"topic {topic}\nmetrics {metrics}\nconsole {shown}")


async def send_in_a_transaction(scene: Stage, messages: Iterator[Message]) -> None:
    """As a producer of exactly-once writes: a marker stands after the last record of each partition."""
    topic = topic_name(scene.settings, Role.TRANSACTIONS)
    producer = AIOKafkaProducer(**producer_options(scene.settings), transactional_id=f"{scene.prefix}bank")
    await producer.start()
    try:
        async with producer.transaction():
            for message in messages:
                partition = message.partition(scene.settings.partitions)
                await producer.send(topic, message.value, key=message.key, partition=partition)
    finally:
        await producer.stop()


async def test_console_metrics_and_topic_tell_the_same_alerts(stage: OpenStage) -> None:
    """Codes are withheld and lines cut after a usual week; categories rise, some on weak evidence, and all is told."""
    scene = await stage(partitions=2, **QUICK)
    scene.worker("--ensemble", "shipped")
    monitor = scene.monitor(monitor_rules='{"minimum_count": 60}')
    rows = list(sample_messages(BEFORE + WITHHELD))
    await scene.send(retimed(rows[:BEFORE], NOW - timedelta(days=7), NOW - timedelta(days=1), codes=True))
    await caught_up(monitor, records=BEFORE)
    await look(scene, monitor)
    withheld = list(retimed(rows[BEFORE:], NOW - timedelta(days=1), NOW, codes=False))
    seen = set()

    async def replay() -> None:
        for start in range(0, WITHHELD, AT_A_TIME):
            await scene.send(withheld[start : start + AT_A_TIME])
            await asyncio.sleep(0.5)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(replay())
        for _ in range(LOOKS):
            seen |= await look(scene, monitor)
            await asyncio.sleep(0.2)
    shown = await caught_up(monitor, records=BEFORE + WITHHELD)

    assert {told_by(alert) for alert in shown["alerts"]} == await look(scene, monitor)
    assert seen
    weak = [one for one in shown["readings"] if one["monitor"] == "review_rise" and one["state"] == "ok"]
    assert any(one["value"] > one["threshold"] for one in weak)
    assert {one.monitor for one in seen} <= {step["monitor"] for step in shown["history"]}
    assert await monitor.get("/readyz") == "ready\n"
    monitor.kill()
    again = scene.monitor(monitor_rules='{"minimum_count": 60}')
    restored = await caught_up(again, records=BEFORE + WITHHELD)
    unknown = {"waiting": None}  # until the topic's ends were asked for the first time
    assert shown["history"] == restored["history"]
    assert shown["workers"] | unknown == restored["workers"] | unknown


async def test_a_killed_worker_is_missed(stage: OpenStage) -> None:
    """The only worker is killed and 3,000 messages come: within a minute the state says what waits, and since when.

    Before that nothing waits, although markers of a transaction stand where nobody observes them.
    """
    scene = await stage(partitions=2, **QUICK)
    worker, monitor = scene.worker(), scene.monitor()
    await send_in_a_transaction(scene, sample_messages(1_000))
    await caught_up(monitor, records=1_000)

    async def idle() -> bool:
        return (await state(monitor))["workers"]["waiting"] == 0

    await until(idle, within=SAID_WITHIN_SECONDS, every=0.2)
    before = (await state(monitor))["workers"]
    assert 2 == before["partitions"]
    worker.kill()
    killed = time.monotonic()
    await scene.send(sample_messages(3_000, start=1_000))

    async def said() -> bool:
        markers = 2  # those that now stand before what waits are counted with it
        return 3_000 <= (await state(monitor))["workers"]["waiting"] <= 3_000 + markers

    await until(said, within=SAID_WITHIN_SECONDS, every=0.2)
    print(f"said {time.monotonic() - killed:.1f} s after the worker was killed")
    first, second = await state(monitor), await state(monitor)
    while first["at"] == second["at"]:
        await asyncio.sleep(0.2)
        second = await state(monitor)
    assert before["last_reported"] == first["workers"]["last_reported"] == second["workers"]["last_reported"]
    assert datetime.fromisoformat(first["workers"]["last_reported"]) < datetime.fromisoformat(second["at"])
