"""The model of texts that learns from corrections, as a worker has it: one small table of whole numbers.

It reads a merchant's text and names the category of the lines that people corrected and that this one resembles, or
nothing where it resembles none enough. `models.learned.online.text` learns it, with River; this side needs numpy only.
"""

import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from models.contracts.taxonomy import CATEGORIES
from models.errors import MALFORMED, ArtefactError
from models.learned.ngrams import words

BUCKETS = 1 << 14
"""Rows of the table; features share them by hash."""

PIECE = 4
"""Characters of the pieces of words, each word padded with a space on both sides."""

LENGTHS = (1.3, 0.7)
"""Length of the vector of a text's pieces, and of its words and pairs: as `models.learned.linear.LENGTHS`."""

STEP = 1 / 256
"""Weights are kept in steps of this, on both sides: a worker sums the very numbers that the learner sums."""

LARGEST = 32_767
"""Largest weight, in steps: what two bytes hold."""

SUPPORT = 5
"""Corrections of a category before it is named."""

LEAST = 0.5
"""Probability of the best category before it is named."""

FORMAT = 1
_WORDS = 8_192
_LEVEL = 6
_PERSON = b"online-text"


def features(text: str) -> dict[int, float]:
    """Features of a merchant's text: the row of each piece, word and pair of words, with its value.

    The hash is BLAKE2b, the same on every machine and in every process. Rows come in the order of the text, so that
    sums over them are the same everywhere, too.

    >>> features("bp") == features("bp"), len(features("tim hortons"))
    (True, 11)
    """
    single = text.split()
    pieces = dict.fromkeys(row for word in single for row in _pieces(word))
    spoken = dict.fromkeys(_row(word) for word in words(text))
    found: dict[int, float] = {}
    for rows, length in zip((pieces, spoken), LENGTHS, strict=True):
        value = length / math.sqrt(len(rows)) if rows else 0.0
        for row in rows:
            found[row] = found.get(row, 0.0) + value
    return found


@lru_cache(maxsize=_WORDS)
def _pieces(word: str) -> tuple[int, ...]:
    padded = f" {word} "
    return tuple(_row(padded[start : start + PIECE]) for start in range(max(len(padded) - PIECE, 0) + 1))


def _row(feature: str) -> int:
    return int.from_bytes(blake2b(feature.encode(), digest_size=4, person=_PERSON).digest()) % BUCKETS


def ranked(scores: Mapping[str, float], support: Mapping[str, int]) -> list[tuple[str, float]]:
    """Categories with their probability, best first; empty where the best one is not to be named.

    The probability is that of one against the rest (a logistic function of the score), divided by the sum over the
    categories where that is above 1: a line that is like nothing has small ones, which stay small.

    Args:
        scores: Of each category.
        support: Corrections from which each was learned.
    """
    alone = {category: _logistic(score) for category, score in scores.items()}
    # Added in the order of the names, since sums of floats hang on their order.
    total = max(sum(alone[category] for category in sorted(alone)), 1.0)
    best_first = sorted(
        ((share / total, category) for category, share in alone.items()), key=lambda each: (-each[0], each[1])
    )
    if not best_first or best_first[0][0] < LEAST or support.get(best_first[0][1], 0) < SUPPORT:
        return []
    return [(category, probability) for probability, category in best_first]


def _logistic(score: float) -> float:
    return 1 / (1 + math.exp(-score)) if score >= 0 else 1 - 1 / (1 + math.exp(score))


@dataclass(frozen=True, slots=True, eq=False)
class TextWeights:
    """Weights of the model of texts.

    Args:
        support: Categories, sorted, with the corrections from which each was learned.
        bias: Score of each category for a text without features, in steps, shape (n categories,).
        table: Weights in steps, shape (`BUCKETS`, n categories).
    """

    support: Mapping[str, int]
    bias: NDArray[np.int64]
    table: NDArray[np.int16]
    _names: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_names", tuple(self.support))

    @classmethod
    def of(cls, snapshot: bytes) -> "TextWeights":
        """Read what `to_bytes` wrote.

        Raises:
            ArtefactError: It is no snapshot, or names an unknown category.
        """
        try:
            head, _, body = zlib.decompress(snapshot).partition(b"\n")
            said = json.loads(head)
            if said["format"] != FORMAT or said["buckets"] != BUCKETS:
                raise ValueError
            support = {str(category): int(count) for category, count in said["support"].items()}
            bias = np.array([int(each) for each in said["bias"]], dtype=np.int64)
            # Kept category after category, which packs better; read row after row.
            table = np.frombuffer(body, dtype="<i2").reshape(len(support), BUCKETS).T.astype(np.int16, order="C")
            if len(bias) != len(support):
                raise ValueError
        except MALFORMED as error:
            raise ArtefactError(
                f"the weights of corrections do not fit their format ({type(error).__name__})"
            ) from error
        if unknown := set(support).difference(CATEGORIES):
            raise ArtefactError(
                f"the weights of corrections name {len(unknown)} categories that the taxonomy does not have"
            )
        return cls(support, bias, table)

    def to_bytes(self) -> bytes:
        """The weights, packed: two bytes a weight before packing, less than 1 MB for all categories."""
        head = {
            "format": FORMAT,
            "buckets": BUCKETS,
            "support": dict(self.support),
            "bias": [int(each) for each in self.bias],
        }
        body = np.ascontiguousarray(self.table.T, dtype="<i2").tobytes()
        return zlib.compress(json.dumps(head, separators=(",", ":")).encode() + b"\n" + body, _LEVEL)

    def predict(self, text: str) -> list[tuple[str, float]]:
        """Categories with their probability, best first; empty where it knows nothing of the text."""
        if not self._names or not (found := features(text)):
            return []
        return ranked(
            dict(zip(self._names, scores(self.table[list(found)], self.bias, found), strict=True)), self.support
        )


def scores(weights: NDArray[np.int16], bias: NDArray[np.int64], found: Mapping[int, float]) -> Sequence[float]:
    """Scores of the categories.

    Args:
        weights: Rows of the table, in steps, in the order of the features, shape (n features, n categories).
        found: From `features`.
    """
    # Not a matrix product: its rounding hangs on the machine. Row after row, so the order of the sum is fixed.
    total = bias * STEP
    for row, value in zip(weights, found.values(), strict=True):
        total = total + row * (STEP * value)
    return [float(each) for each in total]
