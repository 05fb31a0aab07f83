"""Tests of two answers to the same questions, and of many such tests together."""

from collections.abc import Sequence
from math import exp, lgamma, log


def mcnemar(first: int, other: int) -> float:
    """Exact two-sided p-value of McNemar's test: as far from even as this, or further, by chance alone.

    Args:
        first: Rows on which only the first says yes.
        other: Rows on which only the other does.

    >>> mcnemar(5, 5), mcnemar(0, 5), mcnemar(0, 0)
    (1.0, 0.0625, 1.0)
    """
    number, least = first + other, min(first, other)
    # By logarithms: half to the power of a thousand is no number of Python's.
    tail = sum(
        exp(lgamma(number + 1) - lgamma(k + 1) - lgamma(number - k + 1) - number * log(2)) for k in range(least + 1)
    )
    return min(1.0, round(2 * tail, 12))


def holm(values: Sequence[float]) -> list[float]:
    """P-values adjusted for being several (Holm 1979), in the order given.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted, highest = [0.0] * len(values), 0.0
    for place, index in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        highest = max(highest, min(1.0, values[index] * (len(values) - place)))
        adjusted[index] = highest
    return adjusted
