"""Pieces that are searched for together are those that a dictionary would find one by one."""

import pytest

from models.learned.feature_index import FeatureIndex
from models.learned.ngrams import pieces_of

FEATURES = ("=bp", "=bp go", " b", "bp", "bp ", " bp ", "caf", "café", "é ", "go", "mag", "магн", "too long", "")
WORDS = ("bp", "go", "café", "магнит", "a", "banana", "bpbpbp", "no\0go", "x" * 70)


@pytest.mark.parametrize("words", [WORDS, WORDS[:1], WORDS[2:4], ()])
def test_as_a_dictionary_has_it(words: tuple[str, ...]) -> None:
    """Rows in the order of the pieces, whatever letters a word has."""
    rows = {feature: row for row, feature in enumerate(FEATURES)}
    found = FeatureIndex(FEATURES).pieces(words)
    expected = [[rows.get(piece, -1) for piece in pieces_of(word)] for word in words]
    runs = zip(found.starts.tolist(), found.sizes.tolist(), strict=True)
    assert expected == [found.rows[start : start + size].tolist() for start, size in runs]


def test_equal_numbers_are_equal_pieces() -> None:
    """Also of pieces that are no feature, plain or not."""
    found = FeatureIndex(FEATURES).pieces(WORDS)
    pieces = [piece for word in WORDS for piece in pieces_of(word)]
    numbers = found.numbers.tolist()
    assert len(set(pieces)) == len(set(numbers)) == len(set(zip(pieces, numbers, strict=True)))


def test_words_are_found_apart() -> None:
    """Words and pairs of words are looked up one by one."""
    index = FeatureIndex(FEATURES)
    assert [0, 1, None] == [index.row(feature) for feature in ("=bp", "=bp go", "=go")]
