"""The findings of a simulation, as data for programs and as tables for people."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from models.contracts.alerts import Severity
from streams.trials.simulate.figures import Delay, Rate
from streams.trials.simulate.findings import MILLION, Bar, Found, ScenarioFinding, bars, finding, level_alarms, streams
from streams.trials.simulate.run import ScenarioRun, Simulation
from streams.trials.simulate.scenarios import Subject, Unit

_STANDINGS = {True: "met", False: "missed", None: "not shown, too few pairs"}


def data(simulation: Simulation) -> dict[str, Any]:
    """The simulation as JSON has it; the keys are documented in docs/simulation.md."""
    options = simulation.options
    return {
        "seed": options.seed,
        "fleets": options.fleets,
        "rows": options.rows,
        "model_version": simulation.model_version,
        "error_rate": simulation.error,
        "rightly_alarmed": [_subject_data(subject) for subject in sorted(simulation.rightly, key=str)],
        "null": [_null_data(run, simulation) for run in simulation.runs if run.scenario.null],
        "planted": [_planted_data(finding(run, simulation.rightly)) for run in _planted(simulation)],
        "bars": [{"bar": one.text, "met": one.met, "reached": one.reached} for one in bars(simulation)],
    }


def _planted(simulation: Simulation) -> list[ScenarioRun]:
    return [run for run in simulation.runs if not run.scenario.null]


def _run_data(run: ScenarioRun) -> dict[str, Any]:
    return {
        "scenario": run.scenario.name,
        "title": run.scenario.title,
        "days": run.traffic.days,
        "transactions_per_day": run.traffic.per_day,
        "blind_share": run.traffic.blind_share,
        "batch": run.traffic.batch,
        "transactions": sum(fleet.transactions for fleet in run.fleets),
        "labels": sum(fleet.labels for fleet in run.fleets),
    }


def _null_data(run: ScenarioRun, simulation: Simulation) -> dict[str, Any]:
    return _run_data(run) | {
        "streams": [
            {
                "monitor": one.monitor.value,
                "group": one.group,
                "pairs": int(one.pages.exposure),
                "warnings": one.warnings.events,
                "pages": one.pages.events,
                "warnings_per_million": _scaled(one.warnings.value),
                "warnings_per_million_at_most": _scaled(one.warnings.at_most),
                "pages_per_million": _scaled(one.pages.value),
                "pages_per_million_at_most": _scaled(one.pages.at_most),
            }
            for one in streams(run.fleets)
        ],
        "level_rules": [
            {"monitor": monitor.value} | _rate_data(rate)
            for monitor, rate in level_alarms(run.fleets, simulation.rightly).items()
        ],
    }


def _planted_data(found: ScenarioFinding) -> dict[str, Any]:
    scenario = found.run.scenario
    return _run_data(found.run) | {
        "found_by": [_subject_data(subject) for subject in scenario.subjects],
        "unit": scenario.unit.value,
        "found": [
            {"severity": one.severity.value, "delay": _delay_data(one.delay), "hours": _delay_data(one.hours)}
            for one in found.found
        ],
        "others": [
            _subject_data(subject) | {"severity": severity.value, "fleets": fleets}
            for (subject, severity), fleets in sorted(found.others.items(), key=str)
        ],
        "before_the_change": _rate_data(found.quiet),
    }


def _delay_data(one: Delay) -> dict[str, Any]:
    return {
        "found": one.found,
        "fleets": one.fleets,
        "share_interval": list(one.share),
        "quartiles": [one.low, one.median, one.high],
        "median_interval": list(one.interval),
    }


def _rate_data(rate: Rate) -> dict[str, Any]:
    interval = rate.interval
    return {
        "alarms": rate.events,
        "fleet_days": rate.exposure,
        "per_fleet_day": rate.value,
        "interval": None if interval is None else list(interval),
    }


def _subject_data(subject: Subject) -> dict[str, Any]:
    return dict(zip(("monitor", "category", "group"), subject, strict=True))


def _scaled(value: float | None) -> float | None:
    return None if value is None else value * MILLION


def text(simulation: Simulation) -> RenderableType:
    """Tables for people, at most 100 columns wide, and a line for each bar."""
    parts: list[RenderableType] = [
        f"model {simulation.model_version}, {simulation.options.fleets:,} fleets of each scenario, seed "
        f"{simulation.options.seed}, {simulation.error:.2%} of accepted decisions wrong where nothing is planted"
    ]
    for run in simulation.runs:
        if run.scenario.null:
            parts += [_streams_table(run), _level_table(run, simulation)]
    findings = [finding(run, simulation.rightly) for run in _planted(simulation)]
    if findings:
        parts += [_delays_table(findings), *map(_quiet_line, findings)]
    return Group(*parts, *map(_bar_line, bars(simulation)))


def _streams_table(run: ScenarioRun) -> Table:
    table = _table(run.scenario.name, "pairs", "warnings", "pages", "per 10^6 pairs", "at most (95%)")
    for one in streams(run.fleets):
        table.add_row(
            f"  {one.group}" if one.group else one.monitor.value,
            f"{one.pages.exposure:,.0f}",
            f"{one.warnings.events:,}",
            f"{one.pages.events:,}",
            _number(_scaled(one.pages.value)),
            _number(_scaled(one.pages.at_most)),
        )
    return table


def _level_table(run: ScenarioRun, simulation: Simulation) -> Table:
    table = _table(run.scenario.name, "false alarms", "fleet-days", "per fleet-day", "95%")
    for monitor, rate in level_alarms(run.fleets, simulation.rightly).items():
        interval = rate.interval
        table.add_row(
            monitor.value,
            f"{rate.events:,}",
            f"{rate.exposure:,.0f}",
            _number(rate.value, 4),
            "" if interval is None else f"{interval[0]:.4f}..{interval[1]:.4f}",
        )
    return table


def _delays_table(findings: Sequence[ScenarioFinding]) -> Table:
    table = _table("planted", "alert", "found", "95%", "25%", "median", "95%", "75%", "unit", "hours")
    for each in findings:
        for one in each.found:
            table.add_row(*_delay_cells(each, one))
    return table


def _delay_cells(each: ScenarioFinding, one: Found) -> tuple[str, ...]:
    delay, scenario = one.delay, each.run.scenario
    low, high = (f"{share:.0%}" for share in delay.share)
    return (
        scenario.name if one.severity is Severity.WARNING else "",
        one.severity.value,
        f"{delay.found}/{delay.fleets}",
        f"{low}..{high}",
        _number(delay.low, 0),
        _number(delay.median, 0),
        f"{_number(delay.interval[0], 0)}..{_number(delay.interval[1], 0)}",
        _number(delay.high, 0),
        "pairs" if scenario.unit is Unit.PAIRS else "tx",
        _number(one.hours.median, 1),
    )


def _quiet_line(one: ScenarioFinding) -> str:
    return (
        f"{one.run.scenario.name}: {one.quiet.events:,} false alarms in {one.quiet.exposure:,.0f} fleet-days before it"
    )


def _bar_line(bar: Bar) -> str:
    return f"{bar.text}: {_STANDINGS[bar.met]} ({bar.reached})"


def _number(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def _table(first: str, *others: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table
