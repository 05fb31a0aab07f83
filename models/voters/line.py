"""A statement line: what most voters look at of a transaction, its text read once for all of them."""

from operator import itemgetter

from models.contracts.events import Transaction
from models.gazetteer.keys import tokens_of
from models.statements.normalise import merchant_of, statement_text
from models.voters.channels import Channel, Channels
from models.voters.grammar import Flow, Grammar
from models.voters.people import PERSON, People, Trust

LineKey = tuple[str, str, str | None, bool, str | None, str | None]
"""Description, currency, merchant category code, whether money came in, counterparty and channel: equal ones are equal
lines."""

LONGEST_REMEMBERED = 200
"""Characters of the longest text that memories of lines keep: longer ones hardly recur, and take much more room."""

BETWEEN_PEOPLE = "bank transfer"
"""What is compared of a line that names nobody but a private person."""

_FEWEST_LETTERS = 3
"""Of a counterparty that is a name, and no number."""


_recurring = itemgetter("description", "currency", "mcc", "amount", "counterparty", "channel")


class Line:
    """The part of a transaction that recurs. Its text is read when the first voter asks for it.

    Args:
        description: As the bank wrote it.
        currency: ISO 4217.
        mcc: Merchant category code, where there is one.
        credit: Whether money came in.
        counterparty: Who is on the other side, where the bank names somebody.
        channel: How money moved, where the bank says so, in its own words.
    """

    __slots__ = (
        "_compared",
        "_described",
        "_named",
        "_statement",
        "channel",
        "counterparty_is_person",
        "credit",
        "currency",
        "description",
        "firm",
        "mcc",
    )

    def __init__(
        self,
        description: str,
        currency: str,
        mcc: str | None,
        credit: bool,  # a key
        counterparty: str | None = None,
        channel: str | None = None,
    ) -> None:
        self.description, self.currency, self.mcc, self.credit = description, currency, mcc, credit
        self.channel: Channel | None = Channels.shipped().find(channel) if channel else None
        self._named = statement_text(counterparty) if counterparty else ""
        self.counterparty_is_person = bool(self._named) and self._is_person(self._named)
        self.firm = self._firm() if self._named else ""
        """The counterparty's text where it is the name of a firm, reduced as `merchant` is; else empty."""
        self._statement: str | None = None
        self._described: str | None = None
        self._compared: str | None = None

    @property
    def statement(self) -> str:
        """`models.statements.normalise.statement_text` of the description, private people's names hidden."""
        if self._statement is None:
            text = statement_text(self.description)
            self._statement = text if self._pays_merchants() else self._hidden(text)
        return self._statement

    @property
    def names_person(self) -> bool:
        """Whether a private person's name is hidden in `statement`."""
        return PERSON in self.statement

    @property
    def described(self) -> str:
        """`models.statements.normalise.merchant_text` of the description without people's names; may be empty then."""
        if self._described is None:
            left = self.statement
            if PERSON in left:
                left = " ".join(left.replace(PERSON, " ").split())
            self._described = merchant_of(left) if left else ""
        return self._described

    @property
    def merchant(self) -> str:
        """The text that names the merchant: the firm on the other side, else what the description names."""
        return self.firm or self.described

    @property
    def compared(self) -> str:
        """The text that is compared with known ones: `merchant`, where it names one.

        Where the bank's own words say what the money was for, they are compared and not the firm's name. Where the
        channel settles it, or nobody but a person is named, it is what banks write of such lines, as the few words that
        are left ("to", "payment") are parts of merchants' names, too.
        """
        if self._compared is None:
            plain = self.channel is None and not self.firm and not self.names_person
            self._compared = self.merchant if plain else self._in_other_words()
        return self._compared

    @property
    def flow(self) -> Flow:
        """Direction of money."""
        return Flow.IN if self.credit else Flow.OUT

    @property
    def tokens(self) -> list[str]:
        """`models.gazetteer.keys.key_tokens` of the merchant's text."""
        return tokens_of(self.merchant)

    def _in_other_words(self) -> str:
        rule = Grammar.shipped().match(self.statement, self.flow)
        if rule is not None and rule.label not in Channels.shipped().moved:
            return self.described
        if self.channel is not None and (settled := self.channel.settled(self.flow)):
            return settled.words
        if self.names_person and not self.firm and People.shipped().is_form(self.described):
            return BETWEEN_PEOPLE
        return self.merchant

    def _hidden(self, text: str) -> str:
        if self.counterparty_is_person:
            text = text.replace(self._named, PERSON)
            # The other side is a person, also where the text does not say so.
            text = text if PERSON in text else f"{text} {PERSON}"
        return People.shipped().hidden(text, self.currency, bare=Trust.TRANSFER if self._pays_people() else None)

    def _is_person(self, named: str) -> bool:
        if self._pays_merchants():
            return False
        trust = Trust.TRANSFER if self._pays_people() else Trust.MIXED
        return People.shipped().is_person(named, self.currency, trust)

    def _firm(self) -> str:
        if sum(map(str.isalpha, self._named)) < _FEWEST_LETTERS or self.counterparty_is_person:
            return ""
        return "" if Channels.shipped().is_processor(self._named) else merchant_of(self._named)

    def _pays_merchants(self) -> bool:
        return self.channel is not None and self.channel.merchants

    def _pays_people(self) -> bool:
        return self.channel is not None and self.channel.people


def key_of(transaction: Transaction) -> LineKey:
    """The key of a transaction's line."""
    # Past pydantic's attributes: this is asked for each transaction, also of lines that are known.
    description, currency, mcc, amount, counterparty, channel = _recurring(vars(transaction))
    return description, currency, mcc, amount < 0, counterparty, channel
