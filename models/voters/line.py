"""A statement line: what most voters look at of a transaction, its text read once for all of them."""

from models.contracts.events import Transaction
from models.gazetteer.keys import tokens_of
from models.statements.normalise import merchant_of, statement_text
from models.voters.people import PERSON, People

LineKey = tuple[str, str, str | None, bool]
"""Description, currency, merchant category code, and whether money came in: equal ones are equal lines."""

LONGEST_REMEMBERED = 200
"""Characters of the longest text that memories of lines keep: longer ones hardly recur, and take much more room."""


class Line:
    """The part of a transaction that recurs. Its text is read when the first voter asks for it.

    Args:
        description: As the bank wrote it.
        currency: ISO 4217.
        mcc: Merchant category code, where there is one.
        credit: Whether money came in.
    """

    __slots__ = ("_merchant", "_statement", "credit", "currency", "description", "mcc")

    def __init__(self, description: str, currency: str, mcc: str | None, credit: bool) -> None:  # a key
        self.description, self.currency, self.mcc, self.credit = description, currency, mcc, credit
        self._statement: str | None = None
        self._merchant: str | None = None

    @property
    def statement(self) -> str:
        """`models.statements.normalise.statement_text` of the description, private people's names hidden."""
        if self._statement is None:
            self._statement = People.shipped().hidden(statement_text(self.description), self.currency)
        return self._statement

    @property
    def names_person(self) -> bool:
        """Whether a private person's name is hidden in `statement`."""
        return PERSON in self.statement

    @property
    def merchant(self) -> str:
        """`models.statements.normalise.merchant_text` of what is left without people's names; may be empty then."""
        if self._merchant is None:
            left = " ".join(self.statement.replace(PERSON, " ").split()) if self.names_person else self.statement
            self._merchant = merchant_of(left) if left else ""
        return self._merchant

    @property
    def tokens(self) -> list[str]:
        """`models.gazetteer.keys.key_tokens` of the description."""
        return tokens_of(self.merchant)


def key_of(transaction: Transaction) -> LineKey:
    """The key of a transaction's line."""
    # Past pydantic's attributes: this is asked for each transaction, also of lines that are known.
    fields = vars(transaction)
    return fields["description"], fields["currency"], fields["mcc"], fields["amount"] < 0
