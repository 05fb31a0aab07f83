"""Intervals of shares. A share without its interval and count is not reported anywhere."""

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
