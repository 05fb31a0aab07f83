"""Fleets through the real handlers: what is planted is found, by the alert that it is for, and nothing else is."""

from dataclasses import replace

import pytest

from models.contracts.alerts import Severity
from models.errors import DataError
from streams.trials.simulate.expected import rightly_alarmed
from streams.trials.simulate.fleet import FleetResult, run_fleet
from streams.trials.simulate.scenarios import COMMON, FAMILY, SCENARIOS, Traffic
from streams.trials.simulate.stage import Stage

ERROR = 0.02
PARITY = ("category_parity", "amount_parity")


def run(stage: Stage, name: str, *, seed: int = 3, **changes: float) -> FleetResult:
    """One fleet of a scenario; changes are of its traffic."""
    scenario = SCENARIOS[name]
    traffic = replace(scenario.traffic, **changes)  # type: ignore[arg-type]
    return run_fleet(stage, scenario, traffic, number=0, seed=seed, error=ERROR)


@pytest.fixture(scope="module")
def fallen(stage: Stage) -> FleetResult:
    """A common category less accurate by 20 points."""
    return run(stage, "common-20", days=4)


@pytest.mark.slow
def test_a_fleet_without_a_shift_opens_nothing_but_what_is_right(stage: Stage) -> None:
    """The count of corrections is right: people did correct; no pair of groups differs."""
    found = run(stage, "none")

    assert (4500, 0.0) == (found.transactions, sum(alarm.severity is Severity.PAGE for alarm in found.alarms))
    assert 4000 < found.labels < 4500
    assert {alarm.subject for alarm in found.alarms} <= rightly_alarmed(stage, error=ERROR, seed=0)


def test_the_same_seed_gives_the_same_fleet(stage: Stage) -> None:
    """Whatever ran before on the same stage; another seed another one."""
    first, again, other = (run(stage, "none", days=1.5, seed=seed) for seed in (5, 5, 6))

    assert first == again
    assert first != other


def test_a_category_that_falls_by_twenty_points_is_paged(fallen: FleetResult) -> None:
    """After the change, within 300 pairs, by the alert on that category; and the fleet ends then."""
    alarms = [alarm for alarm in fallen.alarms if alarm.subject == ("category_parity", COMMON, None)]

    assert [Severity.WARNING, Severity.PAGE] == [alarm.severity for alarm in alarms]
    assert all(alarm.changed and 0 < alarm.pairs <= 300 for alarm in alarms)
    assert fallen.days < 4
    assert pytest.approx(1.0, abs=0.1) == fallen.quiet_days


def test_pairs_are_the_fewer_labels_of_both_sides(fallen: FleetResult) -> None:
    """Of two groups that share all labels, neither has more pairs than half of them."""
    assert 0 < fallen.pairs["category_parity", COMMON, None] < fallen.labels / 2
    assert fallen.pairs["amount_parity", None, "under_100"] <= fallen.labels / 2


@pytest.mark.slow
def test_unknown_merchants_raise_the_review_of_their_category_and_no_parity(stage: Stage) -> None:
    """The rise is told; nobody is paged about accuracy, as it has not fallen."""
    found = run(stage, "unknown-merchants", days=1.5, labels_per_day=200)
    subjects = {alarm.subject for alarm in found.alarms if alarm.changed}

    assert ("review_rise", FAMILY, None) in subjects
    assert not {alarm.subject for alarm in found.alarms if alarm.subject[0] in PARITY}


def test_a_growing_share_of_the_llm_is_told(stage: Stage) -> None:
    """And only after the change: 5% is within the limit, 30% is not."""
    found = run(stage, "llm-share", days=1.5, labels_per_day=200)
    alarms = [alarm for alarm in found.alarms if alarm.subject == ("method_usage", None, "llm")]

    assert [True] == [alarm.changed for alarm in alarms]


@pytest.mark.slow
def test_cut_descriptions_are_told_as_falling_confidence(stage: Stage) -> None:
    """By one of the monitors of confidence, after the change."""
    found = run(stage, "cut-descriptions", days=1.5, labels_per_day=200)
    changed = {alarm.changed for alarm in found.alarms if alarm.subject in SCENARIOS["cut-descriptions"].subjects}

    assert {True} == changed


def test_a_sample_that_breaks_the_contract_is_an_error(stage: Stage) -> None:
    """Not a fleet with fewer transactions."""
    population = stage.population
    broken = replace(
        population,
        casts={form: replace(cast, fields=["}"] * len(cast.fields)) for form, cast in population.casts.items()},
    )

    with pytest.raises(DataError, match="250 simulated records were refused"):
        run_fleet(replace(stage, population=broken), SCENARIOS["none"], Traffic(1, 500), number=0, seed=1, error=ERROR)
