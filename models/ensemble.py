"""The ensemble: weighs the ballots over the methods that voted, lets the policy judge, and writes the event."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from models.events import Categorized, Reason, ReviewRequest, Transaction, amount_band
from models.policy import AgreementPolicy, Judgement, Policy, WeightedBallot, confidence_band, uncertainty
from models.taxonomy import TAXONOMY_VERSION
from models.voting import Ballot, Method, Voter

WEIGHTS: Mapping[Method, float] = MappingProxyType(
    {Method.MCC: 0.15, Method.RULES: 0.15, Method.TEXT: 0.65, Method.LLM: 0.05}
)
"""Starting weight of each method (DESIGN section 4)."""

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a timestamp may lie ahead of the clock before the decision says so."""

ALTERNATIVES = 3
"""How many other categories an event names."""


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Voters, their weights and the policy that judges their votes.

    Args:
        voters: At most one per method, asked in this order.
        model_version: Version of the artefact behind the voters; every decision names it.
        weights: Weight per method; a voter whose method has none does not count and is refused.
        policy: Turns votes into a decision.

    Raises:
        ValueError: Two voters of one method, or a voter without a weight.
    """

    voters: Sequence[Voter]
    model_version: str
    weights: Mapping[Method, float] = field(default_factory=lambda: WEIGHTS)
    policy: Policy = field(default_factory=AgreementPolicy)

    def __post_init__(self) -> None:
        methods = [voter.method for voter in self.voters]
        if len(set(methods)) != len(methods):
            raise ValueError(f"one voter per method, got {methods}")
        if missing := [method.value for method in methods if method not in self.weights]:
            raise ValueError(f"no weight for {missing}: name them in `weights`")

    def categorize(self, transactions: Sequence[Transaction], *, now: datetime) -> list[Categorized | ReviewRequest]:
        """Decide on a batch.

        Args:
            transactions: Any number of transactions.
            now: The clock, timezone-aware; only for flagging timestamps that lie ahead of it.

        Returns:
            One event per transaction, in order: `Categorized` when sure, `ReviewRequest` when a person must look.
        """
        ballots = [voter.vote(transactions) for voter in self.voters]
        methods = [voter.method for voter in self.voters]
        rows = zip(*ballots, strict=True) if ballots else ((),) * len(transactions)
        horizon = now + CLOCK_TOLERANCE
        return [
            self._decide(transaction, zip(methods, row, strict=True), horizon)
            for transaction, row in zip(transactions, rows, strict=True)
        ]

    def _decide(
        self, transaction: Transaction, row: Iterable[tuple[Method, Ballot | None]], horizon: datetime
    ) -> Categorized | ReviewRequest:
        votes = self._weighted(row)
        return _event(transaction, votes, self.policy.judge(votes), self, transaction.timestamp > horizon)

    def _weighted(self, row: Iterable[tuple[Method, Ballot | None]]) -> list[WeightedBallot]:
        cast = [(method, ballot) for method, ballot in row if ballot is not None]
        total = sum(self.weights[method] for method, _ in cast)
        return [WeightedBallot(method, ballot, self.weights[method] / total) for method, ballot in cast]


def _event(
    transaction: Transaction, votes: Sequence[WeightedBallot], judgement: Judgement, ensemble: Ensemble, ahead: bool
) -> Categorized | ReviewRequest:
    confidence = round(judgement.confidence, 4)
    fields: dict[str, Any] = {
        "transaction_id": transaction.transaction_id,
        "account_id": transaction.account_id,
        "category": judgement.category,
        "confidence": confidence,
        "band": confidence_band(confidence),
        "requires_review": judgement.requires_review,
        "uncertainty": round(uncertainty(judgement.confidence, judgement.agreeing, len(votes)), 4),
        "votes": tuple(_vote(vote) for vote in votes),
        "agreement": {"agreeing": judgement.agreeing, "voting": len(votes)},
        "reasons": (*judgement.reasons, Reason.TIMESTAMP_AHEAD) if ahead else judgement.reasons,
        "alternatives": _alternatives(judgement),
        "amount_band": amount_band(transaction.amount),
        "model_version": ensemble.model_version,
        "taxonomy_version": TAXONOMY_VERSION,
        "policy": ensemble.policy.name,
    }
    if not judgement.requires_review:
        return Categorized.model_validate(fields)
    fields["description"] = transaction.description
    fields["amount"] = transaction.amount
    fields["currency"] = transaction.currency
    fields["timestamp"] = transaction.timestamp
    fields["mcc"] = transaction.mcc
    return ReviewRequest.model_validate(fields)


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
