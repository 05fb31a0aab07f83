"""Places that close a line: country, state or province, city, postcode. A name of three letters always stays."""

import json
import re
from importlib.resources import files

BREAK = "|"
"""Stands where something was cut out; what follows it may be a place."""

_PLACES: dict[str, list[str]] = json.loads(files("models").joinpath("data/places.json").read_text(encoding="utf-8"))
_STATES = frozenset(_PLACES["states"])
"""States of the USA and provinces of Canada."""
_STATES_ABROAD = frozenset(_PLACES["states_abroad"])
"""States of Australia and provinces of South Africa: only after a city or before a country."""
_COUNTRIES = frozenset(_PLACES["countries"])
"""Country codes that close a line after a state or a city abroad."""
_COUNTRIES_AMERICAN = frozenset(_PLACES["countries_american"])
"""Those whose states stand before them; "co uk" is no place in Colorado."""
_STATES_WORDS = frozenset(_PLACES["states_words"])
"""States that are also words (digital id, trade me): only after a break, a city or a long name, or before a country."""
_BEFORE_STATE_WORD = frozenset(_PLACES["before_state_word"])
"""With these they are words in a long name too: drive in."""
_COUNTRIES_ALONE = frozenset(_PLACES["countries_alone"])
"""Country codes that close a line also without either; "us" is not one of them (Toys R Us)."""
_CITIES = frozenset(_PLACES["cities"])
_CITIES_ABROAD = frozenset(_PLACES["cities_abroad"])
"""Well-known cities outside of North America: before a country or state."""
_CITIES_ALONE = frozenset(_PLACES["cities_alone"])
"""Those that are no other word: they close a line by themselves."""
_BEFORE_CITY = frozenset(_PLACES["before_city"])
"""Words after which a city is part of the name; before a state only "of" is one."""
_KEPT = frozenset(_PLACES["kept"])
"""Names that end with a town: curve leicester."""
SITES = frozenset(_PLACES["sites"])
"""Words that say where a shop stands (airport, mall), and nothing of what it sells."""
_TOWNS = _CITIES_ABROAD | _CITIES
"""After a break any of them closes a line."""
_STATES_US = frozenset(f"{state}{country}" for state in _STATES for country in ("us", "usa"))
"""State and country glued."""
ENDINGS = frozenset(
    (
        *(_STATES | _STATES_US | _STATES_ABROAD | _COUNTRIES | _COUNTRIES_ALONE),
        *(city.split()[-1] for city in _CITIES_ABROAD),
    )
)
"""Words of letters with which a place can end."""
_OUTWARD = re.compile(r"[a-z]{1,2}\d[\da-z]?").fullmatch
_DISTRICT = re.compile(
    r"(?:b|ab|ba|bb|bd|bh|bl|bn|bs|bt|cf|ch|cr|ct|cv|dd|dh|dl|dn|dt|dy|ec|eh|fk|fy|gl|gu|hd|hg|hp|hu|hx|ig|ip|iv|ka|kt|kw"
    r"|ky|le|ll|ln|ls|lu|mk|ml|ne|ng|nn|np|nr|nw|ol|ox|pe|ph|pl|rg|rh|rm|se|sg|sm|sn|ss|sw|sy|td|tf|tn|tq|ts|tw|ub|wa|wc"
    r"|wd|wf|wn|wr|ws|wv|yo)\d\d?"
).fullmatch
"""A British postcode district; of the areas of one letter only Birmingham, because m25 and g4 are names."""
_INWARD = re.compile(r"\d[a-z]{2}").fullmatch
_MOST_WORDS = 4
_LONG = 4


def without_place(words: list[str]) -> list[str]:
    """Drop postcode, country, state and city that close the line, never all of the name.

    >>> without_place("harbor coffee denver co".split())
    ['harbor', 'coffee']
    >>> without_place("corner cafe london gb".split())
    ['corner', 'cafe']

    Args:
        words: Words of a folded line, `BREAK` where something was cut out.
    """
    end = len(words)
    while end and words[end - 1] == BREAK:
        end -= 1
    if end < 2:
        return words
    last = words[end - 1]
    if len(last) == 3 and _INWARD(last):
        return _without_postcode(words, end)
    if last[-1].isdecimal():
        return (
            words[: end - 1] if _DISTRICT(last) and len(words[end - 2]) >= _LONG and names(words[: end - 1]) else words
        )
    if last in _STATES_US and BREAK in words[:end]:
        words, last = [*words[: end - 1], last[:2]], last[:2]
    return _without_country(words, end) if last in ENDINGS else words


def _without_postcode(words: list[str], end: int) -> list[str]:
    if end > 2 and _OUTWARD(words[end - 2]) and names(words[: end - 2]):
        return _without_city(words[: end - 2], _CITIES_ABROAD)
    return words


def _without_country(words: list[str], end: int) -> list[str]:
    last, before = words[end - 1], words[end - 2]
    if last in _COUNTRIES or last in _COUNTRIES_ALONE:
        inner = words[: end - 1]
        if before in _STATES_ABROAD or _city_size(inner, _CITIES_ABROAD):
            return _without_city(inner[:-1] if before in _STATES_ABROAD else inner, _CITIES_ABROAD)
        if before in _STATES and last in _COUNTRIES_AMERICAN:
            return _without_city(words[: end - 2], _CITIES) if names(words[: end - 2]) else words[: end - 1]
        if last not in _STATES:
            return inner if last in _COUNTRIES_ALONE and names(inner) else words
    if last in _STATES_ABROAD and _city_size(words[: end - 1], _CITIES_ABROAD):
        return _without_city(words[: end - 1], _CITIES_ABROAD)
    if last in _STATES:
        inner = words[: end - 1]
        return _without_city(inner, _CITIES) if _is_state(last, inner) and names(inner) else words[:end]
    size = _city_size(words[:end], _CITIES_ALONE) or _town_size(words[:end])
    return words if size and " ".join(word for word in words if word != BREAK) in _KEPT else words[: end - size]


def _is_state(last: str, inner: list[str]) -> bool:
    if last not in _STATES_WORDS or BREAK in inner or _city_size(inner, _CITIES):
        return True
    return sum(len(word) >= _LONG for word in inner) > 1 and last != "me" and inner[-1] not in _BEFORE_STATE_WORD


def _without_city(words: list[str], cities: frozenset[str]) -> list[str]:
    """Cut at the last break before the place, or else drop a well-known city; the name before it must remain."""
    for index, word in enumerate(words):
        if word == BREAK and names(words[:index]):
            return words[:index]
    return words[: len(words) - _city_size(words, cities)]


def _city_size(words: list[str], cities: frozenset[str]) -> int:
    """Count the words at the end that are a city and may go; 0 where there is none."""
    for size in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        if " ".join(words[-size:]) in cities and names(words[:-size]):
            before = words[-size - 1]
            return 0 if before == "of" or (cities is not _CITIES and before in _BEFORE_CITY) else size
    return 0


def _town_size(words: list[str]) -> int:
    """Count the words at the end that are a town right after a break."""
    for size in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        if words[-size - 1] == BREAK:
            return size if " ".join(words[-size:]) in _TOWNS and names(words[:-size]) else 0
    return 0


def names(words: list[str]) -> bool:
    """Tell whether a word of three letters or more is left to name the merchant."""
    return any(sum(map(str.isalpha, word)) >= 3 for word in words)
