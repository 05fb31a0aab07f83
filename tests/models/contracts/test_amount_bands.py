"""Amounts are sized in the terms of their own currency, by one table."""

import csv
from decimal import Decimal
from importlib.resources import files

import pytest

from models.contracts.amount_bands import BANDS_FILE, FIELDS, USUAL, AmountBand, amount_band, band_edges, edges_of
from models.contracts.events import currencies

AS_THE_DOLLAR = ("AUD", "CAD", "CHF", "EUR", "GBP", "NZD", "USD")
FUNDS = ("BOV", "CLF", "COU", "MXV", "UYI", "UYW")
METALS_AND_TESTS = ("XAD", "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX")
NO_MONEY = frozenset((*FUNDS, *METALS_AND_TESTS))

ROWS = list(csv.DictReader(files("models").joinpath("data", BANDS_FILE).read_text(encoding="utf-8").splitlines()))


def test_every_money_has_edges() -> None:
    assert FIELDS == tuple(ROWS[0])
    assert sorted(currencies() - NO_MONEY) == sorted(set(band_edges()) & currencies())
    assert sorted(row["currency"] for row in ROWS) == [row["currency"] for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["currency"])
def test_edges_are_a_rounded_purchasing_power(row: dict[str, str]) -> None:
    """1, 2 or 5 with zeros, not below what a hundred dollars buy, and less than two and a half times that."""
    middle, large, power = Decimal(row["middle"]), Decimal(row["large"]), Decimal(row["per_dollar"]) * 100
    assert middle.normalize().as_tuple().digits in ((1,), (2,), (5,))
    assert large == 10 * middle
    if row["currency"] in AS_THE_DOLLAR:
        assert (middle, large) == USUAL
    else:
        assert power <= middle < power * Decimal("2.5")
    assert 2020 <= int(row["year"]) <= 2030


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("40", "USD"), ("5000", "JPY"), ("20000", "HUF"), ("1500", "INR"), ("-900", "SEK"), ("15", "KWD"), ("80", "XAU")],
)
def test_a_small_purchase_is_small_in_any_currency(amount: str, currency: str) -> None:
    assert AmountBand.UNDER_100 == amount_band(Decimal(amount), currency)


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD", "HUF"])
def test_the_edges_belong_to_the_middle_band(currency: str) -> None:
    """On both sides of zero."""
    middle, large = edges_of(currency)
    cent = Decimal("0.01")
    for sign in (1, -1):
        assert [
            AmountBand.UNDER_100,
            AmountBand.FROM_100_TO_1000,
            AmountBand.FROM_100_TO_1000,
            AmountBand.OVER_1000,
        ] == [amount_band(sign * amount, currency) for amount in (middle - cent, middle, large, large + cent)]
