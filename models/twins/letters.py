"""Names and words as statements write them: in capital letters, with accents or without."""

import unicodedata

_STROKES = str.maketrans({"ı": "i", "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ð": "d", "þ": "th"})
"""Letters that are no base letter with a mark."""

_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae", "ß": "ss"})
"""How German and Nordic languages write letters that a machine lacks."""


def plain_capitals(text: str) -> str:
    """The text in capitals without accents.

    >>> plain_capitals("Gülşen Yıldız"), plain_capitals("Łukasz")
    ('GULSEN YILDIZ', 'LUKASZ')
    """
    # The capital of a dotted i is two signs in small letters, and no accent.
    parted = unicodedata.normalize("NFD", text.lower().translate(_STROKES))
    return "".join(sign for sign in parted if not unicodedata.combining(sign)).upper()


def digraph_capitals(text: str) -> str:
    """The text in capitals, with two letters for one that has an accent, as German and Nordic banks write it.

    >>> digraph_capitals("BÄCKEREI SCHÖN"), digraph_capitals("BRØD")
    ('BAECKEREI SCHOEN', 'BROED')
    """
    return plain_capitals(text.lower().translate(_DIGRAPHS))
