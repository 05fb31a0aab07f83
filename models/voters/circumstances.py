"""Reads amount, sign and day of a line whose words say nothing: weak evidence for income, cash and fees.

The confidences are judged, not measured: no data here have such lines with a known truth. They are low enough that
none of them is accepted by itself; a reviewer sees a guess instead of none.
"""

from collections.abc import Callable
from decimal import Decimal

from models.contracts.events import Transaction
from models.gazetteer.keys import key_tokens
from models.voters.contract import Ballot, Kind

PAY = Decimal(300)
"""Money in from here on may be pay."""

NOTE = Decimal(20)
MOST_CASH = Decimal(600)
"""Machines give multiples of a note, up to some hundred."""

SMALL_FEE = Decimal(15)


def circumstances(transaction: Transaction, names_somebody: Callable[[str], bool]) -> Ballot | None:
    """The weak evidence, or None.

    Args:
        transaction: The line; nothing of its words is known to a rule.
        names_somebody: Whether a description does; then it is no cash and no fee. Asked only where the amount fits.

    Returns:
        A ballot of kind `Kind.CUE`: a large credit is income, the likelier around the days on which pay is due; a debit
        that is a multiple of 20 and names nobody is cash; a small one that names nobody is a fee.
    """
    size = abs(transaction.amount)
    if transaction.amount < 0:
        if size < PAY:
            return None
        due = transaction.timestamp.day >= 25 or transaction.timestamp.day in (1, 2, 14, 15, 16)
        return Ballot(
            "income", 0.5 if due else 0.42, "large credit" + (" on a usual pay day" if due else ""), (), Kind.CUE
        )
    if size and size <= MOST_CASH and size % NOTE == 0:
        guess = Ballot("transfers_cash", 0.4, "round amount and no name", (), Kind.CUE)
    elif 0 < size <= SMALL_FEE:
        guess = Ballot("loans_fees", 0.4, "small amount and no name", (), Kind.CUE)
    else:
        return None
    # Last, because reading the words costs more than comparing the amount.
    return None if names_somebody(transaction.description) else guess


def names_somebody(description: str) -> bool:
    """Tell whether a token of the merchant's text has more than two letters.

    >>> names_somebody("88371123"), names_somebody("TIM HORTONS #12")
    (False, True)
    """
    return any(sum(map(str.isalpha, token)) > 2 for token in key_tokens(description))
