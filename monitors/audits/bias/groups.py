"""Which group of each kind a decision belongs to, as arrays."""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES
from models.evaluation.judged import Judged
from monitors.audits.bias.ratios import Floats, Terms

FAMILIAR, UNFAMILIAR = "familiar merchant", "unfamiliar merchant"
CODED, UNCODED = "with code", "without code"

_WIDTH = 0.01
"""Width of the bins of confidence in which acceptance is compared."""

_STRANGE = "(empty)"

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grouping:
    """A way to group decisions.

    Args:
        numbers: Of each decision's group, (rows,).
        names: Of the groups.
    """

    by: str
    numbers: Ints
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decisions:
    """Judged decisions as arrays, each (rows,).

    Args:
        clusters: Number of the merchant.
        merchants: How many there are.
    """

    judged: Sequence[Judged]
    right: Floats
    accepted: Floats
    confidence: Floats
    clusters: Ints
    merchants: int

    @classmethod
    def of(cls, judged: Sequence[Judged]) -> "Decisions":
        """The arrays; a row without a merchant is a merchant of its own."""
        keys = [each.merchant or f"\0{place}" for place, each in enumerate(judged)]
        numbers = {key: place for place, key in enumerate(dict.fromkeys(keys))}
        return cls(
            judged,
            np.array([each.right for each in judged], dtype=np.float64),
            np.array([each.accepted for each in judged], dtype=np.float64),
            np.array([each.confidence for each in judged], dtype=np.float64),
            np.array([numbers[key] for key in keys], dtype=np.int64),
            len(numbers),
        )

    def grouped(self, by: str, group_of: Callable[[Judged], str], order: Sequence[str] = ()) -> Grouping:
        """Group the decisions.

        Args:
            order: Names that come first where they occur; others follow by name.
        """
        names = [group_of(each) or _STRANGE for each in self.judged]
        present = set(names)
        listed = [*(name for name in order if name in present), *sorted(present.difference(order))]
        place = {name: at for at, name in enumerate(listed)}
        return Grouping(by, np.array([place[name] for name in names], dtype=np.int64), tuple(listed))

    def accuracy(self, by: Grouping) -> Terms:
        """Share that is right."""
        return self._terms(by, self.right, np.ones_like(self.right))

    def acceptance(self, by: Grouping) -> Terms:
        """Share that stands without review."""
        return self._terms(by, self.accepted, np.ones_like(self.accepted))

    def precision(self, by: Grouping) -> Terms:
        """Share of the accepted that is right."""
        return self._terms(by, self.right * self.accepted, self.accepted)

    def excess(self, by: Grouping) -> Terms:
        """Acceptance beyond what decisions of equal confidence get: the mean of accepted less that of the bin.

        Direct standardization over bins of confidence that are `_WIDTH` wide: 0 in each group means that equal
        confidence is treated equally.
        """
        bins = np.floor(self.confidence / _WIDTH + 1e-9).astype(np.int64)
        if not len(bins):
            return self._terms(by, self.accepted, self.accepted)
        expected = np.bincount(bins, weights=self.accepted) / np.maximum(np.bincount(bins), 1)
        return self._terms(by, self.accepted - expected[bins], np.ones_like(self.accepted))

    def f1(self) -> Terms:
        """F1 of each category, 2 TP / (2 TP + FP + FN), as a ratio of sums, of decisions with one truth."""
        right, truths = self.right.astype(bool), [min(each.truth) for each in self.judged]
        place = {name: at for at, name in enumerate(CATEGORIES)}
        said = np.array([place[each.category] for each in self.judged], dtype=np.int64)
        true = np.array([place[name] for name in truths], dtype=np.int64)
        # Each row twice: as hit or miss of what is true, and as false for what was decided.
        return Terms(
            np.concatenate([2 * self.right, np.zeros_like(self.right)]),
            np.concatenate([np.where(right, 2.0, 1.0), np.where(right, 0.0, 1.0)]),
            np.concatenate([self.clusters, self.clusters]),
            np.concatenate([true, said]),
            CATEGORIES,
        )

    def _terms(self, by: Grouping, numerators: Floats, denominators: Floats) -> Terms:
        return Terms(numerators, denominators, self.clusters, by.numbers, by.names)


def by_band(decisions: Decisions) -> Grouping:
    """By size of the amount."""
    return decisions.grouped("amount band", lambda each: each.amount_band.value, [band.value for band in AmountBand])


def by_truth(decisions: Decisions) -> Grouping:
    """By what is true, of decisions with one truth."""
    return decisions.grouped("category", lambda each: min(each.truth), CATEGORIES)


def by_currency(decisions: Decisions) -> Grouping:
    """By currency."""
    return decisions.grouped("currency", lambda each: each.currency)


def by_familiarity(decisions: Decisions, known: Container[str]) -> Grouping:
    """By whether the training knows the merchant."""
    return decisions.grouped("merchant", lambda each: FAMILIAR if each.merchant in known else UNFAMILIAR)


def by_code(decisions: Decisions) -> Grouping:
    """By whether the ensemble saw a merchant category code."""
    return decisions.grouped("merchant category code", lambda each: CODED if each.coded else UNCODED)


def by_columns(decisions: Decisions, columns: Iterable[str]) -> list[Grouping]:
    """By each column that the auditor named."""
    return [decisions.grouped(name, _cell(place)) for place, name in enumerate(columns)]


def _cell(place: int) -> Callable[[Judged], str]:
    return lambda each: each.groups[place]
