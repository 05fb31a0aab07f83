"""Why a rule decides on a transaction or not: each thing that it asks, held against what the transaction has."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from models.contracts.events import Transaction
from models.voters.house.rule import ANY_TAIL, HouseRule, Look, look_at
from models.voters.house.rules import HouseRules
from models.voters.line import key_of

TELLING = frozenset(("text", "merchant", "mcc", "account"))
"""Fields by which a rule and a transaction have something in common; a direction or a currency says little."""


class Point(NamedTuple):
    """One thing that a rule asks.

    Args:
        field: As the file names it.
        holds: Whether the transaction has it.
        asked: What the rule says, in words.
        found: What the transaction has.
    """

    field: str
    holds: bool
    asked: str
    found: str


@dataclass(frozen=True, slots=True)
class Explained:
    """A rule, held against a transaction.

    Args:
        points: All that the rule asks, in the order of the documentation.
    """

    rule: HouseRule
    points: tuple[Point, ...]

    @property
    def fits(self) -> bool:
        """Whether the rule would decide, if none before it does."""
        return all(point.holds for point in self.points)

    @property
    def missed(self) -> tuple[Point, ...]:
        """What the transaction lacks."""
        return tuple(point for point in self.points if not point.holds)

    @property
    def is_near(self) -> bool:
        """Whether something that tells them apart from others is common to both."""
        return self.fits or any(point.holds and point.field in TELLING for point in self.points)


def explain(rule: HouseRule, transaction: Transaction, merchant: str | None) -> Explained:
    """Hold a rule against a transaction.

    Args:
        merchant: `merchant_key` of its decision.
    """
    look = look_at(key_of(transaction), merchant)
    asked = {name for name, value in rule.conditions.items() if value}
    return Explained(rule, tuple(point for point in _points(rule, look, transaction) if point.field in asked))


def nearest(rules: HouseRules, transaction: Transaction, merchant: str | None, *, most: int) -> Sequence[Explained]:
    """The rules that fit, in their order, then those that lack least.

    Args:
        merchant: `merchant_key` of its decision.
        most: Rules that are given.
    """
    explained = [explain(rule, transaction, merchant) for rule in rules.rules]
    near = [each for each in explained if each.is_near]
    # Stable: those that lack as much stay in their order.
    return sorted(near, key=lambda each: (len(each.missed), -len(each.points) if each.missed else 0))[:most]


def _points(rule: HouseRule, look: Look, transaction: Transaction) -> Iterator[Point]:
    absent = [phrase.strip() for phrase in rule.phrases if phrase not in look.text]
    phrases = ", ".join(phrase.strip() for phrase in rule.phrases)
    yield Point("text", not absent, phrases, f"no {', '.join(absent)}" if absent else "all of it")
    yield _among("merchant", rule.merchants, look.merchant)
    size, (least, most) = abs(transaction.amount), rule.amounts
    yield Point("amount_from", least is None or size >= least, f"{least} or more", str(size))
    yield Point("amount_to", most is None or size <= most, f"{most} or less", str(size))
    yield Point("sign", rule.sign in (None, look.sign), str(rule.sign), str(look.sign))
    yield _among("mcc", rule.codes, look.mcc)
    account, groups = transaction.account_id, [f"{group}{ANY_TAIL}" for group in rule.groups]
    is_theirs = account in rule.accounts or account.startswith(rule.groups) or not rule.of_accounts
    yield Point("account", is_theirs, _some(sorted((*rule.accounts, *groups))), account)
    yield _among("currency", rule.currencies, look.currency)
    day = transaction.timestamp.date()
    yield Point("from", rule.starts is None or day >= rule.starts, f"{rule.starts} or later", str(day))
    yield Point("to", rule.ends is None or day <= rule.ends, f"{rule.ends} or earlier", str(day))


def _among(field: str, asked: frozenset[str], found: str | None) -> Point:
    return Point(field, found in asked or not asked, _some(sorted(asked)), found or "none")


def _some(values: Sequence[str], shown: int = 5) -> str:
    more = f", and {len(values) - shown} more" if len(values) > shown else ""
    return f"one of {', '.join(values[:shown])}{more}" if len(values) > 1 else ", ".join(values)
