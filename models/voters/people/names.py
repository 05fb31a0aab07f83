"""Names of people that are known, of as many origins as public lists have: ``models/data/people/names.csv.gz``."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from models.artefacts.csv_table import unpacked
from models.contracts.data_files import shipped
from models.voters.people.forms import FOLDER

NAMES_FILE = "names.csv.gz"
FIELDS = ("name", "part")
GIVEN, FAMILY, BOTH = "given", "family", "both"


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Given and family names, folded, of one word each."""

    given: frozenset[str]
    family: frozenset[str]

    def __contains__(self, word: str) -> bool:
        return word in self.given or word in self.family

    def have_any(self, words: Iterable[str]) -> bool:
        """Tell whether one of the words is a name."""
        return not (self.given.isdisjoint(words) and self.family.isdisjoint(words))

    @classmethod
    @cache
    def shipped(cls) -> "KnownNames":
        """The shipped table, read once."""
        rows = unpacked((shipped(FOLDER) / NAMES_FILE).read_bytes())
        next(rows)
        given: set[str] = set()
        family: set[str] = set()
        for name, part in rows:
            if part != FAMILY:
                given.add(name)
            if part != GIVEN:
                family.add(name)
        return cls(frozenset(given), frozenset(family))
