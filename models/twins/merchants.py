"""Merchants that are alike but for one thing: ``models/data/twins/merchants.toml``."""

from collections.abc import Mapping
from functools import cache

from pydantic import model_validator

from models.contracts.data_files import Category, StrictTable, read_table, shipped
from models.twins.people import FOLDER


class Kinds(StrictTable):
    """The same thing in the words of several groups.

    Args:
        groups: Whose words they are; the first is compared with the others.
        places: Stand before or behind.
        forms: With ``{place}``, and ``{}`` for the thing.
        things: By name, a word for each group.
    """

    groups: tuple[str, ...]
    places: tuple[str, ...]
    forms: tuple[str, ...]
    things: Mapping[str, tuple[str, ...]]

    @model_validator(mode="after")
    def _complete(self) -> "Kinds":
        if short := [name for name, words in self.things.items() if len(words) != len(self.groups)]:
            message = f"{', '.join(short)}: not one word for each of the {len(self.groups)} groups"
            raise ValueError(message)
        return self


class Sizes(StrictTable):
    """Shops of one kind, small ones and those of chains, which belong together by their place."""

    kind: Category
    local: tuple[str, ...]
    chain: tuple[str, ...]


class Cities(StrictTable):
    """Cities of one currency; the first is compared with the others."""

    currency: str
    cities: tuple[str, ...]


class Spellings(StrictTable):
    """Words with accents.

    Args:
        digraphs: Whether the language also writes two letters for one with an accent.
    """

    language: str
    digraphs: bool = False
    words: tuple[str, ...]


class _General(StrictTable):
    merchants: tuple[str, ...]


class Merchants(StrictTable):
    """``merchants.toml``.

    Args:
        wrappings: What statements put around a merchant, with ``{}`` for it.
        general: Merchants of many kinds.
    """

    wrappings: tuple[str, ...]
    faith: Kinds
    cuisine: Kinds
    size: tuple[Sizes, ...]
    city: tuple[Cities, ...]
    spelling: tuple[Spellings, ...]
    general: _General


@cache
def merchants() -> Merchants:
    """The table, read once."""
    return read_table(Merchants, shipped(FOLDER) / "merchants.toml")
