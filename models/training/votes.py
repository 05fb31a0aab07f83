"""Lets the voters vote on labelled rows as they will in the worker, for merchants unseen and seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np

from models.contracts.amount_bands import AmountBand, edges_of
from models.contracts.events import Transaction
from models.learned.memory import Recollection
from models.learned.text import LearnedText
from models.statements.normalise import merchant_text
from models.training.examples import Labelled, Merchant
from models.voters.contract import Ballot, lines_of
from models.voters.rules import RulesVoter
from models.voters.text import ALTERNATIVES, TextVoter, ballot_of, kind_of

_WHEN = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cast:
    """Votes on one transaction with its truth.

    Args:
        ballots: At least one.
    """

    ballots: tuple[Ballot, ...]
    band: AmountBand
    truth: frozenset[str]
    weight: float


def _amount(band: AmountBand, currency: str) -> Decimal:
    """An amount of a band: 20, 300 or 3,000 dollars, and as much by the edges of other currencies."""
    middle, large = edges_of(currency)
    return {AmountBand.UNDER_100: middle / 5, AmountBand.FROM_100_TO_1000: middle * 3}.get(band, large * 3)


def transaction(row: Labelled) -> Transaction:
    """A labelled row as the voters get it; the amount is one of its band."""
    size = _amount(row.band, row.currency)
    return Transaction(
        transaction_id="-",
        account_id="-",
        description=row.description,
        amount=-size if row.credit else size,
        currency=row.currency,
        timestamp=_WHEN,
    )


def cast_votes(rows: Sequence[Labelled], learned: LearnedText, rules: RulesVoter) -> list[Cast]:
    """Votes of rules and text; rows on which nobody votes are left out, as no policy accepts them."""
    transactions = [transaction(row) for row in rows]
    lines = lines_of(transactions)
    return casts(rows, rules.vote_read(lines, transactions), TextVoter(learned).vote_read(lines, transactions))


def cast_seen(chosen: Sequence[Merchant], currency: str, learned: LearnedText, rules: RulesVoter) -> list[Cast]:
    """Votes on rows of merchants whose other rows are remembered; a merchant with n rows counts as 1 + ln(n).

    Args:
        chosen: Merchants that `learned` does not know; those with one row are left out.
        currency: ISO 4217.
    """
    rows: list[Labelled] = []
    memories: list[list[tuple[str, int]]] = []
    for merchant in chosen:
        categories = merchant.categories()
        total = categories.total()
        if total < 2:
            continue
        for (category, band), count in sorted(merchant.counts.items()):
            weight = (1 + float(np.log(total))) / total * count
            rows.append(Labelled(merchant.description, currency, band, frozenset((category,)), weight))
            memories.append([(name, seen - (name == category)) for name, seen in sorted(categories.items())])
    opinions = learned.opinions([merchant_text(row.description) for row in rows])
    ballots: list[Ballot | None] = []
    for opinion, memory in zip(opinions.probabilities, memories, strict=True):
        (smoothed,) = learned.remembered([memory], opinion[None])
        best = np.argsort(-smoothed, kind="stable")[: ALTERNATIVES + 1]
        kind = kind_of(Recollection(tuple(memory)))
        ballots.append(ballot_of(learned.categories, best.tolist(), smoothed[best].tolist(), "seen before", kind))
    return casts(rows, rules.vote([transaction(row) for row in rows]), ballots)


def casts(rows: Sequence[Labelled], first: Sequence[Ballot | None], second: Sequence[Ballot | None]) -> list[Cast]:
    """The votes of two voters on labelled rows; rows on which neither votes are left out.

    Args:
        first: Ballot or None of one voter per row.
        second: The same of the other.
    """
    cast = []
    for row, *pair in zip(rows, first, second, strict=True):
        ballots = tuple(ballot for ballot in pair if ballot is not None)
        if ballots:
            cast.append(Cast(ballots, row.band, row.truth, row.weight))
    return cast
