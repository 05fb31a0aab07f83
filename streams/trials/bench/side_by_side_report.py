"""What stands side by side, as data for programs and as tables for people; docs/benchmarks.md explains the keys."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from rich.table import Table

from streams.trials.bench.bars import bars_of
from streams.trials.bench.job import Contender
from streams.trials.bench.latency import RATES, Latency
from streams.trials.bench.report import NAMES, plain_table
from streams.trials.bench.side_by_side import Fleet, SideBySide, megabytes, wall_rate
from streams.trials.bench.stream import ratio

GUARANTEES: Mapping[Contender, str] = MappingProxyType(
    dict.fromkeys(Contender, "exactly once") | {Contender.BYTEWAX: "at least once"}
)
"""The best that each can promise on Kafka."""


def side_by_side_data(report: SideBySide) -> dict[str, Any]:
    """Give all as JSON has it; what was not measured is not there."""
    contenders = (*report.options.contenders, *report.missing)
    data: dict[str, Any] = {
        "messages": report.options.messages,
        "rounds": report.options.rounds,
        "contenders": [_contender_data(report, each) for each in contenders],
        "workers": [_fleet_data(fleet) for fleet in report.fleets],
        "bars": [asdict(bar) | {"met": bar.met} for bar in bars_of(report)],
    }
    if report.model is not None:
        rates = {"decisions_per_cpu_second": report.model.rate, "middle": report.middle_rate}
        data["model"] = rates
    return data


def _contender_data(report: SideBySide, contender: Contender) -> dict[str, Any]:
    data: dict[str, Any] = {
        "contender": contender.value,
        "guarantee": GUARANTEES[contender],
        "installed": contender not in report.missing,
    }
    if (standing := report.standing(contender)) is not None:
        data |= {
            "messages_per_second": wall_rate(standing.rounds),
            "messages_per_cpu_second": standing.rate,
            "min": min(standing.rates),
            "max": max(standing.rates),
            "of_naive": ratio(report.standings, contender, Contender.NAIVE),
            "megabytes": megabytes(standing.rounds),
        }
    if latencies := report.latencies.get(contender):
        data["latency"] = [asdict(latency) for latency in latencies]
    return data


def _fleet_data(fleet: Fleet) -> dict[str, Any]:
    return {
        "workers": fleet.case,
        "messages_per_second": wall_rate(fleet.rounds),
        "messages_per_cpu_second": fleet.rate,
        "min": min(fleet.rates),
        "max": max(fleet.rates),
        "cpu_seconds_per_million": 1e6 / fleet.rate,
        "megabytes": megabytes(fleet.rounds),
    }


def figures_of(report: SideBySide) -> dict[str, float]:
    """All figures that are kept and compared with those of the next run."""
    figures: dict[str, float] = {}
    for standing in report.standings:
        name = NAMES[standing.case]
        figures[f"{name}, per s"] = wall_rate(standing.rounds)
        figures[f"{name}, per CPU s"] = standing.rate
        figures[f"{name}, MB"] = megabytes(standing.rounds)
    for contender, latencies in report.latencies.items():
        for latency in latencies:
            figures[f"{NAMES[contender]}, p50 ms at {latency.offered:,}/s"] = latency.p50
            figures[f"{NAMES[contender]}, p99 ms at {latency.offered:,}/s"] = latency.p99
    for fleet in report.fleets:
        workers = "1 worker" if fleet.case == 1 else f"{fleet.case} workers"
        figures[f"{workers}, per s"] = wall_rate(fleet.rounds)
        figures[f"{workers}, per CPU s"] = fleet.rate
        figures[f"{workers}, MB"] = megabytes(fleet.rounds)
    if report.model is not None:
        figures["the model alone, per CPU s"] = report.model.rate
        figures["the model alone, from a tenth to nine tenths, per CPU s"] = report.middle_rate
    return figures | {bar.text: bar.reached for bar in bars_of(report)}


def side_by_side_tables(report: SideBySide) -> list[Table]:
    """Draw the contenders, and below them the workers."""
    tables = []
    if report.standings or report.latencies:
        tables.append(_contenders_table(report))
    if report.fleets:
        tables.append(_fleets_table(report.fleets))
    return tables


def _contenders_table(report: SideBySide) -> Table:
    """One row per contender; those that are not installed say so."""
    rates = [f"{rate:,}/s: p50, p99 ms" for rate in RATES]
    table = plain_table("contender", "guarantee", "per s", "per CPU s", "of naive", *rates, "MB")
    for contender in report.options.contenders:
        standing, times = report.standing(contender), ratio(report.standings, contender, Contender.NAIVE)
        table.add_row(
            NAMES[contender],
            GUARANTEES[contender],
            f"{wall_rate(standing.rounds):,.0f}" if standing else "",
            f"{standing.rate:,.0f}" if standing else "",
            "" if times is None else f"{times:.2f}",
            *_latency_cells(report.latencies.get(contender, ())),
            f"{megabytes(standing.rounds):,.0f}" if standing else "",
        )
    for contender in report.missing:
        table.add_row(NAMES[contender], "not installed")
    return table


def _latency_cells(latencies: Sequence[Latency]) -> list[str]:
    found = {latency.offered: f"{latency.p50:,.0f}  {latency.p99:,.0f}" for latency in latencies}
    return [found.get(rate, "") for rate in RATES]


def _fleets_table(fleets: Sequence[Fleet]) -> Table:
    """One row per number of workers, with its rates beside those of the first."""
    table = plain_table("workers", "per s", "of the first", "per CPU s", "of the first", "CPU s a million", "MB")
    first = fleets[0]
    for fleet in fleets:
        table.add_row(
            str(fleet.case),
            f"{wall_rate(fleet.rounds):,.0f}",
            f"{wall_rate(fleet.rounds) / wall_rate(first.rounds):.2f}",
            f"{fleet.rate:,.0f}",
            f"{fleet.rate / first.rate:.2f}",
            f"{1e6 / fleet.rate:,.0f}",
            f"{megabytes(fleet.rounds):,.0f}",
        )
    return table


def side_by_side_lines(report: SideBySide) -> list[str]:
    """Say what the model alone reaches, and of each bar whether it is met."""
    lines = []
    if report.model is not None:
        middle, full = report.middle_rate, report.standing(Contender.FULL)
        line = f"the model alone: {report.model.rate:,.0f} per CPU s, from a tenth to nine tenths {middle:,.0f}"
        lines.append(f"{line}, of which the stream is {full.rate / middle:.2f}" if full and middle else line)
    return lines + [str(bar) for bar in bars_of(report)]
