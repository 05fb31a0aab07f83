"""All that is compared, in one run on one broker: throughput, memory, latency, several workers, the model alone."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median

from models.contracts.events import Transaction
from streams.settings.settings import load_settings
from streams.trials.bench.contenders.feed import InputRecords
from streams.trials.bench.job import Contender, Measurement
from streams.trials.bench.latency import WARM_UP, Latency, messages_for, run_latency
from streams.trials.bench.model import ModelCase, Timing, in_child
from streams.trials.bench.rounds import CaseRounds, Progress, take_turns
from streams.trials.bench.stream import OTHERS, Standing, StreamOptions, check_contenders, each_run
from streams.trials.bench.workers import run_workers

LATENCY_SECONDS = 6.0
"""Time that each rate is offered for."""

WORKERS = (1, 2, 4)
"""Processes in one group."""

MODEL_CASE = ModelCase(with_mcc=True, each_once=False)
"""What the model alone is given: what the stream gives it."""


class Part(StrEnum):
    """What is measured, in this order."""

    THROUGHPUT = "throughput"
    LATENCY = "latency"
    WORKERS = "workers"


Fleet = CaseRounds[int, Measurement]
"""All rounds of so many workers."""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """All that was measured; what was not asked for is empty.

    Args:
        missing: Contenders that are not installed.
        model: The model alone, measured right after each run of the full ensemble; None where that did not run.
    """

    options: StreamOptions
    missing: Sequence[Contender]
    standings: Sequence[Standing]
    model: CaseRounds[ModelCase, Timing] | None
    latencies: Mapping[Contender, Sequence[Latency]]
    fleets: Sequence[Fleet]

    @property
    def middle_rate(self) -> float:
        """Of the model alone, between a tenth and nine tenths, as the stream is measured; the median of the rounds."""
        return median(timing.middle_rate for timing in self.model.rounds) if self.model else 0.0

    def standing(self, contender: Contender) -> Standing | None:
        """The rounds of one contender."""
        return next((standing for standing in self.standings if standing.case is contender), None)

    def fleet(self, workers: int) -> Fleet | None:
        """The rounds of so many workers."""
        return next((fleet for fleet in self.fleets if fleet.case == workers), None)


def wall_rate(runs: Sequence[Measurement]) -> float:
    """Messages per second, the median of the rounds."""
    return median(run.wall_rate for run in runs)


def megabytes(runs: Sequence[Measurement]) -> float:
    """Memory in MB (PSS), the median of the rounds."""
    return median(run.pss for run in runs) / 1e6


def run_side_by_side(
    options: StreamOptions,
    transactions: Sequence[Transaction],
    *,
    bootstrap_servers: str,
    progress: Progress,
    parts: Sequence[Part] = tuple(Part),
    seconds: float = LATENCY_SECONDS,
    workers: Sequence[int] = WORKERS,
) -> SideBySide:
    """Measure the parts that are asked for; what is created on the broker is deleted again.

    Args:
        options: Contenders that are not installed are left out.
        seconds: Time that each rate is offered for.
        workers: Numbers of processes in one group.

    Raises:
        VoidError: A contender did not write as many records as it read.
        DeliveryError: A contender failed; the message has the end of what it said.
        ConfigurationError: A contender cannot run here, as `check_contenders` says.
    """
    missing = [each for each in options.contenders if each in OTHERS and not options.interpreter.exists()]
    options = replace(options, contenders=tuple(each for each in options.contenders if each not in missing))
    check_contenders(options)
    standings: list[Standing] = []
    model = None
    latencies: dict[Contender, Sequence[Latency]] = {}
    fleets: list[Fleet] = []
    if Part.THROUGHPUT in parts:
        standings, model = _throughput(options, transactions, bootstrap_servers, progress)
    if Part.LATENCY in parts:
        for contender in options.contenders:
            progress(f"latency: {contender}")
            job = options.job(contender, messages_for(seconds), bootstrap_servers=bootstrap_servers)
            job = replace(job, margin=WARM_UP)
            latencies[contender] = asyncio.run(
                run_latency(job, transactions, seconds=seconds, interpreter=options.interpreter)
            )
    if Part.WORKERS in parts:
        fleets = _fleets(options, transactions, bootstrap_servers, workers, progress)
    return SideBySide(options, missing, standings, model, latencies, fleets)


def _throughput(
    options: StreamOptions, transactions: Sequence[Transaction], bootstrap_servers: str, progress: Progress
) -> tuple[list[Standing], CaseRounds[ModelCase, Timing] | None]:
    """All contenders in turns; the model alone right after the stream with it, so that both meet the same minute."""
    run_contender = each_run(options, transactions, bootstrap_servers=bootstrap_servers)
    run_model = in_child(source=None, model=load_settings().model, rows=options.messages)
    alone: list[Timing] = []

    def run(contender: Contender) -> Measurement:
        measurement = run_contender(contender)
        if contender is Contender.FULL:
            alone.append(run_model(MODEL_CASE))
        return measurement

    standings = take_turns(options.contenders, run, rounds=options.rounds, progress=progress)
    return standings, CaseRounds(MODEL_CASE, tuple(alone)) if alone else None


def _fleets(
    options: StreamOptions,
    transactions: Sequence[Transaction],
    bootstrap_servers: str,
    workers: Sequence[int],
    progress: Progress,
) -> list[Fleet]:
    records = InputRecords.of(transactions, options.messages)

    def run(count: int) -> Measurement:
        job = options.job(Contender.FULL, options.messages, bootstrap_servers=bootstrap_servers)
        return asyncio.run(run_workers(count, job, records))

    return take_turns(workers, run, rounds=options.rounds, progress=lambda text: progress(f"workers, {text}"))
