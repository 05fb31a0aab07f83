"""What the text model learns from: descriptors with their codes, brands of the gazetteer, generated sentences."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from models.normalise import merchant_text
from models.training.config import SHIPPED, TrainingConfig
from models.training.phrases import sentences
from models.training.ship import BAND_COLUMNS, DESCRIPTOR_COLUMNS
from models.training.tables import read_table
from models.voters.mcc import code_category

DESCRIPTORS_FILE = "toronto_descriptors.csv.gz"
GAZETTEER_FILE = "gazetteer.csv.gz"
PHRASES_FILE = "statement_phrases.json"
CODES_FILE = "mcc_category.csv"

_SMALLEST_SHARE = 0.1
"""A category with a smaller share of a merchant's rows is taken for a slip of coding."""

_PLACES = frozenset(("001", "us", "ca", "gb", "ie", "au", "nz", "za"))
"""Brands of these places, or of none named, are learned: where statements are mostly in English."""


class Origin(StrEnum):
    """Where an example comes from; only descriptors are real transactions, so only they are measured."""

    DESCRIPTOR = "descriptor"
    BRAND = "brand"
    GENERATED = "generated"


@dataclass(frozen=True, slots=True, order=True)
class Example:
    """One text with one category.

    Args:
        text: Result of `models.normalise.merchant_text`.
        category: Name of the taxonomy.
        origin: Where it comes from.
        weight: How much it counts; 1 is a descriptor seen once.
        memorable: Whether the whole text is worth a feature of its own.
    """

    text: str
    category: str
    origin: Origin
    weight: float
    memorable: bool

    @property
    def merchant(self) -> str:
        """Key that keeps a merchant on one side of a split: the first word, so that its branches stay together."""
        return self.text.partition(" ")[0]


def tables(config: TrainingConfig) -> tuple[Path, ...]:
    """The files that a training reads, and no others; what the codes mean is part of the package."""
    return (*(config.data / name for name in (DESCRIPTORS_FILE, GAZETTEER_FILE, PHRASES_FILE)), SHIPPED / CODES_FILE)


def collect(config: TrainingConfig) -> list[Example]:
    """All examples of a training, sorted.

    Raises:
        DataError: A table is missing or malformed.
    """
    return sorted([*_descriptors(config), *_brands(config), *_generated(config)])


def _descriptors(config: TrainingConfig) -> Iterator[Example]:
    rows = read_table(config.data / DESCRIPTORS_FILE, DESCRIPTOR_COLUMNS)
    step = 1 if config.limit is None else max(1, len(rows) // config.limit)
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows[::step]:
        category = code_category(row["mcc"], row["description"])
        if category is not None:
            counts[merchant_text(row["description"])][category] += sum(int(row[band]) for band in BAND_COLUMNS)
    for text, categories in counts.items():
        total = categories.total()
        for category, count in categories.items():
            if count >= _SMALLEST_SHARE * total:
                weight = min(math.sqrt(count), config.row_cap)
                yield Example(text, category, Origin.DESCRIPTOR, weight, memorable=total > 1)


def _brands(config: TrainingConfig) -> Iterator[Example]:
    """Brands, each with the share of the gazetteer's entries that a category has, so that none counts twice."""
    rows = read_table(config.data / GAZETTEER_FILE, ("name", "category", "weight", "places"))
    step = 1 if config.limit is None else max(1, len(rows) // config.limit)
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows[::step]:
        places = row["places"].split()
        if not places or not _PLACES.isdisjoint(places):
            counts[merchant_text(row["name"])][row["category"]] += int(row["weight"])
    for text, categories in counts.items():
        for category, count in categories.items():
            weight = config.brand_weight * count / categories.total()
            yield Example(text, category, Origin.BRAND, weight, memorable=False)


def _generated(config: TrainingConfig) -> Iterator[Example]:
    lines = sentences(config.data / PHRASES_FILE, per_category=config.generated, seed=config.seed)
    for category, text in sorted({(category, merchant_text(line)) for category, line in lines}):
        yield Example(text, category, Origin.GENERATED, 1.0, memorable=False)
