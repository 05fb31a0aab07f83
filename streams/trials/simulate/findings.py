"""Findings of all fleets: delays of what was planted, and false alarms where nothing was."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.contracts.alerts import Severity
from models.contracts.taxonomy import CATEGORIES
from monitors.base.contract import MonitorName
from monitors.counts.cells import BANDS
from streams.trials.simulate.figures import Delay, Rate, delay
from streams.trials.simulate.fleet import Alarm, FleetResult, subject_of
from streams.trials.simulate.run import ScenarioRun, Simulation
from streams.trials.simulate.scenarios import Subject, Unit

MILLION = 1e6

STREAMS = {MonitorName.CATEGORY_PARITY: CATEGORIES, MonitorName.AMOUNT_PARITY: BANDS}
"""Monitors that page, with their groups: each group is a stream."""


@dataclass(frozen=True, slots=True)
class Found:
    """Delays until alerts of one severity found what was planted; a page is a warning too.

    Args:
        delay: In the unit of the scenario.
    """

    severity: Severity
    delay: Delay
    hours: Delay


@dataclass(frozen=True, slots=True)
class ScenarioFinding:
    """Findings on a planted scenario.

    Args:
        found: One for each severity that an alert of the scenario can have.
        others: Subject of another alert after the change, and severity, to the fleets that had it.
        quiet: False alarms before the change, by fleet-days.
    """

    run: ScenarioRun
    found: Sequence[Found]
    others: Counter[tuple[Subject, Severity]]
    quiet: Rate


@dataclass(frozen=True, slots=True)
class StreamFinding:
    """Alarms of a stream of a parity monitor without a shift.

    Args:
        group: Its group; None for all of them together.
        pages: Alerts that became a page, by pairs.
    """

    monitor: MonitorName
    group: str | None
    warnings: Rate
    pages: Rate


def finding(run: ScenarioRun, rightly: frozenset[Subject]) -> ScenarioFinding:
    """Sum up a planted scenario.

    Args:
        rightly: Subjects whose alarm is right without anything planted.
    """
    scenario = run.scenario
    severities = [Severity.WARNING, Severity.PAGE] if scenario.unit is Unit.PAIRS else [Severity.WARNING]
    others = Counter(
        key
        for fleet in run.fleets
        for key in {
            (alarm.subject, alarm.severity)
            for alarm in fleet.alarms
            if alarm.changed and alarm.subject not in (*scenario.subjects, *rightly)
        }
    )
    early = sum(
        not alarm.changed and alarm.severity is Severity.WARNING and alarm.subject not in rightly
        for fleet in run.fleets
        for alarm in fleet.alarms
    )
    return ScenarioFinding(
        run=run,
        found=[_found(run, severity) for severity in severities],
        others=others,
        quiet=Rate(early, sum(fleet.quiet_days for fleet in run.fleets)),
    )


def _found(run: ScenarioRun, severity: Severity) -> Found:
    alarms = [_first(fleet, run.scenario.subjects, severity) for fleet in run.fleets]
    pairs = run.scenario.unit is Unit.PAIRS
    return Found(
        severity=severity,
        delay=delay([None if one is None else float(one.pairs if pairs else one.transactions) for one in alarms]),
        hours=delay([None if one is None else one.hours for one in alarms]),
    )


def _first(fleet: FleetResult, subjects: Sequence[Subject], severity: Severity) -> Alarm | None:
    alarms = (one for one in fleet.alarms if one.changed and one.severity is severity and one.subject in subjects)
    return next(alarms, None)


def streams(fleets: Sequence[FleetResult]) -> list[StreamFinding]:
    """Count the alarms of each stream; for each monitor all together first. Streams without a pair are left out.

    Args:
        fleets: Of the scenario without a shift.
    """
    found = []
    for monitor, groups in STREAMS.items():
        of_monitor = [_stream(monitor, group, fleets) for group in groups]
        found.append(
            StreamFinding(
                monitor,
                None,
                _together(one.warnings for one in of_monitor),
                _together(one.pages for one in of_monitor),
            )
        )
        found += [one for one in of_monitor if one.pages.exposure]
    return found


def _stream(monitor: MonitorName, group: str, fleets: Sequence[FleetResult]) -> StreamFinding:
    subject = subject_of(monitor, group)
    pairs = sum(fleet.pairs.get(subject, 0) for fleet in fleets)
    counts = Counter(one.severity for fleet in fleets for one in fleet.alarms if one.subject == subject)
    return StreamFinding(monitor, group, Rate(counts[Severity.WARNING], pairs), Rate(counts[Severity.PAGE], pairs))


def _together(rates: Iterable[Rate]) -> Rate:
    every = list(rates)
    return Rate(sum(one.events for one in every), sum(one.exposure for one in every))


def level_alarms(fleets: Sequence[FleetResult], rightly: frozenset[Subject]) -> dict[MonitorName, Rate]:
    """False alarms of each monitor that is no stream of pairs, by fleet-days.

    Args:
        fleets: Of the scenario without a shift.
    """
    days = sum(fleet.days for fleet in fleets)
    false = Counter(
        alarm.subject[0]
        for fleet in fleets
        for alarm in fleet.alarms
        if alarm.severity is Severity.WARNING and alarm.subject not in rightly
    )
    return {monitor: Rate(false[monitor.value], days) for monitor in MonitorName if monitor not in STREAMS}


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that was asked for, and the figure that was reached, in words.

    Args:
        met: None where the fleets are too few to say.
    """

    text: str
    met: bool | None
    reached: str


def bars(simulation: Simulation) -> list[Bar]:
    """All bars of the scenarios that were run."""
    found: list[Bar] = []
    for run in simulation.runs:
        if run.scenario.null:
            found += [_null_bar(run, one) for one in streams(run.fleets) if one.group is None]
        elif run.scenario.within is not None:
            found.append(_delay_bar(run, run.scenario.within))
    return found


def _null_bar(run: ScenarioRun, stream: StreamFinding) -> Bar:
    pages, bound = stream.pages, stream.pages.at_most
    rate = (pages.value or 0.0) * MILLION
    met = None if bound is None or rate <= 1 < bound * MILLION else rate <= 1
    shown = "no pairs" if bound is None else f"at most {bound * MILLION:.2f} at 95%"
    counted = f"{pages.events} in {pages.exposure:,.0f} pairs, {shown}"
    return Bar(f"{run.scenario.name}, {stream.monitor}: at most one false page in 10^6 pairs", met, counted)


def _delay_bar(run: ScenarioRun, within: int) -> Bar:
    median = _found(run, Severity.PAGE).delay.median
    reached = "not half of the fleets paged" if median is None else f"{median:,.0f}"
    text = f"{run.scenario.name}: half of the fleets page within {within} pairs"
    return Bar(text, median is not None and median <= within, reached)
