"""What a till says of the merchant behind it: evidence where neither a name nor a word of the line says more."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from models.contracts.amount_bands import edges_of
from models.contracts.events import Transaction
from models.statements.wrapping import TABLES, Till
from models.voters.contract import Ballot, Kind

DOUBTED = 0.65
"""Below this confidence a name beside such a till is more likely another one's: chains have tills of their own."""

_WORDS = (Kind.STATEMENT, Kind.CUE, Kind.NAME_AND_CUE)

_TILLS: Mapping[str, Till] = {f"t{place}": till for place, till in enumerate(TABLES.till)}
_MARKS = "|".join(f"(?P<{group}>{'|'.join(till.marks)})" for group, till in _TILLS.items())
_mark = re.compile(rf"(?<![\w*])(?:{_MARKS}) ?\*").search
"""The mark behind a blank or at the start, and its star."""


class TillVote(NamedTuple):
    """What a till says.

    Args:
        small: Whether it says so of small amounts only, as anybody may use the till.
    """

    ballot: Ballot
    small: bool

    def of_small(self, transaction: Transaction) -> Ballot | None:
        """Its ballot on money that goes out, or None where the amount is too large for a till that anybody may use."""
        small = 0 <= transaction.amount < edges_of(transaction.currency)[0]
        return self.ballot if self.small and small else None


def _vote_of(till: Till) -> TillVote:
    (category, confidence), *others = sorted(till.usual.items(), key=lambda item: (-item[1], item[0]))
    return TillVote(Ballot(category, confidence, f"till {till.name}", tuple(others), Kind.TILL), till.small)


_VOTES: Mapping[str, TillVote] = {group: _vote_of(till) for group, till in _TILLS.items()}


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
    return _VOTES[found.lastgroup]


def beside_till(said: Ballot | None, statement: str) -> Ballot | None:
    """The ballot of grammar, names and words, or the till's where that is surer.

    Returns:
        None also where it depends on the amount: beside a till that anybody may use, where nothing is said or a name
        is in doubt.
    """
    till = till_vote(statement)
    if till is None or (said and said.kind in _WORDS and said.confidence >= till.ballot.confidence):
        return said
    if till.small:
        named = said is None or (said.kind not in _WORDS and said.confidence < DOUBTED)
        return None if named else said
    return till.ballot if said is None or till.ballot.confidence > said.confidence else said
