"""A statement line: what most voters look at of a transaction, its text read once for all of them."""

from decimal import Decimal

from models.contracts.events import Transaction
from models.gazetteer.keys import tokens_of
from models.statements.normalise import merchant_of, statement_text
from models.statements.tails import without_tail

LineKey = tuple[str, str, str | None, int]
"""Description, currency, merchant category code, and `Line.credit`: equal ones are equal lines."""

LARGE_FROM = Decimal(300)
"""Money in from here on may be pay; as `models.voters.circumstances.PAY`."""

SMALL_CREDIT, LARGE_CREDIT = 1, 2
"""Money in below `LARGE_FROM`, and from there on."""

LONGEST_REMEMBERED = 200
"""Characters of the longest text that memories of lines keep: longer ones hardly recur, and take much more room."""


class Line:
    """The part of a transaction that recurs. Its text is read when the first voter asks for it.

    Args:
        description: As the bank wrote it.
        currency: ISO 4217.
        mcc: Merchant category code, where there is one.
        credit: 0 where money went out, else `SMALL_CREDIT` or `LARGE_CREDIT`.
    """

    __slots__ = ("_merchant", "_statement", "_subject", "credit", "currency", "description", "mcc")

    def __init__(self, description: str, currency: str, mcc: str | None, credit: int) -> None:  # a key
        self.description, self.currency, self.mcc, self.credit = description, currency, mcc, credit
        self._statement: str | None = None
        self._subject: str | None = None
        self._merchant: str | None = None

    @property
    def statement(self) -> str:
        """`models.statements.normalise.statement_text` of the description."""
        if self._statement is None:
            self._statement = statement_text(self.description)
        return self._statement

    @property
    def subject(self) -> str:
        """`statement` without what follows its subject: `models.statements.tails.without_tail`."""
        if self._subject is None:
            self._subject = without_tail(self.statement)
        return self._subject

    @property
    def merchant(self) -> str:
        """`models.statements.normalise.merchant_text` of the description."""
        if self._merchant is None:
            self._merchant = merchant_of(self.statement)
        return self._merchant

    @property
    def tokens(self) -> list[str]:
        """`models.gazetteer.keys.key_tokens` of the description."""
        return tokens_of(self.merchant)


def key_of(transaction: Transaction) -> LineKey:
    """The key of a transaction's line."""
    # Past pydantic's attributes: this is asked for each transaction, also of lines that are known.
    fields = vars(transaction)
    amount = fields["amount"]
    credit = 0 if amount >= 0 else SMALL_CREDIT if amount > -LARGE_FROM else LARGE_CREDIT
    return fields["description"], fields["currency"], fields["mcc"], credit
