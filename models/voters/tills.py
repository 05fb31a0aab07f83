"""What a till says of the merchant behind it: evidence where neither a name nor a word of the line says more."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from models.contracts.events import Transaction
from models.statements.wrapping import TABLES, Till
from models.voters.contract import Ballot, Kind

SMALL = Decimal(100)
"""Tills that anybody may use say something only of amounts below."""

_TILLS: Mapping[str, Till] = {f"t{place}": till for place, till in enumerate(TABLES.till)}
_MARKS = "|".join(f"(?P<{group}>{'|'.join(till.marks)})" for group, till in _TILLS.items())
_mark = re.compile(rf"(?<![\w*])(?:{_MARKS}) ?\*").search
"""The mark behind a blank or at the start, and its star."""


class TillVote(NamedTuple):
    """What a till says.

    Args:
        small: Whether it says so of amounts below `SMALL` only.
    """

    ballot: Ballot
    small: bool

    def outweighs(self, other: Ballot | None) -> bool:
        """Tell whether it stands before what names and words of a line say, which may be another one's."""
        return not self.small and (other is None or self.ballot.confidence > other.confidence)


def till_vote(statement: str) -> TillVote | None:
    """The vote of the till whose mark a line has, or None.

    >>> till_vote("tst* noshly").ballot
    Ballot(category='food_dining', confidence=0.95, evidence='till toast', alternatives=(('groceries', 0.02),))

    Args:
        statement: `models.statements.normalise.statement_text` of a description.
    """
    # A plain search is much quicker than an expression that finds nothing.
    if "*" not in statement or (found := _mark(statement)) is None or found.lastgroup is None:
        return None
    till = _TILLS[found.lastgroup]
    (category, confidence), *others = sorted(till.usual.items(), key=lambda item: (-item[1], item[0]))
    return TillVote(Ballot(category, confidence, f"till {till.name}", tuple(others), Kind.TILL), till.small)


def small_till(statement: str, transaction: Transaction) -> Ballot | None:
    """The ballot of a till that says something of small amounts only, where that went out.

    Args:
        statement: Of the transaction's description.
    """
    vote = till_vote(statement) if 0 <= transaction.amount < SMALL else None
    return vote.ballot if vote else None
