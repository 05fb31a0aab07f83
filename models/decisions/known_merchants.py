"""What a model knows of merchants from its training, under the keys that people's corrections of them have."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice, takewhile

from models.contracts.corrections import About
from models.decisions.line_keys import Finder, line_keys, transaction_of
from models.learned.memory import MerchantMemory, Recollection, memory_key
from models.learned.online.keys import LineKeys
from models.learned.online.memories.words import Known
from models.voters.line import Line, key_of

_SURELY = 0.9
"""Share of a merchant's rows in training that makes its category known."""

_LEAST = 20
"""Rows of a spelling that are counted for the brand it stands for: fewer make nobody frequent, and cost the time."""

_SHORTEST = 4
"""Letters of the shortest name that is looked for at the beginning of spellings."""

_CURRENCIES = ("CAD", "USD", "GBP", "EUR")
"""A brand is looked for where it is at home."""


class KnownMerchants:
    """The memory of merchants by their spelling, and by the brand that a spelling stands for.

    Corrections are learned under the brand, so that no addition to a line ("tim hortons zqx ltd") makes it a new one.

    Args:
        memory: Of training, by spelling.
        finder: Names merchants; the workers' ensemble.
    """

    def __init__(self, memory: MerchantMemory, finder: Finder) -> None:
        self._spellings = memory
        self._sorted = list(dict.fromkeys(key for key, _, _ in memory.rows()))
        self._brands = _brands_of(memory, self._sorted, finder)
        self._merchants = MerchantMemory(memory.rows())
        for spelling, category, count in memory.rows():
            for brand in self._brands.get(spelling, ()):
                self._merchants.learn(brand, category, count)

    def __call__(self, keys: LineKeys) -> Known | None:
        """What is known of a line's merchant; None for nothing."""
        found = None if keys.merchant is None else self._merchants.find(keys.merchant)
        found = found or self._spellings.find(memory_key(keys.text))
        if found is None and keys.merchant is not None and len(keys.merchant) >= _SHORTEST:
            # Of a brand that stands in front of other words in every spelling.
            found = self._together(keys.merchant)
        return _known(found)

    def beginning(self, letters: str) -> Iterator[Known]:
        """What is known of the merchants whose spelling begins with some letters."""
        for spelling in self._beginning(letters):
            for key in (spelling, *self._brands.get(spelling, ())):
                if (known := _known(self._merchants.find(key))) is not None:
                    yield known

    def _beginning(self, letters: str) -> Iterator[str]:
        following = islice(self._sorted, bisect_left(self._sorted, letters), None)
        return takewhile(lambda spelling: spelling.startswith(letters), following)

    def _together(self, letters: str) -> Recollection | None:
        """All merchants whose spelling begins with some letters as if they were one."""
        one = MerchantMemory()
        for spelling in self._beginning(letters):
            found = self._spellings.find(spelling)
            for category, count in found.counts if found is not None else ():
                one.learn(letters, category, count)
        return one.find(letters)


def _brands_of(memory: MerchantMemory, spellings: list[str], finder: Finder) -> dict[str, list[str]]:
    """The brands that spellings stand for, where those are called otherwise."""
    often = [key for key in spellings if (found := memory.find(key)) is not None and found.total >= _LEAST]
    brands: dict[str, set[str]] = {}
    for currency in _CURRENCIES:
        lines = [transaction_of(About(description=key, amount="1", currency=currency)) for key in often]
        for spelling, line, merchant in zip(often, lines, finder.merchants(lines), strict=True):
            brand = line_keys(Line(*key_of(line)), merchant).merchant
            if brand not in (None, spelling):
                brands.setdefault(spelling, set()).add(brand)
    return {spelling: sorted(found) for spelling, found in brands.items()}


def _known(found: Recollection | None) -> Known | None:
    """Of a merchant that was one thing as often as another, nothing is known."""
    return None if found is None or found.count < _SURELY * found.total else Known(found.category, found.count)
