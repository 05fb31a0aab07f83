"""The policy `calibrated`: what the votes are worth together, measured, and thresholds that keep a stated precision.

Three steps, fitted (`models.training.fit_policy`) for each `Familiarity` of the merchant: the ballots are pooled; the
probability of the pooled answer being right is a logistic function of that probability and of who agrees; and a
threshold per amount band and group of categories says from where on decisions are right often enough.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from models.contracts.events import AmountBand, Reason
from models.contracts.taxonomy import CATEGORIES
from models.decisions.policy import FLOOR, UNDECIDED, Case, Judgement, WeightedBallot, agreement_reason
from models.decisions.pool import Doubles, Familiarity, Pool, distributions, familiarity
from models.errors import ArtefactError, ConfigurationError
from models.voters.contract import Ballot, Kind

POLICY_FILE = "policy.json"

FEATURES = ("intercept", "log_odds", "margin", "agreement", "alone")
"""What the probability of being right depends on.

log_odds: of the pooled probability; margin: logarithm of its ratio to the second; agreement: share of the votes that
agree; alone: nobody else voted (0 or 1). An LLM that dissents is not counted among the votes.
"""

TARGETS = (0.9, 0.95, 0.97, 0.98, 0.99)
"""Precisions for which an artefact has thresholds."""

NEVER = 1.01
"""A threshold that nothing reaches."""

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "everyday": ("groceries", "food_dining", "fuel", "transport"),
        "goods": (
            "shopping",
            "clothing",
            "electronics",
            "home_garden",
            "gifts_occasions",
            "pets",
            "personal_care",
        ),
        "leisure": ("entertainment", "subscriptions_digital", "sports_fitness", "travel"),
        "services": (
            "health_medical",
            "education",
            "professional_services",
            "auto",
            "charity_donations",
            "other",
        ),
        "bills": ("utilities_telecom", "insurance", "housing"),
        "money": ("loans_fees", "transfers_cash", "income", "government_taxes"),
    }
)
"""Groups of categories that share thresholds."""

GROUP_OF: Mapping[str, str] = MappingProxyType(
    {category: group for group, categories in GROUPS.items() for category in categories}
)

# Odds beyond e^12 say no more; without a bound one feature could outweigh all others.
_BOUND = 12.0

BEST = 6
"""Categories that pooled votes name with their probability; an event names fewer."""

Thresholds = Mapping[tuple[AmountBand, str], float]
"""Amount band and group of categories to the probability from which on a decision stands."""


class PooledVotes(NamedTuple):
    """The votes on one transaction, pooled.

    Args:
        features: Values of `FEATURES`, shape (5,).
        scores: Category to pooled probability, the `BEST` best, best first.
        agreeing: Number of votes behind `category`.
    """

    category: str
    features: Doubles
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
    agreeing = sum(ballot.category == category for ballot in ballots)
    # A dissenting LLM counts for nothing: no training has seen one, and its word must not make the others look surer.
    counted = sum(ballot.kind is not Kind.LLM or ballot.category == category for ballot in ballots)
    features = np.array([1.0, log_odds, margin, agreeing / max(counted, 1), float(counted <= 1)])
    return PooledVotes(category, features, scores, agreeing)


@dataclass(frozen=True, slots=True)
class Trust:
    """Coefficients and thresholds for merchants of one familiarity.

    Args:
        coefficients: Of the logistic function, in the order of `FEATURES`.
    """

    pool: Pool
    coefficients: tuple[float, ...]
    thresholds: Mapping[float, Thresholds]
    vector: Doubles = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "vector", np.asarray(self.coefficients))

    def probability(self, features: Doubles) -> Doubles:
        """Probability of being right.

        Args:
            features: Shape (..., 5).

        Returns:
            Shape (...).
        """
        return _logistic(features @ self.vector)


def _logistic(values: Doubles) -> Doubles:
    return np.asarray(1 / (1 + np.exp(-values)))


PolicyModel = Mapping[Familiarity, Trust]
"""Everything that was fitted for the policy."""


class Assessed(NamedTuple):
    """Ballots pooled by those who know the merchant as well.

    Args:
        probability: Of the answer being right.
        accepted: Whether it stands without review.
        pool: What pooled them.
    """

    evidence: PooledVotes
    probability: float
    accepted: bool
    pool: Pool


def assess(
    rows: Sequence[tuple[Sequence[Ballot], AmountBand]], model: PolicyModel, *, precision: float
) -> list[Assessed]:
    """Pool ballots, and say how probably each answer is right and whether it is accepted.

    Args:
        rows: Ballots on each transaction, at least one, and its amount band.
    """
    trusts = [model[familiarity(ballots)] for ballots, _ in rows]
    evidence = weigh([ballots for ballots, _ in rows], [trust.pool for trust in trusts])
    # One by one: the rounding of a product may depend on how many rows it has.
    margins = [each.features @ trust.vector for each, trust in zip(evidence, trusts, strict=True)]
    found = []
    for (_, band), trust, each, probability in zip(rows, trusts, evidence, _logistic(np.array(margins)), strict=True):
        least = trust.thresholds[precision][band, GROUP_OF[each.category]]
        found.append(Assessed(each, float(probability), bool(probability >= least), trust.pool))
    return found


@dataclass(frozen=True, slots=True)
class CalibratedPolicy:
    """Pools the votes, states the probability of being right, and accepts what keeps the target precision.

    Args:
        precision: Share of accepted decisions that must be right, one of `TARGETS`.

    Raises:
        ConfigurationError: The artefact has no thresholds for this precision.
    """

    model: PolicyModel
    precision: float = 0.95
    name: str = "calibrated"

    def __post_init__(self) -> None:
        known = self.model[Familiarity.NEW].thresholds
        if self.precision not in known:
            listed = ", ".join(map(str, sorted(known)))
            raise ConfigurationError(f"precision {self.precision} has no thresholds in this model; it has {listed}")

    def judge_all(self, cases: Sequence[Case]) -> list[Judgement]:
        """Judge the votes on several transactions; without votes the category is `other` and a person decides."""
        rows = [([vote.ballot for vote in votes], band) for votes, band in cases if votes]
        assessed = iter(assess(rows, self.model, precision=self.precision))
        return [_judgement(votes, next(assessed)) if votes else UNDECIDED for votes, _ in cases]

    def judge(self, votes: Sequence[WeightedBallot], band: AmountBand) -> Judgement:
        """Judge the votes on one transaction."""
        return self.judge_all([(votes, band)])[0]


def _judgement(votes: Sequence[WeightedBallot], assessed: Assessed) -> Judgement:
    evidence, review = assessed.evidence, not assessed.accepted
    reason = agreement_reason(evidence.agreeing, len(votes))
    return Judgement(
        evidence.category,
        max(FLOOR, assessed.probability),
        review,
        evidence.agreeing,
        (reason, Reason.BELOW_THRESHOLD) if review else (reason,),
        evidence.scores,
        _weighed(votes, assessed.pool),
    )


def _weighed(votes: Sequence[WeightedBallot], pool: Pool) -> tuple[WeightedBallot, ...]:
    """The votes with the share of weight that each has in the pool."""
    weights = [pool.weights[vote.ballot.kind] for vote in votes]
    total = sum(weights)
    return tuple(
        WeightedBallot(vote.method, vote.ballot, weight / total) for vote, weight in zip(votes, weights, strict=True)
    )


def to_bytes(model: PolicyModel) -> bytes:
    """The fitted policy as JSON; equal ones give equal bytes."""
    # In the order of the enumeration, so that equal models give equal bytes.
    values = {known.value: _trust_to_json(model[known]) for known in Familiarity}
    return (json.dumps(values, indent=2) + "\n").encode()


def _trust_to_json(trust: Trust) -> dict[str, Any]:
    return {
        "weights": {kind.value: trust.pool.weights[kind] for kind in Kind},
        "coefficients": dict(zip(FEATURES, trust.coefficients, strict=True)),
        "thresholds": {
            str(target): {band.value: {group: cells[band, group] for group in GROUPS} for band in AmountBand}
            for target, cells in trust.thresholds.items()
        },
    }


def from_bytes(content: bytes) -> PolicyModel:
    """Read what `to_bytes` wrote.

    Raises:
        ArtefactError: It is something else, or lacks a familiarity, a kind, a band or a group.
    """
    try:
        values = json.loads(content)
        return MappingProxyType({known: _trust_from_json(values[known.value]) for known in Familiarity})
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise ArtefactError(f"{POLICY_FILE} does not fit its format ({type(error).__name__})") from error


def _trust_from_json(values: Mapping[str, Any]) -> Trust:
    return Trust(
        Pool({kind: float(values["weights"][kind.value]) for kind in Kind}),
        tuple(float(values["coefficients"][name]) for name in FEATURES),
        {
            float(target): {(band, group): float(bands[band.value][group]) for band in AmountBand for group in GROUPS}
            for target, bands in values["thresholds"].items()
        },
    )
