"""What account holders said of merchants for themselves, and what many of them agree on: a proposal for everyone."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from models.learned.online.keys import AccountKey, Flow, MerchantKey


class Wish(NamedTuple):
    """What one account's holder said of one merchant last; later ones are greater."""

    at: datetime
    offset: int
    category: str


class Proposal(NamedTuple):
    """What many accounts agree on.

    Args:
        proposal_id: From `proposal_id`.
        agreeing: Accounts that say so.
        accounts: Accounts that said anything of that merchant.
    """

    proposal_id: str
    key: MerchantKey
    category: str
    agreeing: int
    accounts: int


def proposal_id(key: MerchantKey, category: str) -> str:
    """The id by which an approver names a proposal.

    >>> proposal_id(("out", "timhortons"), "food_dining")[:2]
    'p-'
    """
    content = "\0".join((*key, category)).encode()
    return "p-" + hashlib.blake2b(content, digest_size=10, person=b"proposal").hexdigest()


class Accounts:
    """Wishes by account, under its token, and by merchant.

    Args:
        merchants: Remembered for one account; the oldest goes first.
        least: Accounts that make a proposal.
        share: Of the accounts with a wish about a merchant, those that must agree.
    """

    def __init__(self, *, merchants: int, least: int, share: float) -> None:
        self._limit, self._least, self._share = merchants, least, share
        self._wishes: dict[str, dict[tuple[Flow, str], Wish]] = {}
        self._by_merchant: dict[MerchantKey, dict[str, str]] = {}

    def __len__(self) -> int:
        return len(self._wishes)

    def put(self, key: AccountKey, wish: Wish) -> list[tuple[AccountKey, str | None]]:
        """Take a wish in; nothing where that account has a newer one of that merchant.

        Returns:
            What changed: keys with their category, or None for one that had to go.
        """
        token, flow, subject = key
        wishes = self._wishes.setdefault(token, {})
        before = wishes.get((flow, subject))
        if before is not None and before > wish:
            return []
        # The order of the dictionary is not the order of age: late ones come in between.
        wishes[flow, subject] = wish
        self._by_merchant.setdefault((flow, subject), {})[token] = wish.category
        changed: list[tuple[AccountKey, str | None]] = [(key, wish.category)]
        if len(wishes) > self._limit:
            oldest = min(wishes, key=lambda each: (wishes[each], each))
            del wishes[oldest]
            self._forget_of(oldest, token)
            gone = (token, *oldest)
            changed = [(gone, None)] if gone == key else [*changed, (gone, None)]
        return changed

    def proposal(self, key: MerchantKey) -> Proposal | None:
        """What the accounts with a wish about a merchant propose; None where they are too few, or do not agree."""
        held = self._by_merchant.get(key, {})
        if len(held) < self._least:
            return None
        counts = Counter(held.values())
        category = max(counts, key=lambda each: (counts[each], each))
        agreeing = counts[category]
        if agreeing < self._least or agreeing < self._share * len(held):
            return None
        return Proposal(proposal_id(key, category), key, category, agreeing, len(held))

    def canonical(self) -> Iterable[object]:
        """All wishes, sorted."""
        return [(token, sorted(wishes.items())) for token, wishes in sorted(self._wishes.items())]

    def _forget_of(self, key: MerchantKey, token: str) -> None:
        held = self._by_merchant[key]
        del held[token]
        if not held:
            del self._by_merchant[key]
