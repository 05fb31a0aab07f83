"""The gate: planted gaps fail it, chance does not, and what cannot be told is not passed."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from models.contracts.events import AmountBand
from models.errors import DataError
from models.evaluation.judged import Judged
from monitors.audits.bias.gate import bias_checks, bias_findings
from monitors.audits.bias.groups import Decisions, by_band
from monitors.audits.bias.limits import BiasLimits
from monitors.audits.bias.ratios import ALL, group_ratios
from monitors.audits.checks import Check, Outcome, overall
from monitors.audits.limits import Limit

CATEGORIES = ("groceries", "fuel", "pets", "travel", "charity_donations", "utilities_telecom")
SEEDS = range(20)
LIMITS = BiasLimits(rounds=200)


def population(seed: int, *, merchants: int = 500, accuracy: float = 0.93) -> list[Judged]:
    """Rows of merchants of all kinds, right or wrong together, without a gap."""
    random = Random(seed)
    rows = []
    for number in range(merchants):
        truth = random.choice(CATEGORIES)
        sure = random.random() < accuracy
        currency = random.choice(("USD", "EUR", "GBP"))
        for _ in range(random.choice((1, 1, 2, 4, 8))):
            right = sure if random.random() < 0.9 else random.random() < accuracy
            said = truth if right else random.choice([name for name in CATEGORIES if name != truth])
            confidence = round(random.uniform(0.6, 1), 3)
            rows.append(
                Judged(
                    said,
                    confidence,
                    confidence >= 0.8,
                    frozenset({truth}),
                    random.choice(list(AmountBand)),
                    currency,
                    merchant=f"m{number}",
                    groups=(random.choice(("north", "south", "east")),),
                )
            )
    return rows


def wrong(row: Judged) -> Judged:
    """The row, decided wrongly."""
    return replace(row, category=next(name for name in CATEGORIES if name not in row.truth))


def small_amounts(row: Judged, random: Random) -> Judged:
    """A quarter of small amounts is wrong."""
    return wrong(row) if row.amount_band is AmountBand.UNDER_100 and random.random() < 0.25 else row


def pets_halved(row: Judged, random: Random) -> Judged:
    """Every other line of pets is wrong."""
    return wrong(row) if "pets" in row.truth and random.random() < 0.5 else row


def one_group_to_review(row: Judged, random: Random) -> Judged:
    """Half of one group's lines waits for a person, however sure."""
    return replace(row, accepted=False) if row.groups == ("north",) and random.random() < 0.5 else row


def one_currency(row: Judged, random: Random) -> Judged:
    """A quarter of one currency is wrong."""
    return wrong(row) if row.currency == "EUR" and random.random() < 0.25 else row


def check(found: list[Check], name: str) -> Check:
    """The check of that name."""
    return next(each for each in found if each.name == name)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plant", "name"),
    [
        (small_amounts, "amount_parity"),
        (pets_halved, "category_recall"),
        (one_group_to_review, "column_acceptance:region"),
        (one_currency, "currency_parity"),
    ],
)
def test_a_planted_gap_fails(plant: Callable[[Judged, Random], Judged], name: str) -> None:
    """In every seed, and the check that fails is the one that was planted."""
    for seed in SEEDS:
        random = Random(f"plant {seed}")
        rows = [plant(row, random) for row in population(seed)]
        found = bias_checks(rows, LIMITS, columns=("region",), seed=seed)
        assert Outcome.FAIL is overall(found), seed
        assert Outcome.FAIL is check(found, name).outcome, seed


@pytest.mark.slow
def test_without_a_gap_it_passes() -> None:
    """In every seed, although rows of a merchant are wrong together and some groups look unlucky."""
    for seed in SEEDS:
        found = bias_checks(population(seed), LIMITS, columns=("region",), seed=seed)
        assert Outcome.PASS is overall(found), [each.why for each in found if each.outcome is not Outcome.PASS]


def test_a_gap_of_one_merchant_is_no_evidence() -> None:
    """Four hundred wrong rows of one merchant of middle amounts: beyond the limit, and perhaps chance."""
    rows = population(1, merchants=200)
    one = [
        replace(wrong(rows[0]), amount_band=AmountBand.OVER_1000, merchant="one", groups=("north",)) for _ in range(400)
    ]
    found = check(list(bias_findings([*rows, *one], LIMITS).checks), "amount_parity")
    assert Outcome.NOT_MEASURED is found.outcome
    assert found.value is not None
    assert found.value > 0.3


def test_too_few_rows_are_not_measured() -> None:
    """And the audit as a whole is not, since amounts are needed."""
    found = bias_findings(population(0, merchants=5), LIMITS)
    assert Outcome.NOT_MEASURED is found.outcome


def test_a_limit_of_none_only_reports() -> None:
    """No check, and still a table."""
    found = bias_findings(population(0), LIMITS.model_copy(update={"amount_parity": Limit(limit=None)}))
    assert "amount_parity" not in {each.name for each in found.checks}
    assert "amount band" == found.tables[0].by


def test_a_column_of_names_is_no_group() -> None:
    """It would be printed, value by value."""
    rows = [replace(row, groups=(str(place),)) for place, row in enumerate(population(0))]
    with pytest.raises(DataError, match="customer"):
        bias_findings(rows, LIMITS, columns=("customer",))


def test_ratios_are_those_of_the_table() -> None:
    """What is bootstrapped is what fairlearn counts."""
    decisions = Decisions.of(population(3))
    ratios = group_ratios(decisions.accuracy(by_band(decisions)), rounds=100, seed=0)
    found = bias_findings(population(3), LIMITS)
    for row in found.tables[0].rows:
        assert row.accuracy.value == pytest.approx(ratios[row.name].value)
        assert (row.accuracy.rows, row.merchants) == (ratios[row.name].rows, ratios[row.name].clusters)
    assert found.scores.accuracy.value == pytest.approx(ratios[ALL].value)


def test_the_bootstrap_sees_that_rows_of_a_merchant_go_together() -> None:
    """Its error is that of merchants, several times that of as many independent rows."""
    random = Random(0)
    rows = []
    for number in range(200):
        right = random.random() < 0.5
        row = Judged("fuel" if right else "pets", 0.9, True, frozenset({"fuel"}), merchant=f"m{number}")
        rows += [row] * 25
    decisions = Decisions.of(rows)
    samples = group_ratios(decisions.accuracy(by_band(decisions)), rounds=500, seed=0)[ALL].samples
    assert float(np.std(samples)) == pytest.approx((0.25 / 200) ** 0.5, rel=0.2)


def test_equal_confidence_is_no_gap_where_confidence_decides() -> None:
    """One group is far less sure, and accepted as often as its confidence says."""
    rows = [
        replace(row, confidence=row.confidence - 0.15, accepted=row.confidence >= 0.95) if "pets" in row.truth else row
        for row in population(0, merchants=2000)
    ]
    found = list(bias_findings(rows, LIMITS).checks)
    equal = check(found, "category_equal_confidence")
    assert equal.value is not None
    assert equal.value < 0.02
