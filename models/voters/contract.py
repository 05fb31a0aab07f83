"""The contract of a voter: a batch of transactions in; for each a ballot, or None where it does not vote.

Every voter passes the same suite, `tests/models/voters/test_voters.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from models.contracts.events import Transaction


class Method(StrEnum):
    """The kinds of method that can vote."""

    MCC = "mcc"
    RULES = "rules"
    TEXT = "text"
    LLM = "llm"
    ONLINE = "online"


class Kind(StrEnum):
    """Grounds of a ballot; how far each kind may be trusted is learned apart."""

    CODE = "code"
    """A merchant category code."""
    STATEMENT = "statement"
    """The bank's own words."""
    BRAND = "brand"
    """A name that somebody wrote down."""
    INDEX = "index"
    """A name from name-suggestion-index."""
    CUE = "cue"
    """A word that tells a trade."""
    NAME_AND_CUE = "name_and_cue"
    """A name and a word that agree."""
    SEEN = "seen"
    """The same merchant, seen before."""
    LEARNED = "learned"
    """What the text resembles."""
    RARE = "rare"
    """The same, of a merchant not seen where the memory is at home: such a merchant is a rare one."""
    LLM = "llm"
    """A language model's answer."""


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
