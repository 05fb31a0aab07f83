"""The policy `calibrated`: what the votes are worth together, measured, and thresholds that keep a stated precision.

Three steps, each fitted on merchants that the voters had not seen (`models.training.policy`): the ballots are pooled;
the probability of the pooled answer being right is a logistic function of that probability and of who agrees;
and a threshold per amount band and group of categories says from where on decisions are right often enough.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.errors import ArtefactError, ConfigurationError
from models.events import AmountBand, Reason
from models.policy import FLOOR, Judgement, WeightedBallot
from models.pool import Familiarity, Pool, familiarity
from models.taxonomy import CATEGORIES
from models.voting import Ballot, Kind

POLICY_FILE = "policy.json"

FEATURES = ("intercept", "log_odds", "margin", "agreement", "alone", "seen")
"""What the probability of being right depends on.

log_odds: of the pooled probability; margin: logarithm of its ratio to the second; agreement: share of the votes that
agree; alone: nobody else voted (0 or 1); seen: the merchant was seen before (0 or 1).
"""

TARGETS = (0.9, 0.95, 0.97, 0.98, 0.99)
"""Precisions for which an artefact has thresholds."""

NEVER = 1.01
"""A threshold that nothing reaches."""

_GROUPS: Mapping[str, str] = {
    "everyday": "groceries food_dining fuel transport",
    "goods": "shopping clothing electronics home_garden gifts_occasions pets personal_care",
    "leisure": "entertainment subscriptions_digital sports_fitness travel",
    "services": "health_medical education professional_services auto charity_donations other",
    "bills": "utilities_telecom insurance housing",
    "money": "loans_fees transfers_cash income government_taxes",
}

GROUP_OF: Mapping[str, str] = MappingProxyType(
    {category: group for group, categories in _GROUPS.items() for category in categories.split()}
)
"""Category to its group; thresholds are set per group."""

_BOUND = 12.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the votes on one transaction come to.

    Args:
        category: The pooled answer.
        features: Values of `FEATURES`, shape (6,).
        scores: Category to pooled probability, best first.
        agreeing: Number of votes behind `category`.
        familiarity: Whether the merchant is in the memory.
    """

    category: str
    features: NDArray[np.float64]
    scores: tuple[tuple[str, float], ...]
    agreeing: int
    familiarity: Familiarity


def weigh(ballots: Sequence[Ballot], pool: Pool) -> Evidence:
    """Pool ballots and say what the probability of being right depends on.

    Args:
        ballots: At least one.
        pool: Weights of the kinds.
    """
    distribution = pool.distribution(ballots)
    order = np.argsort(-distribution, kind="stable")
    first, second = (min(max(float(distribution[place]), 1e-9), 1 - 1e-9) for place in order[:2])
    category = CATEGORIES[order[0]]
    agreeing = sum(ballot.category == category for ballot in ballots)
    known = familiarity(ballots)
    features = np.array(
        [
            1.0,
            min(np.log(first / (1 - first)), _BOUND),
            min(np.log(first / second), _BOUND),
            agreeing / len(ballots),
            float(len(ballots) == 1),
            float(known is Familiarity.SEEN),
        ]
    )
    scores = tuple((CATEGORIES[column], float(distribution[column])) for column in order)
    return Evidence(category, features, scores, agreeing, known)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability on a decision stands, for one target precision.

    Args:
        cells: Threshold by familiarity of the merchant, amount band and group of categories.
    """

    cells: Mapping[tuple[Familiarity, AmountBand, str], float]

    def of(self, evidence: Evidence, band: AmountBand) -> float:
        """The threshold for a decision."""
        return self.cells[evidence.familiarity, band, GROUP_OF[evidence.category]]


@dataclass(frozen=True, slots=True)
class PolicyModel:
    """Everything that was fitted for the policy.

    Args:
        pool: Weights of the kinds of ballots.
        coefficients: Of the logistic function, shape (6,), in the order of `FEATURES`.
        thresholds: Target precision to thresholds.
    """

    pool: Pool
    coefficients: tuple[float, ...]
    thresholds: Mapping[float, Thresholds]

    def probability(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability of being right.

        Args:
            features: Shape (..., 6).

        Returns:
            Shape (...).
        """
        return np.asarray(1 / (1 + np.exp(-(features @ np.asarray(self.coefficients)))))


@dataclass(frozen=True, slots=True)
class CalibratedPolicy:
    """Pools the votes, states the probability of being right, and accepts what keeps the target precision.

    Args:
        model: What was fitted, from the artefact.
        precision: Share of accepted decisions that must be right, one of `TARGETS`.

    Raises:
        ConfigurationError: The artefact has no thresholds for this precision.
    """

    model: PolicyModel
    precision: float = 0.95
    name: str = "calibrated"

    def __post_init__(self) -> None:
        if self.precision not in self.model.thresholds:
            known = ", ".join(map(str, sorted(self.model.thresholds)))
            raise ConfigurationError(f"precision {self.precision} has no thresholds in this model; it has {known}")

    def judge(self, votes: Sequence[WeightedBallot], band: AmountBand) -> Judgement:
        """Judge the votes on one transaction; without votes the category is `other` and a person decides."""
        if not votes:
            return Judgement("other", FLOOR, True, 0, (Reason.NO_VOTE, Reason.BELOW_THRESHOLD), (), ())
        evidence = weigh([vote.ballot for vote in votes], self.model.pool)
        probability = float(self.model.probability(evidence.features))
        review = probability < self.model.thresholds[self.precision].of(evidence, band)
        reason = _reason(evidence.agreeing, len(votes))
        return Judgement(
            evidence.category,
            max(FLOOR, probability),
            review,
            evidence.agreeing,
            (reason, Reason.BELOW_THRESHOLD) if review else (reason,),
            evidence.scores,
            self._weighed(votes),
        )

    def _weighed(self, votes: Sequence[WeightedBallot]) -> tuple[WeightedBallot, ...]:
        known = familiarity([vote.ballot for vote in votes])
        weights = [self.model.pool.weights[known, vote.ballot.kind] for vote in votes]
        total = sum(weights)
        return tuple(
            WeightedBallot(vote.method, vote.ballot, weight / total)
            for vote, weight in zip(votes, weights, strict=True)
        )


def _reason(agreeing: int, voting: int) -> Reason:
    if agreeing <= 1:
        return Reason.ONE_ALONE
    return Reason.ALL_AGREE if agreeing == voting else Reason.MAJORITY


def to_bytes(model: PolicyModel) -> bytes:
    """The fitted policy as JSON; equal ones give equal bytes."""
    values = {
        "weights": {
            known.value: {kind.value: model.pool.weights[known, kind] for kind in Kind} for known in Familiarity
        },
        "coefficients": dict(zip(FEATURES, model.coefficients, strict=True)),
        "thresholds": {
            str(target): {
                familiarity.value: {
                    band.value: {group: thresholds.cells[familiarity, band, group] for group in _GROUPS}
                    for band in AmountBand
                }
                for familiarity in Familiarity
            }
            for target, thresholds in model.thresholds.items()
        },
    }
    return (json.dumps(values, indent=2) + "\n").encode()


def from_bytes(content: bytes) -> PolicyModel:
    """Read what `to_bytes` wrote.

    Raises:
        ArtefactError: It is something else, or lacks a kind, a band or a group.
    """
    try:
        values = json.loads(content)
        return PolicyModel(
            Pool(
                {
                    (known, kind): float(values["weights"][known.value][kind.value])
                    for known in Familiarity
                    for kind in Kind
                }
            ),
            tuple(float(values["coefficients"][name]) for name in FEATURES),
            {
                float(target): Thresholds(
                    {
                        (familiarity, band, group): float(cells[familiarity.value][band.value][group])
                        for familiarity in Familiarity
                        for band in AmountBand
                        for group in _GROUPS
                    }
                )
                for target, cells in values["thresholds"].items()
            },
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise ArtefactError(f"{POLICY_FILE} does not fit its format ({type(error).__name__})") from error
