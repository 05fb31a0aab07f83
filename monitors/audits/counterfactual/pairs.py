"""Matched clones: two transactions that are alike but for one attribute, and what is known of the two.

What is decided is a `Clone`, which holds what a bank would send. Which group a clone stands for is known to the pair
alone, so it cannot reach who decides but by the text.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from models.contracts.events import Transaction

NOON: Final = datetime(2024, 5, 15, 12, tzinfo=UTC)
"""When made-up transactions happen, where the time is not what is asked about: a Wednesday on which no pay is due."""

ACCOUNT: Final = "counterfactual"
"""The account of all of them."""


class Clone(NamedTuple):
    """What is decided on.

    Args:
        amount: Decimal; positive is money out.
        currency: ISO 4217.
        at: Timezone-aware.
    """

    description: str
    amount: str
    currency: str
    at: datetime = NOON
    counterparty: str | None = None

    def transaction(self, number: int) -> Transaction:
        """The transaction, under a number as its id."""
        return Transaction(
            transaction_id=str(number),
            account_id=ACCOUNT,
            description=self.description,
            amount=Decimal(self.amount),
            currency=self.currency,
            timestamp=self.at,
            counterparty=self.counterparty,
        )


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two.

    Args:
        group: What it stands for, such as an origin.
        words: What stands here and not on the other side.
    """

    clone: Clone
    group: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two clones.

    Args:
        other: The one that is compared.
        reference: What it is compared with.
        base: Pairs of one base are no independent evidence: those of one name, or of one merchant.
        setting: Clones of one setting are alike but for the attribute: a wording, or a merchant in a wording.
        groups: By what the pair is counted, and as which group of it.
    """

    other: Side
    reference: Side
    base: str
    setting: str
    groups: tuple[tuple[str, str], ...]

    @property
    def differs(self) -> bool:
        """Whether the two are not the same line: a given name does not show where a line has the surname only."""
        return self.other.clone != self.reference.clone


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something that should not matter.

    Args:
        name: As options and limits have it.
        about: What differs in a pair, in words.
        base: What a base is, in words.
        make: Makes the pairs: how many are asked for, and the seed. Where lists are finite it gives all there are.
    """

    name: str
    about: str
    base: str
    make: Callable[[int, int], Iterable[Pair]] = field(repr=False)

    def pairs(self, count: int, seed: int) -> list[Pair]:
        """Its pairs; equal arguments give equal pairs, and none whose sides are the same line."""
        return [pair for pair in self.make(count, seed) if pair.differs]
