"""Accuracy and disparity of labelled decisions: between amount bands, and between categories.

A gap is the difference of two shares of different rows; its interval is Newcombe's hybrid score interval
(Newcombe, Interval estimation for the difference between independent proportions, 1998, method 10).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from models.events import AmountBand
from models.intervals import wilson
from models.scoring import Share

FEWEST = 30
"""Rows that a category or band needs to take part in a gap."""

_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Outcome:
    """One decision beside its truth.

    Args:
        truth: The category that is right.
        said: The category that was decided.
        accepted: Whether the decision stands without review.
        band: Amount band.
    """

    truth: str
    said: str
    accepted: bool
    band: AmountBand

    @property
    def right(self) -> bool:
        """Whether the decision is right."""
        return self.truth == self.said


@dataclass(frozen=True, slots=True)
class Gap:
    """The largest difference of a share between two groups.

    Args:
        highest: Group with the highest share.
        lowest: Group with the lowest share.
        gap: Difference, in [0, 1].
        interval: Of the difference of these two groups, 95%. The two were picked as the extremes among several,
            so the gap is larger than that of two groups named beforehand.
    """

    highest: str
    lowest: str
    gap: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Measures:
    """What came out on some rows.

    Args:
        accuracy: Share that is right.
        bands: Accuracy by amount band.
        amount_gap: Largest gap between bands with enough rows; None where fewer than two have.
        amount_gap_alike: The same with every band's categories weighted alike, over categories that have rows in
            each of these bands; a gap that remains is not one of the mix of categories.
        recalls: Recall by category.
        category_gap: Largest gap between categories with enough rows.
        minority: Category with the lowest recall among those with enough rows, or None.
        rarest: Mean recall of the categories that are rarest in the real rows, or None where none occurs.
    """

    accuracy: Share
    bands: Mapping[str, Share]
    amount_gap: Gap | None
    amount_gap_alike: float | None
    recalls: Mapping[str, Share]
    category_gap: Gap | None
    minority: str | None
    rarest: float | None


def measures(outcomes: Sequence[Outcome], rarest: Sequence[str]) -> Measures:
    """Measure decisions.

    Args:
        outcomes: Decisions with their truths, at least one.
        rarest: Categories whose mean recall is wanted.
    """
    bands = {band.value: [each.right for each in outcomes if each.band is band] for band in AmountBand}
    of_category: dict[str, list[bool]] = {}
    for each in outcomes:
        of_category.setdefault(each.truth, []).append(each.right)
    by_band = {name: share(hits) for name, hits in bands.items() if hits}
    recalls = {name: share(hits) for name, hits in sorted(of_category.items())}
    between = _gap(recalls)
    scarce = [recalls[name].share for name in rarest if name in recalls and recalls[name].rows >= FEWEST]
    return Measures(
        share([each.right for each in outcomes]),
        by_band,
        _gap(by_band),
        _gap_alike(outcomes, [name for name, found in by_band.items() if found.rows >= FEWEST]),
        recalls,
        between,
        between.lowest if between else None,
        sum(scarce) / len(scarce) if scarce else None,
    )


def share(hits: Sequence[bool]) -> Share:
    """A share with its Wilson interval.

    Args:
        hits: Not empty.
    """
    return Share(len(hits), sum(hits) / len(hits), wilson(sum(hits), len(hits)))


def difference(first: Share, second: Share) -> tuple[float, float]:
    """Interval of first - second, shares of different rows.

    >>> low, high = difference(share([True] * 90 + [False] * 10), share([True] * 80 + [False] * 20))
    >>> round(low, 3), round(high, 3)
    (0.0, 0.199)
    """
    gap = first.share - second.share
    below = sqrt((first.share - first.interval[0]) ** 2 + (second.interval[1] - second.share) ** 2)
    above = sqrt((first.interval[1] - first.share) ** 2 + (second.share - second.interval[0]) ** 2)
    return gap - below, gap + above


def paired_difference(first: Sequence[bool], second: Sequence[bool]) -> tuple[float, tuple[float, float]]:
    """Difference of two shares on the same rows, with its 95% interval (normal, from the discordant pairs).

    Args:
        first: Whether the first was right, row by row.
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


def _gap(shares: Mapping[str, Share]) -> Gap | None:
    ranked = sorted((each.share, name) for name, each in shares.items() if each.rows >= FEWEST)
    if len(ranked) < 2:
        return None
    lowest, highest = ranked[0][1], ranked[-1][1]
    low, high = difference(shares[highest], shares[lowest])
    return Gap(highest, lowest, ranked[-1][0] - ranked[0][0], (low, high))


def _gap_alike(outcomes: Sequence[Outcome], bands: Sequence[str]) -> float | None:
    """Gap between bands after direct standardisation: each category counts alike in each band."""
    cells: dict[tuple[str, str], list[bool]] = {}
    for each in outcomes:
        cells.setdefault((each.band.value, each.truth), []).append(each.right)
    common = [truth for truth in {name for _, name in cells} if all((band, truth) in cells for band in bands)]
    if len(bands) < 2 or not common:
        return None
    means = [
        sum(sum(hits) / len(hits) for hits in (cells[band, truth] for truth in common)) / len(common) for band in bands
    ]
    return max(means) - min(means)
