"""Ratios of sums by group, and how far they would move on other merchants.

Accuracy, acceptance, recall, precision and F1 are all a sum over rows by another sum. Rows of one merchant are right or
wrong together, so what is drawn anew is merchants, with all their rows (cluster bootstrap; Davison and Hinkley 1997,
3.8), by Poisson weights of mean 1, which make one pass of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from models.statistics.intervals import LEVEL

ALL = "all"
"""Name of all groups together."""

_AT_ONCE = 50
"""Samples drawn together, so that memory stays small."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GroupRatio:
    """The ratio of one group.

    Args:
        rows: Terms with a denominator above 0.
        clusters: Distinct clusters of these.
        samples: Its bootstrap samples, (rounds,); not a number where a sample has none of its rows.
    """

    name: str
    value: float
    rows: int
    clusters: int
    samples: Floats


@dataclass(frozen=True, slots=True)
class RatioGap:
    """The difference of two groups, the better off less the worse off.

    Args:
        interval: 95% interval from the bootstrap's standard error, adjusted for the number of groups and of checks
            (Bonferroni), as the pair was picked for its gap, and one check that fails is enough to fail.
    """

    worse: GroupRatio
    better: GroupRatio
    value: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Terms:
    """What rows add to the ratio of their group, each array (rows,).

    Args:
        clusters: Number of the row's cluster; rows of one are drawn together.
        groups: Number of the row's group, a place in `names`.
        names: Of the groups.
    """

    numerators: Floats
    denominators: Floats
    clusters: NDArray[np.int64]
    groups: NDArray[np.int64]
    names: tuple[str, ...]


def group_ratios(terms: Terms, *, rounds: int, seed: int) -> dict[str, GroupRatio]:
    """The ratio of each group with its bootstrap samples, and of all rows under the name `ALL`.

    Args:
        rounds: Samples.
        seed: Of the samples; equal clusters get equal weights in each, whatever the figure, so that figures can be
            subtracted sample by sample.

    Returns:
        By name; a group whose denominators are all 0 is left out.
    """
    if not len(terms.clusters):
        return {}
    shape = (int(terms.clusters.max()) + 1, len(terms.names))
    at = (terms.clusters, terms.groups)
    above, below = (csr_array((values, at), shape=shape) for values in (terms.numerators, terms.denominators))
    samples = _samples(above, below, rounds, seed)
    counts = np.bincount(terms.groups, weights=terms.denominators > 0, minlength=len(terms.names))
    held = below.tocsc()
    held.eliminate_zeros()
    clusters = np.diff(held.indptr)
    totals, wholes = above.sum(axis=0), below.sum(axis=0)
    found = {
        name: GroupRatio(
            name, float(totals[place] / wholes[place]), int(counts[place]), int(clusters[place]), samples[:, place]
        )
        for place, name in enumerate(terms.names)
        if wholes[place]
    }
    if wholes.sum():
        every = int(np.count_nonzero(below.sum(axis=1)))
        found[ALL] = GroupRatio(ALL, float(totals.sum() / wholes.sum()), int(counts.sum()), every, samples[:, -1])
    return found


def _samples(above: csr_array, below: csr_array, rounds: int, seed: int) -> Floats:
    """Ratios of each group, and at the end of all, in each sample: (rounds, groups + 1)."""
    random = np.random.default_rng(seed)
    drawn = []
    for start in range(0, rounds, _AT_ONCE):
        weights = random.poisson(1.0, size=(min(_AT_ONCE, rounds - start), above.shape[0])).astype(np.float64)
        first, second = weights @ above, weights @ below
        with np.errstate(invalid="ignore", divide="ignore"):
            drawn.append(np.column_stack([first / second, first.sum(axis=1) / second.sum(axis=1)]))
    return np.concatenate(drawn)


def gap(worse: GroupRatio, better: GroupRatio, *, among: int, checks: int = 1) -> RatioGap:
    """The gap of two groups.

    Args:
        among: Groups that were looked at to pick the two.
        checks: Checks that are made on the same rows, of which the worst one counts.
    """
    spread = better.samples - worse.samples
    bounds = interval(better.value - worse.value, spread, among=max(among - 1, 1) * checks)
    return RatioGap(worse, better, better.value - worse.value, bounds)


def interval(value: float, samples: Floats, *, among: int = 1, least: float = -1.0) -> tuple[float, float]:
    """95% interval of a figure from its bootstrap samples, adjusted for being picked among several.

    Args:
        least: The figure is never below it, nor above 1.
    """
    held = samples[np.isfinite(samples)]
    error = float(np.std(held, ddof=1)) if len(held) > 1 else float("inf")
    half = NormalDist().inv_cdf(1 - (1 - LEVEL) / 2 / among) * error
    return max(value - half, least), min(value + half, 1.0)


def widest(ratios: Iterable[GroupRatio], *, checks: int = 1) -> RatioGap | None:
    """The gap of the best and the worst group; None where there are not two."""
    ranked = sorted(ratios, key=lambda ratio: (ratio.value, ratio.name))
    return gap(ranked[0], ranked[-1], among=len(ranked), checks=checks) if len(ranked) > 1 else None


def cramers_v(table: Sequence[Sequence[int]]) -> tuple[float, float]:
    """Chi-square test of independence of a table, and how strong the association is.

    Args:
        table: Counts, (rows, columns), without an empty row or column.

    Returns:
        p-value, and Cramer's V (1946), in [0, 1].

    >>> p, v = cramers_v([[90, 10], [10, 90]])
    >>> p < 1e-20, round(v, 2)
    (True, 0.8)
    """
    from scipy.stats import chi2_contingency  # slow to import, and only needed here

    found = chi2_contingency(np.array(table), correction=False)
    total, least = float(np.sum(table)), min(len(table), len(table[0])) - 1
    return float(found.pvalue), sqrt(float(found.statistic) / total / least)
