"""Build the table of how brands are written, from the displayed names of name-suggestion-index and the knowledge base.

    python -m models.training.shipped displays --source . --output models/data/display_names.csv.gz

One row per key and category whose name is not what `models.gazetteer.display.display_name` makes of its words, or that
is another spelling of a main name: key (glued tokens), category, name (as people write it), main (key of the main
name; empty where it is the key itself).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.artefacts.csv_table import write_table
from models.contracts.fields import clean_text
from models.gazetteer.display import FIELDS, LONGEST, display_name
from models.gazetteer.keys import key_tokens
from models.gazetteer.knowledge import FOLDER, knowledge, main_names
from models.training.shipped.gazetteer import names, source_json, tag_categories

_BRANDS = "brands"
_SHORTEST = 4
_CUT = 4
_NOTE = re.compile(r"\s*\([^)]*\)$")
"""The index tells brands of one name apart by a country in parentheses."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """One name of a brand.

    Args:
        words: As the gazetteer has it.
        name: As people write it.
        main: Key of the name by which the brand is displayed.
    """

    words: str
    name: str
    main: str


def _of_index(index: Mapping[str, Any]) -> Iterator[tuple[str, _Shown]]:
    """Every name of every brand, with its category; those by which a brand is displayed first."""
    categories = tag_categories()
    others: list[tuple[str, _Shown]] = []
    for path, group in sorted(index.items()):
        root, _, tag = path.partition("/")
        if root != _BRANDS or tag not in categories:
            continue
        for item in group["items"]:
            name = _NOTE.sub("", item["displayName"]).strip()
            tokens = key_tokens(name)
            yield categories[tag], _Shown(" ".join(tokens), name, "".join(tokens))
            words = (" ".join(key_tokens(other)) for other in names(root, item))
            others += ((categories[tag], _Shown(each, name, "".join(tokens))) for each in words)
    yield from others


def table(index: Mapping[str, Any], folder: Path = FOLDER) -> list[tuple[str, str, str, str]]:
    """The rows to write, sorted."""
    shown: dict[tuple[str, str], _Shown] = {}
    cased: dict[str, str] = {}
    for category, each in _of_index(index):
        key = each.words.replace(" ", "")
        if key == each.main:
            cased.setdefault(key, each.name)
        # A name by which some brand is displayed is that brand's, whoever else goes by it.
        shown.setdefault((key, category), _Shown(each.words, cased[key], key) if key in cased else each)
    mains = main_names(folder)
    own_rows = {main for main, _ in mains.values()}
    written: dict[tuple[str, str], _Shown] = {}
    for known in knowledge(folder):
        main, name = mains[known.source]
        if known.key in own_rows or not _is_spelling(known.key, main):
            main, name = known.key, " ".join(known.tokens)
        # The index knows how a name is cased; the knowledge base is lower case.
        own = shown.get((main, known.category))
        case = own.name if own and own.main == main else cased.get(main, display_name(name))
        written.setdefault((known.key, known.category), _Shown(" ".join(known.tokens), case, main))
    return sorted(_rows(shown | written))


def _is_spelling(key: str, main: str) -> bool:
    """Tell whether a name is the main one with more behind it, or cut.

    Rows of the knowledge base also have names of others of the trade among the spellings.
    """
    if len(key) >= len(main):
        return len(main) >= _SHORTEST and key.startswith(main)
    return len(key) >= _SHORTEST and main.startswith(key) and len(main) - len(key) <= _CUT


def _rows(shown: Mapping[tuple[str, str], _Shown]) -> Iterator[tuple[str, str, str, str]]:
    for (key, category), each in shown.items():
        told = each.name and len(each.name) <= LONGEST and each.name == clean_text(each.name)
        if told and key and (each.main != key or each.name != display_name(each.words)):
            yield key, category, each.name, "" if each.main == key else each.main


def write(source: Path, output: Path) -> tuple[int, int]:
    """Build the table from the tarball in a folder; returns its rows and the size of the file in bytes.

    Raises:
        DataError: There is no tarball, or not exactly one; or a row of the knowledge base is malformed.
    """
    rows = table(source_json(source))
    return len(rows), write_table(output, FIELDS, rows)
