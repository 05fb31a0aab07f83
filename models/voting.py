"""The contract of a voter: a batch of transactions in; for each a ballot, or None where it does not vote.

Every voter passes the same suite, `tests/models/test_voters.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from models.events import Transaction


class Method(StrEnum):
    """The kinds of method that can vote."""

    MCC = "mcc"
    RULES = "rules"
    TEXT = "text"
    LLM = "llm"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one voter says about one transaction.

    Args:
        category: A name from `models.taxonomy.CATEGORIES`.
        confidence: Probability in [0, 1] that the category is right, as this voter sees it.
        evidence: Why, in a few words a reviewer understands, such as ``mcc 5411`` or ``brand tim hortons``.
        alternatives: Other categories with their confidence, best first; may be empty.
    """

    category: str
    confidence: float
    evidence: str
    alternatives: tuple[tuple[str, float], ...] = ()


class Voter(Protocol):
    """One method of the ensemble. It keeps no trace of a transaction beyond a bounded cache."""

    @property
    def method(self) -> Method:
        """The kind of method, which names its weight."""
        ...

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """Give one ballot, or None for no vote, per transaction, in the order given.

        Args:
            transactions: Any number of transactions, also none.

        Returns:
            A list as long as `transactions`.
        """
        ...
