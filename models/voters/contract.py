"""The contract of a voter: a batch of transactions in; for each a ballot, or None where it does not vote.

Every voter passes the same suite, `tests/models/voters/test_voters.py`. A voter that looks at nothing but a
transaction's line is a `LineVoter`: equal lines get equal ballots, so the ensemble need not ask it twice.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from models.contracts.events import Transaction
from models.voters.line import Line, key_of


class Method(StrEnum):
    """The kinds of method that can vote."""

    MCC = "mcc"
    RULES = "rules"
    TEXT = "text"
    LLM = "llm"
    ONLINE = "online"
    """What people's corrections taught, for everyone."""
    ACCOUNT = "account"
    """What the corrections of one account taught, for that account."""
    HOUSE = "house"
    """The bank's own rules."""

    # As a string, which it equals: what the enumeration has is a Python function, called several times for each ballot.
    __hash__ = str.__hash__


class Kind(StrEnum):
    """Grounds of a ballot; how far each kind may be trusted is learned apart."""

    CODE = "code"
    """A merchant category code."""
    STATEMENT = "statement"
    """The bank's own words."""
    BRAND = "brand"
    """A name that somebody wrote down, which is all that the line says."""
    BRAND_BEFORE = "brand_before"
    """Such a name, with words behind it that the name does not explain."""
    BRAND_INSIDE = "brand_inside"
    """Such a name behind other words."""
    BRAND_ABROAD = "brand_abroad"
    """Such a name of a country where another currency is used."""
    CONTRADICTED = "contradicted"
    """A name beside a word that tells another trade."""
    INDEX = "index"
    """A name from name-suggestion-index."""
    MISSPELT = "misspelt"
    """A name with one letter wrong."""
    CUE = "cue"
    """A word that tells a trade."""
    TILL = "till"
    """The till that a merchant uses."""
    CIRCUMSTANCE = "circumstance"
    """Amount, sign and day."""
    NAME_AND_CUE = "name_and_cue"
    """A name and a word that agree."""
    SEEN = "seen"
    """The same merchant, seen before where the memory is at home."""
    SEEN_SELDOM = "seen_seldom"
    """The same, on few rows."""
    SEEN_ABROAD = "seen_abroad"
    """A merchant of that name, seen before where another currency is used."""
    LEARNED = "learned"
    """What the text resembles."""
    HUNCH = "hunch"
    """The same, where it is more likely wrong than right."""
    RARE = "rare"
    """What the text of a merchant resembles that was not seen where the memory is at home: it is a rare one."""
    RARE_HUNCH = "rare_hunch"
    """The same, where it is more likely wrong than right."""
    LLM = "llm"
    """A language model's answer."""
    CORRECTED = "corrected"
    """A merchant that one person corrected."""
    CORRECTED_TWICE = "corrected_twice"
    """One that two people corrected, and agree on."""
    CORRECTED_OFTEN = "corrected_often"
    """One that three people or more corrected, and agree on."""
    CORRECTED_DISPUTED = "corrected_disputed"
    """One that people corrected who do not all agree; most do."""
    CORRECTED_FAMILY = "corrected_family"
    """A merchant whose name begins like those of corrected ones."""
    ONLINE = "online"
    """What the text resembles of what was corrected."""
    ACCOUNT = "account"
    """An account's own correction."""
    HOUSE = "house"
    """A rule of the bank's own."""

    # As that of `Method`.
    __hash__ = str.__hash__


OVERRULING = frozenset(
    (
        *(Kind.CORRECTED, Kind.CORRECTED_TWICE, Kind.CORRECTED_OFTEN, Kind.CORRECTED_DISPUTED, Kind.CORRECTED_FAMILY),
        *(Kind.ACCOUNT, Kind.HOUSE),
    )
)
"""Kinds that decide whatever the others say, and so are never pooled with them."""

LEARNED_LATER = OVERRULING | {Kind.ONLINE}
"""Kinds of what came after training; how far they may be trusted is in a table of its own."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """One voter's word on one transaction.

    Args:
        category: A name from `models.contracts.taxonomy.CATEGORIES`.
        confidence: Probability in [0, 1] that the category is right, as this voter sees it.
        evidence: Why, in a few words a reviewer understands, such as ``mcc 5411`` or ``brand tim hortons``.
        alternatives: Other categories with their confidence, best first; may be empty.
    """

    category: str
    confidence: float
    evidence: str
    alternatives: tuple[tuple[str, float], ...] = ()
    kind: Kind = field(default=Kind.LEARNED, repr=False)

    def __hash__(self) -> int:
        """By what tells most ballots apart: verdicts are found by their ballots, several for a transaction.

        Of merchants that were seen before, many have the same evidence.
        """
        return hash((self.evidence, self.confidence))


class Voter(Protocol):
    """One method of the ensemble. It keeps no trace of a transaction beyond a bounded cache."""

    @property
    def method(self) -> Method:
        """The kind of method, which names its weight."""
        ...

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """Give one ballot, or None for no vote, per transaction, in the order given.

        Returns:
            A list as long as `transactions`.
        """
        ...


def lines_of(transactions: Sequence[Transaction]) -> list[Line]:
    """The line of each transaction, for several voters."""
    return [Line(*key_of(transaction)) for transaction in transactions]


class LineVoter(ABC):
    """A voter whose ballot follows from the line; where the line says nothing, it may look at the transaction."""

    looks_further = False
    """Whether `otherwise` may give a ballot."""

    @property
    @abstractmethod
    def method(self) -> Method:
        """The kind of method, which names its weight."""

    @abstractmethod
    def vote_lines(self, lines: Sequence[Line]) -> list[Ballot | None]:
        """Give one ballot, or None for no vote, per line, in the order given."""

    def otherwise(self, line: Line, transaction: Transaction) -> Ballot | None:  # noqa: ARG002  # for those that do
        """The ballot on a transaction whose line got none."""
        return None

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """Give one ballot, or None for no vote, per transaction, in the order given; see `Voter.vote`."""
        return self.vote_read(lines_of(transactions), transactions)

    def vote_read(self, lines: Sequence[Line], transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """The same of transactions whose lines are read already, by `lines_of`, so that voters share the reading."""
        ballots = self.vote_lines(lines)
        if not self.looks_further:
            return ballots
        return [
            ballot or self.otherwise(line, transaction)
            for ballot, line, transaction in zip(ballots, lines, transactions, strict=True)
        ]
