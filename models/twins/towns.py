"""Another town of the same area in the place of the one that closes a line."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Self

from models.contracts.data_files import StrictTable, read_table, shipped
from models.statements.normalise import statement_text
from models.twins.people import FOLDER
from models.twins.writing import written_like
from models.voters.line import Line


class _Area(StrictTable):
    name: str
    codes: tuple[str, ...]
    towns: tuple[str, ...]
    alone: bool = False


class _File(StrictTable):
    """``towns.toml``."""

    area: tuple[_Area, ...]


@dataclass(frozen=True, slots=True)
class Towns:
    """Towns by area.

    Args:
        others: Number of an area, and a town of it in small letters, to the other towns of the area.
    """

    _pattern: re.Pattern[str]
    _others: Mapping[tuple[str, str], tuple[str, ...]]

    @classmethod
    @cache
    def shipped(cls) -> Self:
        """The shipped table.

        Raises:
            FileError: The file breaks its form.
        """
        areas = read_table(_File, shipped(FOLDER) / "towns.toml").area
        return cls(
            re.compile("|".join(_closing(number, area) for number, area in enumerate(areas)), re.IGNORECASE),
            {
                (f"area{number}", town.lower()): tuple(other for other in area.towns if other != town)
                for number, area in enumerate(areas)
                for town in area.towns
            },
        )

    def elsewhere(self, line: Line, random_: random.Random) -> str | None:
        """The line's description in another town; None where no known town closes it.

        A town that is part of the merchant's name stays: it is a place only where the voters take it for one.
        """
        found = self._pattern.search(line.description)
        if found is None or found.lastgroup is None:
            return None
        town = found[found.lastgroup]
        if not _names_merchant(line, statement_text(town)):
            return None
        other = random_.choice(self._others[found.lastgroup, town.lower()])
        start, end = found.span(found.lastgroup)
        return f"{line.description[:start]}{written_like(other, town)}{line.description[end:]}"


def _closing(number: int, area: _Area) -> str:
    """Matches a town of the area, behind a name and at the end of a line."""
    towns = "|".join(re.escape(town) for town in sorted(area.towns, key=len, reverse=True))
    codes = "|".join(code.replace(" ", r"\s+") for code in sorted(area.codes, key=len, reverse=True))
    follows = rf"(?:[\s,]+(?:{codes}))" + ("?" if area.alone else "")
    return rf"(?<=\w\w[\s,])\s*(?P<area{number}>{towns}){follows}\s*$"


def _names_merchant(line: Line, town: str) -> bool:
    """Tell whether the merchant's text has a name and not the town."""
    merchant = line.merchant
    return bool(merchant) and town not in merchant
