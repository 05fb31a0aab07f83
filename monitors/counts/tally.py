"""Counts of decisions by category and outcome: the smallest mergeable summary, for live views and totals."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self


class Counted(Protocol):
    """A decision as far as a tally looks at it: an event, or what becomes one."""

    @property
    def category(self) -> str:
        """The category decided."""
        ...

    @property
    def requires_review(self) -> bool:
        """True where a person decides."""
        ...


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers of decisions of each category that were accepted and that were sent to review.

    Merging is associative and commutative; `Tally()` is its neutral element.

    >>> left = Tally(Counter({("fuel", False): 3}))
    >>> right = Tally(Counter({("fuel", True): 1, ("pets", False): 2}))
    >>> left.merge(right).review_rate("fuel"), left.merge(right).total
    (0.25, 6)
    """

    counts: Counter[tuple[str, bool]] = field(default_factory=Counter)

    @classmethod
    def of(cls, decisions: Sequence[Counted]) -> Self:
        """Count decisions by (category, requires_review)."""
        # By identity first: the transactions of a batch share few verdicts.
        counts: Counter[tuple[str, bool]] = Counter()
        named = {id(decision): decision for decision in decisions}
        for name, count in Counter(map(id, decisions)).items():
            counts[str(named[name].category), named[name].requires_review] += count
        return cls(counts)

    def merge(self, other: "Tally") -> "Tally":
        """The tally of both; neither is changed."""
        return Tally(self.counts + other.counts)

    @property
    def total(self) -> int:
        """Number of decisions."""
        return self.counts.total()

    @property
    def reviewed(self) -> int:
        """Number of decisions that went to review."""
        return sum(count for (_, review), count in self.counts.items() if review)

    def count(self, category: str) -> int:
        """Number of decisions for a category."""
        return self.counts[category, False] + self.counts[category, True]

    def by_count(self) -> list[str]:
        """Categories that have decisions, the one with most first."""
        return sorted({category for category, _ in self.counts}, key=lambda name: (-self.count(name), name))

    def review_rate(self, category: str) -> float | None:
        """Share of a category's decisions that went to review, in [0, 1]; None where there were none."""
        count = self.count(category)
        return self.counts[category, True] / count if count else None
