"""Build the table of brands from the npm package name-suggestion-index (BSD-3-Clause).

    npm pack name-suggestion-index@8.0.20260918
    python -m models.training.shipped gazetteer --source . --output models/data/gazetteer.csv.gz

One row per key and category: key (glued tokens), name, category, kind (the OpenStreetMap tag, or ``written``),
weight (how many entries say so; a displayed name counts more), common (1 where the key is a word that begins
several unlike names), places (country codes, or M49 regions where the source names a region).
"""

import csv
import json
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from models.artefacts.csv_table import write_table
from models.errors import DataError
from models.gazetteer.keys import key_tokens, tokens_of
from models.gazetteer.table import WRITTEN, home_places
from models.training.balance.generate import known_names
from models.training.config import KNOWLEDGE_FOLDER, SHIPPED
from models.training.shipped.cues import shipped_merchants

FIELDS = ("key", "name", "category", "kind", "weight", "common", "places")
_MEMBER = "package/dist/json/nsi.json"
_SHORTEST = 3
_DISPLAYED = 4
"""Weight of the name an entry is displayed by; its brand, translations and matching names weigh 1."""
_COMMON_FROM = 3
"""A single word is common when so many names of at least two categories begin with it."""
_MOST = 0.6
_NO_WORDS = frozenset(("walmart", "winners", "intuit"))
"""Names that no language has as a word: their shops are registered under codes of several trades."""
_ENGLISH = frozenset().union(*(home_places(currency) for currency in ("CAD", "USD", "GBP", "EUR", "AUD", "NZD", "ZAR")))
_ENGLISH |= frozenset(("ae", "hk", "in", "sg"))
"""Where English is spoken, or an English-speaking country has the same currency."""
_TREES = ("brands", "transit", "operators")
_SKIPPED = frozenset(("operators/amenity/school", "operators/amenity/kindergarten", "operators/man_made/charge_point"))
"""School boards are mostly councils, and operators of charging points mostly utilities: the kind would mislead."""
_NAMES: Mapping[str, tuple[str, ...]] = {
    "brands": ("brand", "name", "brand:en", "name:en"),
    "transit": ("network", "operator"),
    "operators": ("operator", "operator:en"),
}


@dataclass
class _Brand:
    name: str
    kind: str
    weight: int = 0
    places: set[str] = field(default_factory=set)


def source_json(directory: Path) -> Mapping[str, Any]:
    """Read the index from the package's tarball in a directory.

    Raises:
        DataError: There is no tarball, or not exactly one.
    """
    tarballs = sorted(directory.glob("name-suggestion-index-*.tgz"))
    if len(tarballs) != 1:
        raise DataError(f"{directory}: {len(tarballs)} tarballs of name-suggestion-index, expected one; run `npm pack`")
    with tarfile.open(tarballs[0]) as archive:
        member = archive.extractfile(_MEMBER)
        if member is None:
            raise DataError(f"{tarballs[0].name}: {_MEMBER} is not a file")
        index: Mapping[str, Any] = json.load(member)["nsi"]
        return index


def tag_categories() -> Mapping[str, str]:
    """OpenStreetMap tag to category, without the tags that say nothing about a purpose."""
    text = files("models").joinpath("data/osm_category.csv").read_text(encoding="utf-8")
    return {row["osm_tag"]: row["category"] for row in csv.DictReader(text.splitlines()) if row["category"]}


def place(code: object) -> str:
    """A country or region of the source in short: ``us-ca.geojson`` is us; a circle on the map is nowhere.

    >>> place("gb-eng"), place("001"), place([4.9, 52.4, 20])
    ('gb', '001', '')
    """
    if not isinstance(code, str):
        return ""
    short = code.removesuffix(".geojson").split("-")[0].lower()
    return {"fx": "fr", "conus": "us"}.get(short, short if len(short) <= 3 else "")


def names(tree: str, item: Mapping[str, Any]) -> Iterator[str]:
    """Every name an entry goes by, the displayed one first."""
    yield item["displayName"]
    tags = item["tags"]
    yield from (tags[tag] for tag in _NAMES[tree] if tag in tags)
    yield from item.get("matchNames", ())


def collect(index: Mapping[str, Any]) -> Mapping[tuple[str, str], _Brand]:
    """All rows by (key, category). Brands come first; transit and operators add only keys that no brand has."""
    categories = tag_categories()
    rows: dict[tuple[str, str], _Brand] = {}
    known: set[str] = set()
    for tree in _TREES:
        fresh: dict[tuple[str, str], _Brand] = {}
        for path, group in sorted(index.items()):
            root, _, tag = path.partition("/")
            if root == tree and path not in _SKIPPED and tag in categories:
                _add_group(fresh, tree=tree, tag=tag, category=categories[tag], items=group["items"])
        # An operator of the same name (a city that runs buses and pools) would blur what a brand is.
        rows |= {pair: row for pair, row in fresh.items() if pair[0] not in known}
        known |= {key for key, _ in fresh}
    return rows


def _add_group(
    rows: dict[tuple[str, str], _Brand], *, tree: str, tag: str, category: str, items: list[Mapping[str, Any]]
) -> None:
    for item in items:
        places = {place(code) for code in item["locationSet"].get("include", ())} - {""}
        keys: dict[str, str] = {}
        displayed = "".join(key_tokens(item["displayName"]))
        for name in names(tree, item):
            tokens = key_tokens(name)
            key = "".join(tokens)
            if len(key) >= _SHORTEST and not key.isdigit() and (tree == "brands" or len(tokens) > 1):
                keys.setdefault(key, " ".join(tokens))
        for key, name in keys.items():
            row = rows.setdefault((key, category), _Brand(name=name, kind=tag))
            row.weight += _DISPLAYED if key == displayed else 1
            row.places |= places


def written() -> Iterator[tuple[str, ...]]:
    """Rows of the knowledge base; a name that counts only as the whole text is written as common."""
    for known in known_names(SHIPPED / KNOWLEDGE_FOLDER):
        name, alone = " ".join(known.tokens), str(int(known.alone))
        yield known.key, name, known.category, WRITTEN, "1", alone, " ".join(sorted(known.places))


def table(index: Mapping[str, Any], merchants: Mapping[str, str]) -> list[tuple[str, ...]]:
    """The rows to write, sorted.

    Args:
        merchants: Merchant text to category, of real merchants: they show which names are words of the language.
    """
    collected = collect(index)
    common = common_words(collected)
    rows: set[tuple[str, ...]] = {
        (key, row.name, category, row.kind, str(row.weight), str(int(key in common)), " ".join(sorted(row.places)))
        for (key, category), row in collected.items()
    }
    rows.update(written())
    spoken = words_in_use(rows, merchants)
    return sorted(
        (*row[:5], "1" if (row[0], row[2]) in spoken and not _spoken_elsewhere(row) else row[5], row[6]) for row in rows
    )


def _spoken_elsewhere(row: tuple[str, ...]) -> bool:
    """Tell whether a written name is at home only where merchants of Canada say nothing about words of the language."""
    return row[3] == WRITTEN and _ENGLISH.isdisjoint(row[6].split())


def words_in_use(rows: Iterable[tuple[str, ...]], merchants: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """Keys that begin real merchants of all trades, such as "king": with the category that the table gives them.

    A key counts as a word where `_COMMON_FROM` merchants or more begin with it and go on, fewer than half of them
    have its category, and no other category has most of them: then it would be another name for the brand.
    """
    begun: dict[str, Counter[str]] = defaultdict(Counter)
    for text, category in merchants.items():
        tokens = tokens_of(text)
        for size in range(1, len(tokens)):
            begun["".join(tokens[:size])][category] += 1
    words = set()
    for key, _, category, *_ in rows:
        counts = begun.get(key)
        if counts and counts.total() >= _COMMON_FROM:
            most = counts.most_common(1)[0][1]
            if key not in _NO_WORDS and counts[category] < counts.total() / 2 and most < _MOST * counts.total():
                words.add((key, category))
    return frozenset(words)


def common_words(rows: Mapping[tuple[str, str], _Brand]) -> frozenset[str]:
    """Words that begin several names of unlike categories, such as "city" or "star": they name no brand."""
    begun: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for (key, category), row in rows.items():
        first, _, rest = row.name.partition(" ")
        if rest:
            begun[first].add((key, category))
    return frozenset(
        word
        for word, pairs in begun.items()
        if len(pairs) >= _COMMON_FROM and len({category for _, category in pairs}) > 1
    )


def write(source: Path, output: Path) -> tuple[int, int]:
    """Build the table from the tarball in a folder; returns its rows and the size of the file in bytes.

    Raises:
        DataError: There is no tarball, or not exactly one.
    """
    rows = table(source_json(source), shipped_merchants())
    return len(rows), write_table(output, FIELDS, rows)
