"""A small real model of texts, worked out by hand, for tests of what is built on one.

Two words are known: "cafe" speaks for food_dining so strongly that n-grams decide alone, "shop" weakly for groceries.
Three texts are neighbours, in the plane: "corner shop" to the east, "petrol stop" to the north, "diner" to the west.
"""

from collections.abc import Sequence

import numpy as np

from models.learned.linear import Calibration, Floats, TextModel
from models.learned.memory import MerchantMemory
from models.learned.neighbours import Neighbours, unit
from models.learned.text import LearnedText, Likeness

CATEGORIES = ("food_dining", "fuel", "groceries")
PLANE = Calibration(0.0, (0.0, 0.0), 1.0)


class Compass:
    """Embeds a text by its first letter into the plane, and counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        """East from a to m, north from n on."""
        self.asked += texts
        return np.array([[1, 0] if text < "n" else [0, 1] for text in texts], dtype=np.float32).reshape(-1, 2)


class Letters:
    """Embeds a text by how often it has each letter and digit: a real encoder, if a poor one."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Shape (n texts, 96), each row of length 1."""
        counts = np.full((len(texts), 96), 0.01, dtype=np.float32)
        for row, text in enumerate(texts):
            for place, letter in enumerate(text):
                counts[row, (ord(letter) + place) % 96] += 1
        return unit(counts)


def plane() -> Neighbours:
    """Three neighbours in two dimensions, around the origin."""
    return Neighbours(
        names=("corner shop", "petrol stop", "diner"),
        targets=np.array([2, 1, 0], dtype=np.int16),
        columns=3,
        center=np.zeros(2, dtype=np.float32),
        basis=np.eye(2, dtype=np.float32),
        steps=np.array([[127, 0], [0, 127], [-127, 0]], dtype=np.int8),
    )


def small(
    memory: MerchantMemory | None = None, *, strength: float = 1.0, currencies: frozenset[str] = frozenset()
) -> LearnedText:
    """The model, with a memory and where it is at home; its encoder is a `Compass`."""
    ngrams = TextModel(
        categories=CATEGORIES,
        features=("=cafe", "=shop"),
        idf=np.ones(2, dtype=np.float32),
        weights=np.array([[10, 0, 0], [0, 0, 1]], dtype=np.float32),
        bias=np.zeros(3, dtype=np.float32),
        calibration=Calibration(0.0, (0.0, 0.0)),
    )
    return LearnedText(ngrams, memory or MerchantMemory(), strength, Likeness(Compass(), plane(), PLANE), currencies)
