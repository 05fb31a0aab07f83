"""Measures of disparity, by hand."""

import pytest

from models.contracts.events import AmountBand
from models.evaluation.judged import Judged
from models.training.comparison.measures import measures
from tests.harness.labelled import judged

LOW, HIGH = AmountBand.UNDER_100, AmountBand.OVER_1000


def decisions(truth: str, band: AmountBand, right: int, wrong: int) -> list[Judged]:
    """So many right and wrong decisions."""
    return [judged(truth, truth, amount_band=band)] * right + [judged("other", truth, amount_band=band)] * wrong


def test_gaps_name_their_groups() -> None:
    """The largest gap between bands and between categories, with the category of the lowest recall."""
    found = measures(decisions("fuel", LOW, 90, 10) + decisions("pets", HIGH, 60, 40), ("pets", "income"))
    assert (150, 200) == (found.accuracy.hits, found.accuracy.rows)
    assert found.amount_gap is not None
    assert ("under_100", "over_1000") == (found.amount_gap.higher, found.amount_gap.lower)
    assert pytest.approx(0.3) == found.amount_gap.difference
    assert found.category_gap is not None
    assert ("pets", 60) == (found.category_gap.lower, found.category_gap.low.hits)
    assert 0.6 == found.rarest


def test_a_gap_of_the_mix_alone_vanishes_when_categories_count_alike() -> None:
    """Each category is equally right in both bands, but the bands have different categories."""
    rows = decisions("fuel", LOW, 90, 0) + decisions("pets", LOW, 10, 10)
    rows += decisions("fuel", HIGH, 10, 0) + decisions("pets", HIGH, 40, 40)
    found = measures(rows, ())
    assert found.amount_gap is not None
    assert found.amount_gap.difference > 0.3
    assert pytest.approx(0.0) == found.amount_gap_alike


def test_few_rows_make_no_gap() -> None:
    """A band or category with fewer than 30 rows takes part in no gap."""
    found = measures(decisions("fuel", LOW, 50, 0) + decisions("pets", HIGH, 0, 29), ("pets",))
    assert (None, None, None) == (found.amount_gap, found.category_gap, found.rarest)
    assert [("fuel", 50, 50), ("pets", 0, 29)] == [
        (each.name, each.accuracy.hits, each.accuracy.rows) for each in found.categories
    ]
