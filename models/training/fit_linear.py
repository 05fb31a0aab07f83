"""Fits the linear text model on weighted examples."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sklearn.svm import LinearSVC

from models.contracts.taxonomy import CATEGORIES
from models.errors import DataError
from models.learned.feature_index import FeatureIndex
from models.learned.linear import Calibration, Floats, TextModel, encode
from models.learned.ngrams import pieces, words
from models.training.config import TrainingConfig
from models.training.examples import Example

UNCALIBRATED = Calibration(0.0, (0.0, 0.0))

_REFERENCE = re.compile(r"\d{5}|\d{3}[-. ]\d{4}")

_ITERATIONS = 5_000
_TOLERANCE = 1e-2
"""Of the solver: finer ones took longer and moved no metric by more than .0004."""

_FEWEST_CATEGORIES = 3


def fit(examples: Sequence[Example], config: TrainingConfig) -> TextModel:
    """Fit a linear support vector machine, one category against the rest, over TF-IDF.

    Args:
        examples: Texts with category and weight.
        config: Says how rare a feature may be and how strong the regularisation is.

    Returns:
        A model whose scores are not calibrated yet.

    Raises:
        DataError: Fewer than three categories among the examples.
    """
    categories = tuple(name for name in CATEGORIES if name in {example.category for example in examples})
    if len(categories) < _FEWEST_CATEGORIES:
        raise DataError(f"training needs examples of {_FEWEST_CATEGORIES} categories or more, got {len(categories)}")
    features, idf = _vocabulary(examples, config.rarest)
    encoded = encode([example.text for example in examples], FeatureIndex(features), idf)
    target = [categories.index(example.category) for example in examples]
    weight = np.array([example.weight for example in examples])
    solver = LinearSVC(C=config.penalty, random_state=config.seed, tol=_TOLERANCE, max_iter=_ITERATIONS)
    solver.fit(encoded.matrix, target, sample_weight=weight / weight.mean())
    weights, bias = solver.coef_.T.astype(np.float32), solver.intercept_.astype(np.float32)
    return TextModel(categories, features, idf, weights, bias, UNCALIBRATED)


def has_reference(text: str) -> bool:
    """Tell whether a text holds part of an account, ticket or phone number: a published model must not store it."""
    return _REFERENCE.search(text) is not None


def calibrated(model: TextModel, calibration: Calibration) -> TextModel:
    """The same model with another calibration."""
    return replace(model, calibration=calibration)


def _vocabulary(examples: Sequence[Example], rarest: int) -> tuple[tuple[str, ...], Floats]:
    """Features that occur often enough, sorted, and their idf as scikit-learn has it: ln((1 + n) / (1 + df)) + 1."""
    texts = sorted({example.text for example in examples})
    frequency: Counter[str] = Counter()
    for text in texts:
        frequency.update(pieces(text))
        frequency.update(words(text))
    kept = {feature for feature, count in frequency.items() if count >= rarest}
    features = tuple(sorted(feature for feature in kept if not has_reference(feature)))
    counts = np.array([frequency[feature] for feature in features])
    return features, (np.log((1 + len(texts)) / (1 + counts)) + 1).astype(np.float16).astype(np.float32)
