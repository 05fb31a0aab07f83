"""Fits and measures how far scores of the text model may be trusted, for merchants unseen and seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from models.text_model import FAMILIARITY, Calibration, Floats, TextModel
from models.training.examples import Example

REVIEW_THRESHOLD = 0.6
"""Confidence at which the metrics state precision and coverage: where the policy `agreement` stops asking a person."""

_BINS = 15
_PENALTY = 1e-3
_STEP = 1e-3
"""Of the numerical gradient: large, as scores have single precision."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Examples with what an uncalibrated model says about them.

    Args:
        scores: Shape (n, n categories).
        familiarity: Shape (n, 3).
        target: Column of the true category, shape (n,).
        weight: Shape (n,), sums to 1.
    """

    scores: Floats
    familiarity: Floats
    target: NDArray[np.int64]
    weight: NDArray[np.float64]


def score(model: TextModel, examples: Sequence[Example]) -> Scored:
    """Score examples; those of a category that the model does not have are left out, as it cannot be right on them."""
    known = [example for example in examples if example.category in model.categories]
    encoded = model.encode([example.text for example in known])
    weight = np.array([example.weight for example in known], dtype=np.float64)
    target = np.array([model.categories.index(example.category) for example in known], dtype=np.int64)
    return Scored(model.scores(encoded), encoded.familiarity, target, weight / max(weight.sum(), 1e-12))


def fit_calibration(parts: Sequence[Scored]) -> Calibration:
    """Minimise the log loss over parts that count alike, such as merchants seen and unseen.

    Args:
        parts: Scored examples; each part weighs the same, whatever its size.
    """

    def loss(parameters: NDArray[np.float64]) -> float:
        calibration = _calibration(parameters)
        total = sum(_log_loss(part, calibration) for part in parts)
        return float(total + _PENALTY * (parameters**2).sum())

    start = np.zeros(1 + len(FAMILIARITY))
    found = minimize(loss, start, method="L-BFGS-B", options={"maxiter": 100, "eps": _STEP})
    return _calibration(np.round(found.x, 4))


def _calibration(parameters: NDArray[np.float64]) -> Calibration:
    intercept, pieces, words, whole = map(float, parameters)
    return Calibration(intercept, (pieces, words, whole))


def _log_loss(part: Scored, calibration: Calibration) -> float:
    probability = calibration.probabilities(part.scores, part.familiarity)
    chosen = probability[np.arange(len(part.target)), part.target].astype(np.float64)
    return float(-(part.weight * np.log(np.maximum(chosen, 1e-12))).sum())


def metrics(part: Scored, calibration: Calibration) -> dict[str, float]:
    """What the model is worth on scored examples, by their weight.

    Returns:
        Number of examples; accuracy; macro-F1 over categories that occur; expected calibration error over 15 bins of
        equal width (Guo et al., 2017); precision and coverage of what is at or above `REVIEW_THRESHOLD`.
    """
    probability = calibration.probabilities(part.scores, part.familiarity)
    confidence, choice = probability.max(axis=1), probability.argmax(axis=1)
    right, sure = choice == part.target, confidence >= REVIEW_THRESHOLD
    covered = float(part.weight[sure].sum())
    values = {
        "accuracy": float(part.weight[right].sum()),
        "macro_f1": _macro_f1(part, choice),
        "calibration_error": _calibration_error(part.weight, confidence, right),
        "precision_at_threshold": float(part.weight[sure & right].sum()) / covered if covered else 0.0,
        "coverage_at_threshold": covered,
    }
    return {"examples": len(part.target)} | {name: round(value, 4) for name, value in values.items()}


def _macro_f1(part: Scored, choice: NDArray[np.int64]) -> float:
    scores = []
    for category in np.unique(part.target):
        hit = part.weight[(choice == category) & (part.target == category)].sum()
        said, true = part.weight[choice == category].sum(), part.weight[part.target == category].sum()
        scores.append(2 * hit / (said + true))
    return float(np.mean(scores)) if scores else 0.0


def _calibration_error(weight: NDArray[np.float64], confidence: Floats, right: NDArray[np.bool_]) -> float:
    place = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gap = np.bincount(place, weight * (confidence - right), minlength=_BINS)
    return float(np.abs(gap).sum())
