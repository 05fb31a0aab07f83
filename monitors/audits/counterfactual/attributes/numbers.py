"""What is no text: the sum, and the time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations

from models.contracts.amount_bands import AmountBand
from models.twins.merchants import merchants
from monitors.audits.counterfactual.attributes.drawing import drawn
from monitors.audits.counterfactual.pairs import NOON, Attribute, Clone, Pair, Side

_SUMS = {
    AmountBand.UNDER_100: ("18.40", "47.30", "92.15"),
    AmountBand.FROM_100_TO_1000: ("118.40", "347.30", "892.15"),
    AmountBand.OVER_1000: ("1180.40", "2347.30", "4892.15"),
}
"""No round ones, which may be cash."""

_CURRENCIES = ("GBP", "USD", "EUR")


def _summed() -> Iterator[Pair]:
    for name in merchants().general.merchants:
        for currency in _CURRENCIES:
            for place in range(3):
                sides = [
                    Side(Clone(name, sums[place], currency), band.value, (sums[place],)) for band, sums in _SUMS.items()
                ]
                for reference, other in combinations(sides, 2):
                    groups = (("bands", f"{other.group}, {reference.group}"),)
                    yield Pair(other, reference, name, f"{name} {currency} {place}", groups)


def _amounts(count: int, seed: int) -> list[Pair]:
    return drawn(_summed(), count, seed)


_TIMES: dict[str, datetime] = {
    "before dawn": NOON - timedelta(hours=9),
    "evening": NOON + timedelta(hours=10),
    "weekend": NOON + timedelta(days=3),
    "end of month": NOON + timedelta(days=14),
}


def _timed() -> Iterator[Pair]:
    for name in merchants().general.merchants:
        for amount in ("47.30", "347.30", "-347.30"):
            at_noon = Side(Clone(name, amount, "GBP"), "noon", ("noon",))
            for time, at in _TIMES.items():
                other = Side(Clone(name, amount, "GBP", at), time, (time,))
                yield Pair(other, at_noon, name, f"{name} {amount}", (("time", time),))


def _times(count: int, seed: int) -> list[Pair]:
    return drawn(_timed(), count, seed)


AMOUNT = Attribute("amount", "sum, moved to another amount band", "merchant", _amounts)
TIME = Attribute("time", "time of day, weekday and day of the month, beside noon on a Wednesday", "merchant", _times)
