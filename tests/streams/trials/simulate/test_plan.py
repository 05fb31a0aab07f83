"""What is drawn is what was planted."""

import numpy as np
import pytest

from models.contracts.taxonomy import CATEGORIES
from monitors.counts.cells import BANDS
from streams.trials.simulate.plan import FleetPlan, draw
from streams.trials.simulate.scenarios import COMMON, SCENARIOS, Traffic, Variant
from streams.trials.simulate.stage import Stage

TRAFFIC = Traffic(days=8, labels_per_day=10_000)


def drawn(stage: Stage, name: str, *, seed: int = 1) -> FleetPlan:
    """A large fleet, with 3% wrong where nothing is planted."""
    return draw(stage.population, SCENARIOS[name], TRAFFIC, error=0.03, random=np.random.default_rng(seed))


def wrong(stage: Stage, plan: FleetPlan, *, after: bool, category: str | None = None, band: str | None = None) -> float:
    """Share of the accepted decisions that are not what a person would say."""
    population = stage.population
    chosen = population.accepted[plan.rows] & (_after(plan) == after)
    if category:
        chosen &= plan.truth == CATEGORIES.index(category)
    if band:
        chosen &= population.band[plan.rows] == BANDS.index(band)
    return float((population.decided[plan.rows] != plan.truth)[chosen].mean())


def _after(plan: FleetPlan) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    return np.arange(len(plan.rows)) >= plan.change * plan.traffic.batch


@pytest.mark.parametrize("category", [COMMON, "home_garden", "groceries"])
def test_null_errs_alike_in_all_categories(stage: Stage, category: str) -> None:
    """Common and less common ones, at the base rate."""
    assert 0.03 == pytest.approx(wrong(stage, drawn(stage, "none"), after=False, category=category), abs=0.006)


@pytest.mark.parametrize("band", BANDS)
def test_null_errs_alike_in_all_bands(stage: Stage, band: str) -> None:
    """A row that stands in for another is of the same band."""
    assert 0.03 == pytest.approx(wrong(stage, drawn(stage, "none"), after=False, band=band), abs=0.008)


def test_a_category_falls_by_what_was_planted_and_the_others_do_not(stage: Stage) -> None:
    """+20 points after the change, none before, none elsewhere."""
    plan = drawn(stage, "common-20")

    assert 0.03 == pytest.approx(wrong(stage, plan, after=False, category=COMMON), abs=0.01)
    assert 0.23 == pytest.approx(wrong(stage, plan, after=True, category=COMMON), abs=0.015)
    assert 0.03 == pytest.approx(wrong(stage, plan, after=True, category="home_garden"), abs=0.006)


def test_small_amounts_fall_in_all_categories(stage: Stage) -> None:
    """+10 points under 100, none above."""
    plan = drawn(stage, "small-10")

    assert 0.13 == pytest.approx(wrong(stage, plan, after=True, band="under_100"), abs=0.01)
    assert 0.03 == pytest.approx(wrong(stage, plan, after=True, band="100_to_1000"), abs=0.006)


def test_share_of_the_llm_changes_at_the_known_moment(stage: Stage) -> None:
    """From 5 to 30 per cent."""
    plan = drawn(stage, "llm-share")
    asked = plan.variants == Variant.ASKED

    assert (0.05, 0.30) == (
        pytest.approx(asked[~_after(plan)].mean(), abs=0.005),
        pytest.approx(asked[_after(plan)].mean(), abs=0.01),
    )


def test_the_same_seed_draws_the_same_fleet(stage: Stage) -> None:
    """And another one another."""
    first, same, other = (drawn(stage, "common-5", seed=seed) for seed in (7, 7, 8))

    assert np.array_equal(first.rows, same.rows)
    assert np.array_equal(first.truth, same.truth)
    assert not np.array_equal(first.rows, other.rows)
