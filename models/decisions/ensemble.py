"""The ensemble: asks the voters, lets the policy judge their ballots, and writes the event.

Most of an event follows from the ballots alone, and transactions of one merchant get equal ballots. That part, the
verdict, is worked out and checked against the contract once per row of ballots and amount band, and then shared.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

from models.contracts.events import AmountBand, Transaction, amount_band
from models.decisions.policy import AgreementPolicy, Policy, WeightedBallot
from models.decisions.verdict import Decided, DecisionEvent, Verdict, verdict_of
from models.voters.contract import Ballot, Method, Voter

WEIGHTS: Mapping[Method, float] = MappingProxyType(
    {Method.MCC: 0.15, Method.RULES: 0.15, Method.TEXT: 0.65, Method.LLM: 0.05}
)
"""Starting weight of each method. The policy `agreement` judges by them; `calibrated` replaces them by what was fitted
for each kind of ballot."""

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a timestamp may lie ahead of the clock before the decision says so."""

VERDICTS = 8_192
"""Verdicts remembered, the least recently used given up first; about 30 MB where all are used."""


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Voters, the policy that judges their votes, and the weights that it starts from.

    Args:
        voters: At most one per method, asked in this order.
        model_version: Version of the artefact behind the voters; every decision names it.
        weights: Weight per method, renormalised over the methods that voted before the policy sees them; a voter whose
            method has none is refused.

    Raises:
        ValueError: Two voters of one method, or a voter without a weight.
    """

    voters: Sequence[Voter]
    model_version: str
    weights: Mapping[Method, float] = field(default_factory=lambda: WEIGHTS)
    policy: Policy = field(default_factory=AgreementPolicy)
    _verdict: Callable[[tuple[Ballot | None, ...], AmountBand], Verdict] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        methods = [voter.method for voter in self.voters]
        # Weights are per method: a second voter of one would vote twice.
        if len(set(methods)) != len(methods):
            raise ValueError(f"one voter per method, got {methods}")
        if missing := [method.value for method in methods if method not in self.weights]:
            raise ValueError(f"no weight for {missing}: name them in `weights`")
        # A cache of its own: one on the class would keep every ensemble that ever was, with its model, alive.
        object.__setattr__(self, "_verdict", lru_cache(maxsize=VERDICTS)(self.judge))

    def categorize(self, transactions: Sequence[Transaction], *, now: datetime) -> list[DecisionEvent]:
        """Decide on a batch.

        Args:
            now: The clock, timezone-aware; only for flagging timestamps that lie ahead of it.

        Returns:
            One event per transaction, in order: `Categorized` when sure, `ReviewRequest` when a person must look.
        """
        return [decided.event() for decided in self.decide(transactions, now=now)]

    def decide(self, transactions: Sequence[Transaction], *, now: datetime) -> list[Decided]:
        """Decide as `categorize` does, with events only where they are asked for; same arguments, same order."""
        horizon = now + CLOCK_TOLERANCE
        return [
            Decided(verdict, transaction, transaction.timestamp > horizon)
            for transaction, verdict in zip(transactions, self.verdicts(transactions), strict=True)
        ]

    def verdicts(self, transactions: Sequence[Transaction]) -> list[Verdict]:
        """What the votes say of each transaction, in order, whatever the clock says."""
        ballots = [voter.vote(transactions) for voter in self.voters]
        rows = zip(*ballots, strict=True) if ballots else ((),) * len(transactions)
        return [
            self._verdict(row, amount_band(transaction.amount))
            for transaction, row in zip(transactions, rows, strict=True)
        ]

    def judge(self, row: tuple[Ballot | None, ...], band: AmountBand) -> Verdict:
        """Weigh one row of ballots, one per voter, and let the policy judge; what `categorize` remembers of it.

        Args:
            row: A ballot or None per voter.

        Raises:
            ValidationError: A ballot breaks the contract of the events, such as an unknown category.
        """
        cast = [(voter.method, ballot) for voter, ballot in zip(self.voters, row, strict=True) if ballot is not None]
        total = sum(self.weights[method] for method, _ in cast)
        votes = [WeightedBallot(method, ballot, self.weights[method] / total) for method, ballot in cast]
        judgement = self.policy.judge(votes, band)
        return verdict_of(judgement, band, model_version=self.model_version, policy_name=self.policy.name)
