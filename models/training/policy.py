"""Fits the policy `calibrated`: weights of the pool, the probability of being right, and the thresholds.

The thresholds follow split-conformal risk control (Angelopoulos et al., Conformal Risk Control, 2022), applied to the
error among accepted decisions: in each cell of familiarity, amount band and group of categories the lowest threshold is
taken from which on, and at every higher one, (wrong + w) / (accepted + w) stays at or below 1 - precision; wrong and
accepted are sums of weights, and w, the weight of the next row, is their mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from models.calibrated import (
    FEATURES,
    GROUP_OF,
    NEVER,
    TARGETS,
    Evidence,
    PolicyModel,
    Thresholds,
    weigh,
)
from models.events import AmountBand
from models.pool import Familiarity, Pool, familiarity, log_opinion
from models.taxonomy import CATEGORIES
from models.voting import Ballot, Kind

FIXED: dict[Kind, float] = {Kind.CODE: 1.0, Kind.LLM: 0.1}
"""Weights that cannot be learned here: where the truth is the code, and where no model is at hand."""

FEWEST = 40
"""Accepted rows that a cell needs for a threshold of its own; one with fewer takes that of its amount band."""

Cell = tuple[Familiarity, AmountBand, str]

_PRIOR = 0.7
"""What a weight is without evidence: ballots of different kinds rest partly on the same words."""

_PENALTY = 2e-3
_RIDGE = 1e-3
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Cast:
    """Votes on one transaction with its truth.

    Args:
        ballots: At least one.
        band: Amount band.
        truth: Categories that are right.
        weight: How much it counts.
    """

    ballots: tuple[Ballot, ...]
    band: AmountBand
    truth: frozenset[str]
    weight: float


def balanced(parts: Sequence[Sequence[Cast]]) -> list[Cast]:
    """All rows of several sources, each source with a total weight of 1."""
    rows = []
    for part in parts:
        total = sum(cast.weight for cast in part)
        rows += [Cast(cast.ballots, cast.band, cast.truth, cast.weight / total) for cast in part]
    return rows


def fit_policy(rows: Sequence[Cast]) -> PolicyModel:
    """Fit all three steps on the same rows; they are many and the parameters few.

    Args:
        rows: Votes on merchants that the voters did not learn from, or with their own row left out.
    """
    pool = fit_pool(rows)
    evidence = [weigh(row.ballots, pool) for row in rows]
    features, right = judged(rows, evidence)
    weight = np.array([row.weight for row in rows])
    coefficients = _fit_logistic(features, right, weight)
    model = PolicyModel(pool, coefficients, {})
    probability = model.probability(features)
    cells = [(each.familiarity, row.band, GROUP_OF[each.category]) for each, row in zip(evidence, rows, strict=True)]
    thresholds = {
        target: Thresholds(_thresholds(probability, right, weight, cells, risk=1 - target)) for target in TARGETS
    }
    return PolicyModel(pool, coefficients, thresholds)


def judged(rows: Sequence[Cast], evidence: Sequence[Evidence]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Features of the pooled answers, shape (n, 6), and which of them are right, shape (n,)."""
    right = np.array([each.category in row.truth for each, row in zip(evidence, rows, strict=True)], dtype=bool)
    return np.array([each.features for each in evidence]), right


def fit_pool(rows: Sequence[Cast]) -> Pool:
    """Weights of the kinds, for merchants seen and unseen apart."""
    weights: dict[tuple[Familiarity, Kind], float] = {}
    for known in Familiarity:
        mine = [row for row in rows if familiarity(row.ballots) is known]
        weights |= {(known, kind): weight for kind, weight in (FIXED | _fit_weights(mine)).items()}
    return Pool(weights)


def _fit_weights(rows: Sequence[Cast]) -> dict[Kind, float]:
    """The least log loss of the truth, shrunk towards `_PRIOR`, where all kinds stay that no row has."""
    kinds = [kind for kind in Kind if kind not in FIXED]
    if not rows:
        return dict.fromkeys(kinds, _PRIOR)
    opinions = np.zeros((len(rows), len(kinds), len(CATEGORIES)))
    truth = np.zeros((len(rows), len(CATEGORIES)), dtype=bool)
    for place, row in enumerate(rows):
        for ballot in row.ballots:
            if ballot.kind in kinds:
                opinions[place, kinds.index(ballot.kind)] += log_opinion(ballot)
        truth[place, [CATEGORIES.index(category) for category in row.truth]] = True
    weight = np.array([row.weight for row in rows])
    weight = weight / weight.sum()

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total = np.einsum("k,nkc->nc", parameters, opinions)
        powers = np.exp(total - total.max(axis=1, keepdims=True))
        share = powers / powers.sum(axis=1, keepdims=True)
        hit = np.maximum((share * truth).sum(axis=1), 1e-12)
        slope = np.einsum("n,nc,nkc->k", weight, share * truth / hit[:, None] - share, opinions)
        penalty = _PENALTY * ((parameters - _PRIOR) ** 2).sum()
        return float(-(weight * np.log(hit)).sum() + penalty), -slope + 2 * _PENALTY * (parameters - _PRIOR)

    found = minimize(loss, np.full(len(kinds), _PRIOR), jac=True, method="L-BFGS-B", bounds=[(0.02, 3.0)] * len(kinds))
    return {kind: round(float(value), _DIGITS) for kind, value in zip(kinds, found.x, strict=True)}


def _fit_logistic(
    features: NDArray[np.float64], right: NDArray[np.bool_], weight: NDArray[np.float64]
) -> tuple[float, ...]:
    weight = weight / weight.sum()
    sign = np.where(right, 1.0, -1.0)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (features @ parameters)
        slope = -(weight * sign / (1 + np.exp(margin))) @ features
        return float((weight * np.logaddexp(0, -margin)).sum() + _RIDGE * (parameters**2).sum()), (
            slope + 2 * _RIDGE * parameters
        )

    bounds = [(0.0, None) if name in ("log_odds", "margin") else (None, None) for name in FEATURES]
    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B", bounds=bounds)
    return tuple(round(float(value), _DIGITS) for value in found.x)


def _thresholds(
    probability: NDArray[np.float64],
    right: NDArray[np.bool_],
    weight: NDArray[np.float64],
    cells: Sequence[Cell],
    *,
    risk: float,
) -> Mapping[Cell, float]:
    """A threshold per cell; one with too few rows takes that of its band, or of its familiarity, the stricter."""

    def among(chosen: NDArray[np.bool_]) -> float | None:
        return lowest_threshold(probability[chosen], right[chosen], weight[chosen], risk=risk)

    familiarity, band, group = (np.array(part) for part in zip(*cells, strict=True))
    thresholds: dict[Cell, float] = {}
    for known in Familiarity:
        over_all = among(familiarity == known)
        for each in AmountBand:
            mine = (familiarity == known) & (band == each)
            strictest = max(NEVER if found is None else found for found in (over_all, among(mine) or over_all))
            for name in sorted(set(GROUP_OF.values())):
                own = among(mine & (group == name))
                thresholds[known, each, name] = strictest if own is None else own
    return thresholds


def lowest_threshold(
    probability: NDArray[np.float64], right: NDArray[np.bool_], weight: NDArray[np.float64], *, risk: float
) -> float | None:
    """The lowest threshold from which on the error among the accepted is controlled.

    Args:
        probability: Of being right, shape (n,).
        right: Whether it was, shape (n,).
        weight: How much a row counts, shape (n,).
        risk: Largest share of wrong decisions among the accepted.

    Returns:
        A threshold, or None where fewer than `FEWEST` rows would be accepted.

    >>> import numpy as np
    >>> sure = np.linspace(0.5, 1, 200)
    >>> float(round(lowest_threshold(sure, sure > 0.6, np.ones(200), risk=0.1), 2))
    0.56
    """
    if len(probability) < FEWEST:
        return None
    order = np.argsort(-probability, kind="stable")
    following = float(weight.mean())
    wrong, accepted = np.cumsum((weight * ~right)[order]), np.cumsum(weight[order])
    failed = np.nonzero((wrong + following) / (accepted + following) > risk)[0]
    failed = failed[failed >= FEWEST - 1]
    count = int(failed[0]) if len(failed) else len(order)
    return None if count < FEWEST else round(float(probability[order[count - 1]]), _DIGITS)
