"""Fitting the calibrated policy: thresholds that keep their promise on the rows they were set on."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contracts.events import AmountBand
from models.decisions.calibrated import GROUPS, NEVER, TARGETS, CalibratedPolicy, from_bytes, to_bytes
from models.decisions.policy import WeightedBallot
from models.decisions.pool import Familiarity
from models.training.fit_policy import FEWEST, FIXED, FLOOR, Calibrating, Cast, fit_policy, lowest_threshold, settled
from models.voters.contract import Ballot, Kind, Method

ROWS = st.lists(
    st.tuples(st.integers(0, 60).map(lambda step: step / 60), st.booleans(), st.sampled_from((0.5, 1.0, 2.0))),
    min_size=100,
    max_size=250,
)
RISKS = st.sampled_from((0.01, 0.05, 0.1, 0.3, 0.6))


def risk_at(threshold: float, rows: Sequence[tuple[float, bool, float]]) -> tuple[int, float]:
    """Rows accepted at a threshold, and (wrong + w) / (accepted + w), w the mean weight of all rows."""
    following = sum(weight for *_, weight in rows) / len(rows)
    accepted = [row for row in rows if row[0] >= threshold]
    wrong = sum(weight for _, right, weight in accepted if not right)
    return len(accepted), (wrong + following) / (sum(weight for *_, weight in accepted) + following)


def lowest(rows: Sequence[tuple[float, bool, float]], risk: float) -> float | None:
    """`lowest_threshold` of rows."""
    probability, right, weight = (np.array([row[part] for row in rows]) for part in range(3))
    return lowest_threshold(probability, right.astype(bool), weight.astype(float), risk=risk)


@given(ROWS, RISKS)
@pytest.mark.slow
def test_what_is_accepted_keeps_the_risk(rows: list[tuple[float, bool, float]], risk: float) -> None:
    """At the threshold, with enough accepted, many rows of one probability included."""
    threshold = lowest(rows, risk)
    if threshold in (None, NEVER):
        return
    count, found = risk_at(threshold, rows)
    assert count >= settled(risk)
    assert found <= risk + 1e-12


@given(ROWS, RISKS)
@pytest.mark.slow
def test_no_lower_threshold_would_do(rows: list[tuple[float, bool, float]], risk: float) -> None:
    """Every level below, with enough accepted, breaks the risk."""
    threshold = lowest(rows, risk)
    below = {row[0] for row in rows if threshold is not None and row[0] < threshold}
    reached = [risk_at(each, rows) for each in below]
    assert all(count < settled(risk) or found > risk - 1e-12 for count, found in reached)


@pytest.mark.parametrize("count", [0, 1, FEWEST - 1])
def test_too_few_rows_set_no_threshold(count: int) -> None:
    """Also where all of them are right."""
    assert lowest_threshold(np.full(count, 0.9), np.ones(count, dtype=bool), np.ones(count), risk=0.5) is None


def test_right_rows_are_all_accepted() -> None:
    """A hundred right ones at .9 and .8: the threshold is .8."""
    assert 0.8 == lowest([(0.9, True, 1.0)] * 50 + [(0.8, True, 1.0)] * 50, 0.05)


def test_rows_of_one_probability_stand_or_fall_together() -> None:
    """Fifty right and fifty wrong rows at the same .9 are no fifty right ones, in whatever order they stand."""
    assert NEVER == lowest([(0.9, True, 1.0)] * 50 + [(0.9, False, 1.0)] * 50, 0.05)


def test_wrong_ones_at_the_top_count_below() -> None:
    """Twelve of sixty wrong at .9: a hundred right ones at .5 do not make up for them, a thousand do."""
    top = [(0.9, number % 5 > 0, 1.0) for number in range(60)]
    assert NEVER == lowest(top + [(0.5, True, 1.0)] * 100, 0.05)
    assert 0.5 == lowest(top + [(0.5, True, 1.0)] * 1_000, 0.05)


def cast(category: str, truth: str, confidence: float, kind: Kind, band: AmountBand = AmountBand.UNDER_100) -> Cast:
    """One vote with its truth."""
    return Cast((Ballot(category, confidence, "x", kind=kind),), band, frozenset((truth,)), 1.0)


def told(kind: Kind, band: AmountBand, draw: np.random.Generator, count: int = 400) -> list[Cast]:
    """Votes for fuel that are right as often as their confidence says."""
    sure = draw.uniform(0.4, 0.98, count)
    return [
        cast("fuel", "fuel" if draw.random() < confidence else "auto", float(confidence), kind, band)
        for confidence in sure
    ]


@pytest.fixture(scope="module")
def data() -> Calibrating:
    """Seen merchants nearly always right, rare and new ones as often as they say; of the large amounts few rows."""
    draw = np.random.default_rng(0)
    small, large = AmountBand.UNDER_100, AmountBand.OVER_1000
    rare = told(Kind.RARE, small, draw) + told(Kind.RARE, large, draw, 10)
    seen = [cast("fuel", "fuel", 0.9, Kind.SEEN) for _ in range(300)]
    return Calibrating(rare, seen, told(Kind.LEARNED, small, draw))


def judge(data: Calibrating, kind: Kind, confidence: float, band: AmountBand, precision: float = 0.9) -> bool:
    """Whether one vote for fuel is accepted."""
    vote = WeightedBallot(Method.TEXT, Ballot("fuel", confidence, "x", kind=kind), 1.0)
    return not CalibratedPolicy(fit_policy(data), precision).judge([vote], band).requires_review


def test_accepted_rows_are_right_often_enough(data: Calibrating) -> None:
    """On the rows of the fit, for every precision that accepts any, and for 0.9 it accepts some."""
    model = fit_policy(data)
    for target in TARGETS:
        policy = CalibratedPolicy(model, target)
        for rows in (data.rare, data.seen):
            judged = [
                (policy.judge([WeightedBallot(Method.TEXT, row.ballots[0], 1.0)], row.band), row)
                for row in rows
                if row.band is AmountBand.UNDER_100
            ]
            right = [judgement.category in row.truth for judgement, row in judged if not judgement.requires_review]
            assert not right or target <= sum(right) / len(right)
            assert right or target > 0.9


def test_seen_rare_and_new_are_fitted_apart(data: Calibrating) -> None:
    """What is enough of a merchant that was seen is not of a rare one."""
    assert judge(data, Kind.SEEN, 0.9, AmountBand.UNDER_100)
    assert not judge(data, Kind.RARE, 0.7, AmountBand.UNDER_100)
    assert judge(data, Kind.RARE, 0.98, AmountBand.UNDER_100)


def test_a_cell_with_few_rows_takes_the_threshold_of_all(data: Calibrating) -> None:
    """Ten large amounts set no threshold of their own: theirs is one for all groups, and no free pass."""
    thresholds = fit_policy(data)[Familiarity.RARE].thresholds[0.9]
    (of_all,) = {thresholds[AmountBand.OVER_1000, group] for group in GROUPS}
    assert FLOOR < of_all < NEVER


def test_fit_without_rows_accepts_nothing() -> None:
    """A training too small to say anything sends everything to people."""
    model = fit_policy(Calibrating([], [], []))
    assert {NEVER} == {
        value for trust in model.values() for cells in trust.thresholds.values() for value in cells.values()
    }


@pytest.mark.slow
def test_fit_is_reproducible_and_survives_its_file(data: Calibrating) -> None:
    """Equal rows give equal bytes, which are read back as they were."""
    first, second = fit_policy(data), fit_policy(data)
    assert to_bytes(first) == to_bytes(second)
    assert dict(first) == dict(from_bytes(to_bytes(first)))


def test_weights_that_cannot_be_learned_are_fixed(data: Calibrating) -> None:
    """Card codes are the truth of the rows, and no language model is at hand: their weights are set, not fitted."""
    for trust in fit_policy(data).values():
        assert FIXED == {kind: trust.pool.weights[kind] for kind in FIXED}
        assert set(Kind) == set(trust.pool.weights)
