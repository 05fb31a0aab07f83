"""A statement line: what most voters look at of a transaction, its text read once for all of them."""

import re

from models.contracts.events import Transaction
from models.gazetteer.keys import tokens_of
from models.statements.normalise import statement_text, tidied
from models.statements.platforms import Seen, seen_in, without_platform
from models.voters.parties import PERSON, is_private

LineKey = tuple[str, str, str | None, bool]
"""Description, currency, merchant category code, and whether money came in: equal ones are equal lines."""

_handles = re.compile(r"[\w.]+@[\w.]*")

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

    __slots__ = ("_merchant", "_private", "_seen", "_statement", "_tokens", "credit", "currency", "description", "mcc")

    def __init__(self, description: str, currency: str, mcc: str | None, credit: bool) -> None:  # a key
        self.description, self.currency, self.mcc, self.credit = description, currency, mcc, credit
        self._statement: str | None = None
        self._merchant: str | None = None
        self._seen: Seen | None = None
        self._private = False
        self._tokens: list[str] | None = None

    @property
    def statement(self) -> str:
        """The description as `statement_text` folds it, with `PERSON` for a private person's name."""
        if self._statement is None:
            self._read()
        return self._statement or ""

    def _read(self) -> None:
        """Read the text: who stands behind a platform decides whether a name in it is hidden."""
        text = statement_text(self.description)
        self._seen = seen_in(text)
        self._private = self._seen is not None and is_private(self._seen, self.currency)
        name = self._seen.merchant if self._seen and self._private else ""
        # An address at a bank mostly is the same name again.
        self._statement = _handles.sub("", text.replace(name, PERSON)) if name else text

    @property
    def merchant(self) -> str:
        """`models.statements.normalise.merchant_text` of the description; empty where a private person is named."""
        if self._merchant is None:
            # As `merchant_of` does it, with what is known of the platform already.
            seen = self.seen
            named = without_platform(seen.merchant) if seen else self.statement
            self._merchant = "" if self.private else tidied(named)
        return self._merchant

    @property
    def seen(self) -> Seen | None:
        """The platform that the line names, and who stands behind it."""
        if self._statement is None:
            self._read()
        return self._seen

    @property
    def private(self) -> bool:
        """Whether a private person was paid, or paid: the name says nothing of a purpose, and goes nowhere."""
        if self._statement is None:
            self._read()
        return self._private

    @property
    def tokens(self) -> list[str]:
        """`models.gazetteer.keys.key_tokens` of the description."""
        if self._tokens is None:
            self._tokens = tokens_of(self.merchant)
        return self._tokens


def key_of(transaction: Transaction) -> LineKey:
    """The key of a transaction's line."""
    # Past pydantic's attributes: this is asked for each transaction, also of lines that are known.
    fields = vars(transaction)
    return fields["description"], fields["currency"], fields["mcc"], fields["amount"] < 0
