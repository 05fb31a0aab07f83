"""The policy `calibrated`: lines and their groups; a probability that is one; its file."""

import json
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.artefacts.artefact import DEFAULT_MODEL, read_artefact
from models.contracts.events import AmountBand, Reason
from models.contracts.taxonomy import CATEGORIES
from models.decisions.acceptance import LEAST, Acceptance, Dimension
from models.decisions.calibrated import (
    BEST,
    FEATURES,
    POLICY_FILE,
    TARGETS,
    CalibratedPolicy,
    Effects,
    PolicyModel,
    weigh,
)
from models.decisions.policy import FLOOR, Judgement, WeightedBallot
from models.decisions.policy_file import from_bytes, to_bytes
from models.decisions.pool import Pool
from models.errors import ArtefactError, ConfigurationError
from models.training.fit_acceptance import FEWEST
from models.voters.contract import Ballot, Kind, Method
from tests.harness.policies import effects, policy, raised, trust

LOW, MIDDLE, HIGH = AmountBand


def vote(category: str, confidence: float, kind: Kind = Kind.LEARNED, method: Method = Method.TEXT) -> WeightedBallot:
    """A vote; the weight it comes with is the ensemble's."""
    return WeightedBallot(method, Ballot(category, confidence, "x", kind=kind), 1.0)


def judge(
    model: PolicyModel, votes: list[WeightedBallot], band: AmountBand = LOW, precision: float = 0.95
) -> Judgement:
    """The judgement on one transaction."""
    (found,) = CalibratedPolicy(model, precision).judge_all([(votes, band)])
    return found


@pytest.mark.parametrize(
    ("category", "kind", "band", "review"),
    [
        ("fuel", Kind.BRAND, LOW, False),
        ("fuel", Kind.BRAND, HIGH, True),
        ("pets", Kind.BRAND, LOW, True),
        ("fuel", Kind.RARE, LOW, True),
        ("fuel", Kind.SEEN, LOW, False),
        ("pets", Kind.SEEN, HIGH, True),
    ],
    ids=["usual", "band is raised", "category is raised", "rare merchants are", "seen merchant", "two groups"],
)
def test_a_group_has_a_line_of_its_own(category: str, kind: Kind, band: AmountBand, review: bool) -> None:
    """The same confidence of .8 is enough in one group and not in another."""
    groups = [
        raised(Dimension.BAND, HIGH.value, 0.85),
        raised(Dimension.CATEGORY, "pets", 0.9),
        raised(Dimension.FAMILIARITY, "rare", 0.9),
    ]
    judgement = judge(policy(groups=groups), [vote(category, 0.8, kind)], band)
    assert (category, review) == (judgement.category, judgement.requires_review)
    assert review == (Reason.BELOW_THRESHOLD in judgement.reasons)
    assert review == (judgement.note is not None)


def test_the_line_itself_is_accepted() -> None:
    """Below it a person decides; at it, none does."""
    votes = [vote("fuel", 0.98, Kind.BRAND)]
    at = judge(policy(), votes).confidence
    assert [False, True] == [judge(policy(line), votes).requires_review for line in (at, np.nextafter(at, 1))]


def test_the_highest_line_of_several_groups_counts() -> None:
    """And the note names that group, with its figures."""
    groups = [raised(Dimension.CATEGORY, "pets", 0.93), raised(Dimension.BAND, HIGH.value, 0.9)]
    judgement = judge(policy(groups=groups), [vote("pets", 0.91, Kind.BRAND)], HIGH)
    assert (
        "in trials the category pets was right 88% of the time [84%, 91%] in 400 decisions; it is accepted from 0.93 on"
        == (judgement.note)
    )


def test_likeness_alone_is_accepted_later() -> None:
    """A brand of the same confidence stands; beside a brand, likeness does too."""
    model = policy(resemblance=0.95)
    alone = judge(model, [vote("fuel", 0.9)])
    assert (True, "nothing but a likeness to other names speaks for it; that is accepted from 0.95 on") == (
        alone.requires_review,
        alone.note,
    )
    assert not judge(model, [vote("fuel", 0.9, Kind.BRAND)]).requires_review
    assert not judge(model, [vote("fuel", 0.9), vote("fuel", 0.5, Kind.BRAND)]).requires_review
    assert judge(model, [vote("fuel", 0.93), vote("auto", 0.1, Kind.BRAND)]).requires_review


def test_who_does_not_reach_the_common_line_gets_no_note() -> None:
    """Its confidence says enough."""
    judgement = judge(policy(0.9, groups=[raised(Dimension.CATEGORY, "fuel", 0.95)]), [vote("fuel", 0.6, Kind.BRAND)])
    assert (True, None) == (judgement.requires_review, judgement.note)


def test_each_precision_has_lines_of_its_own() -> None:
    """Who asks for more precision gets more reviews."""
    model = policy()
    both = replace(model, acceptance={**model.acceptance, 0.99: Acceptance(0.99, 0.99, 0.99)})
    votes = [vote("fuel", 0.9, Kind.BRAND)]
    assert [False, True] == [judge(both, votes, precision=target).requires_review for target in (0.9, 0.99)]


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        (effects(support={Kind.BRAND: 0.5}), 0.5),
        (effects(dissent={Kind.CUE: -0.25}), -0.25),
        (effects(category={"fuel": 1.0, "auto": -9.0}), 1.0),
        (effects(band={LOW: -1.0, HIGH: 9.0}), -1.0),
        (effects(support={Kind.CUE: 9.0}, dissent={Kind.BRAND: 9.0}), 0.0),
    ],
    ids=["support", "dissent", "category", "band", "others"],
)
def test_effects_move_the_odds(added: Effects, expected: float) -> None:
    """By what speaks for the category, what against, the category and the band; in logarithms."""
    votes = [vote("fuel", 0.8, Kind.BRAND), vote("auto", 0.3, Kind.CUE)]
    plain, moved = (judge(policy(added=each), votes).confidence for each in (None, added))
    assert pytest.approx(expected) == np.log(moved / (1 - moved)) - np.log(plain / (1 - plain))


def test_no_votes_go_to_review() -> None:
    """Where nobody votes, nobody pretends to know, however low the thresholds."""
    judgement = judge(policy(0.0), [])
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
    judgement = judge(policy(), votes)
    assert ("fuel", reason, agreeing) == (judgement.category, judgement.reasons[0], judgement.agreeing)


def test_votes_carry_the_weights_of_the_pool() -> None:
    """A reviewer sees what a vote weighed here, not what the ensemble would have given it; the sum is 1."""
    model = policy(new=trust(weights={Kind.BRAND: 3.0, Kind.LEARNED: 1.0}))
    votes = [vote("fuel", 0.9, Kind.BRAND, Method.RULES), vote("auto", 0.9)]
    judgement = judge(model, votes)
    assert [(Method.RULES, 0.75), (Method.TEXT, 0.25)] == [(each.method, each.weight) for each in judgement.votes]
    assert "fuel" == judgement.category


def test_scores_rank_the_best_categories() -> None:
    """Best first, the decided one at the top; those not named of all share the rest."""
    judgement = judge(policy(), [vote("fuel", 0.6), vote("auto", 0.5, Kind.CUE)])
    values = [score for _, score in judgement.scores]
    assert sorted(values, reverse=True) == values
    assert pytest.approx(1) == sum(values) + (len(CATEGORIES) - BEST) * values[-1]
    assert ["fuel", "auto"] == [category for category, _ in judgement.scores[:2]]


def test_with_the_log_odds_alone_the_probability_is_the_pooled_one() -> None:
    """Coefficients of 1 for the log odds and 0 for the rest."""
    judgement = judge(policy(), [vote("fuel", 0.8)])
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
    st.lists(st.floats(0.06, 0.98), min_size=2, max_size=10),
)
def test_probability_is_one_and_grows_with_the_confidence(
    coefficients: tuple[float, ...], confidences: list[float]
) -> None:
    """Within [0, 1], and never less for a surer ballot, as the fit keeps the coefficients of odds at 0 or above."""
    model = policy(new=trust(coefficients=coefficients))
    cases = [([vote("fuel", each)], LOW) for each in sorted(confidences)]
    found = [each.confidence for each in CalibratedPolicy(model).judge_all(cases)]
    assert all(0 <= each <= 1 for each in found)
    assert (np.diff(found) >= -1e-12).all()


@pytest.mark.parametrize("precision", [0.99, 0.5, 1.0])
def test_unknown_precision_is_refused(precision: float) -> None:
    """The message lists what the artefact has."""
    with pytest.raises(
        ConfigurationError, match=rf"precision {precision} has no line in this model; it has 0\.9, 0\.95"
    ):
        CalibratedPolicy(policy(), precision)


def test_bytes_are_read_back() -> None:
    """Everything comes back, and the same bytes are written again."""
    model = policy(
        0.81,
        resemblance=0.96,
        groups=[raised(Dimension.CATEGORY, "pets", 0.93)],
        added=effects(support={Kind.CUE: 0.25}, category={"fuel": -0.5}),
        rare=trust(weights={Kind.CUE: 0.123}, coefficients=(0.1, 0.2, 0.3, 0.4, 0.5)),
    )
    found = from_bytes(to_bytes(model))
    assert model == found
    assert to_bytes(model) == to_bytes(found)


@pytest.mark.parametrize(
    "path",
    [
        ("trust", "seen"),
        ("trust", "new", "weights"),
        ("trust", "rare", "weights", "cue"),
        ("trust", "new", "coefficients", "alone"),
        ("effects",),
        ("effects", "support", "brand"),
        ("effects", "category", "fuel"),
        ("effects", "band", "over_1000"),
        ("acceptance",),
        ("acceptance", "0.95", "line"),
        ("acceptance", "0.9", "raised", 0, "line"),
    ],
)
@pytest.mark.parametrize("damage", ["missing", "text", "list"])
def test_incomplete_files_are_refused(path: tuple[str | int, ...], damage: str) -> None:
    """Every familiarity, kind, coefficient, effect and line must be there, and be a number."""
    values = json.loads(to_bytes(policy(groups=[raised(Dimension.CATEGORY, "pets", 0.93)])))
    *way, last = path
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


def test_the_shipped_policy_keeps_its_word(shipped: Mapping[str, bytes]) -> None:
    """All precisions can be asked for; surer votes never count as less sure; no line is out of reach or too low.

    A decision as sure as the target stands in every group, so none is closed.
    """
    model = from_bytes(shipped[POLICY_FILE])
    assert set(TARGETS) == set(model.acceptance)
    for trusted in model.trusts.values():
        assert min(trusted.coefficients[1:3]) >= 0
        assert all(0 <= weight <= 3 for weight in trusted.pool.weights.values())
    for target, lines in model.acceptance.items():
        assert LEAST <= lines.line <= target
        assert lines.line <= lines.resemblance <= target
        assert all(lines.line <= each.line <= target and each.rows >= FEWEST for each in lines.raised)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.2, 0.99), st.sampled_from(AmountBand))
def test_a_dissenting_llm_never_makes_the_others_surer(confidence: float, band: AmountBand) -> None:
    """Another label from the LLM must not accept what a person would have looked at (the shipped policy)."""
    _, contents = read_artefact(DEFAULT_MODEL)
    model = from_bytes(contents[POLICY_FILE])
    alone, dissent = vote("groceries", confidence), vote("pets", 0.7, Kind.LLM, Method.LLM)

    assert judge(model, [alone, dissent], band).confidence <= judge(model, [alone], band).confidence
