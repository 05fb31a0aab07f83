"""Finds features by their text, the pieces of all words of a batch at once.

A text has some twenty pieces a word. Asking a dictionary of a hundred thousand for each of them is what encoding would
mostly wait for, as its entries lie all over the memory. So pieces of plain letters are numbers here, of five bytes
which are their letters, and are searched for together in one sorted array; the rest is in a dictionary.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.learned.ngrams import LONGEST, SHORTEST, WORD, pieces_of

Numbers = NDArray[np.uint64]
Places = NDArray[np.int64]

NUMBER_BITS = 42
"""Bits of a piece's number: five bytes, and above them the numbers of pieces with other than plain letters."""

_BYTE = 8
_OTHER = 1 << (_BYTE * LONGEST)
"""The first number of those."""


class Pieces(NamedTuple):
    """The pieces of several words, one word behind the other.

    Args:
        numbers: Equal for equal pieces of one batch.
        rows: Of those that are features; -1 for others.
        starts: Place of the first piece of each word.
        sizes: Pieces of each word; some may come twice.
    """

    numbers: Numbers
    rows: NDArray[np.int32]
    starts: Places
    sizes: Places


class FeatureIndex:
    """Features by their text.

    >>> index = FeatureIndex([" b", "bp", "=bp"])
    >>> index.row("=bp"), index.pieces(["bp"]).rows.tolist()
    (2, [0, 1, -1, -1, -1, -1])

    Args:
        features: Feature of each row, as `models.learned.ngrams` writes them.
    """

    def __init__(self, features: Sequence[str]) -> None:
        plain = [row for row, feature in enumerate(features) if feature[:1] != WORD and _is_plain_piece(feature)]
        numbers = _numbers([features[row] for row in plain])
        order = np.argsort(numbers, kind="stable")
        # The last is above every number, so that each search ends at one.
        self._numbers = np.append(numbers[order], np.uint64(np.iinfo(np.uint64).max))
        self._rows = np.append(np.asarray(plain, dtype=np.int32)[order], np.int32(-1))
        apart = set(plain)
        self._others: Mapping[str, int] = {feature: row for row, feature in enumerate(features) if row not in apart}
        self._size = len(features)

    def row(self, feature: str) -> int | None:
        """The row of a word, a pair of words or a piece with other than plain letters; None where it is no feature."""
        return self._others.get(feature)

    def pieces(self, words: Sequence[str]) -> Pieces:
        """The pieces of words, of each in the order of `models.learned.ngrams.pieces_of`."""
        by_length: defaultdict[int, list[int]] = defaultdict(list)
        mixed: list[int] = []
        for place, word in enumerate(words):
            if _is_plain(word):
                by_length[len(word)].append(place)
            else:
                mixed.append(place)
        sizes = np.zeros(len(words), dtype=np.int64)
        blocks: list[tuple[list[int], Numbers]] = []
        for length, places in by_length.items():
            text = f" {'  '.join([words[place] for place in places])} "
            blocks.append((places, _windows(np.frombuffer(text.encode(), np.uint8).reshape(-1, length + 2))))
        strange: dict[str, int] = {}
        for place in mixed:
            numbers = [self._number(piece, strange) for piece in pieces_of(words[place])]
            blocks.append(([place], np.array(numbers, dtype=np.uint64)[None]))
        for places, block in blocks:
            sizes[places] = block.shape[1]
        ends = np.cumsum(sizes)
        starts = ends - sizes
        found = np.empty(ends[-1] if len(words) else 0, dtype=np.uint64)
        for places, block in blocks:
            found[starts[places][:, None] + np.arange(block.shape[1])] = block
        return Pieces(found, self._find(found), starts, sizes)

    def _number(self, piece: str, strange: dict[str, int]) -> int:
        """The number of one piece; one that is no feature and not plain gets the next of this batch."""
        if _is_plain(piece):
            return int.from_bytes(piece.encode().ljust(LONGEST, b"\0"), "big")
        row = self._others.get(piece)
        return _OTHER + (strange.setdefault(piece, self._size + len(strange)) if row is None else row)

    def _find(self, numbers: Numbers) -> NDArray[np.int32]:
        """The rows of pieces; -1 for one that is no feature."""
        places = np.searchsorted(self._numbers, numbers)
        rows = np.where(self._numbers[places] == numbers, self._rows[places], np.int32(-1))
        known = (numbers >= _OTHER) & (numbers < _OTHER + self._size)
        rows[known] = numbers[known] - np.uint64(_OTHER)
        return rows


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _is_plain_piece(feature: str) -> bool:
    return SHORTEST <= len(feature) <= LONGEST and _is_plain(feature)


def _numbers(pieces: Sequence[str]) -> Numbers:
    """Each plain piece as a number: its letters, the first in the highest of five bytes."""
    padded = "".join([piece.ljust(LONGEST, "\0") for piece in pieces]).encode()
    letters = np.frombuffer(padded, dtype=np.uint8).reshape(-1, LONGEST).astype(np.uint64)
    shifts = np.arange(LONGEST - 1, -1, -1, dtype=np.uint64) * np.uint64(_BYTE)
    return np.asarray((letters << shifts).sum(axis=1, dtype=np.uint64))


def _windows(letters: NDArray[np.uint8]) -> Numbers:
    """The pieces of padded words of one length, in the order of `pieces_of`.

    Args:
        letters: Shape (n words, length).

    Returns:
        Shape (n words, n pieces).
    """
    wide = letters.astype(np.uint64)
    blocks: list[Numbers] = []
    block = wide << np.uint64(_BYTE * (LONGEST - 1))
    for size in range(2, min(LONGEST, wide.shape[1]) + 1):
        block = block[:, :-1] | wide[:, size - 1 :] << np.uint64(_BYTE * (LONGEST - size))
        if size >= SHORTEST:
            blocks.append(block)
    return np.concatenate(blocks, axis=1)
