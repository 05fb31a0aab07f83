"""The linear part of what is learned from texts: TF-IDF over n-grams, a score per category, a calibrated softmax."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.learned.feature_index import NUMBER_BITS, FeatureIndex
from models.learned.ngrams import shown, words

Floats = NDArray[np.float32]

LENGTHS = (1.3, 0.7)
"""Length that the vector of each block of features is scaled to, pieces and words; chosen on held-out merchants."""

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
    index: FeatureIndex = field(init=False, repr=False, compare=False)
    columns: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", FeatureIndex(self.features))
        object.__setattr__(self, "columns", {category: column for column, category in enumerate(self.categories)})

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Look up the features of merchant texts."""
        return encode(texts, self.index, self.idf)

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


def encode(texts: Sequence[str], index: FeatureIndex, idf: Floats) -> Encoded:
    """TF-IDF of merchant texts: within each block, known features count once, by their idf, scaled to `LENGTHS`.

    Args:
        texts: Results of `models.statements.normalise.merchant_text`.
    """
    split = [text.split() for text in texts]
    places: dict[str, int] = {}
    # Words by their place among all of the batch, of which each is looked up once.
    numbered = [places.setdefault(word, len(places)) for several in split for word in several]
    pieces = index.pieces(list(places))
    word = np.asarray(numbered, dtype=np.int64)
    sizes = pieces.sizes[word]
    text_of_word = np.repeat(np.arange(len(texts)), np.array([len(several) for several in split], dtype=np.int64))
    chosen, text = _runs(pieces.starts[word], sizes), np.repeat(text_of_word, sizes)
    # A piece may come again in a word or in two, and counts once and where it comes first.
    _, first = np.unique((text.astype(np.uint64) << np.uint64(NUMBER_BITS)) | pieces.numbers[chosen], return_index=True)
    first.sort()
    text, rows = text[first], pieces.rows[chosen[first]]
    is_known = rows >= 0
    known = np.bincount(text[is_known], minlength=len(texts))
    said = [words(each) for each in texts]
    spoken = [[row for row in map(index.row, features) if row is not None] for features in said]
    counts = np.stack((known, np.array([len(each) for each in spoken], dtype=np.int64)), axis=1)
    of = np.stack((np.bincount(text, minlength=len(texts)), [len(features) for features in said]), axis=1)
    ends = np.concatenate(([0], np.cumsum(counts)))
    columns = np.empty(ends[-1], dtype=np.int32)
    starts = ends[:-1].reshape(counts.shape)
    columns[_runs(starts[:, 0], counts[:, 0])] = rows[is_known]
    columns[_runs(starts[:, 1], counts[:, 1])] = list(chain.from_iterable(spoken))
    data = _scaled(idf[columns], counts.ravel())
    matrix = csr_matrix((data, columns, ends[:: len(LENGTHS)]), shape=(len(texts), len(idf)), dtype=np.float32)
    return Encoded(matrix, np.asarray(counts / np.maximum(of, 1), dtype=np.float32))


def _runs(starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers from each start on, as many as its size says, one run behind the other."""
    before = np.cumsum(sizes) - sizes
    return np.repeat(starts - before, sizes) + np.arange(sizes.sum())


def _scaled(values: Floats, sizes: NDArray[np.int64]) -> Floats:
    """Scale each run of values, one run per text and block, to the length of its block."""
    run = np.repeat(np.arange(len(sizes)), sizes)
    length = np.sqrt(np.bincount(run, values.astype(np.float64) ** 2, minlength=len(sizes)))
    target = np.resize(LENGTHS, len(sizes))
    return np.asarray(values * (target / np.maximum(length, 1e-12))[run], dtype=np.float32)
