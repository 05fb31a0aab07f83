"""One rule of the bank's own: what it asks of a transaction, the category that it gives, and who answers for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeVar

from models.contracts.events import Transaction
from models.statements.normalise import statement_text
from models.voters.line import LineKey

ANY_TAIL = "*"
"""At the end of an account: whatever begins so."""

_Ordered = TypeVar("_Ordered", Decimal, date)

_words = re.compile(r"[^\W_]+").findall


class Sign(StrEnum):
    """Direction of money."""

    OUT = "out"
    """Positive amounts, and 0."""
    IN = "in"
    """Negative amounts: credits and refunds."""


class Look(NamedTuple):
    """What the rules see of a line.

    Args:
        text: Words of description and counterparty as `spaced` has them, a bar between the two.
        merchant: `merchant_key` of the decision.
    """

    text: str
    merchant: str | None
    mcc: str | None
    currency: str
    sign: Sign


def spaced(text: str) -> str:
    """The words of a text, folded, each with a space before and behind, so that whole words can be looked for.

    >>> spaced("CAFÉ *Müller #12")
    ' cafe muller 12 '
    """
    folded = statement_text(text)
    # Most lines are nothing but words already, and those are what an expression for words looks for.
    return f" {folded if folded.replace(' ', '').isalnum() else ' '.join(_words(folded))} "


def look_at(key: LineKey, merchant: str | None) -> Look:
    """What the rules see of a line, by its key."""
    description, currency, mcc, credit, counterparty, _ = key
    text = f"{spaced(description)}|{spaced(counterparty)}" if counterparty else spaced(description)
    return Look(text, merchant, mcc, currency, Sign.IN if credit else Sign.OUT)


@dataclass(frozen=True, slots=True)
class HouseRule:
    """One rule. Everything that it asks must hold; what it does not ask is empty or None.

    Args:
        name: The operators' id, such as ``R-12``.
        phrases: Words that stand side by side, as `spaced` has them; all of the phrases must be there.
        merchants: Merchant keys, one of which it must be.
        amounts: Least and most of the amount without its sign, in the transaction's currency, both included.
        codes: Merchant category codes.
        accounts: Accounts, one of which it must be, unless one of `groups` has it.
        groups: What accounts begin with, in the file with `ANY_TAIL` at the end.
        starts: First day by the transaction's own time, included.
        ends: Last day, included.
        line: Line of the file where it stands, from 1.
    """

    name: str
    category: str
    phrases: tuple[str, ...] = ()
    merchants: frozenset[str] = frozenset()
    amounts: tuple[Decimal | None, Decimal | None] = (None, None)
    sign: Sign | None = None
    codes: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ()
    currencies: frozenset[str] = frozenset()
    starts: date | None = None
    ends: date | None = None
    who: str = ""
    why: str = ""
    line: int = 0

    @property
    def words(self) -> frozenset[str]:
        """All words of its phrases."""
        return frozenset(word for phrase in self.phrases for word in phrase.split())

    @property
    def of_accounts(self) -> bool:
        """Whether it is for some accounts only."""
        return bool(self.accounts or self.groups)

    @property
    def is_settled_by_line(self) -> bool:
        """Whether it asks nothing of a transaction that its line does not tell."""
        return self.amounts == (None, None) and not self.of_accounts and self.starts is self.ends is None

    def concerns(self, look: Look) -> bool:
        """Whether a line has all that it asks of lines."""
        return (
            (not self.merchants or look.merchant in self.merchants)
            and (not self.codes or look.mcc in self.codes)
            and (not self.currencies or look.currency in self.currencies)
            and (self.sign is None or self.sign is look.sign)
            and all(phrase in look.text for phrase in self.phrases)
        )

    def fits(self, transaction: Transaction) -> bool:
        """Whether a transaction, on a line that it concerns, has the rest."""
        # Accounts first, as most rules for every line are for some accounts.
        if (self.accounts or self.groups) and not self._has(transaction.account_id):
            return False
        least, most = self.amounts
        if least is not None or most is not None:
            size = abs(transaction.amount)
            if (least is not None and size < least) or (most is not None and size > most):
                return False
        if self.starts is self.ends is None:
            return True
        day = transaction.timestamp.date()
        return (self.starts is None or day >= self.starts) and (self.ends is None or day <= self.ends)

    @property
    def conditions(self) -> Mapping[str, object]:
        """All that it asks, in plain values that compare and are written alike."""
        least, most = self.amounts
        return {
            "text": sorted(phrase.strip() for phrase in self.phrases),
            "merchant": sorted(self.merchants),
            "amount_from": None if least is None else f"{least.normalize():f}",
            "amount_to": None if most is None else f"{most.normalize():f}",
            "sign": self.sign and self.sign.value,
            "mcc": sorted(self.codes),
            "account": sorted((*self.accounts, *(f"{group}{ANY_TAIL}" for group in self.groups))),
            "currency": sorted(self.currencies),
            "from": self.starts and self.starts.isoformat(),
            "to": self.ends and self.ends.isoformat(),
        }

    def covers(self, other: "HouseRule") -> bool:
        """Whether everything that fits `other` fits this rule, too."""
        return (
            all(any(phrase in theirs for theirs in other.phrases) for phrase in self.phrases)
            and _is_wider(self.merchants, other.merchants)
            and _is_wider(self.codes, other.codes)
            and _is_wider(self.currencies, other.currencies)
            and self.sign in (None, other.sign)
            and self._covers_accounts(other)
            and _starts_before(self.amounts[0], other.amounts[0])
            and _ends_after(self.amounts[1], other.amounts[1])
            and _starts_before(self.starts, other.starts)
            and _ends_after(self.ends, other.ends)
        )

    def _has(self, account: str) -> bool:
        return account in self.accounts or account.startswith(self.groups)

    def _covers_accounts(self, other: "HouseRule") -> bool:
        if not self.of_accounts:
            return True
        groups = all(group.startswith(self.groups) for group in other.groups)
        return other.of_accounts and groups and all(map(self._has, other.accounts))


def _is_wider(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    return not ours or (bool(theirs) and theirs <= ours)


def _starts_before(ours: _Ordered | None, theirs: _Ordered | None) -> bool:
    return ours is None or (theirs is not None and ours <= theirs)


def _ends_after(ours: _Ordered | None, theirs: _Ordered | None) -> bool:
    return ours is None or (theirs is not None and ours >= theirs)
