"""Statement lines of eleven countries, made up for this test, through the shipped ensemble.

The lines are invented: real merchants in the wording of statements, but of no account and no data set. Where people
would differ, several categories are right, separated by a bar.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from models.contracts.events import Transaction
from models.contracts.taxonomy import CATEGORIES
from models.decisions.loading import load_ensemble
from models.decisions.verdict import DecisionEvent

RIGHT = 0.95
"""Smallest share of the lines that must be right."""

COUNTRIES = {"US", "CA", "GB", "IE", "ZA", "AU", "DE", "FR", "ES", "IT", "NL"}
NOW = datetime(2024, 6, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table with the decision on it."""

    country: str
    description: str
    expected: frozenset[str]
    event: DecisionEvent

    @property
    def right(self) -> bool:
        """Whether the decision is one of those that are right."""
        return self.event.category in self.expected


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    """The table, decided."""
    path = Path(__file__).with_name("golden_lines.csv")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    transactions = [
        Transaction(
            transaction_id=f"golden-{number}",
            account_id="golden",
            description=row["description"],
            amount=Decimal(row["amount"]),
            currency=row["currency"],
            timestamp=NOW,
        )
        for number, row in enumerate(rows)
    ]
    events = load_ensemble().categorize(transactions, now=NOW)
    return [
        Line(row["country"], row["description"], frozenset(row["category"].split("|")), event)
        for row, event in zip(rows, events, strict=True)
    ]


def test_the_table_covers_countries_and_categories(lines: list[Line]) -> None:
    """At least 150 lines, a dozen of every country, nearly all categories, none made up."""
    assert len(lines) >= 150
    assert COUNTRIES == {country for country, count in Counter(line.country for line in lines).items() if count >= 12}
    named = frozenset().union(*(line.expected for line in lines))
    assert named <= set(CATEGORIES)
    assert len(named) >= 24


def test_nearly_all_lines_are_right(lines: list[Line]) -> None:
    """Without a card code, by text and sign of the amount alone."""
    wrong = [
        f"{line.country} {line.description}: {line.event.category}, not {' or '.join(sorted(line.expected))}"
        for line in lines
        if not line.right
    ]
    share = 1 - len(wrong) / len(lines)
    assert share >= RIGHT, f"{share:.1%} right; wrong:\n" + "\n".join(wrong)


def test_what_is_accepted_is_right(lines: list[Line]) -> None:
    """The policy promises .95 of what no person looks at."""
    accepted = [line for line in lines if not line.event.requires_review]
    wrong = [f"{line.country} {line.description}: {line.event.category}" for line in accepted if not line.right]
    assert len(accepted) >= len(lines) / 3
    assert len(wrong) <= 0.05 * len(accepted), "\n".join(wrong)
