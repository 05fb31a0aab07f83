"""What account holders said of merchants for themselves, and what many of them agree on: a proposal for everyone."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from models.learned.online.keys import AccountKey, Flow, MerchantKey


class Wish(NamedTuple):
    """What was said of one merchant for one account last; later ones are greater.

    Args:
        actor: Who said it.
    """

    at: datetime
    offset: int
    category: str
    actor: str


class Proposal(NamedTuple):
    """What many people agree on for accounts of theirs.

    Args:
        proposal_id: From `proposal_id`.
        agreeing: People who say so, each for an account.
        accounts: People who said anything of that merchant for an account.
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
        least: People who make a proposal. However many accounts one names, it is one.
        share: Of the people with a wish about a merchant, those who must agree.
    """

    def __init__(self, *, merchants: int, least: int, share: float) -> None:
        self._limit, self._least, self._share = merchants, least, share
        self._wishes: dict[str, dict[tuple[Flow, str], Wish]] = {}
        self._by_merchant: dict[MerchantKey, dict[str, Wish]] = {}

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
        self._by_merchant.setdefault((flow, subject), {})[token] = wish
        changed: list[tuple[AccountKey, str | None]] = [(key, wish.category)]
        if len(wishes) > self._limit:
            oldest = min(wishes, key=lambda each: (wishes[each], each))
            del wishes[oldest]
            self._forget_of(oldest, token)
            gone = (token, *oldest)
            changed = [(gone, None)] if gone == key else [*changed, (gone, None)]
        return changed

    def proposal(self, key: MerchantKey) -> Proposal | None:
        """What the people with a wish about a merchant propose; None where they are too few, or do not agree."""
        wishes = self._by_merchant.get(key, {}).values()
        if len(wishes) < self._least:
            return None
        counts = Counter(category for _, category in {(wish.actor, wish.category) for wish in wishes})
        people = len({wish.actor for wish in wishes})
        category = max(counts, key=lambda each: (counts[each], each))
        agreeing = counts[category]
        if agreeing < self._least or agreeing < self._share * people:
            return None
        return Proposal(proposal_id(key, category), key, category, agreeing, people)

    def canonical(self) -> Iterable[object]:
        """All wishes, sorted."""
        return [(token, sorted(wishes.items())) for token, wishes in sorted(self._wishes.items())]

    def _forget_of(self, key: MerchantKey, token: str) -> None:
        held = self._by_merchant[key]
        del held[token]
        if not held:
            del self._by_merchant[key]
