"""A verdict: what follows from the votes alone, checked against the contract once, then shared by all events like it.

A verdict holds nothing of a transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.events import (
    AmountBand,
    Categorized,
    Decision,
    Reason,
    ReviewRequest,
    Transaction,
    amount_band,
    of_checked,
)
from models.policy import Judgement, WeightedBallot, confidence_band, uncertainty
from models.taxonomy import TAXONOMY_VERSION

DecisionEvent = Categorized | ReviewRequest

ALTERNATIVES = 3
"""How many other categories an event names."""

_STAND_INS = {"transaction_id": "-", "account_id": "-", "amount_band": AmountBand.UNDER_100}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The part of a decision that the votes fix.

    Args:
        requires_review: Whether a person decides.
        checked: Every field of `Decision` in the contract's order, validated; those of the transaction are stand-ins.
        reasons: Why, in codes, for transactions that are not ahead of the clock.
    """

    requires_review: bool
    checked: Mapping[str, Any]
    reasons: tuple[Reason, ...]

    def event(self, transaction: Transaction, *, ahead: bool) -> DecisionEvent:
        """The event for one transaction: `ReviewRequest` when a person must look.

        Args:
            transaction: What was voted on.
            ahead: Whether its timestamp lies ahead of the clock, which the reasons then say.
        """
        values = {
            **self.checked,
            "transaction_id": transaction.transaction_id,
            "account_id": transaction.account_id,
            "amount_band": amount_band(transaction.amount),
        }
        if ahead:
            values["reasons"] = (*self.reasons, Reason.TIMESTAMP_AHEAD)
        if not self.requires_review:
            return of_checked(Categorized, values)
        values["description"] = transaction.description
        values["amount"] = transaction.amount
        values["currency"] = transaction.currency
        values["timestamp"] = transaction.timestamp
        values["mcc"] = transaction.mcc
        return of_checked(ReviewRequest, values)


def verdict_of(
    votes: Sequence[WeightedBallot], judgement: Judgement, *, model_version: str, policy_name: str
) -> Verdict:
    """Put a verdict together and check it.

    Args:
        votes: The votes, weighed.
        judgement: What the policy made of them.
        model_version: Version of the artefact behind the voters.
        policy_name: Name of the policy.

    Raises:
        ValidationError: A vote breaks the contract, such as an unknown category.
    """
    confidence = round(judgement.confidence, 4)
    fields: dict[str, Any] = {
        **_STAND_INS,
        "category": judgement.category,
        "confidence": confidence,
        "band": confidence_band(confidence),
        "requires_review": judgement.requires_review,
        "uncertainty": round(uncertainty(judgement.confidence, judgement.agreeing, len(votes)), 4),
        "votes": tuple(_vote(vote) for vote in votes),
        "agreement": {"agreeing": judgement.agreeing, "voting": len(votes)},
        "reasons": judgement.reasons,
        "alternatives": _alternatives(judgement),
        "model_version": model_version,
        "taxonomy_version": TAXONOMY_VERSION,
        "policy": policy_name,
    }
    checked = Decision.model_validate(fields)
    return Verdict(checked.requires_review, dict(checked), checked.reasons)


def _vote(vote: WeightedBallot) -> dict[str, Any]:
    return {
        "method": vote.method.value,
        "category": vote.ballot.category,
        "confidence": round(vote.ballot.confidence, 4),
        "weight": round(vote.weight, 4),
        "evidence": vote.ballot.evidence,
    }


def _alternatives(judgement: Judgement) -> tuple[dict[str, Any], ...]:
    others = [item for item in judgement.scores if item[0] != judgement.category][:ALTERNATIVES]
    return tuple({"category": category, "confidence": round(score, 4)} for category, score in others)
