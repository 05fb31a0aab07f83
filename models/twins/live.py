"""A twin of a live transaction: the same one but for one thing that its category does not depend on.

- **name**: another person's, where the line names a private one. A name is no evidence of what money was for.
- **town**: another one of the same area, where a known one closes the line. A shop is the same shop elsewhere.
- **amount**: a tenth more or less, over the edge of an amount band where one is that near. That is no other purchase.

Not the time, which tells pay days, nor the currency, which tells what brands are at home; not an amount that is a
multiple of a note, which tells cash.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple, Self

from models.contracts.amount_bands import edges_of
from models.contracts.events import Transaction, amount_band, of_checked
from models.contracts.fields import AMOUNT_LIMIT, COUNTERPARTY_LIMIT, DESCRIPTION_LIMIT
from models.twins.names import Names
from models.twins.towns import Towns
from models.voters.circumstances import NOTE
from models.voters.line import Line, key_of

FACTOR = Decimal("1.1")
"""By which the amount of a twin is larger or smaller."""


class Attribute(StrEnum):
    """What a twin differs in."""

    NAME = "name"
    TOWN = "town"
    AMOUNT = "amount"


class Twin(NamedTuple):
    """A transaction that nobody made.

    Args:
        attribute: The one thing in which it differs.
    """

    attribute: Attribute
    transaction: Transaction


@dataclass(frozen=True, slots=True)
class Twins:
    """Makes twins; the same transaction gets the same one.

    Args:
        seed: Draws who, where and how much.
    """

    names: Names
    towns: Towns
    seed: str

    @classmethod
    @cache
    def shipped(cls, seed: str = "") -> Self:
        """Of the shipped names and towns, read once."""
        return cls(Names.shipped(), Towns.shipped(), seed)

    def of(self, transaction: Transaction) -> Twin | None:
        """The twin of a transaction; None where there is nothing in it that may be changed.

        A person's name goes before all else. Of a line with a town, every second one has another amount.
        """
        random_ = random.Random(f"{self.seed} {transaction.transaction_id}")
        line = Line(*key_of(transaction))
        if line.names_person:
            renamed = self.names.renamed(line, transaction.counterparty, random_)
            return renamed and _twin(Attribute.NAME, transaction, renamed._asdict())
        if random_.random() < 0.5 and (elsewhere := self.towns.elsewhere(line, random_)):
            return _twin(Attribute.TOWN, transaction, {"description": elsewhere})
        amount = other_amount(transaction.amount, transaction.currency, random_)
        return None if amount is None else _twin(Attribute.AMOUNT, transaction, {"amount": amount})


def other_amount(amount: Decimal, currency: str, random_: random.Random) -> Decimal | None:
    """A tenth more or less, in the same direction of money; over the edge of a band where one is that near.

    Args:
        currency: ISO 4217.

    Returns:
        With as many decimals; None for nothing, for multiples of a note, and where rounding leaves no other amount.

    >>> other_amount(Decimal("95.40"), "EUR", random.Random(1)), other_amount(Decimal("60"), "EUR", random.Random(1))
    (Decimal('104.94'), None)
    """
    note = NOTE * edges_of(currency)[0]
    exponent = amount.as_tuple().exponent
    if not amount or amount % note == 0 or not isinstance(exponent, int):
        return None
    unit = Decimal(1).scaleb(min(exponent, 0))
    others = [(amount * FACTOR).quantize(unit), (amount / FACTOR).quantize(unit)]
    near = [other for other in others if amount_band(other, currency) is not amount_band(amount, currency)]
    other = random_.choice(near or others)
    fits = other and abs(other) < AMOUNT_LIMIT and other != amount and other % note
    return other if fits else None


def _twin(attribute: Attribute, transaction: Transaction, changed: Mapping[str, Any]) -> Twin | None:
    twin = of_checked(Transaction, {**vars(transaction), **changed})
    too_long = len(twin.description) > DESCRIPTION_LIMIT or len(twin.counterparty or "") > COUNTERPARTY_LIMIT
    return None if too_long else Twin(attribute, twin)
