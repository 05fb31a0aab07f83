"""Puts a balanced set together: exactly so many rows of each category, real ones first, the missing ones generated."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from random import Random

from models.artefacts.csv_table import write_table
from models.contracts.taxonomy import CATEGORIES
from models.errors import ConfigurationError, DataError
from models.learned.memory import memory_key
from models.statements.normalise import merchant_text
from models.training.balance.amounts import AmountModel, amount_models
from models.training.balance.generate import Generated, Generator
from models.training.balance.parts import Part
from models.training.balance.real import RealMerchant, RealRow, real_merchants, take_turns
from models.training.config import CURRENCY, SHIPPED

PER_CATEGORY = 809
"""Rows per category by default; 28 x 809 = 22,652."""

_YEAR = datetime(2024, 1, 1, tzinfo=UTC)
_SECONDS = 366 * 24 * 3600
_ATTEMPTS = 60
"""Lines drawn for each wanted row before a set by merchant is given up."""


class By(StrEnum):
    """The unit that is balanced: rows, where a merchant may have several, or merchants, which have one row each."""

    ROW = "row"
    MERCHANT = "merchant"


class RowOrigin(StrEnum):
    """Origin of a row: a real statement, or generated."""

    REAL = "real"
    GENERATED = "generated"


@dataclass(frozen=True, slots=True)
class BalanceConfig:
    """Describes the set that is wanted.

    Args:
        seed: Equal settings and tables give equal rows.
        without: Texts of real merchants to leave out.

    Raises:
        ConfigurationError: `per_category` is below 1.
    """

    per_category: int = PER_CATEGORY
    by: By = By.ROW
    part: Part = Part.ALL
    seed: int = 0
    data: Path = SHIPPED
    without: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.per_category < 1:
            raise ConfigurationError(f"per_category must be at least 1, got {self.per_category}")


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One row of the set, in the columns of the file; those that a transaction has are named as there.

    Args:
        transaction_id: Made from the settings and a number.
        amount: Positive for money out. Drawn from the category's model; for a real row within its real band.
        currency: ISO 4217.
        timestamp: Drawn; no source has one.
        mcc: Always empty, as the category of a real row comes from it.
        template: Names of the templates of a generated row.
        brand: Names in a generated row; the merchant's text of a real one.
    """

    transaction_id: str
    description: str
    amount: Decimal
    currency: str
    timestamp: str
    mcc: str
    category: str
    origin: RowOrigin
    template: str
    brand: str
    source: str

    @property
    def merchant(self) -> str:
        """The key under which the merchant is counted."""
        text = merchant_text(self.description)
        return memory_key(text) or text


COLUMNS = tuple(field.name for field in fields(BalanceRow))


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """Numbers of rows and merchants that a set has of a category."""

    category: str
    real: int
    generated: int
    merchants: int


def balance(config: BalanceConfig) -> list[BalanceRow]:
    """Make the set, category by category in the taxonomy's order.

    Raises:
        DataError: A table is missing or malformed, or there are not so many different merchants of a category.
    """
    return list(_rows(config, CATEGORIES, real_merchants(config.data, part=config.part, without=config.without)))


def generated_rows(config: BalanceConfig) -> list[BalanceRow]:
    """The same without any real row."""
    return list(_rows(config, CATEGORIES, {}))


def _rows(
    config: BalanceConfig, categories: Collection[str], real: Mapping[str, Sequence[RealMerchant]]
) -> Iterator[BalanceRow]:
    generator = Generator(part=config.part, seed=config.seed, data=config.data)
    models = amount_models()
    taken: set[str] = set()
    number = 0
    for category in categories:
        for row in _of_category(config, category, real.get(category, ()), generator, models[category], taken):
            number += 1
            yield _numbered(row, config, number)


def _of_category(
    config: BalanceConfig,
    category: str,
    merchants: Sequence[RealMerchant],
    generator: Generator,
    amounts: AmountModel,
    taken: set[str],
) -> Iterator[BalanceRow]:
    random = Random(f"{config.seed} {config.part} {config.by} {category}")
    most = 1 if config.by is By.MERCHANT else config.per_category
    missing = config.per_category
    for chosen in take_turns(merchants, missing, most=most, random=random):
        row = _real(chosen, category, amounts, random)
        if config.by is By.MERCHANT and row.merchant in taken:
            continue
        taken.add(row.merchant)
        missing -= 1
        yield row
    attempts = missing * _ATTEMPTS
    for line in generator.rows(category):
        if not missing:
            return
        row = _generated(line, category, amounts, random)
        if config.by is By.ROW or row.merchant not in taken:
            taken.add(row.merchant)
            missing -= 1
            yield row
        attempts -= 1
        if attempts < 0:
            most = config.per_category - missing
            raise DataError(f"{category} has only {most} different merchants; ask for that many rows per category")


def _real(row: RealRow, category: str, amounts: AmountModel, random: Random) -> BalanceRow:
    amount = amounts.draw(random, band=row.band)
    signed = -amount if random.random() < row.credits else amount
    text = merchant_text(row.description)
    return _row(row.description, signed, CURRENCY, category, RowOrigin.REAL, "", text, "toronto", random)


def _generated(line: Generated, category: str, amounts: AmountModel, random: Random) -> BalanceRow:
    amount = amounts.draw(random, scale=line.dialect.scale)
    incoming = random.random() < amounts.credits if line.incoming is None else line.incoming
    return _row(
        line.description,
        -amount if incoming else amount,
        line.dialect.currency,
        category,
        RowOrigin.GENERATED,
        line.template,
        line.brand,
        line.source,
        random,
    )


def _row(
    description: str,
    amount: Decimal,
    currency: str,
    category: str,
    origin: RowOrigin,
    template: str,
    brand: str,
    source: str,
    random: Random,
) -> BalanceRow:
    when = (_YEAR + timedelta(seconds=random.randrange(_SECONDS))).strftime("%Y-%m-%dT%H:%M:%SZ")
    return BalanceRow("", description, amount, currency, when, "", category, origin, template, brand, source)


def _numbered(row: BalanceRow, config: BalanceConfig, number: int) -> BalanceRow:
    name = f"balanced-{config.by}-{config.part}-{config.seed}-{number:06d}"
    return BalanceRow(name, *astuple(row)[1:])


def summary(rows: Sequence[BalanceRow]) -> list[CategoryCount]:
    """Count what a set has of each category, in the taxonomy's order."""
    origins = Counter((row.category, row.origin) for row in rows)
    merchants = Counter(category for category, _ in {(row.category, row.merchant) for row in rows})
    return [
        CategoryCount(
            category,
            origins[category, RowOrigin.REAL],
            origins[category, RowOrigin.GENERATED],
            merchants[category],
        )
        for category in CATEGORIES
    ]


def write(rows: Sequence[BalanceRow], path: Path) -> int:
    """Write a set as gzipped CSV that `evenhand categorize` can read; equal rows give equal bytes.

    Returns:
        Size of the file in bytes.
    """
    return write_table(path, COLUMNS, (tuple(map(str, astuple(row))) for row in rows))
