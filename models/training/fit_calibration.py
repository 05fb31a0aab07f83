"""Fits how far the learned parts may be trusted: n-grams alone, n-grams with neighbours, and the merchant memory."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from models.learned.linear import FAMILIARITY, Calibration, Floats, TextModel
from models.training.examples import Merchant

_PENALTY = 1e-3
_STEP = 1e-3
"""Of the numerical gradient: large, as scores have single precision."""

_STRENGTHS = (0.05, 20.0)


@dataclass(frozen=True, slots=True)
class Scored:
    """Merchants with what uncalibrated parts say about them.

    Args:
        scores: Of the n-grams, shape (n, n categories).
        familiarity: Shape (n, 2).
        shares: Logarithmic shares of the neighbours' votes, shape (n, n categories); None where there are none.
        target: Column of the most frequent category, shape (n,).
    """

    scores: Floats
    familiarity: Floats
    shares: Floats | None
    target: NDArray[np.int64]


def score(ngrams: TextModel, chosen: Sequence[Merchant], shares: Floats | None) -> Scored:
    """Score merchants; all of them must have a category that the model has.

    Args:
        chosen: Merchants that it did not learn from.
        shares: Of the neighbours, a row per merchant; None where there are none.
    """
    encoded = ngrams.encode([merchant.text for merchant in chosen])
    tops = [min(merchant.categories().items(), key=lambda item: (-item[1], item[0]))[0] for merchant in chosen]
    target = np.array([ngrams.categories.index(top) for top in tops], dtype=np.int64)
    return Scored(ngrams.scores(encoded), encoded.familiarity, shares, target)


def fit_calibration(scored: Scored, *, pooled: bool) -> Calibration:
    """Minimise the log loss over merchants, each counted once.

    Args:
        pooled: Whether the neighbours' shares take part.
    """

    def calibration(parameters: NDArray[np.float64]) -> Calibration:
        intercept, pieces, words, neighbours = map(float, parameters)
        return Calibration(intercept, (pieces, words), neighbours if pooled else 0.0)

    def loss(parameters: NDArray[np.float64]) -> float:
        probability = calibration(parameters).probabilities(
            scored.scores, scored.familiarity, scored.shares if pooled else None
        )
        chosen = probability[np.arange(len(scored.target)), scored.target].astype(np.float64)
        return float(-np.log(np.maximum(chosen, 1e-12)).mean() + _PENALTY * (parameters**2).sum())

    start = np.concatenate([np.zeros(1 + len(FAMILIARITY)), [0.5]])
    found = minimize(loss, start, method="L-BFGS-B", options={"maxiter": 200, "eps": _STEP})
    return calibration(np.round(found.x, 4))


def fit_strength(chosen: Sequence[Merchant], opinions: Floats, categories: Sequence[str]) -> float:
    """Fit how many sightings an opinion is worth: the least log loss of a row when the merchant's other rows are known.

    A merchant with n rows counts as 1 + ln(n) rows; the row itself is left out of the counts.

    Args:
        chosen: Merchants that the opinions were formed without.
        opinions: Probabilities, shape (n merchants, n categories).
    """
    column = {category: place for place, category in enumerate(categories)}
    left_out: list[tuple[float, float, float, float]] = []
    for merchant, opinion in zip(chosen, opinions, strict=True):
        counts = merchant.categories()
        total = counts.total()
        if total > 1:
            weight = (1 + np.log(total)) / total
            left_out += [
                (weight * count, count - 1, total - 1, float(opinion[column[category]]))
                for category, count in counts.items()
            ]
    if not left_out:
        return 1.0
    weight, same, others, prior = np.array(left_out).T

    def loss(strength: float) -> float:
        return float(-(weight * np.log(np.maximum((same + strength * prior) / (others + strength), 1e-9))).sum())

    return round(float(minimize_scalar(loss, bounds=_STRENGTHS, method="bounded").x), 3)
