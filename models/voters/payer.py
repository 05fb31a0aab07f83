"""Money that comes in: who pays it says little of what it is, so what is known of the payer's trade gives way."""

from models.voters.contract import Ballot, Kind
from models.voters.grammar import Flow, match_grammar
from models.voters.line import LARGE_CREDIT, Line

SURE = 0.7
"""Confidence of the bank's own words from which on they alone speak of money in."""

INCOME = "income"
_BACK = ("refund", "return", "reversal", "chargeback", "erstattung", "remboursement", "reembolso", "rimborso")
"""Words of money that a merchant gives back."""


def heard(ballot: Ballot | None, line: Line) -> Ballot | None:
    """The ballot on whom a line's text resembles, or None where that says nothing of the money.

    A payroll of a supermarket is no groceries; and of money in of the size of pay, from somebody whom nobody has seen
    sell anything, resemblance to merchants says nothing either. What a merchant gives back stays its category.
    """
    if not line.credit or ballot is None:
        return ballot
    unknown = ballot.kind in (Kind.LEARNED, Kind.RARE)
    given_back = any(word in line.statement for word in _BACK)
    if ballot.category == INCOME:
        return None if unknown and given_back else ballot
    large = line.credit == LARGE_CREDIT
    rule = match_grammar(line.subject, Flow.IN, large=large)
    if rule and rule.category == INCOME and rule.confidence >= SURE:
        return None
    return None if large and unknown and not given_back else ballot
