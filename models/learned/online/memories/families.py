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
        # By beginning: by category, how many stores go on with which token.
        self._following: dict[FamilyKey, dict[str, Counter[str]]] = {}

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
                self._take_away(beginning, before.category, following)
        if category is not None and tokens:
            store = _Store(tokens, category, self._counted(key, tokens))
            self._stores[key] = store
            touched.update(store.counted)
            for beginning, following in store.counted:
                by_category = self._following.setdefault(beginning, {})
                by_category.setdefault(category, Counter())[following] += 1
        return tuple(touched)

    def standing(self, beginning: FamilyKey) -> Standing | None:
        """The family that begins so; None where there is none."""
        by_category = self._following.get(beginning)
        if not by_category:
            return None
        counts = {category: following.total() for category, following in by_category.items()}
        category = max(counts, key=lambda each: (counts[each], each))
        least = self._least + (ALONE if len(beginning[1]) == 1 else 0)
        total = sum(counts.values())
        if len(by_category[category]) < least or counts[category] < self._share * total:
            return None
        return Standing(category, counts[category], total)

    def _counted(self, key: MerchantKey, tokens: tuple[str, ...]) -> tuple[tuple[FamilyKey, str], ...]:
        flow = key[0]
        return tuple(
            ((flow, tokens[:length]), tokens[length] if length < len(tokens) else "")
            for length in range(1, min(len(tokens), LONGEST) + 1)
            if sum(map(len, tokens[:length])) >= SHORTEST and self._trade(tokens[length:]) is None
        )

    def _take_away(self, beginning: FamilyKey, category: str, following: str) -> None:
        by_category = self._following[beginning]
        by_category[category][following] -= 1
        # No empty entries: what was taken away has left no trace.
        if not by_category[category][following]:
            del by_category[category][following]
        if not by_category[category]:
            del by_category[category]
        if not by_category:
            del self._following[beginning]
