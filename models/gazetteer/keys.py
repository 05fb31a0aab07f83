"""The form in which brand names and descriptors are compared: tokens of the merchant text, glued when looked up."""

import re

from models.normalise import merchant_text

_WEB = re.compile(
    r"([^\s.]{3,})\.(?:com?|ca|net|org|shop|io|eu|de|fr|nl|it|es|ie|co\.(?:uk|za|nz|jp)|com\.au|uk)(?:\.[a-z]{2})?"
)
_JOINERS = frozenset(("&", "+", "and"))
_SUFFIXES = frozenset(("inc", "ltd", "llc", "limited", "corp", "co", "plc", "gmbh", "pty", "sarl", "bv"))


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
    words = [_bare(word) for word in merchant.replace("&", " ").split() if word not in _JOINERS]
    if len(words) > 1 and words[0] == "the":
        del words[0]
    while len(words) > 1 and words[-1] in _SUFFIXES:
        del words[-1]
    return [word for word in words if word]


def _bare(word: str) -> str:
    if "." not in word:
        return word
    web = _WEB.fullmatch(word)
    return web[1] if web else word.replace(".", "")
