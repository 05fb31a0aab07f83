"""The policy `calibrated`: what the votes are worth together, measured, and from where on they stand.

Three steps, fitted by `models.training.fit_policy`. The ballots are pooled. The probability of the pooled answer being
right is a logistic function of that probability, of who agrees, and of what the evidence is: small groups lean on the
others, as their effects are shrunk (a hierarchical logistic regression). `models.decisions.acceptance` says from which
probability on the answer stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from models.contracts.events import AmountBand, Reason
from models.contracts.taxonomy import CATEGORIES
from models.decisions.acceptance import Acceptance, Accepted
from models.decisions.policy import FLOOR, UNDECIDED, Case, Judgement, WeightedBallot, agreement_reason
from models.decisions.pool import Doubles, Familiarity, Pool, distributions, familiarity
from models.errors import ConfigurationError
from models.voters.contract import Ballot, Kind

POLICY_FILE = "policy.json"

FEATURES = ("intercept", "log_odds", "margin", "agreement", "alone")
"""What the probability of being right depends on.

log_odds: of the pooled probability; margin: logarithm of its ratio to the second; agreement: share of the votes that
agree; alone: nobody else voted (0 or 1). An LLM that dissents is not counted among the votes.
"""

TARGETS = (0.9, 0.95, 0.97, 0.98, 0.99)
"""Precisions for which an artefact has lines."""

RESEMBLANCE = frozenset((Kind.LEARNED, Kind.HUNCH, Kind.RARE, Kind.RARE_HUNCH, Kind.CIRCUMSTANCE))
"""Kinds that see a likeness and no name: without another they are accepted later."""

# Odds beyond e^12 say no more; without a bound one feature could outweigh all others.
_BOUND = 12.0

BEST = 6
"""Categories that pooled votes name with their probability; an event names fewer."""


class PooledVotes(NamedTuple):
    """The votes on one transaction, pooled.

    Args:
        features: Values of `FEATURES`.
        scores: Category to pooled probability, the `BEST` best, best first.
        agreeing: Number of votes behind `category`.
    """

    category: str
    features: tuple[float, float, float, float, float]
    scores: tuple[tuple[str, float], ...]
    agreeing: int


def weigh(rows: Sequence[Sequence[Ballot]], pools: Sequence[Pool]) -> list[PooledVotes]:
    """Pool ballots and say what the probability of being right depends on.

    Args:
        rows: Ballots on each transaction, at least one.
        pools: What pools each row.
    """
    if not rows:
        return []
    distribution = distributions(rows, pools)
    # Stable, so that of equal probabilities the same category wins on every machine.
    order = np.argsort(-distribution, axis=1, kind="stable")
    # Away from 0 and 1, whose logarithms of odds are infinite.
    best = np.clip(np.take_along_axis(distribution, order[:, :2], axis=1), 1e-9, 1 - 1e-9)
    first, second = np.ascontiguousarray(best.T)
    log_odds = np.minimum(np.log(first / (1 - first)), _BOUND)
    margin = np.minimum(np.log(first / second), _BOUND)
    order = order[:, :BEST]
    ranked, sorted_values = order.tolist(), np.take_along_axis(distribution, order, axis=1).tolist()
    return [
        _pooled(ballots, tuple(zip(map(CATEGORIES.__getitem__, columns), values, strict=True)), odds, lead)
        for ballots, columns, values, odds, lead in zip(
            rows, ranked, sorted_values, log_odds.tolist(), margin.tolist(), strict=True
        )
    ]


def _pooled(
    ballots: Sequence[Ballot], scores: tuple[tuple[str, float], ...], log_odds: float, margin: float
) -> PooledVotes:
    category = scores[0][0]
    agreeing = counted = 0
    for ballot in ballots:
        agrees = ballot.category == category
        agreeing += agrees
        # A dissenting LLM counts for nothing: no training has seen one, and its word must not make others look surer.
        counted += agrees or ballot.kind is not Kind.LLM
    features = (1.0, log_odds, margin, agreeing / max(counted, 1), float(counted <= 1))
    return PooledVotes(category, features, scores, agreeing)


@dataclass(frozen=True, slots=True)
class Trust:
    """The pool and the coefficients for merchants of one familiarity.

    Args:
        coefficients: Of the logistic function, in the order of `FEATURES`.
    """

    pool: Pool
    coefficients: tuple[float, ...]

    def of(self, features: Sequence[float]) -> float:
        """Logarithm of the odds by features alone."""
        found = 0.0
        # Plainly in their order: what numpy or `sum` would make of it differs between versions and machines.
        for feature, coefficient in zip(features, self.coefficients, strict=True):
            found += feature * coefficient
        return found


@dataclass(frozen=True, slots=True)
class Effects:
    """What is added to the logarithm of the odds of being right.

    Args:
        support: By the kind of each ballot for the category.
        dissent: By the kind of each ballot for another.
        category: By the category decided.
        band: By the band of the amount.
    """

    support: Mapping[Kind, float]
    dissent: Mapping[Kind, float]
    category: Mapping[str, float]
    band: Mapping[AmountBand, float]

    def of(self, ballots: Sequence[Ballot], category: str, band: AmountBand) -> float:
        """Their sum for a decision."""
        found = self.category[category] + self.band[band]
        support, dissent = self.support, self.dissent
        for ballot in ballots:
            found += (support if ballot.category == category else dissent)[ballot.kind]
        return found


@dataclass(frozen=True, slots=True)
class PolicyModel:
    """Everything that was fitted for the policy.

    Args:
        acceptance: The lines by target.
    """

    trusts: Mapping[Familiarity, Trust]
    effects: Effects
    acceptance: Mapping[float, Acceptance]


class Assessed(NamedTuple):
    """Ballots pooled by those who know the merchant as well.

    Args:
        probability: Of the answer being right.
        known: How well the merchant is known.
        resemblance: Whether nothing but a likeness speaks for the answer.
    """

    evidence: PooledVotes
    probability: float
    known: Familiarity
    resemblance: bool

    def under(self, lines: Acceptance, band: AmountBand) -> Accepted:
        """Whether it stands by these lines."""
        return lines.judge(self.probability, self.evidence.category, band, self.known, resemblance=self.resemblance)


BandedBallots = tuple[Sequence[Ballot], AmountBand]
"""Ballots on a transaction, at least one, and its amount band."""


def assess(rows: Sequence[BandedBallots], model: PolicyModel) -> list[Assessed]:
    """Pool ballots, and say how probably each answer is right."""
    known = [familiarity(ballots) for ballots, _ in rows]
    trusts = [model.trusts[each] for each in known]
    evidence = weigh([ballots for ballots, _ in rows], [trust.pool for trust in trusts])
    margins = [
        trust.of(each.features) + model.effects.of(ballots, each.category, band)
        for (ballots, band), each, trust in zip(rows, evidence, trusts, strict=True)
    ]
    return [
        Assessed(each, probability, who, rests_on_resemblance(ballots, each.category))
        for each, probability, who, (ballots, _) in zip(
            evidence, _logistic(np.array(margins)).tolist(), known, rows, strict=True
        )
    ]


def rests_on_resemblance(ballots: Sequence[Ballot], category: str) -> bool:
    """Tell whether nothing but a likeness speaks for a category."""
    # A loop, as a generator for two or three ballots costs more than they do.
    for ballot in ballots:  # noqa: SIM110
        if ballot.category == category and ballot.kind not in RESEMBLANCE:
            return False
    return True


def _logistic(values: Doubles) -> Doubles:
    return np.asarray(1 / (1 + np.exp(-values)))


@dataclass(frozen=True, slots=True)
class CalibratedPolicy:
    """Pools the votes, states the probability of being right, and accepts what keeps the target precision.

    Args:
        precision: Share of accepted decisions that must be right, one of `TARGETS`.

    Raises:
        ConfigurationError: The artefact has no line for this precision.
    """

    model: PolicyModel
    precision: float = 0.95
    name: str = "calibrated"

    def __post_init__(self) -> None:
        known = self.model.acceptance
        if self.precision not in known:
            listed = ", ".join(map(str, sorted(known)))
            raise ConfigurationError(f"precision {self.precision} has no line in this model; it has {listed}")

    def judge_all(self, cases: Sequence[Case]) -> list[Judgement]:
        """Judge the votes on several transactions; without votes the category is `other` and a person decides."""
        rows = [([vote.ballot for vote in votes], band) for votes, band in cases if votes]
        assessed = iter(assess(rows, self.model))
        return [self._judgement(votes, band, next(assessed)) if votes else UNDECIDED for votes, band in cases]

    def _judgement(self, votes: Sequence[WeightedBallot], band: AmountBand, assessed: Assessed) -> Judgement:
        evidence = assessed.evidence
        verdict = assessed.under(self.model.acceptance[self.precision], band)
        reason = agreement_reason(evidence.agreeing, len(votes))
        return Judgement(
            evidence.category,
            max(FLOOR, assessed.probability),
            not verdict.accepted,
            evidence.agreeing,
            (reason,) if verdict.accepted else (reason, Reason.BELOW_THRESHOLD),
            evidence.scores,
            _weighed(votes, self.model.trusts[assessed.known].pool),
            verdict.note,
        )


def _weighed(votes: Sequence[WeightedBallot], pool: Pool) -> tuple[WeightedBallot, ...]:
    """The votes with the share of weight that each has in the pool."""
    weights = [pool.weights[vote.ballot.kind] for vote in votes]
    total = sum(weights)
    return tuple(
        [WeightedBallot(vote.method, vote.ballot, weight / total) for vote, weight in zip(votes, weights, strict=True)]
    )
