"""Reads amount, sign and day of a line whose words say nothing: weak evidence for income, cash and fees.

The confidences are judged, not measured: no data here have such lines with a known truth. They are low enough that
none of them is accepted by itself; a reviewer sees a guess instead of none.
"""

from collections.abc import Sequence
from decimal import Decimal

from models.contracts.amount_bands import edges_of
from models.contracts.events import Transaction
from models.voters.contract import Ballot, Kind
from models.voters.line import LARGE_FROM

NOTE = Decimal("0.2")
MOST_CASH = Decimal(6)
"""Machines give multiples of a note, up to some hundred dollars; in units of the currency's first edge."""

SMALL_FEE = Decimal("0.15")
"""In the same units."""


def circumstances(transaction: Transaction, tokens: Sequence[str]) -> Ballot | None:
    """The weak evidence, or None.

    Args:
        transaction: The line; nothing of its words is known to a rule.
        tokens: `models.gazetteer.keys.key_tokens` of its description; where they name somebody it is no cash and no
            fee.

    Returns:
        A ballot of kind `Kind.CIRCUMSTANCE`: a large credit is income, the likelier around days on which pay is due;
        a debit that is a multiple of a note and names nobody is cash; a small one that names nobody is a fee.
    """
    size = abs(transaction.amount) / edges_of(transaction.currency)[0]
    if transaction.amount < 0:
        if size < LARGE_FROM:
            return None
        due = transaction.timestamp.day >= 25 or transaction.timestamp.day in (1, 2, 14, 15, 16)
        day = " on a usual pay day" if due else ""
        return Ballot("income", 0.5 if due else 0.42, f"large credit{day}", (), Kind.CIRCUMSTANCE)
    if size and size <= MOST_CASH and size % NOTE == 0:
        guess = Ballot("transfers_cash", 0.4, "round amount and no name", (), Kind.CIRCUMSTANCE)
    elif 0 < size <= SMALL_FEE:
        guess = Ballot("loans_fees", 0.4, "small amount and no name", (), Kind.CIRCUMSTANCE)
    else:
        return None
    # Last, because reading the words costs more than comparing the amount.
    return None if names_somebody(tokens) else guess


def names_somebody(tokens: Sequence[str]) -> bool:
    """Tell whether a token of the merchant's text has more than two letters.

    >>> names_somebody(["88371123"]), names_somebody(["tim", "hortons"])
    (False, True)
    """
    return any(len(token) > 2 and (token.isalpha() or sum(map(str.isalpha, token)) > 2) for token in tokens)
