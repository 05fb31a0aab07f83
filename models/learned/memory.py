"""The merchant memory: which category a merchant had, how often. Training fills it, people's corrections may.

The key is the merchant's text with its tokens glued, as the table of brands has it (`models.gazetteer.keys`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.artefacts.csv_table import packed, unpacked
from models.contracts.taxonomy import CATEGORIES
from models.errors import MALFORMED, ArtefactError
from models.gazetteer.keys import tokens_of

FIELDS = ("key", "category", "count")
SHORTEST = 3
"""Letters and digits of the shortest key; shorter texts name too many merchants."""


def memory_key(text: str) -> str:
    """The key of a merchant text; empty where the text is too short to name one.

    >>> memory_key("tim hortons"), memory_key("ab")
    ('timhortons', '')
    """
    key = "".join(tokens_of(text))
    return key if len(key) >= SHORTEST else ""


@dataclass(frozen=True, slots=True)
class Recollection:
    """Counts of a merchant's categories, as remembered.

    Args:
        counts: Categories with how often each was seen, most frequent first, then by name.
    """

    counts: tuple[tuple[str, int], ...]

    @property
    def category(self) -> str:
        """The most frequent category."""
        return self.counts[0][0]

    @property
    def count(self) -> int:
        """Number of times that category was seen."""
        return self.counts[0][1]

    @property
    def total(self) -> int:
        """Number of times the merchant was seen."""
        return sum(count for _, count in self.counts)


class MerchantMemory:
    """Merchant key to counts of categories.

    >>> memory = MerchantMemory()
    >>> memory.learn("timhortons", "food_dining", 3)
    >>> memory.find("timhortons").category
    'food_dining'
    """

    def __init__(self, rows: Iterable[tuple[str, str, int]] = ()) -> None:
        self._counts: dict[str, dict[str, int]] = {}
        for key, category, count in rows:
            self.learn(key, category, count)

    def __len__(self) -> int:
        return len(self._counts)

    def learn(self, key: str, category: str, count: int = 1) -> None:
        """Add to what is known of a merchant; a negative count takes away, and what falls to none is forgotten.

        Args:
            key: What `memory_key` gave; the empty key is not remembered.
        """
        if not key:
            return
        counts = self._counts.setdefault(key, {})
        counts[category] = counts.get(category, 0) + count
        if counts[category] <= 0:
            del counts[category]
        # No empty entries: a merchant that corrections took away is a new one again.
        if not counts:
            del self._counts[key]

    def find(self, key: str) -> Recollection | None:
        """The recollection of a merchant, or None."""
        counts = self._counts.get(key)
        if counts is None:
            return None
        if len(counts) == 1:  # most merchants have one category
            return Recollection(tuple(counts.items()))
        # By name among equals, so that the same memory gives the same ballots in whatever order it was learned.
        return Recollection(tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))))

    def rows(self) -> Iterator[tuple[str, str, int]]:
        """Key, category and count, sorted."""
        for key in sorted(self._counts):
            for category, count in sorted(self._counts[key].items()):
                yield key, category, count


def to_bytes(memory: MerchantMemory) -> bytes:
    """The memory as a gzipped CSV with the columns `FIELDS`; equal memories give equal bytes."""
    return packed(FIELDS, memory.rows())


def from_bytes(content: bytes) -> MerchantMemory:
    """Read what `to_bytes` wrote.

    Raises:
        ArtefactError: It is no such table, or names an unknown category.
    """
    try:
        lines = unpacked(content)
        if tuple(next(lines)) != FIELDS:
            raise ValueError
        rows = [(key, category, int(count)) for key, category, count in lines]
    except MALFORMED as error:
        raise ArtefactError(f"the merchant memory does not fit its format ({type(error).__name__})") from error
    if unknown := {category for _, category, _ in rows}.difference(CATEGORIES):
        raise ArtefactError(f"the merchant memory names {len(unknown)} categories that the taxonomy does not have")
    return MerchantMemory(rows)
