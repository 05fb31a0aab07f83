"""The process of one contender."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

import uvloop

from streams.apps.garbage import calm_collector
from streams.trials.bench.child import serve
from streams.trials.bench.job import Contender, Job, Measurement, Meter
from streams.trials.bench.sampling import Sampler

Runner = Callable[[Job, Meter], Awaitable[None]]
LoopFactory = Callable[[], asyncio.AbstractEventLoop]

EVENT_LOOPS: Mapping[Contender, LoopFactory] = MappingProxyType(
    {
        Contender.EVENHAND: uvloop.new_event_loop,
        Contender.FULL: uvloop.new_event_loop,
        Contender.BARE: uvloop.new_event_loop,
        Contender.COPY: uvloop.new_event_loop,
        Contender.NAIVE: asyncio.new_event_loop,
    }
)
"""Of those in this environment. The naive agent keeps the loop that Faust has by itself, and Python's own collector."""


def run(fields: dict[str, Any]) -> dict[str, Any]:
    """Run a job, given as JSON, in this process, and measure it."""
    job = Job.of(fields)
    with asyncio.Runner(loop_factory=EVENT_LOOPS[job.contender]) as runner:
        return asdict(runner.run(_measured(job)))


async def _measured(job: Job) -> Measurement:
    meter = Meter(messages=job.messages, margin=job.margin, sampler=Sampler() if job.sampled else None)
    run_contender = _runner(job.contender)
    if job.contender in (Contender.BARE, Contender.COPY):  # applications do so when all is loaded
        calm_collector()
    await run_contender(job, meter)
    return meter.measurement()


def _runner(contender: Contender) -> Runner:
    # Imported when chosen: the bare loops' processes are to hold no Faust.
    if contender in (Contender.BARE, Contender.COPY):
        from streams.trials.bench.contenders import loops

        return loops.bare if contender is Contender.BARE else loops.copy
    from streams.trials.bench.contenders import apps

    return {Contender.EVENHAND: apps.evenhand, Contender.FULL: apps.full, Contender.NAIVE: apps.naive}[contender]


if __name__ == "__main__":
    serve(run)
