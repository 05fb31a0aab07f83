"""The knowledge base: merchants and payees written by hand, in `models/data/knowledge`, a file per country or theme.

    python -m models.training.shipped knowledge

reads all files, refuses what is wrong with file and line, and prints how many names each file and category has.

Columns: `name`, as statements write it; `category`; `places`, lower-case country codes apart from spaces, ``001`` for
the world; `alone`, 1 where the name is also a common word or a family name and counts only as the whole text;
`spellings`, other ways to write it, apart from semicolons, none where there are none.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.contracts.taxonomy import CATEGORIES
from models.errors import DataError
from models.gazetteer.keys import key_tokens

FOLDER = Path(__file__).parent.parent / "data" / "knowledge"
FIELDS = ("name", "category", "places", "alone", "spellings")
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Known:
    """One spelling of one merchant or payee.

    Args:
        tokens: What `models.gazetteer.keys.key_tokens` gives of it.
        places: Lower-case country codes, or ``001``.
        alone: Whether it counts only as the whole text.
        main: Whether it is the name, and not another spelling of it.
    """

    tokens: tuple[str, ...]
    category: str
    places: frozenset[str]
    alone: bool
    main: bool
    source: str

    @property
    def key(self) -> str:
        """The glued tokens."""
        return "".join(self.tokens)


def files(folder: Path = FOLDER) -> list[Path]:
    """The files of the knowledge base, sorted by name."""
    # Sorted, because file systems differ in order, and the table must not.
    return sorted(folder.glob("*.csv"))


def read(path: Path) -> Iterator[Known]:
    """The spellings of one file, in its order.

    Raises:
        DataError: A row is malformed; the message names file and line.
    """
    with path.open(newline="", encoding="utf-8") as lines:
        rows = csv.DictReader(lines)
        if tuple(rows.fieldnames or ()) != FIELDS:
            raise DataError(f"{path.name} has the columns {rows.fieldnames}, expected {','.join(FIELDS)}")
        for row in rows:
            source = f"{path.name}:{rows.line_num}"
            _check(row, source)
            spellings = [row["name"], *(each for each in row["spellings"].split(";") if each.strip())]
            for number, spelling in enumerate(spellings):
                tokens = tuple(key_tokens(spelling))
                if len("".join(tokens)) < _SHORTEST:
                    raise DataError(f"{source}: {spelling!r} is too short to be found; write it longer")
                places = frozenset(row["places"].split())
                yield Known(tokens, row["category"], places, row["alone"] == "1", number == 0, source)


def _check(row: dict[str, str], source: str) -> None:
    if None in row or None in row.values():
        raise DataError(f"{source}: expected {len(FIELDS)} fields; quote a name that has a comma")
    if row["category"] not in CATEGORIES:
        raise DataError(f"{source}: {row['category']!r} is no category of the taxonomy")
    if not row["places"] or not all(len(place) == 2 or place == "001" for place in row["places"].split()):
        raise DataError(f"{source}: places are country codes or 001, got {row['places']!r}")
    if row["alone"] not in ("0", "1"):
        raise DataError(f"{source}: alone is 0 or 1, got {row['alone']!r}")


def knowledge(folder: Path = FOLDER) -> list[Known]:
    """All spellings of all files; one that stands twice for one category in one place is kept once.

    Raises:
        DataError: A row is malformed, or two rows give one spelling two categories in one place.
    """
    said: dict[tuple[str, str], Known] = {}
    kept: list[Known] = []
    for known in (each for path in files(folder) for each in read(path)):
        fresh = False
        # By place: the same name may be another trade in another country.
        for place in sorted(known.places):
            before = said.setdefault((known.key, place), known)
            if before.category != known.category:
                raise DataError(
                    f"{known.source}: {' '.join(known.tokens)!r} is {known.category} in {place},"
                    f" but {before.category} in {before.source}; keep one of them"
                )
            fresh = fresh or before is known
        if fresh:
            kept.append(known)
    return kept


def main_names(folder: Path = FOLDER) -> dict[str, tuple[str, str]]:
    """The source of each row, as `Known` has it, to the key of its main name and that name as it is written there.

    Raises:
        DataError: A row is malformed.
    """
    mains: dict[str, tuple[str, str]] = {}
    for path in files(folder):
        with path.open(newline="", encoding="utf-8") as lines:
            rows = csv.DictReader(lines)
            for row in rows:
                source = f"{path.name}:{rows.line_num}"
                _check(row, source)
                mains[source] = "".join(key_tokens(row["name"])), row["name"].strip()
    return mains
