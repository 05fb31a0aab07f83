"""Models the amount of a transaction by category: a log-normal model per category, in `category_amounts.csv`.

    python -m models.training.shipped amounts [--write]

estimates the categories that have enough rows in the shipped descriptors and prints the table; the others stand in the
file as somebody's judgement. A band count says where two quantiles lie, which is all that a log-normal needs: with
p = share below 100 and q = share above 1000, sigma = ln 10 / (z(1 - q) - z(p)) and mu = ln 100 - sigma z(p).
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import exp, log
from pathlib import Path
from random import Random
from statistics import NormalDist
from types import MappingProxyType

from models.artefacts.csv_table import read_table
from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES
from models.errors import DataError
from models.training.config import DESCRIPTORS_FILE, SHIPPED
from models.training.shipped.toronto import BAND_COLUMNS, DESCRIPTOR_COLUMNS
from models.voters.mcc import code_category

AMOUNTS_FILE = "category_amounts.csv"
FIELDS = ("category", "mu", "sigma", "credits", "rows", "source")
FEWEST_ROWS = 300
"""Rows that an estimate needs."""

_NORMAL = NormalDist()
_CENT = Decimal("0.01")
_LIMITS: Mapping[AmountBand, tuple[Decimal, Decimal]] = MappingProxyType(
    {
        AmountBand.UNDER_100: (Decimal("0.50"), Decimal("99.99")),
        AmountBand.FROM_100_TO_1000: (Decimal(100), Decimal(1000)),
        AmountBand.OVER_1000: (Decimal("1000.01"), Decimal(50_000)),
    }
)
_ANY = (Decimal("0.50"), Decimal(50_000))


class Source(StrEnum):
    """The origin of a row of the table."""

    TORONTO = "toronto"
    JUDGEMENT = "judgement"


@dataclass(frozen=True, slots=True)
class AmountModel:
    """Amounts of one category: ln |amount in Canadian dollars| is normal.

    Args:
        mu: Mean of the logarithm.
        sigma: Its standard deviation, above 0.
        credits: Share of credits and refunds, in [0, 1].
        rows: Rows behind the estimate; 0 for a judgement.
    """

    mu: float
    sigma: float
    credits: float
    rows: int
    source: Source

    def draw(self, random: Random, *, scale: float = 1.0, band: AmountBand | None = None) -> Decimal:
        """Draw a positive amount, to the cent.

        Args:
            band: Draw within this band only.
        """
        low, high = _ANY if band is None else _LIMITS[band]
        mean = self.mu + log(scale)
        first, last = (_NORMAL.cdf((log(limit) - mean) / self.sigma) for limit in (low, high))
        place = min(max(first + (last - first) * random.random(), 1e-9), 1 - 1e-9)
        amount = Decimal(exp(mean + self.sigma * _NORMAL.inv_cdf(place))).quantize(_CENT)
        return min(max(amount, low), high).quantize(_CENT)


def amount_models(path: Path = SHIPPED / AMOUNTS_FILE) -> Mapping[str, AmountModel]:
    """Category to its amounts.

    Raises:
        DataError: The table is missing, malformed or lacks a category.
    """
    try:
        with path.open(newline="", encoding="utf-8") as lines:
            models = {row["category"]: _model(row) for row in csv.DictReader(lines)}
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise DataError(f"{path} is no table of {', '.join(FIELDS)} ({type(error).__name__})") from error
    if missing := [category for category in CATEGORIES if category not in models]:
        raise DataError(f"{path} has no amounts for {', '.join(missing)}")
    return MappingProxyType(models)


def _model(row: Mapping[str, str]) -> AmountModel:
    mu, sigma, share = (float(row[name]) for name in ("mu", "sigma", "credits"))
    return AmountModel(mu, sigma, share, int(row["rows"]), Source(row["source"]))


def estimate(rows: Iterable[Mapping[str, str]]) -> Mapping[str, AmountModel]:
    """Models of the categories with at least `FEWEST_ROWS` rows and some rows in the lowest and the highest band."""
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        category = code_category(row["mcc"], row["description"])
        if category is not None:
            of_category = counts.setdefault(category, Counter())
            for column in (*BAND_COLUMNS, "credits"):
                of_category[column] += int(row[column])
    models = {}
    for category, found in counts.items():
        low, high = found[AmountBand.UNDER_100.value], found[AmountBand.OVER_1000.value]
        total = low + high + found[AmountBand.FROM_100_TO_1000.value]
        if total >= FEWEST_ROWS and low and high and low + high < total:
            below = _NORMAL.inv_cdf(low / total)
            sigma = log(10) / (_NORMAL.inv_cdf(1 - high / total) - below)
            mu = log(100) - sigma * below
            share = round(found["credits"] / total, 4)
            models[category] = AmountModel(round(mu, 3), round(sigma, 3), share, total, Source.TORONTO)
    return models


def shipped_estimates() -> Mapping[str, AmountModel]:
    """The shipped models, those estimated again that have enough rows in the shipped descriptors."""
    return {**amount_models(), **estimate(read_table(SHIPPED / DESCRIPTORS_FILE, DESCRIPTOR_COLUMNS))}


def table(models: Mapping[str, AmountModel]) -> str:
    """The table as CSV, in the taxonomy's order."""
    lines = [",".join(FIELDS)]
    for category in CATEGORIES:
        model = models[category]
        values = (model.mu, model.sigma, model.credits, model.rows, model.source.value)
        lines.append(",".join((category, *map(str, values))))
    return "\n".join(lines) + "\n"
