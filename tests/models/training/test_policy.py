"""Fitting the calibrated policy: lines that keep their promise on the rows they were set on, and partial pooling."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contracts.events import AmountBand
from models.decisions.acceptance import LEAST
from models.decisions.calibrated import TARGETS, CalibratedPolicy, PolicyModel
from models.decisions.policy import WeightedBallot
from models.decisions.policy_file import from_bytes, to_bytes
from models.statistics.intervals import wilson
from models.training.fit_acceptance import FEWEST, Trials
from models.training.fit_policy import FIXED, fit_policy
from models.training.votes import Cast
from models.voters.contract import LEARNED_LATER, Ballot, Kind, Method

ROWS = st.lists(
    st.tuples(st.integers(30, 60).map(lambda step: step / 60), st.booleans(), st.sampled_from((0.5, 1.0, 2.0))),
    min_size=1,
    max_size=150,
)
TARGET = st.sampled_from((0.5, 0.7, 0.9))


def trials(rows: Sequence[tuple[float, bool, float]]) -> Trials:
    """Trials of probability, whether right, and weight."""
    probability, right, weight = (np.array([row[part] for row in rows]) for part in range(3))
    return Trials(probability, right.astype(bool), weight.astype(float))


def lowest(rows: Sequence[tuple[float, bool, float]], target: float) -> float | None:
    """The lowest line above which the lower end of the interval reaches the target."""
    return trials(rows).lowest_line(lambda share, number: wilson(share * number, number)[0] >= target)


@given(ROWS, TARGET)
@pytest.mark.slow
def test_above_the_line_the_target_is_held_and_no_lower_one_does(
    rows: list[tuple[float, bool, float]], target: float
) -> None:
    """Worked out anew for every line in hundredths."""
    line = lowest(rows, target)
    holding = []
    for step in range(50, 100):
        above = [(right, weight) for probability, right, weight in rows if probability >= step / 100]
        if above:
            total = sum(weight for _, weight in above)
            worth = total**2 / sum(weight**2 for _, weight in above)
            share = sum(weight for right, weight in above if right) / total
            if wilson(share * worth, worth)[0] >= target:
                holding.append(step / 100)
    assert line == min(holding, default=None)


def test_few_rows_are_no_proof() -> None:
    """Ten right ones of ten show no 95%; two hundred of two hundred do."""
    assert lowest([(0.9, True, 1.0)] * 10, 0.95) is None
    assert 0.5 == lowest([(0.9, True, 1.0)] * 200, 0.95)


def test_heavy_rows_are_worth_fewer() -> None:
    """Two hundred rows of which one holds nearly all the weight are worth about one."""
    rows = [(0.9, True, 1e6), *[(0.9, True, 1.0)] * 199]
    assert lowest(rows, 0.95) is None


def cast(category: str, truth: str, confidence: float, kind: Kind, band: AmountBand = AmountBand.UNDER_100) -> Cast:
    """One vote with its truth."""
    return Cast((Ballot(category, confidence, "x", kind=kind),), band, frozenset((truth,)), 1.0)


def told(
    draw: np.random.Generator,
    category: str = "fuel",
    *,
    kind: Kind = Kind.BRAND,
    band: AmountBand = AmountBand.UNDER_100,
    count: int = 1_500,
    power: float = 0.15,
) -> list[Cast]:
    """Votes that are right with the probability confidence^power."""
    return [
        cast(category, category if draw.random() < confidence**power else "auto", confidence, kind, band)
        for confidence in draw.uniform(0.4, 0.98, count).tolist()
    ]


def sound() -> list[Cast]:
    """Three categories that are right about as often, one that is right three times in four, one with few rows."""
    draw = np.random.default_rng(0)
    rows = [row for category in ("fuel", "groceries", "travel") for row in told(draw, category, power=0.05)]
    return [*rows, *told(draw, "pets", power=0.5), *told(draw, "charity_donations", count=20, power=0.05)]


@pytest.fixture(scope="module")
def model() -> PolicyModel:
    """The policy fitted on `sound`."""
    return fit_policy(sound())


def judged(model: PolicyModel, row: Cast, precision: float = 0.95) -> tuple[float, bool]:
    """Confidence and acceptance of one row."""
    votes = [WeightedBallot(Method.TEXT, ballot, 1.0) for ballot in row.ballots]
    (judgement,) = CalibratedPolicy(model, precision).judge_all([(votes, row.band)])
    return judgement.confidence, not judgement.requires_review


@pytest.mark.parametrize("target", TARGETS)
def test_accepted_rows_are_right_often_enough(model: PolicyModel, target: float) -> None:
    """On the rows of the fit, over all of them; some are accepted at .9 and .95."""
    rows = sound()
    right = [row.ballots[0].category in row.truth for row in rows if judged(model, row, target)[1]]
    assert not right or sum(right) / len(right) >= target - 0.005
    assert right or target > 0.95


def test_a_group_that_falls_short_has_a_higher_line(model: PolicyModel) -> None:
    """With its figures; the others have the common one."""
    lines = model.acceptance[0.9]
    assert LEAST <= lines.line <= 0.9
    for each in lines.raised:
        assert each.high < 0.9
        assert each.low <= each.right <= each.high
        assert each.rows >= FEWEST
        assert lines.line <= each.line <= 0.9
    assert {"fuel", "groceries", "travel"}.isdisjoint({each.name for each in lines.raised})


def test_a_group_with_few_rows_is_not_closed(model: PolicyModel) -> None:
    """Twenty donations lean on the others: a sure one is accepted at every amount, though none was over 1,000."""
    for band in AmountBand:
        confidence, accepted = judged(model, cast("charity_donations", "", 0.98, Kind.BRAND, band))
        assert (confidence > 0.9, accepted) == (True, True)


def test_what_is_as_sure_as_the_target_is_always_accepted(model: PolicyModel) -> None:
    """In every category, band and kind, whatever its group was like in trials."""
    for kind in (Kind.BRAND, Kind.SEEN, Kind.STATEMENT, Kind.LEARNED):
        for category in ("pets", "fuel", "income"):
            for band in AmountBand:
                confidence, accepted = judged(model, cast(category, "", 0.98, kind, band))
                assert accepted or confidence < 0.95


def test_nothing_below_the_least_line_is_accepted() -> None:
    """Also where everything was right in trials."""
    draw = np.random.default_rng(1)
    model = fit_policy(told(draw, power=0.0))
    assert {LEAST} == {lines.line for target, lines in model.acceptance.items() if target > LEAST}
    low = cast("fuel", "", 0.06, Kind.LEARNED)
    confidence, accepted = judged(model, low, 0.9)
    assert accepted == (confidence >= 0.9)


def test_seen_rare_and_new_lean_on_each_other_but_differ() -> None:
    """Seen merchants are always right, rare ones half of the time: the same ballot is worth more of the former."""
    draw = np.random.default_rng(2)
    rows = told(draw, kind=Kind.SEEN, power=0.0) + told(draw, kind=Kind.RARE, power=2.0)
    model = fit_policy(rows)
    seen, rare, unmet = (judged(model, cast("fuel", "", 0.8, kind))[0] for kind in (Kind.SEEN, Kind.RARE, Kind.BRAND))
    assert rare < seen
    # Of brands there were no rows at all: they take what is common to the others.
    assert unmet < seen


def test_small_groups_are_shrunk_towards_the_others() -> None:
    """Five wrong rows of one category move it less than five hundred do."""
    draw = np.random.default_rng(3)
    others = told(draw, power=0.1)
    wrong = cast("pets", "auto", 0.9, Kind.BRAND)
    few, many = (fit_policy([*others, *[wrong] * count]).effects.category["pets"] for count in (5, 500))
    assert many < few < 0


def test_fit_without_rows_accepts_nothing() -> None:
    """A training too small to say anything sends everything to people."""
    model = fit_policy([])
    for target, lines in model.acceptance.items():
        assert (target, target, ()) == (lines.line, lines.resemblance, lines.raised)
    assert not judged(model, cast("fuel", "", 0.98, Kind.SEEN))[1]


@pytest.mark.slow
def test_fit_is_reproducible_and_survives_its_file(model: PolicyModel) -> None:
    """Equal rows give equal bytes, which are read back as they were."""
    assert to_bytes(model) == to_bytes(fit_policy(sound()))
    assert model == from_bytes(to_bytes(model))


def test_weights_that_cannot_be_learned_are_fixed(model: PolicyModel) -> None:
    """Card codes are the truth of the rows, and no language model is at hand: their weights are set, not fitted."""
    for trusted in model.trusts.values():
        assert FIXED == {kind: trusted.pool.weights[kind] for kind in FIXED}
        assert set(Kind) - LEARNED_LATER == set(trusted.pool.weights)
    assert {0.0} == {model.effects.support[kind] for kind in FIXED} | {model.effects.dissent[kind] for kind in FIXED}


def test_the_weight_of_a_row_counts() -> None:
    """A wrong row of weight 0 changes nothing."""
    rows = told(np.random.default_rng(4), count=300)
    ignored = replace(cast("fuel", "auto", 0.9, Kind.BRAND), weight=0.0)
    plain, padded = fit_policy(rows), fit_policy([*rows, ignored])
    assert plain.effects.category["fuel"] == pytest.approx(padded.effects.category["fuel"], abs=0.01)
    assert plain.acceptance[0.9].line == padded.acceptance[0.9].line
