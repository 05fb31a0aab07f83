"""The processes of the monitors' benchmark: their handler without Kafka, and the application as it runs."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import uvloop
from prometheus_client import CollectorRegistry

from streams.apps.garbage import calm_collector
from streams.apps.monitor import create_monitor
from streams.kafka.topics import group_id
from streams.messages.records import Headers
from streams.messages.roles import Role
from streams.monitor.changelog import restore
from streams.monitor.handler import Memory, MonitorHandler
from streams.monitor.judging import load_judging
from streams.monitor.live_snapshot import LiveSnapshot
from streams.monitor.metrics import MonitorMetrics
from streams.monitor.publisher import Publisher
from streams.settings.settings import load_settings
from streams.trials.bench.child import READY, say, serve
from streams.trials.bench.job import Job, Meter
from streams.trials.bench.producer import metered
from streams.trials.bench.summaries import TimedSummary

POLL_SECONDS = 0.5
"""Summaries of so much time reach the handler at once: the monitor waits as long after a batch that was not full."""

READY_SECONDS = 0.05
"""Time between two checks that the monitor is ready."""


class SummaryRecord(NamedTuple):
    """A summary as a consumer gives it."""

    key: bytes
    value: bytes
    topic: str = Role.OBSERVATIONS.value
    partition: int = 0
    offset: int = 0
    headers: Headers = ()
    timestamp: int = 0


def handle(
    begin: datetime, state: Sequence[tuple[str, str]], summaries: Sequence[TimedSummary]
) -> tuple[float, Memory]:
    """Handle summaries poll by poll and publish each poll's result, after the state has been restored.

    Args:
        begin: First moment of event time; the clock starts there too.
        state: Key and value of the records of the changelog.
        summaries: In the order of time.

    Returns:
        CPU seconds of all polls, and the state after them.
    """
    moment, judging = begin, load_judging(load_settings())
    stored = restore([(key.encode(), value.encode()) for key, value in state], lateness=0)
    memory = Memory(stored, judging, lambda: moment)
    handler = MonitorHandler(judging, source="/evenhand/bench", clock=lambda: moment)
    metrics = MonitorMetrics(CollectorRegistry())
    live = LiveSnapshot(lambda: moment, model_version=judging.model_version, lag=lambda: None)
    publisher = Publisher(metrics, live)
    handler((), memory)  # opens the alerts that the week calls for
    publisher.restored(memory)
    polls: dict[int, list[SummaryRecord]] = {}
    for summary in summaries:
        record = SummaryRecord(summary.source.encode(), summary.value.encode())
        polls.setdefault(int(summary.seconds / POLL_SECONDS), []).append(record)
    calm_collector()
    start = time.process_time()
    for number, records in polls.items():
        moment = begin + timedelta(seconds=(number + 1) * POLL_SECONDS)
        publisher.committed(memory, handler(records, memory))
    return time.process_time() - start, memory


async def _process(job: Job) -> dict[str, Any]:
    """Run the application as `evenhand monitor` does until all is committed; say when it is ready for input.

    Returns:
        Fields of a measurement, and the wall clock's time of the last commit.
    """
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
        say(READY)
        await meter.wait(job.stall_seconds)
        return {"measurement": asdict(meter.measurement()), "finished_at": time.time()}
    finally:
        await application.app.stop()


def _run(fields: dict[str, Any]) -> object:
    """CPU seconds of the handler where the job has a state, else what the process measured."""
    if "state" in fields:
        summaries = [TimedSummary(*summary) for summary in fields["summaries"]]
        return handle(datetime.fromisoformat(fields["begin"]), fields["state"], summaries)[0]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_process(Job.of(fields)))


if __name__ == "__main__":
    serve(_run)
