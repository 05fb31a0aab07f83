"""The policy `calibrated`: thresholds by familiarity, band and group; a probability that is one; its file."""

import json
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.artefacts.artefact import DEFAULT_MODEL, read_artefact
from models.contracts.events import AmountBand, Reason
from models.contracts.taxonomy import CATEGORIES
from models.decisions.calibrated import (
    BEST,
    FEATURES,
    GROUP_OF,
    GROUPS,
    NEVER,
    POLICY_FILE,
    TARGETS,
    CalibratedPolicy,
    from_bytes,
    to_bytes,
    weigh,
)
from models.decisions.policy import FLOOR, WeightedBallot
from models.decisions.pool import Familiarity, Pool
from models.errors import ArtefactError, ConfigurationError
from models.voters.contract import Ballot, Kind, Method
from tests.harness.policies import policy, trust

LOW, MIDDLE, HIGH = AmountBand


def vote(category: str, confidence: float, kind: Kind = Kind.LEARNED, method: Method = Method.TEXT) -> WeightedBallot:
    """A vote; the weight it comes with is the ensemble's."""
    return WeightedBallot(method, Ballot(category, confidence, "x", kind=kind), 1.0)


def test_every_category_has_one_group() -> None:
    """A category without a group would have no threshold."""
    assert sorted(CATEGORIES) == sorted(category for group in GROUPS.values() for category in group)
    assert set(CATEGORIES) == set(GROUP_OF)


@pytest.mark.parametrize(
    ("category", "kind", "band", "review"),
    [
        ("fuel", Kind.LEARNED, LOW, False),
        ("fuel", Kind.LEARNED, HIGH, True),
        ("pets", Kind.LEARNED, HIGH, False),
        ("fuel", Kind.RARE, LOW, True),
        ("fuel", Kind.SEEN, HIGH, False),
    ],
    ids=["usual", "band is stricter", "another group", "rare merchant", "seen merchant"],
)
def test_thresholds_are_of_familiarity_band_and_group(
    category: str, kind: Kind, band: AmountBand, review: bool
) -> None:
    """The same confidence of .8 is enough in one cell and not in another."""
    model = policy(new=trust(0.5, cells={(HIGH, "everyday"): 0.9}), rare=trust(0.9), seen=trust(0.5))
    judgement = CalibratedPolicy(model).judge([vote(category, 0.8, kind)], band)
    assert (category, review) == (judgement.category, judgement.requires_review)
    assert review == (Reason.BELOW_THRESHOLD in judgement.reasons)


def test_threshold_itself_is_accepted() -> None:
    """Below it a person decides; at it, none does; `NEVER` is reached by nothing."""
    at = CalibratedPolicy(policy()).judge([vote("fuel", 0.98)], LOW).confidence
    reviews = [
        CalibratedPolicy(policy(new=trust(threshold))).judge([vote("fuel", 0.98)], LOW).requires_review
        for threshold in (at, np.nextafter(at, 1), NEVER)
    ]
    assert [False, True, True] == reviews


def test_each_precision_has_thresholds_of_its_own() -> None:
    """Who asks for more precision gets more reviews."""
    model = policy()
    strict = trust(0.99).thresholds[0.9]
    new = model[Familiarity.NEW]
    both = {**model, Familiarity.NEW: type(new)(new.pool, new.coefficients, {**new.thresholds, 0.99: strict})}
    votes = [vote("fuel", 0.9)]
    assert [False, True] == [CalibratedPolicy(both, target).judge(votes, LOW).requires_review for target in (0.9, 0.99)]


def test_no_votes_go_to_review() -> None:
    """Where nobody votes, nobody pretends to know, however low the thresholds."""
    judgement = CalibratedPolicy(policy(new=trust(0.0))).judge([], LOW)
    assert ("other", FLOOR, True, 0) == (
        judgement.category,
        judgement.confidence,
        judgement.requires_review,
        judgement.agreeing,
    )
    assert ((Reason.NO_VOTE, Reason.BELOW_THRESHOLD), ()) == (judgement.reasons, judgement.votes)


@pytest.mark.parametrize(
    ("votes", "reason", "agreeing"),
    [
        ([vote("fuel", 0.9)], Reason.ONE_ALONE, 1),
        ([vote("fuel", 0.9), vote("fuel", 0.5, Kind.BRAND)], Reason.ALL_AGREE, 2),
        ([vote("fuel", 0.95), vote("auto", 0.3, Kind.CUE)], Reason.ONE_ALONE, 1),
        (
            [vote("fuel", 0.9), vote("fuel", 0.9, Kind.BRAND), vote("auto", 0.3, Kind.CODE)],
            Reason.MAJORITY,
            2,
        ),
    ],
)
def test_reasons_say_who_agrees(votes: list[WeightedBallot], reason: Reason, agreeing: int) -> None:
    """One alone, all, or most."""
    judgement = CalibratedPolicy(policy()).judge(votes, LOW)
    assert ("fuel", reason, agreeing) == (judgement.category, judgement.reasons[0], judgement.agreeing)


def test_votes_carry_the_weights_of_the_pool() -> None:
    """A reviewer sees what a vote weighed here, not what the ensemble would have given it; the sum is 1."""
    model = policy(new=trust(weights={Kind.BRAND: 3.0, Kind.LEARNED: 1.0}))
    votes = [vote("fuel", 0.9, Kind.BRAND, Method.RULES), vote("auto", 0.9)]
    judgement = CalibratedPolicy(model).judge(votes, LOW)
    assert [(Method.RULES, 0.75), (Method.TEXT, 0.25)] == [(each.method, each.weight) for each in judgement.votes]
    assert "fuel" == judgement.category


def test_scores_rank_the_best_categories() -> None:
    """Best first, the decided one at the top; those not named of all share the rest."""
    judgement = CalibratedPolicy(policy()).judge([vote("fuel", 0.6), vote("auto", 0.5, Kind.CUE)], LOW)
    values = [score for _, score in judgement.scores]
    assert sorted(values, reverse=True) == values
    assert pytest.approx(1) == sum(values) + (len(CATEGORIES) - BEST) * values[-1]
    assert ["fuel", "auto"] == [category for category, _ in judgement.scores[:2]]


def test_with_the_log_odds_alone_the_probability_is_the_pooled_one() -> None:
    """Coefficients of 1 for the log odds and 0 for the rest."""
    judgement = CalibratedPolicy(policy()).judge([vote("fuel", 0.8)], LOW)
    assert pytest.approx(0.8) == judgement.confidence


def test_features_by_hand() -> None:
    """Two of three agree on fuel; the pool of equal weights 1 gives its odds and its margin."""
    ballots = [Ballot("fuel", 0.8, "x"), Ballot("fuel", 0.5, "x", kind=Kind.BRAND), Ballot("auto", 0.6, "x")]
    (found,) = weigh([ballots], [Pool(dict.fromkeys(Kind, 1.0))])
    fuel, auto, other = 0.8 * 0.5 * 0.4 / 27, 0.2 / 27 * 0.5 / 27 * 0.6, 0.2 / 27 * 0.5 / 27 * 0.4 / 27
    total = fuel + auto + 26 * other
    expected = {
        "intercept": 1.0,
        "log_odds": np.log(fuel / (total - fuel)),
        "margin": np.log(fuel / auto),
        "agreement": 2 / 3,
        "alone": 0.0,
    }
    assert pytest.approx(expected) == dict(zip(FEATURES, found.features, strict=True))
    assert ("fuel", 2) == (found.category, found.agreeing)


@given(
    st.tuples(st.floats(-5, 5), st.floats(0, 5), st.floats(0, 5), st.floats(-5, 5), st.floats(-5, 5)),
    st.lists(st.floats(-12, 12), min_size=2, max_size=10),
    st.floats(0, 12),
)
def test_probability_is_one_and_grows_with_the_log_odds(
    coefficients: tuple[float, ...], log_odds: list[float], margin: float
) -> None:
    """Within [0, 1], and never less for higher odds, as the fit keeps that coefficient at 0 or above."""
    features = np.array([[1.0, value, margin, 0.5, 0.0] for value in sorted(log_odds)])
    probability = trust(coefficients=coefficients).probability(features)
    assert ((probability >= 0) & (probability <= 1)).all()
    assert (np.diff(probability) >= -1e-12).all()


@pytest.mark.parametrize("precision", [0.99, 0.5, 1.0])
def test_unknown_precision_is_refused(precision: float) -> None:
    """The message lists what the artefact has."""
    with pytest.raises(
        ConfigurationError, match=rf"precision {precision} has no thresholds in this model; it has 0\.9, 0\.95"
    ):
        CalibratedPolicy(policy(), precision)


def test_bytes_are_read_back() -> None:
    """Everything comes back, and the same bytes are written again."""
    model = policy(
        rare=trust(0.8, weights={Kind.CUE: 0.123}, coefficients=(0.1, 0.2, 0.3, 0.4, 0.5)),
        seen=trust(NEVER, cells={(HIGH, "money"): 0.7531}),
    )
    found = from_bytes(to_bytes(model))
    assert dict(model) == dict(found)
    assert to_bytes(model) == to_bytes(found)


@pytest.mark.parametrize(
    "path",
    [
        "seen",
        "new.weights",
        "rare.weights.cue",
        "new.coefficients.alone",
        "seen.thresholds",
        "new.thresholds.0.9.over_1000",
        "new.thresholds.0.95.under_100.money",
    ],
)
@pytest.mark.parametrize("damage", ["missing", "text", "list"])
def test_incomplete_files_are_refused(path: str, damage: str) -> None:
    """Every familiarity, kind, coefficient, band and group must be there, and be a number."""
    values = json.loads(to_bytes(policy()))
    parts = path.replace("0.9.", "0_9.").replace("0.95.", "0_95.").split(".")
    *way, last = [part.replace("0_", "0.") for part in parts]
    place = values
    for part in way:
        place = place[part]
    if damage == "missing":
        del place[last]
    else:
        place[last] = "much" if damage == "text" else []
    with pytest.raises(ArtefactError, match=f"{POLICY_FILE} does not fit its format"):
        from_bytes(json.dumps(values).encode())


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"null", b"{}", b"3"])
def test_what_is_no_policy_is_refused(content: bytes) -> None:
    """Each is an ArtefactError, whatever the parser would have raised."""
    with pytest.raises(ArtefactError, match="does not fit its format"):
        from_bytes(content)


def test_shipped_policy_has_every_target_and_grows_with_the_log_odds(shipped: Mapping[str, bytes]) -> None:
    """All precisions can be asked for; surer votes never count as less sure; more precision is never more lenient."""
    model = from_bytes(shipped[POLICY_FILE])
    for each in model.values():
        assert set(TARGETS) == set(each.thresholds)
        assert min(each.coefficients[1:3]) >= 0
        assert all(0 <= weight <= 3 for weight in each.pool.weights.values())
        assert all(0 <= value <= NEVER for cells in each.thresholds.values() for value in cells.values())


@settings(max_examples=30, deadline=None)
@given(st.floats(0.2, 0.99), st.sampled_from(AmountBand))
def test_a_dissenting_llm_never_makes_the_others_surer(confidence: float, band: AmountBand) -> None:
    """Another label from the LLM must not accept what a person would have looked at (the shipped policy)."""
    _, contents = read_artefact(DEFAULT_MODEL)
    judge = CalibratedPolicy(from_bytes(contents[POLICY_FILE])).judge
    alone, dissent = vote("groceries", confidence), vote("pets", 0.7, Kind.LLM, Method.LLM)

    assert judge([alone, dissent], band).confidence <= judge([alone], band).confidence
