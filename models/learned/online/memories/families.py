"""Families: merchants whose names begin alike and that people gave one category, so that their other stores follow.

Whole tokens are compared, so names that merely look alike are no family. Words behind the shared ones may tell a trade
of their own: such a store says nothing about the family.
"""

from collections import Counter
from typing import NamedTuple

from models.learned.online.keys import FamilyKey, MerchantKey
from models.learned.online.model import Trade
from models.learned.online.records import Standing

LONGEST = 6
"""Tokens of the longest beginning that is looked at."""

SHORTEST = 4
"""Letters of the shortest beginning."""

ALONE = 1
"""How many stores more a beginning of a single token needs: it is a word of other names more often."""


class _Store(NamedTuple):
    """A corrected merchant.

    Args:
        counted: Beginnings of its name behind which no word tells a trade, each with the token that follows.
    """

    tokens: tuple[str, ...]
    category: str
    counted: tuple[tuple[FamilyKey, str], ...]


class Families:
    """Corrected merchants by the beginnings of their names.

    Args:
        stores: That make a family, each with another word behind what they share.
        share: Of the corrected merchants of a family, those that must have its category.
        trade: Tells the trade that a word names.
    """

    def __init__(self, *, stores: int, share: float, trade: Trade) -> None:
        self._least, self._share, self._trade = stores, share, trade
        self._stores: dict[MerchantKey, _Store] = {}
        # By beginning: how many stores of a category go on with which token.
        self._following: dict[FamilyKey, dict[tuple[str, str], int]] = {}

    def put(self, key: MerchantKey, tokens: tuple[str, ...], category: str | None) -> tuple[FamilyKey, ...]:
        """Let a merchant have a category; None takes it away.

        Returns:
            Beginnings whose family may be another now.
        """
        before = self._stores.pop(key, None)
        touched: dict[FamilyKey, str] = {}
        if before is not None:
            touched.update(before.counted)
            for beginning, following in before.counted:
                self._count(beginning, (before.category, following), -1)
        if category is not None and tokens:
            store = _Store(tokens, category, self._counted(key, tokens))
            self._stores[key] = store
            touched.update(store.counted)
            for beginning, following in store.counted:
                self._count(beginning, (category, following), 1)
        return tuple(touched)

    def standing(self, beginning: FamilyKey) -> Standing | None:
        """The family that begins so; None where there is none."""
        following = self._following.get(beginning)
        least = self._least + (ALONE if len(beginning[1]) == 1 else 0)
        # Most beginnings are those of a few names.
        if following is None or len(following) < least:
            return None
        stores, words = Counter[str](), Counter[str]()
        for (category, _), count in following.items():
            stores[category] += count
            words[category] += 1
        category = max(stores, key=lambda each: (stores[each], each))
        total = stores.total()
        if words[category] < least or stores[category] < self._share * total:
            return None
        return Standing(category, stores[category], total)

    def _counted(self, key: MerchantKey, tokens: tuple[str, ...]) -> tuple[tuple[FamilyKey, str], ...]:
        flow = key[0]
        return tuple(
            ((flow, tokens[:length]), tokens[length] if length < len(tokens) else "")
            for length in range(1, min(len(tokens), LONGEST) + 1)
            if sum(map(len, tokens[:length])) >= SHORTEST and self._trade(tokens[length:]) is None
        )

    def _count(self, beginning: FamilyKey, what: tuple[str, str], more: int) -> None:
        following = self._following.get(beginning)
        if following is None:
            following = self._following[beginning] = {}
        count = following.get(what, 0) + more
        if count:
            following[what] = count
            return
        # No empty entries: what was taken away has left no trace.
        del following[what]
        if not following:
            del self._following[beginning]
