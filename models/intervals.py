"""Intervals of shares. A share without its interval and count is not reported anywhere."""

from math import hypot

from scipy.stats import binomtest


def wilson(hits: int, total: int) -> tuple[float, float]:
    """95% score interval of a proportion (Wilson 1927).

    Args:
        hits: Number of successes.
        total: Number of trials, at least 1.

    Returns:
        Lower and upper bound, in [0, 1].

    >>> tuple(round(bound, 3) for bound in wilson(95, 100))
    (0.888, 0.978)
    """
    interval = binomtest(hits, total).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def newcombe(hits: int, total: int, other_hits: int, other_total: int) -> tuple[float, float]:
    """95% interval of the difference of two independent proportions, first minus other (Newcombe 1998, method 10).

    Args:
        hits: Successes of the first.
        total: Trials of the first, at least 1.
        other_hits: Successes of the other.
        other_total: Trials of the other, at least 1.

    Returns:
        Lower and upper bound, in [-1, 1].

    >>> tuple(round(bound, 4) for bound in newcombe(56, 70, 48, 80))
    (0.0524, 0.3339)
    """
    share, other = hits / total, other_hits / other_total
    (low, high), (other_low, other_high) = wilson(hits, total), wilson(other_hits, other_total)
    difference = share - other
    return difference - hypot(share - low, other_high - other), difference + hypot(high - share, other - other_low)
