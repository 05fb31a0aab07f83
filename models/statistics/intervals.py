"""Intervals of shares. A share without its interval and count is not reported anywhere."""

from collections.abc import Sequence
from functools import lru_cache
from math import hypot, sqrt
from statistics import NormalDist

LEVEL = 0.95
"""Confidence level where none is named."""


def wilson(hits: float, total: float, *, level: float = LEVEL) -> tuple[float, float]:
    """Score interval of a proportion (Wilson 1927).

    Args:
        hits: Number of successes; that of weighted trials need not be whole.
        total: Number of trials, above 0.
        level: Confidence level, in (0, 1).

    Returns:
        Lower and upper bound, in [0, 1].

    >>> tuple(round(bound, 3) for bound in wilson(95, 100))
    (0.888, 0.978)
    """
    share, z = hits / total, _quantile(level)
    middle = share + z * z / (2 * total)
    half = z * sqrt(share * (1 - share) / total + (z / (2 * total)) ** 2)
    scale = 1 + z * z / total
    # At the ends the bound is the share itself, which rounding would miss.
    low = 0.0 if hits == 0 else (middle - half) / scale
    return low, 1.0 if hits == total else (middle + half) / scale


def newcombe(
    hits: float, total: float, other_hits: float, other_total: float, *, level: float = LEVEL
) -> tuple[float, float]:
    """Interval of the difference of two independent proportions, first minus other (Newcombe 1998, method 10).

    Args:
        hits: Successes of the first; those of weighted trials need not be whole.
        total: Trials of the first, above 0.
        other_total: Trials of the other, above 0.
        level: Confidence level, in (0, 1).

    Returns:
        Lower and upper bound, in [-1, 1].

    >>> tuple(round(bound, 4) for bound in newcombe(56, 70, 48, 80))
    (0.0524, 0.3339)
    """
    share, other = hits / total, other_hits / other_total
    low, high = wilson(hits, total, level=level)
    other_low, other_high = wilson(other_hits, other_total, level=level)
    difference = share - other
    return difference - hypot(share - low, other_high - other), difference + hypot(high - share, other - other_low)


def paired_difference(
    first: Sequence[bool], other: Sequence[bool], *, level: float = LEVEL
) -> tuple[float, tuple[float, float]]:
    """Difference of two shares on the same rows, first minus other, with its interval (normal, from discordant pairs).

    Args:
        first: Whether the first was right, row by row; not empty.
        other: The same of the other, on the same rows.
        level: Confidence level, in (0, 1).

    >>> paired_difference([True, True, False, True], [True, False, False, True])[0]
    0.25
    """
    number = len(first)
    won = sum(one and not two for one, two in zip(first, other, strict=True))
    lost = sum(two and not one for one, two in zip(first, other, strict=True))
    difference = (won - lost) / number
    error = _quantile(level) * sqrt(max(won + lost - (won - lost) ** 2 / number, 0.0)) / number
    return difference, (difference - error, difference + error)


def paired_newcombe(
    both: int, only_first: int, only_other: int, neither: int, *, level: float = LEVEL
) -> tuple[float, float]:
    """Interval of the difference of two shares on the same rows, first minus other (Newcombe 1998b, method 10).

    Unlike that of `paired_difference` it has a width where no row, or every row, is discordant.

    Args:
        both: Rows on which both say yes; there is at least one row in all.
        level: Confidence level, in (0, 1).

    Returns:
        Lower and upper bound, in [-1, 1].

    >>> tuple(round(bound, 3) for bound in paired_newcombe(0, 500, 0, 0))
    (0.989, 1.0)
    """
    number = both + only_first + only_other + neither
    first, other = both + only_first, both + only_other
    low, high = wilson(first, number, level=level)
    other_low, other_high = wilson(other, number, level=level)
    share, other_share = first / number, other / number
    product = both * neither - only_first * only_other
    spread = sqrt(first * (number - first) * other * (number - other))
    # Corrected for continuity where the answers go together, as the paper does.
    phi = (max(product - number / 2, 0.0) if product > 0 else float(product)) / spread if spread else 0.0
    below, above = share - low, high - share
    other_below, other_above = other_share - other_low, other_high - other_share
    down = sqrt(max(below**2 - 2 * phi * below * other_above + other_above**2, 0.0))
    up = sqrt(max(above**2 - 2 * phi * above * other_below + other_below**2, 0.0))
    difference = (only_first - only_other) / number
    return max(-1.0, difference - down), min(1.0, difference + up)


@lru_cache
def _quantile(level: float) -> float:
    """Of the standard normal distribution, at the upper end of a two-sided interval."""
    return NormalDist().inv_cdf(0.5 + level / 2)
