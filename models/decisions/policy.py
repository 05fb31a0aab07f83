"""Review policies: from the votes on one transaction to a confidence and the question whether a person must look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

from models.contracts.events import AmountBand, ConfidenceBand, Reason
from models.voters.contract import Ballot, Method

FLOOR = 0.05
"""Lowest confidence that a policy gives; an event never claims certainty of being wrong."""

_BANDS = ((0.98, ConfidenceBand.VERY_HIGH), (0.90, ConfidenceBand.HIGH), (0.60, ConfidenceBand.MEDIUM))


PolicyName = Literal["calibrated", "agreement"]
"""Policies by the name that the setting `policy` takes."""


class WeightedBallot(NamedTuple):
    """A ballot with the weight its method has among the methods that voted; the weights of one transaction sum to 1."""

    method: Method
    ballot: Ballot
    weight: float


class Judgement(NamedTuple):
    """A policy's decision on the votes.

    Args:
        confidence: In [FLOOR, 1], not yet rounded.
        agreeing: Number of methods behind `category`.
        scores: Category to what speaks for it, alternatives included, best first.
        votes: The votes with the weight that the policy gave them.
        note: Why a sure decision still waits for a person; None where it does not, or is not sure.
    """

    category: str
    confidence: float
    requires_review: bool
    agreeing: int
    reasons: tuple[Reason, ...]
    scores: tuple[tuple[str, float], ...]
    votes: tuple[WeightedBallot, ...]
    note: str | None = None


UNDECIDED = Judgement("other", FLOOR, True, 0, (Reason.NO_VOTE, Reason.BELOW_THRESHOLD), (), ())
"""What every policy makes of no votes: a person decides."""


Case = tuple[Sequence[WeightedBallot], AmountBand]
"""The votes on one transaction and the band of its amount. There may be none; their weights are the ensemble's, which
a policy may replace by its own."""


class Policy(Protocol):
    """A way to judge votes. It is pure: the same votes give the same judgement."""

    @property
    def name(self) -> str:
        """The name that decisions carry."""
        ...

    def judge_all(self, cases: Sequence[Case]) -> list[Judgement]:
        """Judge the votes on several transactions, each by itself; one judgement a case, in their order."""
        ...


def confidence_band(confidence: float) -> ConfidenceBand:
    """The band of a confidence.

    >>> confidence_band(0.9).value, confidence_band(0.59).value
    ('HIGH', 'LOW')
    """
    return next((band for bound, band in _BANDS if confidence >= bound), ConfidenceBand.LOW)


def uncertainty(confidence: float, agreeing: int, voting: int) -> float:
    """Order of the review queue, most uncertain first: (1 - confidence) + .3 (1 - agreeing/voting).

    >>> round(uncertainty(0.5, 1, 2), 2)
    0.65
    """
    # Nobody voted is as uncertain as everybody against everybody.
    disagreement = 1 - agreeing / voting if voting else 1.0
    return (1 - confidence) + 0.3 * disagreement


@dataclass(frozen=True, slots=True)
class AgreementPolicy:
    """Weighted votes, adjusted by agreement.

    The category with the largest sum of weight x confidence wins. All methods agree: +.20; two or more, not all: +.10;
    one alone (also when no other voted): -.15; clamped to [.05, 1]. Below `threshold` a human reviews.
    """

    threshold: float = 0.60
    name: str = "agreement"

    def judge_all(self, cases: Sequence[Case]) -> list[Judgement]:
        """Judge the votes on several transactions."""
        return [self.judge(votes, band) for votes, band in cases]

    def judge(self, votes: Sequence[WeightedBallot], band: AmountBand) -> Judgement:  # noqa: ARG002  # of the contract
        """Judge the votes on one transaction; without votes the category is `other` and a person decides.

        The amount makes no difference to this policy.
        """
        if not votes:
            return UNDECIDED
        votes_for: dict[str, float] = {}
        for vote in votes:
            category = vote.ballot.category
            votes_for[category] = votes_for.get(category, 0.0) + vote.weight * vote.ballot.confidence
        # Of equal sums the first wins, so the order of the voters is part of the policy.
        winner = max(votes_for, key=votes_for.__getitem__)
        agreeing = sum(vote.ballot.category == winner for vote in votes)
        reason = agreement_reason(agreeing, len(votes))
        confidence = min(1.0, max(FLOOR, votes_for[winner] + _ADJUSTMENTS[reason]))
        review = confidence < self.threshold
        reasons = (reason, Reason.BELOW_THRESHOLD) if review else (reason,)
        return Judgement(winner, confidence, review, agreeing, reasons, _ranked(votes, votes_for), tuple(votes))


_ADJUSTMENTS: Mapping[Reason, float] = MappingProxyType(
    {Reason.ONE_ALONE: -0.15, Reason.ALL_AGREE: 0.20, Reason.MAJORITY: 0.10}
)


def agreement_reason(agreeing: int, voting: int) -> Reason:
    """Say as a reason how many of the methods that voted stand behind the category.

    >>> agreement_reason(2, 3).value
    'two_or_more_methods_agree'
    """
    if agreeing <= 1:
        return Reason.ONE_ALONE
    return Reason.ALL_AGREE if agreeing == voting else Reason.MAJORITY


def _ranked(votes: Sequence[WeightedBallot], votes_for: dict[str, float]) -> tuple[tuple[str, float], ...]:
    scores = dict(votes_for)
    for vote in votes:
        for category, confidence in vote.ballot.alternatives:
            scores[category] = scores.get(category, 0.0) + vote.weight * confidence
    return tuple(sorted(scores.items(), key=lambda item: -item[1]))
