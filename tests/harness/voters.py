"""Small real voters and transactions for tests of what is built on voters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.voters.contract import Ballot, Method

NOON = datetime(2020, 11, 2, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SaysAlways:
    """Votes the same on everything, or never."""

    method: Method
    ballot: Ballot | None

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """One ballot for all."""
        return [self.ballot for _ in transactions]


@dataclass(frozen=True, slots=True)
class TripsOver:
    """Has a bug that one description brings out."""

    description: str
    method: Method = Method.TEXT

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """Raise for the batch that holds the description."""
        if any(transaction.description == self.description for transaction in transactions):
            raise ZeroDivisionError
        return [Ballot("fuel", 0.9, "always fuel") for _ in transactions]


def says(method: Method, category: str, confidence: float) -> SaysAlways:
    """A voter that is always of this opinion."""
    return SaysAlways(method, Ballot(category, confidence, f"{method} says so"))


def sure_of(category: str) -> Ensemble:
    """An ensemble that accepts everything as `category`."""
    return Ensemble([says(Method.TEXT, category, 0.95)], "test")


def transaction(transaction_id: str = "t1", **fields: object) -> Transaction:
    """A plain transaction, with fields replaced."""
    defaults: dict[str, object] = {
        "account_id": "acct-1",
        "description": "TIM HORTONS #5547",
        "amount": Decimal("49.01"),
        "currency": "CAD",
        "timestamp": NOON,
    }
    return Transaction.model_validate({"transaction_id": transaction_id} | defaults | fields)
