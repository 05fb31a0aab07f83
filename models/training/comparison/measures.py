"""Accuracy and disparity of labelled decisions: between amount bands, and between categories."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

from models.contracts.events import AmountBand
from models.evaluation.measures.gaps import LEAST, Gap, Group, largest_gap
from models.statistics.shares import Share, share

_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Outcome:
    """One decision beside its truth.

    Args:
        truth: The category that is right.
        said: The category that was decided.
        accepted: Whether the decision stands without review.
    """

    truth: str
    said: str
    accepted: bool
    band: AmountBand

    @property
    def right(self) -> bool:
        """True where the decision is right."""
        return self.truth == self.said


@dataclass(frozen=True, slots=True)
class Measures:
    """Accuracy, coverage and recall on some rows.

    Args:
        amount_gap: Largest gap of accuracy between bands with enough rows; None where fewer than two have.
        amount_gap_alike: The same with each category weighted alike in each band, over categories that occur in all
            of these bands: a gap that remains is not one of the mix of categories.
        categories: By true category; the accuracy of one is its recall.
        category_gap: Largest gap of recall between categories with enough rows; its lower side is the minority recall.
        rarest: Mean recall of the named categories that have enough rows, or None where none has.
    """

    accuracy: Share
    bands: tuple[Group, ...]
    amount_gap: Gap | None
    amount_gap_alike: float | None
    categories: tuple[Group, ...]
    category_gap: Gap | None
    rarest: float | None


def measures(outcomes: Sequence[Outcome], rarest: Sequence[str]) -> Measures:
    """Measure decisions.

    Args:
        outcomes: Decisions with their truths, at least one.
        rarest: Categories whose mean recall is wanted.
    """
    bands = _groups(outcomes, lambda each: each.band.value)
    categories = _groups(outcomes, lambda each: each.truth)
    scarce = [each.accuracy.value for each in categories if each.name in rarest and each.accuracy.rows >= LEAST]
    return Measures(
        share(sum(each.right for each in outcomes), len(outcomes)),
        bands,
        largest_gap(bands),
        _gap_alike(outcomes, [each.name for each in bands if each.accuracy.rows >= LEAST]),
        categories,
        largest_gap(categories),
        sum(scarce) / len(scarce) if scarce else None,
    )


def paired_difference(first: Sequence[bool], second: Sequence[bool]) -> tuple[float, tuple[float, float]]:
    """Difference of two shares on the same rows, with its 95% interval (normal, from the discordant pairs).

    Args:
        first: Whether the first was right, row by row; not empty.
        second: The same of the second, on the same rows.

    >>> paired_difference([True, True, False, True], [True, False, False, True])[0]
    0.25
    """
    number = len(first)
    won = sum(one and not other for one, other in zip(first, second, strict=True))
    lost = sum(other and not one for one, other in zip(first, second, strict=True))
    gap = (won - lost) / number
    error = _Z * sqrt(max(won + lost - (won - lost) ** 2 / number, 0.0)) / number
    return gap, (gap - error, gap + error)


def _groups(outcomes: Sequence[Outcome], name_of: Callable[[Outcome], str]) -> tuple[Group, ...]:
    held: dict[str, list[Outcome]] = {}
    for each in outcomes:
        held.setdefault(name_of(each), []).append(each)
    return tuple(_group(name, held[name]) for name in sorted(held))


def _group(name: str, outcomes: Sequence[Outcome]) -> Group:
    accepted = [each.right for each in outcomes if each.accepted]
    precision = share(sum(accepted), len(accepted)) if accepted else None
    right = share(sum(each.right for each in outcomes), len(outcomes))
    return Group(name, right, share(len(accepted), len(outcomes)), precision)


def _gap_alike(outcomes: Sequence[Outcome], bands: Sequence[str]) -> float | None:
    """Gap between bands after direct standardisation: each category counts alike in each band."""
    cells: dict[tuple[str, str], list[bool]] = {}
    for each in outcomes:
        cells.setdefault((each.band.value, each.truth), []).append(each.right)
    common = sorted(truth for truth in {name for _, name in cells} if all((band, truth) in cells for band in bands))
    if len(bands) < 2 or not common:
        return None
    means = [
        sum(sum(hits) / len(hits) for hits in (cells[band, truth] for truth in common)) / len(common) for band in bands
    ]
    return max(means) - min(means)
