"""When what a merchant's text resembles is heard: not of money that a payer sends, nor against a till that is surer."""

from models.voters.contract import Ballot, Kind
from models.voters.line import Line
from models.voters.tills import till_vote

SURE = 0.7
"""Confidence of the bank's own words from which on they alone speak of money in."""

SURE_TILL = 0.9
"""Confidence of a till from which on resemblance does not contradict it: of Toast's lines 97% are food and drink."""

INCOME = "income"
_UNKNOWN = (Kind.LEARNED, Kind.HUNCH, Kind.RARE, Kind.RARE_HUNCH, Kind.SEEN_ABROAD)
"""Kinds of ballots on somebody whom nobody has seen sell anything where this currency is used."""

_BACK = (
    *("refund", "return", "reversal", "chargeback", "erstattung", "storno"),
    *("rembours", "retour", "avoir", "reembolso", "devoluc", "estorno", "rimborso", "terugbetal"),
    *("tilbakebetal", "tilbagebetal", "aterbetal", "palautus", "zwrot"),
)
"""Words of money that a merchant gives back."""


def giver(merchant: str) -> str:
    """The name beside a word of money given back, at either end of a merchant's text; empty where there is none.

    >>> giver("amazon refund"), giver("rimborso amazon"), giver("amazon")
    ('amazon', 'amazon', '')
    """
    words = merchant.split()
    if len(words) > 1 and words[-1].startswith(_BACK):
        return " ".join(words[:-1])
    return " ".join(words[1:]) if len(words) > 1 and words[0].startswith(_BACK) else ""


def heard(ballot: Ballot | None, line: Line) -> Ballot | None:
    """The ballot on whom a line's text resembles, or None where that says nothing of this line.

    Money that goes out is no income. A payroll of a supermarket is no groceries; and of money in of the size of pay,
    from somebody whom nobody has seen sell anything, resemblance to merchants says nothing either. What a merchant
    gives back stays its category. A till that nearly only one trade uses is right more often than the memory of a name,
    which may be another merchant's.
    """
    if ballot is None:
        return None
    if not line.credit and ballot.category == INCOME:
        return None
    if line.credit and not _heard_of_credit(ballot, line):
        return None
    till = till_vote(line.statement) if "*" in line.statement else None
    return None if till and till.ballot.confidence >= SURE_TILL and ballot.category != till.ballot.category else ballot


def _heard_of_credit(ballot: Ballot, line: Line) -> bool:
    unknown = ballot.kind in _UNKNOWN
    given_back = any(word in line.statement for word in _BACK)
    if ballot.category == INCOME:
        return not (unknown and given_back)
    rule = line.rule
    if rule and rule.category == INCOME and rule.confidence >= SURE:
        return False
    return given_back or not (line.large and unknown)
