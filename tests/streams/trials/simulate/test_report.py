"""From fleets to figures to tables and JSON, on fleets whose outcome is known."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from models.contracts.alerts import Severity
from streams.trials.simulate.findings import bars, finding, level_alarms, streams
from streams.trials.simulate.fleet import Alarm, FleetResult
from streams.trials.simulate.report import data, text
from streams.trials.simulate.run import ScenarioRun, Simulation, SimulationOptions
from streams.trials.simulate.scenarios import NULL, SCENARIOS, Scenario, Subject

DOCS = (Path(__file__).parents[4] / "docs" / "simulation.md").read_text(encoding="utf-8")
SHOPPING: Subject = ("category_parity", "shopping", None)
GROCERIES: Subject = ("category_parity", "groceries", None)
RATE: Subject = ("review_rate", "pets", None)
CORRECTIONS: Subject = ("corrections", None, None)
MILLION = 1_000_000


def fleet(*alarms: Alarm, pairs: int = 0) -> FleetResult:
    """A fleet of eight days, two of them before the change."""
    return FleetResult(0, 4_500, 4_400, 8.0, 2.0, {SHOPPING: pairs, GROCERIES: 100}, alarms)


def alarm(subject: Subject, severity: Severity = Severity.WARNING, *, pairs: int = 0, changed: bool = True) -> Alarm:
    """An alarm so many pairs after the change, or before it."""
    return Alarm(subject, severity, changed, pairs * 5, pairs, pairs / 10)


def paged(pairs: int) -> FleetResult:
    """A fleet that warned 20 pairs before it paged."""
    return fleet(alarm(SHOPPING, pairs=pairs - 20), alarm(SHOPPING, Severity.PAGE, pairs=pairs))


def simulation(*runs: tuple[Scenario, list[FleetResult]]) -> Simulation:
    """What a command would have found."""
    options = SimulationOptions([scenario for scenario, _ in runs], fleets=2, seed=0, rows=60_000, processes=1)
    found = [ScenarioRun(scenario, scenario.traffic, fleets) for scenario, fleets in runs]
    return Simulation(options, 0.014, "0598790c2050", frozenset({CORRECTIONS}), found)


def printed(found: Simulation) -> list[str]:
    """The lines of the report, 100 columns wide."""
    console = Console(file=io.StringIO(), width=100, highlight=False)
    console.print(text(found), markup=False)
    written = console.file
    assert isinstance(written, io.StringIO)
    return written.getvalue().splitlines()


def test_delays_are_those_of_the_first_alarm_after_the_change() -> None:
    """For warning and page apart; what was open before does not count as found."""
    early = fleet(alarm(SHOPPING, changed=False))
    run = simulation((SCENARIOS["common-10"], [paged(120), paged(220), early])).runs[0]
    warning, page = finding(run, frozenset()).found

    assert (2, 3, 200.0) == (warning.delay.found, warning.delay.fleets, warning.delay.median)
    assert (220.0, 22.0) == (page.delay.median, page.hours.median)


def test_alarms_before_the_change_are_false_unless_they_are_right() -> None:
    """Two alarms in two fleets of two quiet days; one of them is right whatever happens."""
    fleets = [fleet(alarm(RATE, changed=False), alarm(CORRECTIONS, changed=False)), fleet()]
    quiet = finding(simulation((SCENARIOS["common-10"], fleets)).runs[0], frozenset({CORRECTIONS})).quiet

    assert (1, 4.0, 0.25) == (quiet.events, quiet.exposure, quiet.value)


def test_other_alarms_after_the_change_are_counted_once_a_fleet() -> None:
    """An alert that opens twice is in one fleet."""
    fleets = [fleet(alarm(RATE), alarm(RATE), alarm(SHOPPING)), fleet(alarm(RATE))]
    others = finding(simulation((SCENARIOS["common-10"], fleets)).runs[0], frozenset()).others

    assert {(RATE, Severity.WARNING): 2} == others


def test_streams_count_pages_by_pairs_and_are_summed_up() -> None:
    """Groups without a pair are left out; all of a monitor come first."""
    fleets = [fleet(alarm(SHOPPING), alarm(SHOPPING, Severity.PAGE), pairs=900), fleet(pairs=1000)]
    found = {(one.monitor.value, one.group): one for one in streams(fleets)}

    assert {("category_parity", None), ("category_parity", "shopping"), ("category_parity", "groceries")} < set(found)
    assert (1, 1900) == (
        found["category_parity", "shopping"].pages.events,
        found["category_parity", "shopping"].pages.exposure,
    )
    assert (1, 2100) == (found["category_parity", None].pages.events, found["category_parity", None].pages.exposure)
    assert ("category_parity", "pets") not in found


def test_level_rules_count_false_alarms_by_fleet_days() -> None:
    """16 fleet-days, one false alarm, one that is right."""
    found = level_alarms([fleet(alarm(RATE), alarm(CORRECTIONS)), fleet()], frozenset({CORRECTIONS}))

    assert (1, 16.0) == (found[next(one for one in found if one == "review_rate")].events, 16.0)
    assert 0 == sum(rate.events for monitor, rate in found.items() if monitor != "review_rate")


@pytest.mark.parametrize(
    ("pages", "pairs", "met"),
    [(0, 4 * MILLION, True), (0, MILLION, None), (1, MILLION + 1, None), (3, 2 * MILLION, False)],
)
def test_the_bar_of_the_null_is_met_only_where_enough_was_seen(pages: int, pairs: int, met: bool | None) -> None:
    """Nothing in a million pairs may still be three in a million."""
    alarms = [alarm(SHOPPING, Severity.PAGE)] * pages
    bar = bars(simulation((NULL, [fleet(*alarms, pairs=pairs)])))[0]

    assert met is bar.met


@pytest.mark.parametrize(("pairs", "met"), [(800, True), (801, False)])
def test_the_bar_of_ten_points_is_of_pages(pairs: int, met: bool) -> None:
    """800 pairs, whenever the warnings came."""
    assert [met] == [bar.met for bar in bars(simulation((SCENARIOS["common-10"], [paged(pairs)] * 2)))]


def test_the_bar_of_a_delay_is_missed_where_half_of_the_fleets_find_nothing() -> None:
    """Undetected counts as late, not as left out."""
    bar = bars(simulation((SCENARIOS["rare-20"], [fleet(), fleet(), fleet()])))[0]

    assert (False, "not half of the fleets paged") == (bar.met, bar.reached)


def test_the_tables_fit_100_columns_and_say_bars_as_they_are() -> None:
    """No cell is cut; a missed bar is written as missed."""
    found = simulation(
        (NULL, [fleet(pairs=MILLION)]), *((one, [paged(2_000)] * 20) for one in SCENARIOS.values() if one.worse)
    )
    lines = printed(found)

    assert 100 >= max(map(len, lines))
    assert not [line for line in lines if "…" in line]
    assert any("common-10: half of the fleets page within 800 pairs: missed (2,000)" in line for line in lines)


def test_every_key_of_the_json_is_documented() -> None:
    """docs/simulation.md names each key."""

    def keys(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {key for each in value.values() for key in keys(each)}
        return {key for each in value for key in keys(each)} if isinstance(value, list) else set()

    fleets = [fleet(alarm(RATE), pairs=10)]
    found = keys(data(simulation((NULL, fleets), (SCENARIOS["common-10"], fleets))))

    assert set() == found - set(re.findall(r"`([a-z_0-9]+)`", DOCS))


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_is_documented(name: str) -> None:
    """With its traffic."""
    traffic = SCENARIOS[name].traffic
    row = re.search(rf"^\| `{name}` \|.*$", DOCS, re.MULTILINE)

    assert row is not None
    assert f"| {traffic.days:g} | {traffic.per_day:,.0f} | {traffic.blind_share:.0%} |" in row[0]
