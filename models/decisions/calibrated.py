"""The policy `calibrated`: what the votes are worth together, measured, and thresholds that keep a stated precision.

Three steps, fitted (`models.training.fit_policy`) for each `Familiarity` of the merchant: the ballots are pooled; the
probability of the pooled answer being right is a logistic function of that probability and of who agrees; and a
threshold per amount band and group of categories says from where on decisions are right often enough.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.contracts.events import AmountBand, Reason
from models.contracts.taxonomy import CATEGORIES
from models.decisions.policy import FLOOR, UNDECIDED, Judgement, WeightedBallot, agreement_reason
from models.decisions.pool import Familiarity, Pool, familiarity
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

Thresholds = Mapping[tuple[AmountBand, str], float]
"""Amount band and group of categories to the probability from which on a decision stands."""


@dataclass(frozen=True, slots=True)
class PooledVotes:
    """The votes on one transaction, pooled.

    Args:
        features: Values of `FEATURES`, shape (5,).
        scores: Category to pooled probability, best first.
        agreeing: Number of votes behind `category`.
    """

    category: str
    features: NDArray[np.float64]
    scores: tuple[tuple[str, float], ...]
    agreeing: int


def weigh(ballots: Sequence[Ballot], pool: Pool) -> PooledVotes:
    """Pool ballots and say what the probability of being right depends on.

    Args:
        ballots: At least one.
    """
    distribution = pool.distribution(ballots)
    # Stable, so that of equal probabilities the same category wins on every machine.
    order = np.argsort(-distribution, kind="stable")
    # Away from 0 and 1, whose logarithms of odds are infinite.
    first, second = (min(max(float(distribution[place]), 1e-9), 1 - 1e-9) for place in order[:2])
    category = CATEGORIES[order[0]]
    agreeing = sum(ballot.category == category for ballot in ballots)
    # A dissenting LLM counts for nothing: no training has seen one, and its word must not make the others look surer.
    counted = sum(ballot.kind is not Kind.LLM or ballot.category == category for ballot in ballots)
    features = np.array(
        [
            1.0,
            min(np.log(first / (1 - first)), _BOUND),
            min(np.log(first / second), _BOUND),
            agreeing / max(counted, 1),
            float(counted <= 1),
        ]
    )
    values = distribution.tolist()
    return PooledVotes(category, features, tuple((CATEGORIES[column], values[column]) for column in order), agreeing)


@dataclass(frozen=True, slots=True)
class Trust:
    """Coefficients and thresholds for merchants of one familiarity.

    Args:
        coefficients: Of the logistic function, in the order of `FEATURES`.
    """

    pool: Pool
    coefficients: tuple[float, ...]
    thresholds: Mapping[float, Thresholds]

    def probability(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability of being right.

        Args:
            features: Shape (..., 5).

        Returns:
            Shape (...).
        """
        return np.asarray(1 / (1 + np.exp(-(features @ np.asarray(self.coefficients)))))


PolicyModel = Mapping[Familiarity, Trust]
"""Everything that was fitted for the policy."""


def assess(
    ballots: Sequence[Ballot], band: AmountBand, model: PolicyModel, *, precision: float
) -> tuple[PooledVotes, float, bool]:
    """Pool ballots, and say how probably the answer is right and whether it is accepted.

    Args:
        ballots: At least one.
    """
    trust = model[familiarity(ballots)]
    evidence = weigh(ballots, trust.pool)
    probability = float(trust.probability(evidence.features))
    return evidence, probability, probability >= trust.thresholds[precision][band, GROUP_OF[evidence.category]]


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

    def judge(self, votes: Sequence[WeightedBallot], band: AmountBand) -> Judgement:
        """Judge the votes on one transaction; without votes the category is `other` and a person decides."""
        if not votes:
            return UNDECIDED
        ballots = [vote.ballot for vote in votes]
        evidence, probability, accepted = assess(ballots, band, self.model, precision=self.precision)
        review = not accepted
        reason = agreement_reason(evidence.agreeing, len(votes))
        return Judgement(
            evidence.category,
            max(FLOOR, probability),
            review,
            evidence.agreeing,
            (reason, Reason.BELOW_THRESHOLD) if review else (reason,),
            evidence.scores,
            _weighed(votes, self.model[familiarity(ballots)].pool),
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
