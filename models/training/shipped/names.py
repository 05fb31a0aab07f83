"""Makes the table of people's names: Mimesis' lists of all languages, and those written by hand.

Mimesis (MIT licence) ships given and family names of some forty languages. Those in Latin letters are taken, folded as
statement text is; what it has no list of is written in ``models/data/people/written.toml``.
"""

import json
from collections.abc import Iterable, Iterator
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any

from models.artefacts.csv_table import write_table
from models.contracts.data_files import StrictTable, read_table, shipped
from models.statements.normalise import statement_text
from models.voters.people.forms import FOLDER
from models.voters.people.names import BOTH, FAMILY, FIELDS, GIVEN, NAMES_FILE

_SHORTEST = 2
"""Letters of the shortest name; a single one is an initial."""


_MASCULINE = ("ski", "cki", "dzki")
"""How family names end that Slavic women have with an a at the end."""


class _Usual(StrictTable):
    """Names usual somewhere, each part as words between blanks.

    Args:
        first: Syllables with which given names of two begin; each may have any of the second ones.
        second: Syllables with which they end.
    """

    where: str
    given: str
    family: str
    first: str = ""
    second: str = ""

    def givens(self) -> list[str]:
        """All given names."""
        pairs = product(self.first.split(), self.second.split())
        return [*self.given.split(), *(first + second for first, second in pairs if first != second)]


class _Written(StrictTable):
    """``written.toml``."""

    usual: tuple[_Usual, ...]


def rows() -> list[tuple[str, str]]:
    """Each name with its part, sorted."""
    written = read_table(_Written, shipped(FOLDER) / "written.toml").usual
    given = set(_folded(_mimesis("name"))) | set(_folded(word for each in written for word in each.givens()))
    family = set(_folded(_mimesis("surname"))) | set(_folded(word for each in written for word in each.family.split()))
    family |= {name[:-1] + "a" for name in family if name.endswith(_MASCULINE)}
    both = given & family
    return [(name, BOTH if name in both else GIVEN if name in given else FAMILY) for name in sorted(given | family)]


def write(target: Path) -> tuple[int, int]:
    """Write the table into a folder.

    Returns:
        Its rows and its size in bytes.
    """
    table = rows()
    return len(table), write_table(target / NAMES_FILE, FIELDS, table)


def _mimesis(part: str) -> Iterator[str]:
    for locale in sorted(files("mimesis").joinpath("datasets").iterdir(), key=lambda folder: folder.name):
        person = locale.joinpath("person.json")
        if person.is_file():
            tables: dict[str, Any] = json.loads(person.read_text(encoding="utf-8"))
            # The key is in the plural or not, by language.
            yield from _flat(tables.get(f"{part}s") or tables.get(part))


def _flat(names: Any) -> Iterator[str]:
    """Names of a list, or of lists by gender."""
    if isinstance(names, dict):
        for several in names.values():
            yield from _flat(several)
    elif names:
        yield from names


def _folded(names: Iterable[str]) -> Iterator[str]:
    """The words of names that are of Latin letters, folded."""
    for name in names:
        for word in statement_text(name).replace("-", " ").replace("'", "").replace("’", "").split():
            if len(word) >= _SHORTEST and word.isascii() and word.isalpha():
                yield word
