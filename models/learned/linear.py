"""The linear part of what is learned from texts: TF-IDF over n-grams, a score per category, a calibrated softmax."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.learned.ngrams import pieces_of, shown, words

Floats = NDArray[np.float32]

LENGTHS = (1.3, 0.7)
"""Length that the vector of each block of features is scaled to, pieces and words; chosen on held-out merchants."""

WORDS = 4_096
"""Words whose pieces are remembered, about 3 MB: most words of a new line have been met in others."""

WordPieces = Callable[[str], tuple[tuple[int, ...], tuple[str, ...]]]
"""A word to its pieces, each once: the rows of those that are features, and the others."""

FAMILIARITY = ("pieces", "words")
"""What is known of a text: share of its pieces, and share of its words and pairs of words."""

# The factor stays within e^4 either way: a text unlike those of the fit must not become certain.
_SHARPEST = 4.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """Makes scores probabilities: softmax of scores x exp(intercept + slopes . familiarity) + neighbours x shares.

    Temperature scaling (Guo et al., On Calibration of Modern Neural Networks, 2017) with a temperature that depends on
    how much of the text is known: one temperature for all would be too sure of merchants never seen. The neighbours'
    logarithmic shares join as in a logarithmic opinion pool (Genest and Zidek, 1986).

    Args:
        intercept: Logarithm of the factor for a text of which nothing is known.
        slopes: Change of it per unit of each measure of `FAMILIARITY`.
        neighbours: Weight of the neighbours' logarithmic shares.
    """

    intercept: float
    slopes: tuple[float, float]
    neighbours: float = 0.0

    def probabilities(self, scores: Floats, familiarity: Floats, shares: Floats | None = None) -> Floats:
        """Calibrated probabilities, each row summing to 1.

        Args:
            scores: Linear scores, shape (n texts, n categories).
            familiarity: Shape (n texts, 2).
            shares: Logarithmic shares of the neighbours' votes, shape of `scores`; None where they were not asked.

        Returns:
            Shape (n texts, n categories).
        """
        # Not a matrix product: its rounding would depend on how many texts are scored together.
        exponent = self.intercept + (familiarity * np.asarray(self.slopes, dtype=np.float32)).sum(axis=1)
        factor = np.exp(np.clip(exponent, -_SHARPEST, _SHARPEST)).astype(np.float32)
        evidence = scores * factor[:, None]
        return softmax(evidence if shares is None else evidence + np.float32(self.neighbours) * shares)


@dataclass(frozen=True, slots=True)
class Encoded:
    """Texts as the model sees them.

    Args:
        matrix: TF-IDF, shape (n texts, n features).
        familiarity: Measures of `FAMILIARITY`, shape (n texts, 2), each in [0, 1].
    """

    matrix: csr_matrix
    familiarity: Floats


@dataclass(frozen=True, slots=True)
class TextModel:
    """Weights over named features.

    Args:
        features: Feature of each row, as `models.learned.ngrams` writes them.
        idf: Inverse document frequency, shape (n features,).
        weights: Shape (n features, n categories).
        bias: Shape (n categories,).
        calibration: Turns scores into probabilities.
    """

    categories: tuple[str, ...]
    features: tuple[str, ...]
    idf: Floats
    weights: Floats
    bias: Floats
    calibration: Calibration
    index: Mapping[str, int] = field(init=False, repr=False)
    columns: Mapping[str, int] = field(init=False, repr=False)
    _pieces: WordPieces = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {feature: row for row, feature in enumerate(self.features)})
        object.__setattr__(self, "columns", {category: column for column, category in enumerate(self.categories)})
        object.__setattr__(self, "_pieces", word_pieces(self.index))

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Look up the features of merchant texts."""
        return encode(texts, self.index, self.idf, self._pieces)

    def scores(self, encoded: Encoded) -> Floats:
        """Linear score per category, shape (n texts, n categories)."""
        return np.asarray(encoded.matrix @ self.weights + self.bias, dtype=np.float32)

    def probabilities(self, encoded: Encoded) -> Floats:
        """Calibrated probability per category, shape (n texts, n categories)."""
        return self.calibration.probabilities(self.scores(encoded), encoded.familiarity)

    def evidence(self, encoded: Encoded, row: int, column: int, *, limit: int = 2) -> tuple[str, ...]:
        """The known features of one text that speak most for one category, strongest first.

        Args:
            limit: How many to name at most; a feature that lies inside one already named is passed over.
        """
        start, end = encoded.matrix.indptr[row], encoded.matrix.indptr[row + 1]
        known = encoded.matrix.indices[start:end]
        contribution = encoded.matrix.data[start:end] * self.weights[known, column]
        named: list[str] = []
        # More than asked for, as some lie inside others and are passed over.
        order = np.argsort(-contribution, kind="stable")[: 4 * limit]
        for place, value in zip(known[order].tolist(), contribution[order].tolist(), strict=True):
            if value <= 0 or len(named) == limit:
                break
            text = shown(self.features[place])
            if not any(text in other for other in named):
                named.append(text)
        return tuple(named)


def softmax(scores: Floats) -> Floats:
    """Row-wise softmax, shape kept."""
    # Less the largest of the row, as the powers of large scores would overflow.
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)


def word_pieces(index: Mapping[str, int]) -> WordPieces:
    """The look-up of words in an index of features, which remembers `WORDS` of them."""

    @lru_cache(maxsize=WORDS)
    def look_up(word: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
        pieces = dict.fromkeys(pieces_of(word))
        known = [row for row in map(index.get, pieces) if row is not None]
        # Of most words all are known.
        unknown = [piece for piece in pieces if piece not in index] if len(known) < len(pieces) else ()
        return tuple(known), tuple(unknown)

    return look_up


def encode(texts: Sequence[str], index: Mapping[str, int], idf: Floats, pieces: WordPieces) -> Encoded:
    """TF-IDF of merchant texts: within each block, known features count once, by their idf, scaled to `LENGTHS`.

    Args:
        texts: Results of `models.statements.normalise.merchant_text`.
        pieces: From `word_pieces` of the index.
    """
    columns: list[int] = []
    ends: list[int] = [0]
    familiarity: list[tuple[float, float]] = []
    for text in texts:
        known: Collection[int]
        found = list(map(pieces, text.split()))
        if len(found) == 1:
            known, others = found[0]
            unknown = len(others)
        else:
            # Two words may have a piece in common, which counts once and where it comes first.
            known = dict.fromkeys(chain.from_iterable([rows for rows, _ in found]))
            unknown = len(set(chain.from_iterable([others for _, others in found])))
        columns += known
        ends.append(len(columns))
        features = words(text)
        spoken = [place for place in map(index.get, features) if place is not None]
        columns += spoken
        ends.append(len(columns))
        familiarity.append((len(known) / max(len(known) + unknown, 1), len(spoken) / max(len(features), 1)))
    # As scipy keeps them, which would otherwise copy them twice.
    rows = np.asarray(columns, dtype=np.int32)
    data = _scaled(idf[rows], np.diff(ends))
    matrix = csr_matrix((data, rows, ends[:: len(LENGTHS)]), shape=(len(texts), len(idf)), dtype=np.float32)
    return Encoded(matrix, np.asarray(familiarity, dtype=np.float32).reshape(len(texts), len(FAMILIARITY)))


def _scaled(values: Floats, sizes: NDArray[np.int64]) -> Floats:
    """Scale each run of values, one run per text and block, to the length of its block."""
    run = np.repeat(np.arange(len(sizes)), sizes)
    length = np.sqrt(np.bincount(run, values.astype(np.float64) ** 2, minlength=len(sizes)))
    target = np.resize(LENGTHS, len(sizes))
    return np.asarray(values * (target / np.maximum(length, 1e-12))[run], dtype=np.float32)
