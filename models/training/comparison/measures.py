"""Accuracy and disparity of judged decisions: between amount bands, and between categories."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.evaluation.judged import Judged
from models.evaluation.measures.gaps import LEAST, Figure, Gap, Group, parity_table
from models.statistics.shares import Share, share


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


def measures(judged: Sequence[Judged], rarest: Sequence[str]) -> Measures:
    """Measure decisions.

    Args:
        judged: At least one, each with a single truth.
        rarest: Categories whose mean recall is wanted.
    """
    bands = parity_table("amount band", judged, group_of=_band)
    categories = parity_table("category", judged, group_of=_truth)
    scarce = [each.accuracy.value for each in categories.groups if each.name in rarest and each.accuracy.rows >= LEAST]
    return Measures(
        share(sum(each.right for each in judged), len(judged)),
        bands.groups,
        bands.gap(Figure.ACCURACY),
        _gap_alike(judged, [each.name for each in bands.groups if each.accuracy.rows >= LEAST]),
        categories.groups,
        categories.gap(Figure.ACCURACY),
        sum(scarce) / len(scarce) if scarce else None,
    )


def _band(judged: Judged) -> str:
    return judged.amount_band.value


def _truth(judged: Judged) -> str:
    return min(judged.truth)


def _gap_alike(judged: Sequence[Judged], bands: Sequence[str]) -> float | None:
    """Gap between bands after direct standardisation: each category counts alike in each band."""
    cells: dict[tuple[str, str], list[bool]] = {}
    for each in judged:
        cells.setdefault((_band(each), _truth(each)), []).append(each.right)
    common = sorted(truth for truth in {name for _, name in cells} if all((band, truth) in cells for band in bands))
    if len(bands) < 2 or not common:
        return None
    means = [
        sum(sum(hits) / len(hits) for hits in (cells[band, truth] for truth in common)) / len(common) for band in bands
    ]
    return max(means) - min(means)
