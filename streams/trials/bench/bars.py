"""What Evenhand is to reach beside the others, and whether it did."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from streams.trials.bench.job import Contender
from streams.trials.bench.latency import RATES
from streams.trials.bench.side_by_side import SideBySide, megabytes, wall_rate
from streams.trials.bench.stream import OF_BARE, OF_NAIVE, ratio

AHEAD_OF_QUIXSTREAMS = 1.0
OF_BYTEWAX = 0.8
OF_MODEL = 0.7
"""Messages per CPU second of the stream with the full ensemble, by decisions of the model alone."""

P99_MS = 150.0
"""At the highest of the rates."""

TWO_BY_WALL, TWO_BY_CPU = 1.85, 0.9
"""Messages of two workers by those of one."""

ONE_MB, TWO_MB = 350.0, 500.0
"""Memory (PSS) of one worker, and of two on one machine."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Args:
        name: For programs.
        text: What is required, in words.
        most: The figure is to stay below what is required; else it is to reach it.
        judged: Whether the run was long enough to say.
    """

    name: str
    text: str
    required: float
    reached: float
    most: bool = False
    judged: bool = True

    @property
    def met(self) -> bool | None:
        """Whether it is met; None where that cannot be said."""
        if not self.judged:
            return None
        return self.reached <= self.required if self.most else self.reached >= self.required

    def __str__(self) -> str:
        verdict = {True: "met", False: "not met", None: "not judged"}[self.met]
        reached = f"{self.reached:,.0f}" if self.reached >= 100 else f"{self.reached:.2f}"
        return f"{self.text}: {verdict} ({reached})"


def bars_of(report: SideBySide) -> list[Bar]:
    """The bars for which there is a figure."""
    return [*_throughput(report), *_latency(report), *_fleets(report)]


def _throughput(report: SideBySide) -> Iterator[Bar]:
    judged = report.options.judged
    for other, required, text in (
        (Contender.BARE, OF_BARE, f">= {OF_BARE} of the bare loop per CPU second"),
        (Contender.NAIVE, OF_NAIVE, f">= {OF_NAIVE:.0f} x the naive agent per CPU second"),
        (Contender.QUIXSTREAMS, AHEAD_OF_QUIXSTREAMS, "ahead of quixstreams per CPU second"),
        (Contender.BYTEWAX, OF_BYTEWAX, "within 20% of bytewax per CPU second"),
    ):
        if (reached := ratio(report.standings, Contender.EVENHAND, other)) is not None:
            yield Bar(f"of_{other.value}", text, required, reached, judged=judged)
    full = report.standing(Contender.FULL)
    if full is not None and report.model is not None:
        text = f">= {OF_MODEL} of the model alone, end to end per CPU second"
        yield Bar("full_of_model", text, OF_MODEL, full.rate / report.model.rate, judged=judged)


def _latency(report: SideBySide) -> Iterator[Bar]:
    for contender, words in ((Contender.EVENHAND, "Evenhand"), (Contender.FULL, "Evenhand with its model")):
        for latency in report.latencies.get(contender, ()):
            if latency.offered == max(RATES):
                text = f"p99 of {words} at {latency.offered:,}/s at most {P99_MS:.0f} ms"
                yield Bar(f"{contender.value}_p99_ms", text, P99_MS, latency.p99, most=True)


def _fleets(report: SideBySide) -> Iterator[Bar]:
    one, two, judged = report.fleet(1), report.fleet(2), report.options.judged
    if one is not None:
        text = f"one worker takes at most {ONE_MB:.0f} MB"
        yield Bar("one_worker_mb", text, ONE_MB, megabytes(one.rounds), most=True)
    if two is not None:
        yield Bar("two_workers_mb", f"two take at most {TWO_MB:.0f} MB", TWO_MB, megabytes(two.rounds), most=True)
    if one is not None and two is not None:
        cores = f"on {os.cpu_count()} cores, of which the broker takes its share"
        text = f"two workers >= {TWO_BY_WALL} x one per second, {cores}"
        yield Bar("two_by_wall", text, TWO_BY_WALL, wall_rate(two.rounds) / wall_rate(one.rounds), judged=judged)
        text = f"two workers >= {TWO_BY_CPU} x one per CPU second"
        yield Bar("two_by_cpu", text, TWO_BY_CPU, two.rate / one.rate, judged=judged)
