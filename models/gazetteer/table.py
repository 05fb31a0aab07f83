"""Look a descriptor up in the table of brands: the whole name, its beginning, or a long name inside it."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from sys import intern
from types import MappingProxyType
from typing import NamedTuple

from models.artefacts.csv_table import unpacked
from models.gazetteer.misspelt import Nearly
from models.statements.scripts import letters_of

WRITTEN = "written"
"""Kind of the brands written by hand; they outrank the index in the places they name."""

_LONGEST = 6
# Inside a line a short key is more often a word than a name.
_INNER_LETTERS = 8
_PURE = 0.6
"""Smallest share of a key's entries that must agree on the category."""

_EURO = frozenset(
    "at be bg cy de ee es fi fr gr hr ie it lt lu lv mt nl pt si sk 150 154 155 039 151 eu".split()  # noqa: SIM905
)
_WORLD = frozenset(("001",))
_REGIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "CAD": frozenset(("ca", "021", "003", "019")),
        "USD": frozenset(("us", "021", "003", "019")),
        "GBP": frozenset(("gb", "150", "154")),
        "EUR": _EURO,
        "ZAR": frozenset(("za", "002", "018", "202")),
        "AUD": frozenset(("au", "009", "053")),
        "NZD": frozenset(("nz", "009", "053")),
        "CHF": frozenset(("ch", "li", "150", "155")),
        "PLN": frozenset(("pl", "150", "151")),
        "SEK": frozenset(("se", "150", "154")),
        "NOK": frozenset(("no", "150", "154")),
        "DKK": frozenset(("dk", "150", "154")),
        "BRL": frozenset(("br", "019", "419", "005")),
        "MXN": frozenset(("mx", "003", "019", "419", "013")),
        "INR": frozenset(("in", "142", "034")),
        "AED": frozenset(("ae", "142", "145")),
        "ILS": frozenset(("il", "142", "145")),
        "SGD": frozenset(("sg", "142", "035")),
        "JPY": frozenset(("jp", "142", "030")),
    }
)
"""Places where a currency is at home, with the M49 regions around them; other currencies name their own country."""


class MatchSpan(StrEnum):
    """The part of the descriptor that is the brand."""

    WHOLE = "whole"
    START = "start"
    INNER = "inner"


class Entry(NamedTuple):
    """One row of the table.

    Args:
        kind: OpenStreetMap tag, or ``written`` for a brand written by hand.
        common: Whether the name is a common word, believed only where it is the whole descriptor.
        places: Lower-case country codes and M49 regions.
    """

    name: str
    category: str
    kind: str
    weight: int
    common: bool
    places: frozenset[str]


class Match(NamedTuple):
    """A brand found in a descriptor.

    Args:
        category: The category that most of its entries name.
        kind: OpenStreetMap tag, or ``written``.
        span: Which part of the descriptor it is.
        tokens: How many tokens of the descriptor it covers.
        home: Whether the brand is known where the currency is used.
        common: Whether the name is a common word.
        share: Share of the entries that name this category, in (0, 1].
        exact: Whether the line spells the name as the table does; else one letter is wrong.
        start: Tokens in front of it.
    """

    name: str
    category: str
    kind: str
    span: MatchSpan
    tokens: int
    home: bool
    common: bool
    share: float
    exact: bool = True
    start: int = 0

    def beside(self, tokens: list[str]) -> list[str]:
        """The tokens of the descriptor that it does not cover."""
        return tokens[: self.start] + tokens[self.start + self.tokens :]


@cache
def home_places(currency: str) -> frozenset[str]:
    """Places where brands are at home for a currency; its first two letters are a country in ISO 4217.

    >>> sorted(home_places("JPY"))
    ['001', '030', '142', 'jp']
    """
    # The world is at home everywhere.
    return _REGIONS.get(currency, frozenset((currency[:2].lower(),))) | {"001"}


_FIELD, _ROW = "\t", "\n"
UNPACKED = 8_192
"""Keys whose entries are kept ready, about 3 MB."""


class _Packed:
    """Entries by key, kept as text until they are asked for: most brands of the world are never met by a bank."""

    def __init__(self, rows: Mapping[str, str]) -> None:
        self._rows = rows

    def get(self, key: str) -> Sequence[Entry] | None:
        """The entries of a key, or None."""
        row = self._rows.get(key)
        return None if row is None else _unpacked(row)

    def __getitem__(self, key: str) -> Sequence[Entry]:
        return _unpacked(self._rows[key])


@lru_cache(maxsize=UNPACKED)
def _unpacked(rows: str) -> tuple[Entry, ...]:
    found = []
    for row in rows.split(_ROW):
        name, category, kind, weight, common, where = row.split(_FIELD)
        found.append(Entry(name, intern(category), intern(kind), int(weight), common == "1", _places(where)))
    return tuple(found)


@cache
def _places(where: str) -> frozenset[str]:
    return frozenset(where.split())


class Gazetteer:
    """The brands by glued key.

    >>> table = Gazetteer.shipped()
    >>> match = table.find(["tim", "hortons", "queen", "st"], currency="CAD")
    >>> match.name, match.category, match.span.value
    ('tim hortons', 'food_dining', 'start')
    """

    def __init__(self, entries: Mapping[str, Sequence[Entry]]) -> None:
        self._entries: Mapping[str, Sequence[Entry]] | _Packed = entries
        self._words = frozenset(word for known in entries.values() for word in known[0].name.split())
        self._nearly = Nearly(key for key, known in entries.items() if _may_be_misspelt(known))

    @classmethod
    @cache
    def shipped(cls) -> "Gazetteer":
        """The table in ``models/data/gazetteer.csv.gz``, read once."""
        rows = unpacked(files("models").joinpath("data/gazetteer.csv.gz").read_bytes())
        next(rows)
        return cls.from_rows(rows)

    @classmethod
    def from_rows(cls, rows: Iterable[Sequence[str]]) -> "Gazetteer":
        """The table of rows as `models.training.shipped.gazetteer.FIELDS` has them.

        Args:
            rows: Key, name, category, kind, weight, common and places of each entry.
        """
        packed: dict[str, str] = {}
        words: set[str] = set()
        spelt: dict[str, None] = {}
        for key, name, category, kind, weight, common, where in rows:
            if key not in packed:
                words.update(name.split())
            if kind == WRITTEN and common != "1":
                spelt[key] = None
            row = _FIELD.join((name, category, kind, weight, common, where))
            packed[key] = f"{packed[key]}{_ROW}{row}" if key in packed else row
        table = cls({})
        table._entries, table._words = _Packed(packed), frozenset(words)
        table._nearly = Nearly(key for key in packed if key in spelt)
        return table

    def find(self, tokens: list[str], *, currency: str) -> Match | None:
        """Find the longest brand: as the whole text, else at its start, else inside it, else with one letter wrong.

        Args:
            tokens: What `models.gazetteer.keys.key_tokens` gave.
            currency: ISO 4217 code, which says where brands are at home.

        Returns:
            A match, or None where no brand is found or its entries do not agree on a category.
        """
        home = home_places(currency)
        # The longest first, so that a short name does not hide the longer one that it begins.
        for size in range(min(_LONGEST, len(tokens)), 0, -1):
            if found := self._entries.get("".join(tokens[:size])):
                span = MatchSpan.WHOLE if size == len(tokens) else MatchSpan.START
                if match := _weigh(found, span=span, tokens=size, home=home):
                    return match
        return self._find_inner(tokens, home) or self._find_nearly(tokens, home)

    def _find_nearly(self, tokens: list[str], home: frozenset[str]) -> Match | None:
        """A written name at home with one letter wrong, as the whole text, or two words of it or more at its start.

        A line all of whose words stand in names is not misspelt: "canadian" is no "canad inn".
        """
        if self._words.issuperset(tokens):
            return None
        for size in range(min(_LONGEST, len(tokens)), 0, -1):
            whole = size == len(tokens)
            if (whole or size > 1) and (key := self._nearly.find("".join(tokens[:size]))):
                span = MatchSpan.WHOLE if whole else MatchSpan.START
                match = _weigh(self._entries[key], span=span, tokens=size, home=home)
                if match and match.home and not match.common:
                    return match._replace(exact=False)
        return None

    def _find_inner(self, tokens: list[str], home: frozenset[str]) -> Match | None:
        for start in range(1, len(tokens)):
            for size in range(min(_LONGEST, len(tokens) - start), 0, -1):
                key = "".join(tokens[start : start + size])
                letters = len(key) if key.isascii() else letters_of(key)
                if letters >= _INNER_LETTERS and (found := self._entries.get(key)):
                    match = _weigh(found, span=MatchSpan.INNER, tokens=size, home=home)
                    if match and not match.common:
                        return match._replace(start=start)
        return None


def _may_be_misspelt(entries: Sequence[Entry]) -> bool:
    return any(entry.kind == WRITTEN and not entry.common for entry in entries)


def _agreed(entries: Sequence[Entry]) -> list[Entry]:
    """The written entries, where all of them have one category; else none."""
    written = [entry for entry in entries if entry.kind == WRITTEN]
    return written if len({entry.category for entry in written}) == 1 else []


def _weigh(entries: Sequence[Entry], *, span: MatchSpan, tokens: int, home: frozenset[str]) -> Match | None:
    """Choose among entries of one key: the country's own, the world's, others; written before the index's."""
    if len(entries) == 1:  # most keys have one, and there is nothing to choose
        (only,) = entries
        return Match(
            only.name, only.category, only.kind, span, tokens, not only.places.isdisjoint(home), only.common, 1.0
        )
    at_home = [entry for entry in entries if entry.places & home]
    local = [entry for entry in at_home if entry.places & (home - _WORLD)] or at_home or entries
    # What is written of a brand that the index has here, too, is the same brand abroad.
    chosen = [entry for entry in local if entry.kind == WRITTEN] or _agreed(entries) or local
    weights: dict[str, int] = {}
    for entry in chosen:
        weights[entry.category] = weights.get(entry.category, 0) + entry.weight
    # By name among equals, so that the order of the table decides nothing.
    category, weight = min(weights.items(), key=lambda item: (-item[1], item[0]))
    share = weight / sum(weights.values())
    if share < _PURE:
        return None
    best = next(entry for entry in chosen if entry.category == category)
    return Match(best.name, category, best.kind, span, tokens, bool(at_home), best.common, share)
