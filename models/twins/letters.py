"""Names and words as statements write them: in capital letters, with accents or without."""

from models.statements.normalise import statement_text

_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae", "ß": "ss"})
"""How German and Nordic languages write letters that a machine lacks."""


def plain_capitals(text: str) -> str:
    """The text in capitals without accents.

    >>> plain_capitals("Gülşen Yıldız"), plain_capitals("Łukasz")
    ('GULSEN YILDIZ', 'LUKASZ')
    """
    return statement_text(text).upper()


def digraph_capitals(text: str) -> str:
    """The text in capitals, with two letters for one that has an accent, as German and Nordic banks write it.

    >>> digraph_capitals("BÄCKEREI SCHÖN"), digraph_capitals("BRØD")
    ('BAECKEREI SCHOEN', 'BROED')
    """
    return plain_capitals(text.lower().translate(_DIGRAPHS))
