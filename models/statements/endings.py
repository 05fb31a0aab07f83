"""Cuts a line's close after the merchant: the way it was paid, the small number of a store, a short web address."""

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from models.statements.places import BREAK, names

_CLOSINGS: dict[str, Any] = json.loads(files("models").joinpath("data/closings.json").read_text(encoding="utf-8"))
_CHANNELS = frozenset(_CLOSINGS["channels"])
_CHANNELS_AFTER = {word: frozenset(before) for word, before in _CLOSINGS["channels_after"].items()}
"""Those that are another word elsewhere, and the words they must follow."""
CHANNELS = _CHANNELS | _CHANNELS_AFTER.keys()
"""Words of letters that may have to go at the end."""
_NUMBER_BELONGS_TO = frozenset(_CLOSINGS["number_belongs_to"])
"""Words whose number is part of the name: studio 54, route 66."""
BRANDS = frozenset(_CLOSINGS["numbered"])
"""Names of a word and a number of three digits or more: bet 365."""
_KEPT = frozenset(_CLOSINGS["kept"])
"""Names that end with a small number: mitre 10."""
GLUED_BRANDS = frozenset(brand.replace(" ", "") for brand in BRANDS)
_WEB_ENDINGS: Mapping[str, str] = {
    "c": "com",
    "co": "com",
    "co.u": "co.uk",
    "n": "net",
    "ne": "net",
    "o": "org",
    "or": "org",
    "org.u": "org.uk",
    "g": "gov.uk",
    "go": "gov.uk",
    "gov.u": "gov.uk",
    "ac.u": "ac.uk",
}
"""Endings that a field was too short for, and the whole ones."""
_address = re.compile(
    r"(.*[a-z0-9-]{3})\.(" + "|".join(map(re.escape, sorted(_WEB_ENDINGS, key=len, reverse=True))) + ")"
).fullmatch
_LONGEST_NUMBER = 2
_SHORTEST_NAME = 4


def without_closing(words: list[str]) -> list[str]:
    """Drop the payment channel and the small store number at the end, and complete a web ending.

    >>> without_closing("asda petrol upt".split())
    ['asda', 'petrol']
    >>> without_closing("sports direct 79".split())
    ['sports', 'direct']
    >>> without_closing(["acme.co.u"])
    ['acme.co.uk']

    Args:
        words: Words of a folded line, `BREAK` where something was cut out.
    """
    end = len(words)
    # A break at the very end separates nothing.
    while end and words[end - 1] == BREAK:
        end -= 1
    if not end:
        return words
    last = words[end - 1]
    if last.isalpha():
        return words[: end - 1] if last in CHANNELS and _is_channel(last, words[: end - 1]) else words
    if len(last) <= _LONGEST_NUMBER:
        return words[: end - 1] if last.isdecimal() and _is_store(words[:end]) else words
    if "." in last and (found := _address(last)):
        return [*words[: end - 1], f"{found[1]}.{_WEB_ENDINGS[found[2]]}"]
    return words


def _is_channel(last: str, before: list[str]) -> bool:
    return names(before) and (last in _CHANNELS or before[-1] in _CHANNELS_AFTER[last])


def _is_store(words: list[str]) -> bool:
    """Tell whether the number at the end follows a name that it does not belong to."""
    named = [word for word in words if word != BREAK]
    before = named[-2].replace(".", "") if len(named) > 1 else ""
    return (
        len(before) >= _SHORTEST_NAME
        and before.isalpha()
        and before not in _NUMBER_BELONGS_TO
        and " ".join(named) not in _KEPT
    )
