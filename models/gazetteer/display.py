"""Names as people write them: of brands from a table, of other merchants from the tidied text of a line."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from models.artefacts.csv_table import unpacked
from models.contracts.data_files import StrictTable, read_table
from models.gazetteer.keys import tokens_of

TABLE = "display_names.csv.gz"
"""In ``models/data``: what `python -m models.training.shipped displays` makes."""

FIELDS = ("key", "category", "name", "main")

LONGEST = 128
"""Characters of the longest name; what is longer is a sentence, and cut at a word."""

_REMEMBERED = 4_096
"""Words remembered as they are written, about 1 MB."""


class _Words(StrictTable):
    """``display_words.toml``.

    Args:
        names: Folded names, of several words or one, to how they are written.
        upper: Words that are written in capitals.
        lower: Words that are written small inside a name.
        aliases: Spellings of statements to the name of the same merchant.
        bank: Words of a bank: a text of nothing else is no name.
        marks: Words that tell a trade and are a name by themselves, too.
    """

    names: Mapping[str, str]
    upper: frozenset[str]
    lower: frozenset[str]
    bank: frozenset[str]
    marks: frozenset[str]
    aliases: Mapping[str, str]


_WORDS = read_table(_Words, files("models").joinpath("data", "display_words.toml"))
_word = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def display_name(text: str) -> str:
    """A folded name as people write it: by the table, else each word with a capital.

    >>> display_name("7 eleven"), display_name("bank of the west"), display_name("luigis bbq")
    ('7-Eleven', 'Bank of the West', 'Luigis BBQ')
    """
    if (known := _WORDS.names.get(text)) is not None:
        return known
    if len(text) > LONGEST:
        text = text[:LONGEST].rsplit(" ", 1)[0]
    # Most texts are words of letters and digits, which need no expression.
    first, *rest = text.split(" ")
    if first and all(rest) and text.replace(" ", "").isalnum():
        return " ".join([_written(first, True), *[_written(word, False) for word in rest]])
    return _word.sub(lambda found: _written(found[0], found.start() == 0), text)


def is_name(text: str) -> bool:
    """Tell whether a folded text has a word that is not the bank's own.

    >>> is_name("payment to"), is_name("payment to acme")
    (False, True)
    """
    return not _WORDS.bank.issuperset(text.split())


def is_mark(word: str) -> bool:
    """Tell whether a word that tells a trade is a name by itself."""
    return word in _WORDS.marks


@lru_cache(maxsize=_REMEMBERED)
def _written(word: str, opening: bool) -> str:
    if word in _WORDS.names:
        return _WORDS.names[word]
    if word in _WORDS.upper:
        return word.upper()
    if word in _WORDS.lower and not opening:
        return word
    # Not `capitalize`: it would make the rest small, and letters of some scripts longer.
    return word[0].upper() + word[1:] if word[0].upper().isalpha() and len(word[0].upper()) == 1 else word


class Known(NamedTuple):
    """How a brand is written.

    Args:
        name: For people.
        key: Glued key of its main name, the same for all its spellings.
    """

    name: str
    key: str


class DisplayNames:
    """Brands by key and category.

    >>> DisplayNames([]).find("blue door", "food_dining")
    Known(name='Blue Door', key='bluedoor')

    Args:
        rows: Key, category, name and key of the main name, empty where that is the key.
    """

    def __init__(self, rows: Iterable[Sequence[str]]) -> None:
        # One text for each row: objects would take three times the memory.
        self._known = {f"{key} {category}": f"{name}\0{main or key}" for key, category, name, main in rows}

    @classmethod
    @cache
    def shipped(cls) -> "DisplayNames":
        """The table in ``models/data``, read once."""
        rows = unpacked(files("models").joinpath("data", TABLE).read_bytes())
        next(rows)
        return cls(rows)

    def find(self, name: str, category: str) -> Known:
        """How a brand of the gazetteer is written; one that the table does not have by its words.

        Args:
            name: As `models.gazetteer.table.Match` has it.
        """
        name = _WORDS.aliases.get(name, name)
        key = "".join(tokens_of(name))
        if (known := self._known.get(f"{key} {category}")) is None:
            return Known(display_name(name), key)
        shown, main = known.split("\0")
        # The words of a name that is written down say how it is written, whatever the index has.
        return Known(_WORDS.names.get(name, shown) if main == key else shown, main)
