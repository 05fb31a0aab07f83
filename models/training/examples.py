"""Gathers examples: descriptors with their codes, names of the knowledge base and of the index, generated lines."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from models.artefacts.csv_table import read_table
from models.contracts.events import AmountBand
from models.gazetteer import knowledge
from models.gazetteer.table import WRITTEN
from models.statements.normalise import merchant_text
from models.training.balance.generate import known_names
from models.training.config import DESCRIPTORS_FILE, KNOWLEDGE_FOLDER, PHRASES_FILE, SHIPPED, TrainingConfig
from models.training.phrases import sentences
from models.training.shipped.toronto import DESCRIPTOR_COLUMNS
from models.voters.line import Line
from models.voters.mcc import catch_all_codes, code_category

COUNCIL_FILE = "council_sample.csv.gz"
GAZETTEER_FILE = "gazetteer.csv.gz"
CODES_FILE = "mcc_category.csv"

COUNCIL_COLUMNS = ("description", "amount_band", "currency", "category", "also")

_SMALLEST_SHARE = 0.1
"""A category with a smaller share of a merchant's rows is taken for a slip of coding."""

_GENERATED_FOR = "GBP"
"""Currency of generated lines, which says what brands are at home: a brand's name is no person's."""

_PLACES = frozenset(("001", "us", "ca", "gb", "ie", "au", "nz", "za"))
"""Where statements are mostly in English: names of the index from these places, or of none, are learned, and written
names from these places become neighbours; the encoder reads English."""


class ExampleOrigin(StrEnum):
    """The source of an example."""

    DESCRIPTOR = "descriptor"
    NAME = "name"
    SPELLING = "spelling"
    INDEX = "index"
    GENERATED = "generated"


@dataclass(frozen=True, slots=True, order=True)
class Example:
    """One text with one category.

    Args:
        text: Result of `models.statements.normalise.merchant_text`.
        weight: How much it counts; 1 is a descriptor seen once.
    """

    text: str
    category: str
    origin: ExampleOrigin
    weight: float


@dataclass(slots=True)
class Merchant:
    """All rows of one merchant text.

    Args:
        text: Result of `models.statements.normalise.merchant_text`.
        description: One of its descriptors as it stood on the statement.
        recent: Rows of the last twelve months by category.
        vague: Rows by category whose code is a catch-all, such as 5999.
    """

    text: str
    description: str
    counts: Counter[tuple[str, AmountBand]] = field(default_factory=Counter)
    recent: Counter[str] = field(default_factory=Counter)
    vague: Counter[str] = field(default_factory=Counter)

    @property
    def group(self) -> str:
        """Key that keeps a merchant on one side of a split: the first word, so that its branches stay together."""
        return self.text.partition(" ")[0]

    def categories(self) -> Counter[str]:
        """Rows by category."""
        totals: Counter[str] = Counter()
        for (category, _), count in self.counts.items():
            totals[category] += count
        return totals


@dataclass(frozen=True, slots=True)
class Labelled:
    """One transaction with its truth, of which there may be several.

    Args:
        currency: ISO 4217.
        credit: Whether money came in.
    """

    description: str
    currency: str
    band: AmountBand
    truth: frozenset[str]
    weight: float = 1.0
    credit: bool = False


def tables(config: TrainingConfig) -> tuple[Path, ...]:
    """The files that a training reads, and no others; what the codes mean is part of the package."""
    names = (DESCRIPTORS_FILE, COUNCIL_FILE, GAZETTEER_FILE, PHRASES_FILE)
    return (
        *(config.data / name for name in names),
        *knowledge.files(config.data / KNOWLEDGE_FOLDER),
        SHIPPED / CODES_FILE,
    )


def descriptors(config: TrainingConfig) -> list[dict[str, str]]:
    """The rows of `DESCRIPTOR_COLUMNS`.

    Raises:
        DataError: The table is missing or malformed.
    """
    return _every(read_table(config.data / DESCRIPTORS_FILE, DESCRIPTOR_COLUMNS), config.limit)


def merchants(config: TrainingConfig) -> list[Merchant]:
    """The merchants of the descriptors, sorted by text.

    Raises:
        DataError: The table is missing or malformed.
    """
    found: dict[str, Merchant] = {}
    vague = catch_all_codes()
    for row in descriptors(config):
        category = code_category(row["mcc"], row["description"])
        if category is not None:
            text = merchant_text(row["description"])
            merchant = found.setdefault(text, Merchant(text, row["description"]))
            for band in AmountBand:
                if count := int(row[band.value]):
                    merchant.counts[category, band] += count
            if recent := int(row["recent"]):
                merchant.recent[category] += recent
            if row["mcc"] in vague:
                merchant.vague[category] += sum(int(row[band.value]) for band in AmountBand)
    return [found[text] for text in sorted(found)]


def of_merchants(chosen: list[Merchant]) -> Iterator[Example]:
    """An example for each category of a merchant that is no slip; a merchant counts once, however many its rows."""
    for merchant in chosen:
        categories = merchant.categories()
        kept = {name: count for name, count in categories.items() if count >= _SMALLEST_SHARE * categories.total()}
        for category, count in kept.items():
            yield Example(merchant.text, category, ExampleOrigin.DESCRIPTOR, round(count / sum(kept.values()), 4))


def of_knowledge(config: TrainingConfig) -> list[Example]:
    """Examples that are no transactions: names, spellings, the index, generated lines; sorted.

    Raises:
        DataError: A table is missing or malformed.
    """
    return sorted([*_written(config), *_index(config), *_generated(config)])


def council(config: TrainingConfig) -> list[Labelled]:
    """The labelled sample of a UK council's cards, which calibrates and is not learned from.

    Raises:
        DataError: The table is missing or malformed.
    """
    rows = _every(read_table(config.data / COUNCIL_FILE, COUNCIL_COLUMNS), config.limit)
    return [
        Labelled(
            row["description"],
            row["currency"],
            AmountBand(row["amount_band"]),
            frozenset((row["category"], row["also"])) - {""},
        )
        for row in rows
    ]


def _every(rows: list[dict[str, str]], limit: int | None) -> list[dict[str, str]]:
    """All rows, or `limit` of them evenly spread."""
    return rows if limit is None else rows[:: max(1, len(rows) // limit)]


def _written(config: TrainingConfig) -> Iterator[Example]:
    shares: defaultdict[str, Counter[str]] = defaultdict(Counter)
    names: set[str] = set()
    known = known_names(config.data / KNOWLEDGE_FOLDER)
    for each in known if config.limit is None else known[:: max(1, len(known) // config.limit)]:
        text = " ".join(each.tokens)
        shares[text][each.category] += 1
        if each.main and not _PLACES.isdisjoint(each.places):
            names.add(text)
    for text, categories in shares.items():
        origin = ExampleOrigin.NAME if text in names else ExampleOrigin.SPELLING
        for category, count in categories.items():
            yield Example(text, category, origin, round(count / categories.total(), 4))


def _index(config: TrainingConfig) -> Iterator[Example]:
    """Names of the index, each with the share of its entries that a category has, so that none counts twice."""
    rows = read_table(config.data / GAZETTEER_FILE, ("name", "category", "kind", "weight", "places"))
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in _every([row for row in rows if row["kind"] != WRITTEN], config.limit):
        places = row["places"].split()
        if not places or not _PLACES.isdisjoint(places):
            counts[merchant_text(row["name"])][row["category"]] += int(row["weight"])
    for text, categories in counts.items():
        for category, count in categories.items():
            weight = round(config.index_weight * count / categories.total(), 4)
            yield Example(text, category, ExampleOrigin.INDEX, weight)


def _generated(config: TrainingConfig) -> Iterator[Example]:
    lines = set(sentences(config.data / PHRASES_FILE, per_category=config.generated, seed=config.seed))
    # As voters read them: of lines that differ by a person's name alone there is one, that weighs as much as they all.
    texts = Counter((category, Line(line, _GENERATED_FOR, None, credit=False).compared) for category, line in lines)
    for (category, text), count in sorted(texts.items()):
        if text:
            yield Example(text, category, ExampleOrigin.GENERATED, float(count))


def unseen_rows(chosen: list[Merchant], currency: str) -> list[Labelled]:
    """One row per merchant and amount band that it has, with its most frequent category there as truth.

    A merchant with n rows counts as 1 + ln(n), shared by its bands.
    """
    rows = []
    for merchant in chosen:
        by_band: defaultdict[AmountBand, Counter[str]] = defaultdict(Counter)
        for (category, band), count in merchant.counts.items():
            by_band[band][category] += count
        total = merchant.categories().total()
        for band, categories in sorted(by_band.items()):
            truth = min(categories.items(), key=lambda item: (-item[1], item[0]))[0]
            rows.append(
                Labelled(
                    merchant.description,
                    currency,
                    band,
                    frozenset((truth,)),
                    (1 + math.log(total)) * categories.total() / total,
                )
            )
    return rows


def fingerprint_names(config: TrainingConfig) -> Mapping[str, Path]:
    """Name in the manifest to file, for every table read."""
    return {
        (f"{KNOWLEDGE_FOLDER}/{path.name}" if path.parent.name == KNOWLEDGE_FOLDER else path.name): path
        for path in tables(config)
    }
