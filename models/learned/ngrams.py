"""Features that the learned text model reads: pieces of words, words and pairs of words."""

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter

SHORTEST, LONGEST = 2, 5
"""Length of character n-grams; each word is padded with a space on both sides, so an edge counts as a character."""

WORD = "="
"""First character of a word or pair of words; it keeps them apart from pieces."""


def pieces(text: str) -> list[str]:
    """Character n-grams inside the words of a merchant text, each once, in order of first appearance.

    >>> pieces("bp go")
    [' b', 'bp', 'p ', ' bp', 'bp ', ' bp ', ' g', 'go', 'o ', ' go', 'go ', ' go ']
    """
    return list(dict.fromkeys(piece for word in text.split() for piece in pieces_of(word)))


def pieces_of(word: str) -> list[str]:
    """The same of one word; some may come twice."""
    padded = f" {word} "
    return list(_cutter(len(padded))(padded))


# Most words are short; long ones are rare, and have many pieces each.
@lru_cache(maxsize=32)
def _cutter(length: int) -> Callable[[str], tuple[str, ...]]:
    """Cuts the pieces out of padded words of one length, the shortest first: quicker than one cut after another."""
    sizes = range(SHORTEST, min(LONGEST, length) + 1)
    return itemgetter(*(slice(start, start + size) for size in sizes for start in range(length - size + 1)))


def words(text: str) -> list[str]:
    """Words and pairs of neighbouring words of a merchant text, each once.

    >>> words("tim hortons")
    ['=tim', '=hortons', '=tim hortons']
    """
    single = text.split()
    pairs = [f"{WORD}{left} {right}" for left, right in pairwise(single)]
    return list(dict.fromkeys([*(WORD + word for word in single), *pairs]))


def shown(feature: str) -> str:
    """A feature as a person reads it.

    >>> shown("=tim hortons"), shown(" tim")
    ('tim hortons', 'tim')
    """
    return feature.strip() if feature[0] == " " else feature.removeprefix(WORD).strip()
