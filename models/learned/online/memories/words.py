"""People's words on merchants, for everyone: who said what last, and what stands.

A person's newer word replaces the older. The last word of all stands, unless several people say something else and are
more. A settled word, an approver's or one released from quarantine, outdoes all words before it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from models.learned.online.entries import Said
from models.learned.online.keys import MerchantKey
from models.learned.online.records import Standing


class Known(NamedTuple):
    """What the model knows of a merchant from its training.

    Args:
        rows: That say so.
    """

    category: str
    rows: int


class Words:
    """People's words by merchant.

    Args:
        agreement: People who make "several", and who must agree before a frequent merchant changes its category.
        frequent: Rows of training that make a merchant frequent.
    """

    def __init__(self, *, agreement: int, frequent: int) -> None:
        self._agreement, self._frequent = agreement, frequent
        self._words: dict[MerchantKey, dict[str, Said]] = {}

    def of(self, key: MerchantKey) -> Mapping[str, Said]:
        """Words on a merchant by person."""
        return self._words.get(key, {})

    def put(self, key: MerchantKey, said: Said) -> Said | None:
        """Take a person's word in.

        Returns:
            The word it replaces, or None.

        Raises:
            LookupError: That person has said something newer.
        """
        words = self._words.setdefault(key, {})
        before = words.get(said.actor)
        if before is not None and _age(before) > _age(said):
            raise LookupError
        words[said.actor] = said
        return before

    def set_back(self, key: MerchantKey, actor: str, word: Said | None) -> None:
        """Let a person's word be what it was."""
        words = self._words[key]
        if word is None:
            del words[actor]
            # No empty entries: what was taken away has left no trace.
            if not words:
                del self._words[key]
        else:
            words[actor] = word

    def standing(self, key: MerchantKey, known: Known | None) -> Standing | None:
        """What stands for a merchant by people's words; None where nothing does.

        Args:
            known: What the model knows of it.
        """
        words = self._words.get(key)
        if not words:
            return None
        if len(words) == 1:
            (last,) = words.values()
            support, of = self._agreement if last.settled else 1, 1
            category = last.category
        else:
            category, support, of = self._voted(list(words.values()))
        is_frequent = known is not None and known.rows >= self._frequent and known.category != category
        if is_frequent and support < self._agreement:
            return None
        agreeing = sum(word.category == category for word in words.values())
        return Standing(category, agreeing, max(of, agreeing))

    def is_late(self, key: MerchantKey, said: Said) -> bool:
        """Tell whether a word does not stand only because somebody has said something newer, or an approver has."""
        words = self._words[key].values()
        if any(word.settled and _age(word) > _age(said) for word in words):
            return True
        others = [word for word in words if word.actor != said.actor]
        newest = max(others, key=_age)
        # In front: of two as old as each other the first is the last word.
        return self._voted([said._replace(at=newest.at, offset=newest.offset), *others])[0] == said.category

    def canonical(self) -> Iterable[object]:
        """All words, sorted."""
        return [(key, sorted(words.items(), key=lambda item: item[0])) for key, words in sorted(self._words.items())]

    def _voted(self, words: list[Said]) -> tuple[str, int, int]:
        """Category that several words make, how many count for it, and how many people have a word."""
        last = max(words, key=_age)
        settled = max((word for word in words if word.settled), key=_age, default=None)
        counts: Counter[str] = Counter()
        for word in words:
            if settled is None or _age(word) >= _age(settled):
                counts[word.category] += 1
        if settled is not None:
            counts[settled.category] += self._agreement - 1
        # By name among equals, so that the order in which people spoke makes no difference.
        most = max(counts, key=lambda category: (counts[category], category))
        outvoted = counts[most] >= self._agreement and counts[most] > counts[last.category]
        category = most if outvoted else last.category
        return category, counts[category], len(words)


def _age(word: Said) -> tuple[datetime, int]:
    return word.at, word.offset
