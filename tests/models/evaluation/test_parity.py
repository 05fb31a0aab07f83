"""Groups side by side."""

import pytest

from models.contracts.events import AmountBand
from models.evaluation.measures.gaps import CountUnit, Figure, parity_table, parity_tables
from models.statistics.intervals import newcombe
from tests.harness.labelled import many

SMALL, MIDDLE, LARGE = AmountBand


def test_groups_and_largest_gap_by_hand() -> None:
    """Of 90%, 80% and 60%, the gap is 30 points between the outer two, with Newcombe's interval."""
    rows = many(36, 4, amount_band=LARGE) + many(32, 8, amount_band=MIDDLE) + many(60, 40, amount_band=SMALL)

    table = parity_tables(rows)[0]

    (gap,) = (gap for gap in table.gaps if gap.of is Figure.ACCURACY)
    assert [("under_100", 0.6), ("100_to_1000", 0.8), ("over_1000", 0.9)] == [
        (group.name, group.accuracy.value) for group in table.groups
    ]
    assert ("over_1000", "under_100", 40, 100) == (gap.higher, gap.lower, gap.high.rows, gap.low.rows)
    assert pytest.approx(0.3) == gap.difference
    assert newcombe(36, 40, 60, 100) == gap.interval


def test_acceptance_has_a_gap_of_its_own() -> None:
    """Equally right, but accepted half as often."""
    rows = (
        many(40, 0, amount_band=SMALL) + many(20, 0, amount_band=LARGE) + many(20, 0, accepted=False, amount_band=LARGE)
    )

    accuracy, acceptance = parity_tables(rows)[0].gaps

    assert (0.0, 0.5) == (accuracy.difference, acceptance.difference)
    assert ("under_100", "over_1000") == (acceptance.higher, acceptance.lower)


def test_small_groups_are_listed_but_make_no_gap() -> None:
    """29 rows are not enough data for a gap; 30 are."""
    for count, gaps in ((29, 0), (30, 2)):
        rows = many(40, 0, currency="CAD") + many(0, count, currency="USD")
        table = next(table for table in parity_tables(rows) if table.by == "currency")

        assert (["CAD", "USD"], gaps) == ([group.name for group in table.groups], len(table.gaps))


def test_by_distinct_merchant_a_large_one_counts_once() -> None:
    """One merchant with 98 right rows, one with 1 of 2 right (not more than half), one wrong: 1 of 3."""
    rows = many(98, 0, merchant="large") + many(1, 1, merchant="even") + many(0, 1, merchant="small", accepted=False)

    by_row, by_merchant = (
        parity_table("all", rows, counted, group_of=lambda _each: "all").groups[0] for counted in CountUnit
    )

    assert (99, 101) == (by_row.accuracy.hits, by_row.accuracy.rows)
    assert (1, 3) == (by_merchant.accuracy.hits, by_merchant.accuracy.rows)
    assert by_merchant.precision is not None
    assert (2, 1, 2) == (by_merchant.coverage.hits, by_merchant.precision.hits, by_merchant.precision.rows)


def test_a_merchant_counts_in_each_of_its_groups() -> None:
    """Groups are compared over the merchants that they have."""
    rows = many(1, 0, merchant="m", amount_band=SMALL) + many(0, 1, merchant="m", amount_band=LARGE)

    assert [1.0, 0.0] == [group.accuracy.value for group in parity_tables(rows)[1].groups]


def test_nothing_accepted_has_no_precision() -> None:
    """None, not zero."""
    assert parity_tables(many(1, 0, accepted=False))[0].groups[0].precision is None
