"""Maps between the categories and codes of other taxonomies, both ways and total: ``models/data/taxonomies``.

A file has one row per code: ``code``, the ``parent`` that it belongs to, our ``category`` for it, and in
``written_for`` the categories for which this code is written, apart by blanks; ``category:in`` says that it is written
for money that comes in only.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Final, NamedTuple

from models.contracts.data_files import shipped
from models.contracts.taxonomy import CATEGORIES
from models.errors import FileError

FIELDS: Final = ("code", "parent", "category", "written_for")
"""Columns of a map's file."""

_INFLOW = ":in"


class Taxonomy(StrEnum):
    """Taxonomies that categories are translated to; each value names a file without its ending."""

    PLAID_PFC = "plaid-pfc"
    COICOP_2018 = "coicop-2018"


class ForeignCode(NamedTuple):
    """A code of another taxonomy.

    Args:
        code: As that taxonomy writes it, at its finest level that is mapped.
        parent: The code one level above it.
    """

    code: str
    parent: str


@dataclass(frozen=True, slots=True)
class TaxonomyMap:
    """One taxonomy, both ways.

    Args:
        categories: Every code of theirs to a category of ours.
        outflow: Every category of ours to the code that is written for it.
        inflow: The same for money that comes in.
    """

    categories: Mapping[str, str]
    outflow: Mapping[str, ForeignCode]
    inflow: Mapping[str, ForeignCode]

    def foreign(self, category: str, *, money_in: bool = False) -> ForeignCode:
        """Translate a category of ours.

        >>> taxonomy_map(Taxonomy.PLAID_PFC).foreign("transfers_cash", money_in=True).parent
        'TRANSFER_IN'
        """
        return (self.inflow if money_in else self.outflow)[category]


@cache
def taxonomy_map(taxonomy: Taxonomy) -> TaxonomyMap:
    """A map as shipped.

    >>> taxonomy_map(Taxonomy.COICOP_2018).categories["02.1.2"]
    'groceries'

    Raises:
        FileError: The file is missing or breaks its form, or a direction is not total.
    """
    return read_map(shipped("taxonomies") / f"{taxonomy.value}.csv")


def read_map(path: Traversable) -> TaxonomyMap:
    """Read a map's file.

    Raises:
        FileError: It is missing or breaks its form, names a code or a category twice, or leaves a category out.
    """
    categories: dict[str, str] = {}
    outflow: dict[str, ForeignCode] = {}
    inflow: dict[str, ForeignCode] = {}
    for line, row in _rows(path):
        place = f"{path.name}, line {line}"
        if row["code"] in categories:
            raise FileError(f"{place}: {row['code']} stands twice; keep one of them")
        categories[row["code"]] = _known(row["category"], place)
        for item in row["written_for"].split():
            written = inflow if item.endswith(_INFLOW) else outflow
            category = _known(item.removesuffix(_INFLOW), place)
            if category in written:
                raise FileError(f"{place}: {item} is written as {written[category].code} already; keep one of them")
            written[category] = ForeignCode(row["code"], row["parent"])
    if missing := [category for category in CATEGORIES if category not in outflow]:
        raise FileError(f"{path.name}: no code is written for {', '.join(missing)}; name it in written_for")
    return TaxonomyMap(MappingProxyType(categories), MappingProxyType(outflow), MappingProxyType({**outflow, **inflow}))


def _rows(path: Traversable) -> list[tuple[int, dict[str, str]]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path.name} cannot be read ({type(error).__name__}); check that it is there") from None
    reader = csv.DictReader(lines)
    if tuple(reader.fieldnames or ()) != FIELDS:
        raise FileError(f"{path.name} has the columns {reader.fieldnames}, expected {','.join(FIELDS)}")
    rows = [(reader.line_num, row) for row in reader]
    for line, row in rows:
        if None in row or None in row.values() or not row["code"] or not row["parent"]:
            raise FileError(
                f"{path.name}, line {line}: expected {len(FIELDS)} cells, of which only written_for may be empty"
            )
    return rows


def _known(category: str, place: str) -> str:
    if category not in CATEGORIES:
        raise FileError(f"{place}: {category!r} is no category of taxonomy.json")
    return category
