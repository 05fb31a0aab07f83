"""The model of texts that learns from corrections: a River pipeline, one logistic regression for each category.

For lines whose merchant nobody corrected yet. The features are hashed pieces of words, words and pairs of words. Which
learner measures best, and how, is in docs/decisions.md. A worker has the weights (`models.learned.online.weights`).
"""

import hashlib
import struct
from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from river import compose, linear_model, multiclass, optim
from river.base import Classifier

from models.learned.online.weights import BUCKETS, LARGEST, STEP, TextWeights, features, ranked, scores

RATE = 1.5
"""Step of the gradient descent; constant, so that what changes later is learned as quickly as at first."""

PRIOR = -3.0
"""Score of a category before anything is known: one against the rest is right one time in twenty or so."""

PRIOR_RATE = 0.02
"""Step of the same."""

SPARED = 0.02
"""Error below which a category's regression is left as it is."""


Features = dict[Hashable, Any]
"""What River learns from."""

TEXT = "text"
"""Where a line has the text, for River."""


class SparingOneVsRest(multiclass.OneVsRestClassifier):
    """River's one-vs-rest, which leaves classifiers alone that are as good as right already.

    Most of them are, of some 28: it learns twice to four times as quickly, and as well (docs/decisions.md).

    Args:
        classifier: Learns one category against the rest.
        spared: Error of its probability from which on a classifier learns.
    """

    def __init__(self, classifier: Classifier, spared: float = SPARED) -> None:
        super().__init__(classifier)
        self.spared = spared

    def learn_one(self, x: Features, y: bool | str | int, **_options: Any) -> None:
        """Learn that features mean a category."""
        if y not in self.classifiers:
            self.classifiers[y] = self.classifier.clone()
        for label, model in self.classifiers.items():
            right = label == y
            if abs(model.predict_proba_one(x)[True] - right) > self.spared:
                model.learn_one(x, right)


def pipeline() -> compose.Pipeline:
    """The pipeline of the shipped learner: from a merchant's text to a category."""
    regression = linear_model.LogisticRegression(
        optimizer=optim.SGD(RATE), intercept_init=PRIOR, intercept_lr=PRIOR_RATE
    )
    return compose.Pipeline(compose.FuncTransformer(_features), SparingOneVsRest(regression))


def _features(line: Features) -> Features:
    return {**features(line[TEXT])}


class TextLearner:
    """Learns from pairs of text and category. The same pairs in the same order give the same state, bit for bit.

    >>> learner = TextLearner()
    >>> for name in ("oak", "elm", "ash", "fir", "yew", "box"):
    ...     for _ in range(3):
    ...         learner.learn(f"{name} veterinary clinic", "pets")
    ...         learner.learn(f"{name} car wash", "auto")
    >>> learner.predict("lime veterinary clinic")[0][0], learner.predict("something else")
    ('pets', [])
    """

    def __init__(self) -> None:
        self._model = pipeline()
        self._support: dict[str, int] = {}

    @property
    def _categories(self) -> dict[str, linear_model.LogisticRegression]:
        return dict(sorted(self._model["SparingOneVsRest"].classifiers.items()))

    def learn(self, text: str, category: str) -> None:
        """Learn one pair; a text without a word teaches nothing."""
        if not features(text):
            return
        self._model.learn_one({TEXT: text}, category)
        self._support[category] = self._support.get(category, 0) + 1

    def predict(self, text: str) -> list[tuple[str, float]]:
        """Categories with their probability, best first, as workers will say it; empty where it knows nothing."""
        found = features(text)
        models = self._categories
        if not found or not models:
            return []
        rows = list(found)
        weights = np.stack([_steps(model._weights.to_numpy(rows)) for model in models.values()], axis=1)
        summed = scores(weights, _bias(models), found)
        return ranked(dict(zip(models, summed, strict=True)), self._support)

    def weights(self) -> TextWeights:
        """What workers are given."""
        models = self._categories
        rows = list(range(BUCKETS))
        table = [_steps(model._weights.to_numpy(rows)) for model in models.values()]
        support = {category: self._support[category] for category in models}
        joined = np.stack(table, axis=1) if table else np.zeros((BUCKETS, 0), dtype=np.int16)
        return TextWeights(support, _bias(models), joined)

    def snapshot(self) -> bytes:
        """The same as bytes, for `TextWeights.of`."""
        return self.weights().to_bytes()

    @property
    def digest(self) -> str:
        """SHA-256 of all weights as they are, and of what they were learned from, in hex."""
        digest = hashlib.sha256()
        for category, model in self._categories.items():
            digest.update(f"{category}\0{self._support[category]}\0".encode())
            digest.update(struct.pack("<d", model.intercept))
            for row, weight in sorted(model.weights.items()):
                digest.update(struct.pack("<id", row, weight))
        return digest.hexdigest()


def _steps(weights: NDArray[np.float64]) -> NDArray[np.int16]:
    return np.clip(np.rint(weights / STEP), -LARGEST, LARGEST).astype(np.int16)


def _bias(models: dict[str, linear_model.LogisticRegression]) -> NDArray[np.int64]:
    return np.rint(np.array([model.intercept for model in models.values()]) / STEP).astype(np.int64)
