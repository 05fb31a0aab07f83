"""The process of one run of the monitors' benchmark: a job as JSON on stdin, what was measured as JSON on stdout."""

import asyncio
import json
import logging
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import uvloop
from aiokafka import AIOKafkaProducer, TopicPartition
from prometheus_client import CollectorRegistry

from monitors.base.contract import Reading
from monitors.counts.history import Changes, History
from monitors.counts.observation import Observation, decode
from monitors.evaluator import Evaluator
from streams.apps.garbage import calm_collector
from streams.apps.monitor import create_monitor
from streams.kafka.topics import group_id
from streams.lanes.delivery import ProducerFactory
from streams.messages.records import Headers
from streams.messages.roles import Role
from streams.monitor.changelog import changelog, restore
from streams.monitor.handler import Memory, MonitorHandler
from streams.monitor.judging import load_judging
from streams.monitor.metrics import MonitorMetrics
from streams.monitor.publisher import Publisher
from streams.settings.settings import load_settings
from streams.trials.bench.job import Contender, Job, Meter

READY_SECONDS = 0.05
"""Pause between two looks whether the monitor is ready."""


class Record(NamedTuple):
    """A consumed record."""

    key: bytes
    value: bytes
    topic: str = Role.OBSERVATIONS.value
    partition: int = 0
    offset: int = 0
    headers: Headers = ()
    timestamp: int = 0


class TimedHistory(History):
    """Adds up the CPU time of taking observations."""

    cpu_seconds = 0.0

    def take(self, observation: Observation, changes: Changes) -> bool:
        """Take."""
        start = time.process_time()
        try:
            return super().take(observation, changes)
        finally:
            self.cpu_seconds += time.process_time() - start


class TimedEvaluator(Evaluator):
    """Adds up the CPU time of the readings."""

    cpu_seconds = 0.0

    def readings(self, history: History, *, today: date) -> list[Reading]:
        """Ask the monitors."""
        start = time.process_time()
        try:
            return super().readings(history, today=today)
        finally:
            self.cpu_seconds += time.process_time() - start


class Bench:
    """A handler with the state and the publisher of a monitor.

    Args:
        state: Key and value of the records of the changelog.
        begin: First moment of event time; the clock starts there too.
    """

    def __init__(self, state: Sequence[tuple[str, str]], begin: datetime) -> None:
        settings = load_settings()
        judging = load_judging(settings)
        self.now = begin
        stored = restore([(key.encode(), value.encode()) for key, value in state], lateness=0)
        self.history = TimedHistory(*(getattr(stored.history, field.name) for field in fields(History)))
        stored.history = self.history
        self.memory = Memory(stored, judging, lambda: self.now)
        self.evaluator = self.memory.evaluator = TimedEvaluator(
            judging.monitors, rules=judging.rules, reference=judging.reference, model_version=judging.model_version
        )
        self.handler = MonitorHandler(judging, source="/evenhand/bench", clock=lambda: self.now)
        self.publisher = Publisher(
            MonitorMetrics(CollectorRegistry()), lambda: self.now, model_version=judging.model_version
        )
        self.handler((), self.memory)  # opens the alerts that the week calls for
        self.publisher.restored(self.memory)

    def measure(self, polls: Sequence[tuple[datetime, Sequence[Record]]]) -> dict[str, float]:
        """Handle and publish polls.

        Decoding and the changelog are timed once more by themselves, beside the handler, and taken out of the rest.

        Returns:
            Part to CPU seconds; `rest` is the life cycle of the alerts and the handler's own.
        """
        handled = decoded = logged = published = self.history.cpu_seconds = self.evaluator.cpu_seconds = 0.0
        for self.now, records in polls:
            times = [time.process_time()]
            result = self.handler(records, self.memory)
            times.append(time.process_time())
            self.publisher.committed(self.memory, result)
            times.append(time.process_time())
            for record in records:
                decode(record.value)
            times.append(time.process_time())
            list(changelog(self.history, result.changes))
            times.append(time.process_time())
            spent = [later - earlier for earlier, later in pairwise(times)]
            handled, published, decoded, logged = (
                total + one for total, one in zip((handled, published, decoded, logged), spent, strict=True)
            )
        known = {
            "decode": decoded,
            "take": self.history.cpu_seconds,
            "evaluate": self.evaluator.cpu_seconds,
            "changelog": logged,
        }
        return known | {"rest": max(0.0, handled - sum(known.values())), "publish": published}


def handler(job: dict[str, Any]) -> list[dict[str, float]]:
    """Measure the handler, case by case."""
    begin = datetime.fromisoformat(job["begin"])
    measured = []
    for case in job["cases"]:
        bench = Bench(job["state"], begin)
        polls = [
            (
                begin + timedelta(seconds=poll[-1][0]),
                [Record(source.encode(), value.encode()) for _, _, source, value in poll],
            )
            for poll in case
        ]
        calm_collector()
        measured.append(bench.measure(polls))
    return measured


class InputProducer(AIOKafkaProducer):  # type: ignore[misc]  # aiokafka carries no types
    """Reports how many records of the input were committed.

    Args:
        meter: Is told.
        group: Of the input.
        options: As aiokafka takes them.
    """

    def __init__(self, *, meter: Meter, group: str, **options: Any) -> None:
        super().__init__(**options)
        self._meter = meter
        self._group = group
        self._taken = 0

    async def send_offsets_to_transaction(self, offsets: dict[TopicPartition, int], group_id: str) -> None:
        """Send, and note how far the input has been read."""
        await super().send_offsets_to_transaction(offsets, group_id)
        if group_id == self._group:
            (self._taken,) = offsets.values()

    async def commit_transaction(self) -> None:
        """Commit, and report."""
        await super().commit_transaction()
        self._meter.committed(max(0, self._taken - self._meter.handled) if self._taken else 0)


def metered(meter: Meter, group: str) -> ProducerFactory:
    """A producer factory, as the application takes it."""
    return lambda **options: InputProducer(meter=meter, group=group, **options)


async def process(job: Job) -> None:
    """Run the application as `evenhand monitor` does, until all is committed; say when it is ready and what it took."""
    meter, settings = Meter(messages=job.messages, margin=job.margin), job.settings()
    application = create_monitor(
        settings,
        load_judging(settings),
        partitions=settings.partitions,
        producer_factory=metered(meter, group_id(settings, Role.OBSERVATIONS)),
    )
    calm_collector()
    meter.committed(0)  # reads the clock where there is no margin
    await application.app.start()
    try:
        while not all(intake.ready for intake in application.intakes):  # noqa: ASYNC110
            await asyncio.sleep(READY_SECONDS)  # they have no event to wait for
        print(json.dumps("ready"), flush=True)
        await meter.wait(job.stall_seconds)
        print(json.dumps(asdict(meter.measurement())), flush=True)
    finally:
        await application.app.stop()


def main() -> None:
    """Read a job, run it, write what was measured."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    job: dict[str, Any] = json.load(sys.stdin)
    if job.pop("kind") == "handler":
        json.dump(handler(job), sys.stdout)
        return
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(process(Job(**job | {"contender": Contender(job["contender"])})))


if __name__ == "__main__":
    main()
