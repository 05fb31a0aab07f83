"""Amounts: the shipped table, the estimate, and draws."""

from decimal import Decimal
from math import exp, log
from random import Random
from statistics import NormalDist, median

import pytest

from models.artefacts.csv_table import read_table
from models.contracts.events import AmountBand, amount_band
from models.contracts.taxonomy import CATEGORIES
from models.training.balance.amounts import AmountModel, Source, amount_models, estimate
from models.training.config import SHIPPED
from models.training.shipped.toronto import DESCRIPTOR_COLUMNS


def test_the_shipped_table_is_the_estimate() -> None:
    """What says toronto is what the shipped descriptors give; the others are judgements without rows."""
    shipped = amount_models()
    found = estimate(read_table(SHIPPED / "toronto_descriptors.csv.gz", DESCRIPTOR_COLUMNS))
    assert set(CATEGORIES) == set(shipped)
    assert found == {name: model for name, model in shipped.items() if model.source is Source.TORONTO}
    assert {0} == {model.rows for model in shipped.values() if model.source is Source.JUDGEMENT}


def test_an_estimate_gives_the_bands_back() -> None:
    """The share of the model below 100 and above 1000 is that of the rows."""
    row = {"description": "SHELL", "mcc": "5541", "under_100": "700", "100_to_1000": "250", "over_1000": "50"}
    model = estimate([row | {"credits": "10"}])["fuel"]
    normal = NormalDist(model.mu, model.sigma)
    assert 0.7 == pytest.approx(normal.cdf(log(100)), abs=0.001)
    assert 0.05 == pytest.approx(1 - normal.cdf(log(1000)), abs=0.001)
    assert (0.01, 1000, Source.TORONTO) == (model.credits, model.rows, model.source)


def test_too_few_rows_give_no_estimate() -> None:
    """299 rows are left to judgement."""
    row = {"description": "SHELL", "mcc": "5541", "under_100": "200", "100_to_1000": "90", "over_1000": "9"}
    assert {} == estimate([row | {"credits": "0"}])


@pytest.mark.parametrize("band", list(AmountBand))
def test_draws_stay_in_their_band(band: AmountBand) -> None:
    """Also where the model has next to no amounts in that band."""
    for mu in (1.0, 5.0, 9.0):
        model, random = AmountModel(mu, 0.5, 0.0, 0, Source.JUDGEMENT), Random(0)
        assert {band} == {amount_band(model.draw(random, band=band), "CAD") for _ in range(200)}


def test_draws_follow_the_model_and_the_price_level() -> None:
    """The median is exp(mu) times the scale."""
    model, random = AmountModel(4.0, 1.0, 0.0, 0, Source.JUDGEMENT), Random(0)
    drawn = [model.draw(random, scale=2.0) for _ in range(4_000)]
    assert 2 * exp(4) == pytest.approx(float(median(drawn)), rel=0.06)
    assert all(each == each.quantize(Decimal("0.01")) for each in drawn)
