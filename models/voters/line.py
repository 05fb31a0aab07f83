"""A statement line: what most voters look at of a transaction, its text read once for all of them."""

import re
from collections.abc import Callable
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from models.contracts.amount_bands import edges_of
from models.contracts.events import Transaction
from models.gazetteer.keys import tokens_of
from models.statements.normalise import merchant_of, reduced, statement_text, tidied
from models.statements.platforms import Seen, seen_among, without_platform, words_of
from models.statements.tails import without_tail
from models.voters.channels import Channel, Channels
from models.voters.grammar import Flow, Grammar, GrammarRule
from models.voters.parties import brand_category, is_private
from models.voters.people import PERSON, People, Trust, unmarked

LineKey = tuple[str, str, str | None, int, str | None, str | None]
"""Description, currency, merchant category code, `Line.credit`, counterparty, channel: equal ones are equal lines."""

LARGE_FROM = Decimal(3)
"""Money in from here on may be pay, in units of the currency's first edge (`models.contracts.amount_bands`)."""

SMALL_CREDIT, LARGE_CREDIT = 1, 2
"""Money in below `LARGE_FROM`, and from there on."""

_handles = re.compile(r"[\w.]+@[\w.]*")

LONGEST_REMEMBERED = 200
"""Characters of the longest text that memories of lines keep: longer ones hardly recur, and take much more room."""

BETWEEN_PEOPLE = "bank transfer"
"""What is compared of a line that names nobody but a private person."""

_FEWEST_LETTERS = 3
"""Of a counterparty that is a name, and no number."""


_recurring = itemgetter("description", "currency", "mcc", "amount", "counterparty", "channel")


if TYPE_CHECKING:
    from functools import cached_property as kept
else:

    class kept:  # noqa: N801  # stands for a decorator
        """A property that is worked out once, as `functools.cached_property` does it under a lock."""

        def __init__(self, read: Callable[[Any], Any]) -> None:
            self._read, self._name, self.__doc__ = read, read.__name__, read.__doc__

        def __get__(self, line: Any, _owner: type | None = None) -> Any:
            if line is None:
                return self
            value = self._read(line)
            # Not by way of `__dict__`, which would be made for that.
            setattr(line, self._name, value)
            return value


class Line:
    """The part of a transaction that recurs. Its text is read when the first voter asks for it.

    Args:
        description: As the bank wrote it.
        currency: ISO 4217.
        mcc: Merchant category code, where there is one.
        credit: 0 where money went out, else `SMALL_CREDIT` or `LARGE_CREDIT`.
        counterparty: Who is on the other side, where the bank names somebody.
        channel: How money moved, where the bank says so, in its own words.

    Attributes:
        flow: Direction of money.
        large: Whether money came in and is of the size of pay.
    """

    def __init__(
        self,
        description: str,
        currency: str,
        mcc: str | None,
        credit: int,
        counterparty: str | None = None,
        channel: str | None = None,
    ) -> None:
        self.description, self.currency, self.mcc, self.credit = description, currency, mcc, credit
        self.flow, self.large = Flow.IN if credit else Flow.OUT, credit == LARGE_CREDIT
        self.channel: Channel | None = Channels.shipped().find(channel) if channel else None
        self._named = unmarked(statement_text(counterparty)) if counterparty else ""
        if not self._named:
            # Most lines have nobody on the other side, and nothing is to be worked out.
            self._counterparty_is_person, self.firm = False, ""

    @kept
    def statement(self) -> str:
        """`models.statements.normalise.statement_text` of the description, private people's names hidden."""
        # First, since it folds the text.
        seen, channel = self.seen, self.channel
        text = self._folded
        if self._plain:
            return text
        if channel is not None and channel.merchants:
            return text
        bare = Trust.TRANSFER if channel is not None and channel.people else None
        if seen is not None:
            if self.private:
                # An address at a bank mostly is the same name again.
                text = _handles.sub("", text.replace(seen.merchant, PERSON))
            elif seen.behind and not self._counterparty_is_person:
                # Whoever stands behind the platform is a firm, though the form may be one of transfers between people.
                return text
        # Most lines have no such word, and are left at that.
        elif bare is None and not self._counterparty_is_person and not self._may_name:
            return text
        if self._counterparty_is_person:
            text = text.replace(self._named, PERSON)
            # The other side is a person, also where the text does not say so.
            text = text if PERSON in text else f"{text} {PERSON}"
        return People.shipped().hidden(text, self.currency, bare=bare)

    @kept
    def _counterparty_is_person(self) -> bool:
        if not self._named or (self.channel is not None and self.channel.merchants):
            return False
        people = People.shipped()
        by_channel = self.channel is not None and self.channel.people
        # A text that says but that money was moved leaves it to the name, as where the name stands behind it.
        moved = by_channel or (self.seen is None and people.is_form(self._folded))
        trust = Trust.TRANSFER if moved else Trust.MIXED
        return people.is_person(self._named, self.currency, trust)

    @kept
    def seen(self) -> Seen | None:
        """The platform that the line names, and who stands behind it."""
        # All that needs the words, which are not kept.
        self._folded = unmarked(statement_text(self.description))
        text = self._folded
        words = words_of(text)
        self._may_name = People.shipped().may_name(words)
        seen = seen_among(words, text)
        self._plain = seen is None and not (self._may_name or self._named or self.channel)
        if self._plain:
            self.statement = text
        return seen

    @kept
    def private(self) -> bool:
        """Whether a private person stands behind a platform: the name says nothing of a purpose, and goes nowhere."""
        if self.seen is None or (self.channel is not None and self.channel.merchants):
            return False
        if is_private(self.seen, self.currency):
            return True
        # Words of the rail that the forms of transfers know ("vipps betaling til").
        people = People.shipped()
        if not people.may_be_between_people(self.seen.merchant, self.currency):
            return False
        return self.seen.merchant not in people.hidden(self._folded, self.currency)

    @kept
    def subject(self) -> str:
        """`statement` without what follows its subject: `models.statements.tails.without_tail`."""
        return without_tail(self.statement)

    @kept
    def rule(self) -> GrammarRule | None:
        """What the bank's own words say, by the shipped grammar; None where they say nothing."""
        return Grammar.shipped().match(self.subject, self.flow, large=self.large)

    @property
    def names_person(self) -> bool:
        """Whether a private person's name is hidden in `statement`."""
        return PERSON in self.statement

    @property
    def counterparty(self) -> str:
        """The counterparty's folded text, whoever it names; empty where the bank names nobody."""
        return self._named

    @kept
    def firm(self) -> str:
        """The counterparty's text where it is the name of a firm, reduced as `merchant` is; else empty."""
        named = self._named
        if sum(map(str.isalpha, named)) < _FEWEST_LETTERS or self._counterparty_is_person:
            return ""
        return "" if Channels.shipped().is_processor(named) else merchant_of(named)

    @kept
    def described(self) -> str:
        """`models.statements.normalise.merchant_text` of the description without people's names; may be empty then."""
        if self.seen is None and PERSON not in self.statement:
            return reduced(self.subject)
        if self.private:
            return ""
        # As `merchant_of` does it, with what is known of the platform already.
        named = without_platform(self.seen.merchant) if self.seen else self.statement
        left = " ".join(named.replace(PERSON, " ").split()) if PERSON in named else named
        return tidied(left) if left else ""

    @kept
    def merchant(self) -> str:
        """The text that names the merchant: the firm on the other side, else what the description names."""
        statement = self.statement
        if self._plain and PERSON not in statement:
            # Most lines are: what else would be asked of them is the same text.
            self.described = self.compared = text = reduced(self.subject)
            return text
        return self.firm or self.described

    @kept
    def disputed(self) -> bool:
        """Whether description and counterparty name known firms of different categories."""
        if not self.firm or self.described in ("", self.firm):
            return False
        if self.rule is not None and self.rule.label not in Channels.shipped().moved:
            return False
        named, described = (brand_category(text, self.currency) for text in (self.firm, self.described))
        return named is not None and described is not None and named != described

    @kept
    def compared(self) -> str:
        """The text that is compared with known ones: `merchant`, where it names one.

        Where the bank's own words say what the money was for, they are compared and not the firm's name. Where the
        channel settles it, or nobody but a person is named, it is what banks write of such lines, as the few words that
        are left ("to", "payment") are parts of merchants' names, too.
        """
        if self.channel is None and not self.firm and PERSON not in self.statement:
            return self.merchant
        rule = self.rule
        if rule is not None and rule.label not in Channels.shipped().moved:
            return self.described
        if self.channel is not None and (settled := self.channel.settled(self.flow)):
            return settled.words
        if self.private and not self.firm:
            return BETWEEN_PEOPLE
        if self.names_person and not self.firm and People.shipped().is_form(self.described):
            return BETWEEN_PEOPLE
        return self.merchant

    @kept
    def unnamed(self) -> str:
        """`compared` without the names in it that say who trades, such as a sole trader's; may be empty then."""
        compared = self.compared
        if self.firm or compared != self.merchant:
            return compared
        # As it stands before it is tidied: a surname may be read as a place ("wei ma").
        said = without_platform(self.seen.merchant) if self.seen else self.subject
        people = People.shipped()
        # And without what wraps it: "card payment to smith bakery".
        names = people.in_trade(said, self.currency)
        if compared != said:
            names |= people.in_trade(compared, self.currency)
        return " ".join(word for word in compared.split(" ") if word not in names) if names else compared

    @kept
    def tokens(self) -> list[str]:
        """`models.gazetteer.keys.key_tokens` of the merchant's text."""
        return tokens_of(self.merchant)


def key_of(transaction: Transaction) -> LineKey:
    """The key of a transaction's line."""
    # Past pydantic's attributes: this is asked for each transaction, also of lines that are known.
    description, currency, mcc, amount, counterparty, channel = _recurring(vars(transaction))
    credit = 0 if amount >= 0 else _size_of(-amount, currency)
    return description, currency, mcc, credit, counterparty, channel


def _size_of(credit: Decimal, currency: str) -> int:
    return SMALL_CREDIT if credit < LARGE_FROM * edges_of(currency)[0] else LARGE_CREDIT
