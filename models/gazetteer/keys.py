"""The form in which brand names and descriptors are compared: tokens of the merchant text, glued when looked up."""

import re
from collections.abc import Mapping
from functools import lru_cache

from models.statements.normalise import merchant_text
from models.statements.scripts import key_letters

_WEB = re.compile(
    r"([^\s.]{3,})\.(?:com?|ca|net|org|shop|io|eu|de|fr|nl|it|es|ie|at|ch|be|nz|za|pt|br|mx|ar|cl"
    r"|(?:co|org|ltd|me)\.uk|co\.(?:za|nz|jp)|com\.au|eu\.com|uk\.com|uk)(?:\.[a-z]{2})?"
)
_JOINERS = frozenset(("&", "+", "and"))
_SUFFIXES = frozenset(
    (
        *("inc", "ltd", "llc", "limited", "corp", "co", "plc", "gmbh", "pty", "sarl", "bv", "pvt", "pte", "llp", "fze"),
        *("pjsc", "בעמ", "αε", "επε"),
    )
)
_FRONT_FORMS = frozenset(("ооо", "оао", "ао", "пао", "зао", "ип", "тов", "прат", "пат", "фоп", "株式会社", "有限会社"))
"""Legal forms that stand in front of a name."""
_CUT_SUFFIXES = frozenset(("limite", "limit", "limi", "lim", "lt"))
"""Legal forms that a field was too short for: only after a word of four letters; only "limite" after a single one."""
_SHORTEST_NAME = 4
_WHOLE = frozenset((("nails", "inc"), ("money", "corp")))
"""Names of which the legal form is a part."""
_SUPERMARKET, _STATION = ("supermarket",), ("service", "station")
_ABBREVIATED: Mapping[str, tuple[str, ...]] = {
    "smkt": _SUPERMARKET,
    "smkts": _SUPERMARKET,
    "superst": ("superstore",),
    "sstn": _STATION,
    "sst": _STATION,
}
_ABBREVIATED_PAIRS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("s", "mkt"): _SUPERMARKET,
    ("s", "mkts"): _SUPERMARKET,
    **{(first, second): _STATION for first in ("s", "f", "svs", "svc", "serv") for second in ("stn", "st")},
    ("service", "stn"): _STATION,
    ("services", "stn"): _STATION,
}
"""How tills shorten the kind of a shop; not the first word of a name."""
_ENDS = _SUFFIXES | _CUT_SUFFIXES
_REMEMBERED = 4_096
"""Texts remembered with their tokens, about 1 MB: several voters ask of each line of a batch."""
_LONGEST_REMEMBERED = 128
"""Characters of the longest of them."""
_SHORTENED = frozenset((*_ABBREVIATED, *(last for _, last in _ABBREVIATED_PAIRS)))


def key_tokens(description: str) -> list[str]:
    """Tokens of the merchant text, without "the" in front, joiners, legal forms at the end, dots and web endings.

    >>> key_tokens("The Bakery & Co Ltd")
    ['bakery']
    >>> key_tokens("WWW.WAYFAIR.CA")
    ['wayfair']
    """
    return tokens_of(merchant_text(description))


def tokens_of(merchant: str) -> list[str]:
    """The same for text that `merchant_text` has made; empty where nothing is left."""
    return list(_known(merchant)) if len(merchant) <= _LONGEST_REMEMBERED else _parted(merchant)


@lru_cache(maxsize=_REMEMBERED)
def _known(merchant: str) -> tuple[str, ...]:
    return tuple(_parted(merchant))


def _parted(merchant: str) -> list[str]:
    words = [word for word in merchant.replace("&", " ").split() if word not in _JOINERS]
    if "." in merchant:
        words = [_bare(word) for word in words]
    # The last word stays whatever it is: without it there is no name.
    if len(words) > 1 and (words[0] == "the" or words[0] in _FRONT_FORMS):
        del words[0]
    # More than one, as in "co ltd"; the last word stays, because it is all that names the merchant.
    while len(words) > 1 and words[-1] in _ENDS and _is_suffix(words):
        del words[-1]
    # Most names are no more than words of plain letters, and this is asked about every new line.
    if not merchant.isascii():
        words = [key_letters(word) for word in words]
    if "" in words:
        words = [word for word in words if word]
    return words if _SHORTENED.isdisjoint(words) else _spelled(words)


def _is_suffix(words: list[str]) -> bool:
    *_, before, last = words
    if last in _SUFFIXES:
        return len(words) > 2 or (before, last) not in _WHOLE
    return last in _CUT_SUFFIXES and len(before) >= _SHORTEST_NAME and (len(words) > 2 or last == "limite")


def _spelled(words: list[str]) -> list[str]:
    """Write out what tills shorten."""
    spelled = words[:1]
    for word in words[1:]:
        pair = _ABBREVIATED_PAIRS.get((spelled[-1], word)) if len(spelled) > 1 else None
        if pair is not None:
            spelled[-1:] = pair
        else:
            spelled.extend(_ABBREVIATED.get(word, (word,)))
    return spelled


def _bare(word: str) -> str:
    if "." not in word:
        return word
    web = _WEB.fullmatch(word)
    # Statements write initials with and without dots.
    return web[1] if web else word.replace(".", "")
