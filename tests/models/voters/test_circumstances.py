"""Amount, sign and day as weak evidence where the words say nothing."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from models.decisions.loading import load_ensemble
from models.voters.circumstances import circumstances
from models.voters.rules import RulesVoter
from tests.harness.voters import NOON, transaction

PAY_DAY, OTHER_DAY = datetime(2024, 5, 25, tzinfo=UTC), datetime(2024, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "day", "tokens", "category", "confidence"),
    [
        ("-2100", PAY_DAY, ["qzx"], "income", 0.5),
        ("-2100", OTHER_DAY, ["qzx"], "income", 0.42),
        ("-299.99", PAY_DAY, [], None, None),
        ("60", OTHER_DAY, ["88"], "transfers_cash", 0.4),
        ("60", OTHER_DAY, ["quzzle"], None, None),
        ("61", OTHER_DAY, [], None, None),
        ("620", OTHER_DAY, [], None, None),
        ("12.50", OTHER_DAY, [], "loans_fees", 0.4),
        ("0", OTHER_DAY, [], None, None),
    ],
)
def test_weak_evidence(
    amount: str, day: datetime, tokens: list[str], category: str | None, confidence: float | None
) -> None:
    """Each rule at its border."""
    line = transaction(description=" ".join(tokens) or "12", amount=Decimal(amount), timestamp=day)
    ballot = circumstances(line, tokens)
    assert (category, confidence) == ((ballot.category, ballot.confidence) if ballot else (None, None))


def test_words_come_before_the_amount() -> None:
    """A known name decides, however large the credit: a refund is no pay."""
    (ballot,) = RulesVoter().vote([transaction(description="TIM HORTONS #5547", amount=Decimal("-2100"))])
    assert ballot is not None
    assert "food_dining" == ballot.category


def test_weak_evidence_is_never_accepted_by_itself() -> None:
    """A line of nothing but digits goes to a person, with a guess."""
    lines = [transaction(description="88371123", amount=Decimal(amount)) for amount in ("-2100", "60", "12.50")]
    assert all(event.requires_review for event in load_ensemble().categorize(lines, now=NOON))
