"""Amounts and days as a language writes them."""

from datetime import datetime
from decimal import Decimal

from models.explanation.texts import Dates, Numbers

WITHOUT_CENTS = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()  # noqa: SIM905  # wide as a list
)
"""Currencies whose minor unit is none (ISO 4217)."""

_CENTS = 2


def money(amount: Decimal, currency: str, numbers: Numbers) -> str:
    """An amount without its sign, with at least two decimals where the currency has a minor unit.

    >>> money(Decimal("-1234.5"), "EUR", Numbers(decimal=",", group=".", money="{number} {currency}"))
    '1.234,50 EUR'
    """
    whole, _, part = f"{abs(amount):f}".partition(".")
    part = part.rstrip("0")
    if currency not in WITHOUT_CENTS:
        part = part.ljust(_CENTS, "0")
    number = f"{int(whole):,}".replace(",", numbers.group)
    return numbers.money.format(number=f"{number}{numbers.decimal}{part}" if part else number, currency=currency)


def day(moment: datetime, dates: Dates) -> str:
    """The day of a time in its own zone.

    >>> months = tuple("janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split())
    >>> day(datetime(2025, 3, 1), Dates(pattern="{day} {month} {year}", first_day="1er", months=months))
    '1er mars 2025'
    """
    number = dates.first_day if moment.day == 1 else str(moment.day)
    return dates.pattern.format(day=number, month=dates.months[moment.month - 1], year=moment.year)
