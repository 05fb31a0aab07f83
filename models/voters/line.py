"""A statement line: what most voters look at of a transaction, its text read once for all of them."""

from collections.abc import Iterable
from typing import NamedTuple

from models.contracts.events import Transaction
from models.gazetteer.keys import tokens_of
from models.statements.normalise import merchant_of, statement_text

LineKey = tuple[str, str, str | None, bool]
"""Description, currency, merchant category code, and whether money came in: equal ones are equal lines."""


class Line(NamedTuple):
    """The part of a transaction that recurs.

    Args:
        description: As the bank wrote it.
        currency: ISO 4217.
        mcc: Merchant category code, where there is one.
        credit: Whether money came in.
        statement: `models.statements.normalise.statement_text` of the description.
        merchant: `models.statements.normalise.merchant_text` of it.
    """

    description: str
    currency: str
    mcc: str | None
    credit: bool
    statement: str
    merchant: str

    @property
    def tokens(self) -> list[str]:
        """`models.gazetteer.keys.key_tokens` of the description."""
        return tokens_of(self.merchant)


def key_of(transaction: Transaction) -> LineKey:
    """The key of a transaction's line."""
    return transaction.description, transaction.currency, transaction.mcc, transaction.amount < 0


def lines_of(keys: Iterable[LineKey]) -> list[Line]:
    """Read the lines of keys, in their order."""
    lines = []
    for key in keys:
        statement = statement_text(key[0])
        lines.append(Line(*key, statement, merchant_of(statement)))
    return lines
