"""The policy `agreement`, line by line as DESIGN section 4 has it. The amount makes no difference to it."""

import pytest

from models.contracts.events import AmountBand, Reason
from models.decisions.policy import AgreementPolicy, WeightedBallot, uncertainty
from models.voters.contract import Ballot, Method

BAND = AmountBand.UNDER_100


def votes(*opinions: tuple[Method, str, float, float]) -> list[WeightedBallot]:
    """Weighted ballots of (method, category, confidence, weight)."""
    return [WeightedBallot(method, Ballot(category, conf, "x"), weight) for method, category, conf, weight in opinions]


@pytest.mark.parametrize(
    ("cast", "category", "confidence", "review", "reason"),
    [
        pytest.param(
            votes((Method.MCC, "fuel", 0.5, 0.25), (Method.TEXT, "fuel", 0.6, 0.75)),
            "fuel",
            0.5 * 0.25 + 0.6 * 0.75 + 0.20,
            False,
            Reason.ALL_AGREE,
            id="all agree: +.20",
        ),
        pytest.param(
            votes((Method.MCC, "fuel", 0.5, 0.2), (Method.RULES, "fuel", 0.5, 0.2), (Method.TEXT, "auto", 0.2, 0.6)),
            "fuel",
            0.5 * 0.2 + 0.5 * 0.2 + 0.10,
            True,
            Reason.MAJORITY,
            id="two of three: +.10",
        ),
        pytest.param(
            votes((Method.MCC, "fuel", 0.9, 0.2), (Method.TEXT, "auto", 0.9, 0.8)),
            "auto",
            0.9 * 0.8 - 0.15,
            True,
            Reason.ONE_ALONE,
            id="one against another: -.15",
        ),
        pytest.param(
            votes((Method.TEXT, "auto", 0.9, 1.0)), "auto", 0.75, False, Reason.ONE_ALONE, id="nobody else voted: -.15"
        ),
        pytest.param(
            votes((Method.MCC, "fuel", 1.0, 0.5), (Method.TEXT, "fuel", 0.9, 0.5)),
            "fuel",
            1.0,
            False,
            Reason.ALL_AGREE,
            id="clamped at 1",
        ),
        pytest.param(votes((Method.TEXT, "fuel", 0.1, 1.0)), "fuel", 0.05, True, Reason.ONE_ALONE, id="clamped at .05"),
    ],
)
def test_agreement(cast: list[WeightedBallot], category: str, confidence: float, review: bool, reason: Reason) -> None:
    """Each adjustment, each clamp, and the threshold of .60."""
    judgement = AgreementPolicy().judge(cast, BAND)

    assert category == judgement.category
    assert pytest.approx(confidence) == judgement.confidence
    assert review == judgement.requires_review
    assert reason == judgement.reasons[0]
    assert review == (Reason.BELOW_THRESHOLD in judgement.reasons)


def test_threshold_itself_is_sure() -> None:
    """Below .60 a human reviews: at .60 none does."""
    at = AgreementPolicy(threshold=0.75).judge(votes((Method.TEXT, "fuel", 0.9, 1.0)), BAND)
    above = AgreementPolicy(threshold=0.7501).judge(votes((Method.TEXT, "fuel", 0.9, 1.0)), BAND)

    assert (False, True) == (at.requires_review, above.requires_review)


@pytest.mark.parametrize("band", AmountBand)
def test_amount_makes_no_difference(band: AmountBand) -> None:
    """Equal votes, equal judgement, whatever the amount; the votes come back with the weights they came with."""
    cast = votes((Method.MCC, "fuel", 0.9, 0.2), (Method.TEXT, "auto", 0.9, 0.8))
    judgement = AgreementPolicy().judge(cast, band)

    assert AgreementPolicy().judge(cast, BAND) == judgement
    assert tuple(cast) == judgement.votes


def test_no_votes_go_to_review() -> None:
    """Where nobody votes, nobody pretends to know."""
    judgement = AgreementPolicy().judge([], BAND)

    assert ("other", 0.05, True, 0) == (
        judgement.category,
        judgement.confidence,
        judgement.requires_review,
        judgement.agreeing,
    )
    assert (Reason.NO_VOTE, Reason.BELOW_THRESHOLD) == judgement.reasons


def test_alternatives_count_with_their_weight() -> None:
    """What voters considered besides their choice is ranked, but elects nobody."""
    ballot = Ballot("fuel", 0.5, "x", alternatives=(("auto", 0.4), ("pets", 0.1)))
    judgement = AgreementPolicy().judge(
        [WeightedBallot(Method.TEXT, ballot, 0.8), WeightedBallot(Method.MCC, Ballot("auto", 0.6, "x"), 0.2)], BAND
    )

    assert "fuel" == judgement.category
    assert ["auto", "fuel", "pets"] == [category for category, _ in judgement.scores]


@pytest.mark.parametrize(
    ("agreeing", "voting", "expected"), [(3, 3, 0.4), (1, 2, 0.55), (0, 0, 0.7)], ids=["all", "half", "none voted"]
)
def test_uncertainty(agreeing: int, voting: int, expected: float) -> None:
    """(1 - confidence) + .3 (1 - agreeing/voting)."""
    assert pytest.approx(expected) == uncertainty(0.6, agreeing, voting)
