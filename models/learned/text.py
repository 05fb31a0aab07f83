"""Puts together all that was learned from texts: n-grams, the merchant memory, and neighbours where there are some.

For a merchant never seen, the n-grams decide. In a model with an encoder they are pooled with the nearest neighbours of
the embedding, which are asked only where the n-grams leave room for another answer. For a merchant seen before, the
counts of the memory are read with that opinion as their prior (Dirichlet smoothing):
(count + strength x opinion) / (total + strength).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.learned.encoder import Encoder
from models.learned.linear import Calibration, Encoded, Floats, TextModel
from models.learned.memory import MerchantMemory, Recollection, memory_key
from models.learned.neighbours import Neighbourhood, Neighbours
from models.statements.scripts import is_foreign

SURE = 0.9
"""From this probability on the n-grams decide without the embedding."""

SETTLED = 3
"""Rows from which on a memory is no chance any more."""

STRANGE = 0.5
"""Smallest share of its pieces that must be known of a text no word of which is; below it there is no opinion."""


@dataclass(frozen=True, slots=True)
class Opinions:
    """Probabilities and evidence for some texts.

    Args:
        probabilities: Where the memory is at home, shape (n texts, n categories), each row summing to 1.
        abroad: The same where it is not.
        seen: What the memory has of each text, or None.
        near: Nearest known text of each, or None where the neighbours were not asked.
        known: Whether there is an opinion at all, shape (n texts,): none on a script that was never learned.
        encoded: The texts as the n-grams see them.
    """

    probabilities: Floats
    abroad: Floats
    seen: tuple[Recollection | None, ...]
    near: tuple[str | None, ...]
    known: NDArray[np.bool_]
    encoded: Encoded


@dataclass(frozen=True, slots=True)
class Likeness:
    """What says which known texts mean the same in other words.

    Args:
        pooled: Calibrates n-grams with neighbours, which are surer than n-grams alone.
    """

    encoder: Encoder
    neighbours: Neighbours
    pooled: Calibration

    def ask(self, texts: Sequence[str]) -> Neighbourhood:
        """Let the texts' neighbours vote."""
        return self.neighbours.ask(self.encoder.encode(texts))


@dataclass(frozen=True, slots=True)
class LearnedText:
    """Everything learned from texts.

    Args:
        ngrams: The linear model, calibrated for texts on which it stands alone.
        memory: Merchants seen in training, or corrected by people.
        strength: How many sightings the opinion of the other parts is worth beside those of the memory.
        likeness: None in a model without an encoder.
        currencies: Where the memory is at home (ISO 4217).
    """

    ngrams: TextModel
    memory: MerchantMemory
    strength: float
    likeness: Likeness | None = None
    currencies: frozenset[str] = frozenset()

    @property
    def categories(self) -> tuple[str, ...]:
        """Category of each column."""
        return self.ngrams.categories

    def opinions(self, texts: Sequence[str]) -> Opinions:
        """Probabilities and evidence for texts.

        Args:
            texts: Results of `models.statements.normalise.merchant_text`.
        """
        encoded = self.ngrams.encode(texts)
        scores = self.ngrams.scores(encoded)
        probabilities = self.ngrams.calibration.probabilities(scores, encoded.familiarity)
        seen = tuple(self.memory.find(memory_key(text)) for text in texts)
        readable = np.fromiter((not is_foreign(text) for text in texts), dtype=np.bool_, count=len(texts))
        known = (_known(encoded) & readable) | np.array([each is not None for each in seen], dtype=bool)
        near: list[str | None] = [None] * len(texts)
        if self.likeness is not None:
            unsure = probabilities.max(axis=1) < SURE
            asked = [row for row, each in enumerate(seen) if known[row] and each is None and unsure[row]]
            answers = self.likeness.ask([texts[row] for row in asked])
            probabilities[asked] = self.likeness.pooled.probabilities(
                scores[asked], encoded.familiarity[asked], answers.shares
            )
            for row, nearest in zip(asked, answers.nearest, strict=True):
                near[row] = self.likeness.neighbours.names[nearest]
        rows = [row for row, each in enumerate(seen) if each is not None]
        counts = [each.counts for each in seen if each is not None]
        abroad = probabilities.copy() if rows else probabilities
        abroad[rows] = self.remembered_abroad(counts, probabilities[rows])
        probabilities[rows] = self.remembered(counts, probabilities[rows])
        return Opinions(probabilities, abroad, seen, tuple(near), known, encoded)

    def remembered(self, counts: Sequence[Sequence[tuple[str, int]]], opinions: Floats) -> Floats:
        """The counts of merchants, smoothed by opinions.

        Args:
            counts: Of each merchant, its categories with how often each was seen.
            opinions: Probabilities of the other parts, shape (n merchants, n categories).
        """
        values = self._counted(counts, opinions)
        # Whole numbers, so their sum is exact however it is added up.
        total = values.sum(axis=1, keepdims=True) + np.float32(self.strength)
        return np.asarray((values + np.float32(self.strength) * opinions) / total, dtype=np.float32)

    def remembered_abroad(self, counts: Sequence[Sequence[tuple[str, int]]], opinions: Floats) -> Floats:
        """The same for lines of another currency: what a merchant of that name was elsewhere counts as an opinion.

        Few rows count in proportion; from `SETTLED` on the memory is worth as much as the other parts.
        """
        values = self._counted(counts, opinions)
        total = values.sum(axis=1, keepdims=True)
        weight = np.minimum(total / np.float32(SETTLED), np.float32(1))
        shares = values / np.maximum(total, np.float32(1))
        return np.asarray((weight * shares + opinions) / (weight + 1), dtype=np.float32)

    def _counted(self, counts: Sequence[Sequence[tuple[str, int]]], opinions: Floats) -> Floats:
        values = np.zeros_like(opinions)
        for row, each in enumerate(counts):
            for category, count in each:
                # Corrections may name a category that the model was not trained with.
                if (column := self.ngrams.columns.get(category)) is not None:
                    values[row, column] = count
        return values


def _known(encoded: Encoded) -> NDArray[np.bool_]:
    pieces, words = encoded.familiarity.T
    # Some piece of any text is known; only a known word or many pieces say something.
    found = (words > 0) | (pieces >= STRANGE)
    return np.asarray(found & (np.diff(encoded.matrix.indptr) > 0), dtype=np.bool_)
