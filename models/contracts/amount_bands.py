"""The size of a transaction in its own currency's terms: small, middle or large, by edges that are data.

A hundred dollars and a hundred yen are no equal sums, so each currency has edges of its own, in
``models/data/amount_bands.csv``: the purchasing power of 100 and 1,000 US dollars (`per_dollar`, units of the currency
that buy what a dollar buys, judged from what is published for household consumption in that year), rounded up to the
next 1, 2 or 5 with zeros, so that an everyday purchase is not judged as a large one. Australian, Canadian and New
Zealand dollars, euros, pounds and Swiss francs keep the edges of the US dollar. Codes that are no money of households
(gold, funds, tests) have no row, and the dollar's edges.
"""

import csv
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

BANDS_FILE = "amount_bands.csv"
FIELDS = ("currency", "middle", "large", "per_dollar", "year")

Edges = tuple[Decimal, Decimal]
"""The smallest amount of the middle band, and its largest one."""

# Decimals, since an integer would be made one for each comparison.
USUAL: Edges = (Decimal(100), Decimal(1000))
"""Edges in dollars, euros and pounds, by which the bands are named."""


class AmountBand(StrEnum):
    """Size of a transaction, |amount| in its own currency's terms; parity is monitored between these.

    Named for the edges in dollars, euros and pounds; other currencies have theirs.
    """

    UNDER_100 = "under_100"
    FROM_100_TO_1000 = "100_to_1000"
    OVER_1000 = "over_1000"

    # As a string, which it equals: what the enumeration has is a Python function, called for each transaction.
    __hash__ = str.__hash__


@cache
def band_edges() -> Mapping[str, Edges]:
    """The edges of each currency that has a row, as shipped; ISO 4217 codes."""
    text = files("models").joinpath("data", BANDS_FILE).read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({row["currency"]: (Decimal(row["middle"]), Decimal(row["large"])) for row in rows})


def edges_of(currency: str) -> Edges:
    """The edges of a currency.

    >>> [str(edge) for edge in edges_of("JPY")]
    ['10000', '100000']
    """
    return band_edges().get(currency, USUAL)


def amount_band(amount: Decimal, currency: str) -> AmountBand:
    """The band of |amount|: below the first edge of the currency, up to the second, above it.

    >>> amount_band(Decimal("-99.99"), "USD").value, amount_band(Decimal("5000"), "JPY").value
    ('under_100', 'under_100')
    >>> amount_band(Decimal("1000"), "GBP").value
    '100_to_1000'
    """
    middle, large = band_edges().get(currency, USUAL)
    if -middle < amount < middle:
        return AmountBand.UNDER_100
    return AmountBand.FROM_100_TO_1000 if -large <= amount <= large else AmountBand.OVER_1000
