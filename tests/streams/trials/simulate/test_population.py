"""The rows that are drawn from: real decisions, and the forms in which they come."""

import json

import numpy as np

from models.contracts.taxonomy import CATEGORIES
from streams.trials.simulate.population import LETTERS
from streams.trials.simulate.scenarios import FAMILY, Variant
from streams.trials.simulate.stage import Stage


def test_what_is_accepted_is_right_until_a_scenario_says_otherwise(stage: Stage) -> None:
    """Rows that the model got wrong by itself are left out."""
    population = stage.population

    assert 0.9 < population.accepted.mean() < 1
    assert np.array_equal(population.truth[population.accepted], population.decided[population.accepted])


def test_error_rate_is_measured_without_the_codes(stage: Stage) -> None:
    """With them the truth would be among what the model sees."""
    assert 0 < stage.population.error < 0.05


def test_frequent_merchants_of_one_category_become_unknown(stage: Stage) -> None:
    """About half of its rows have another description; no other category has."""
    population = stage.population
    plain, renamed = population.casts[Variant.PLAIN], population.casts[Variant.UNKNOWN]
    changed = np.array([before != after for before, after in zip(plain.fields, renamed.fields, strict=True)])
    family = population.truth == CATEGORIES.index(FAMILY)

    assert 0.45 < changed[family].mean() < 0.65
    assert not changed[~family].any()


def test_the_real_model_does_not_know_the_new_names(stage: Stage) -> None:
    """No ballot on a changed row rests on a merchant seen before."""
    population = stage.population
    plain, renamed = population.casts[Variant.PLAIN], population.casts[Variant.UNKNOWN]
    kinds = {
        ballot.kind.value
        for before, after, ballots in zip(plain.fields, renamed.fields, renamed.ballots, strict=True)
        if before != after
        for ballot in ballots
        if ballot is not None
    }

    assert "code" in kinds
    assert not kinds & {"seen", "brand"}


def test_descriptions_are_cut(stage: Stage) -> None:
    """To their first letters; all else of the transaction stays."""
    population = stage.population
    plain, cut = (json.loads("{" + population.casts[form].fields[0]) for form in (Variant.PLAIN, Variant.CUT))

    assert plain["description"][:LETTERS].strip() == cut["description"]
    assert plain | {"description": ""} == cut | {"description": ""}
