"""Letters with accents that a file's encoding lost: ``CART?O``, ``TRANSFER??NCIA``, or read as two signs each.

Banks' exports often pass through an encoding that has no accents, which leaves a question mark or a replacement
character for every such letter, or for each of its bytes; or bytes of UTF-8 are read as Latin-1. Which letter it was
only the word tells: ``models/data/accented_words.json`` lists words of statements.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_HOLE = "?"
_LOST = "\ufffd"
_holed = re.compile(rf"[^\W\d_]*(?:[?{_LOST}]+[^\W\d_]*)+")
_misread = re.compile(r"[\u00c2-\u00c5][\u0080-\u00bf]")
_ENDINGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=[a-z]{2})(?:\?\?|\?{4})o$"), "cao"),
    (re.compile(r"(?<=[a-z]{2})(?:\?\?|\?{4})es$"), "coes"),
    (re.compile(r"(?<=[a-z]{2})\?o$"), "ao"),
    (re.compile(r"(?<=[a-z]{2})\?{1,2}(ncias?)$"), r"e\1"),
    (re.compile(r"(?<=[a-z]{2})\?{1,2}(rios?)$"), r"a\1"),
)
"""Endings of Portuguese and Spanish that tell the letter by themselves."""


def restored(text: str) -> str:
    """The text with the letters that its words say were lost; words that say nothing stay as they are.

    >>> restored("COMPRA CART?O - DROGARIA S?O PAULO")
    'COMPRA cartao - DROGARIA sao PAULO'
    >>> restored("WHO ATE ALL THE PIES?")
    'WHO ATE ALL THE PIES?'
    """
    if _misread.search(text):
        text = _misread.sub(lambda pair: _letter(pair[0]), text)
    return _holed.sub(lambda word: _word(word[0]), text) if _HOLE in text or _LOST in text else text


def _letter(pair: str) -> str:
    """Two signs that are one letter's bytes as that letter; others as they are."""
    try:
        return pair.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return pair


def _word(holed: str) -> str:
    folded = holed.lower().replace(_LOST, _HOLE)
    if found := _words().get(folded):
        return found
    for ending, letters in _ENDINGS:
        if ending.search(folded):
            return ending.sub(letters, folded)
    return holed


@cache
def _words() -> Mapping[str, str]:
    """Words with holes to the words without accents; none that could be two."""
    table = json.loads(files("models").joinpath("data/accented_words.json").read_text(encoding="utf-8"))
    words: dict[str, str] = {}
    unclear: set[str] = set()
    for word in table["words"]:
        plain = "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))
        for hole in (_HOLE, _HOLE * 2):
            holed = "".join(letter if letter.isascii() else hole for letter in word)
            if words.setdefault(holed, plain) != plain:
                unclear.add(holed)
    return {holed: plain for holed, plain in words.items() if holed not in unclear}
