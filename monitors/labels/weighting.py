"""Shares of labels that people did not give at random: inverse-probability weights, with intervals.

A label that had the probability p of being asked for stands for w = 1/p decisions. Whatever went to review has w = 1,
and of what was accepted one in a hundred is asked about, with w = 100: left unweighted, reviews would be taken for all.
The estimate takes it that people answer what they are asked, or that what they leave unanswered is no different.
"""

from dataclasses import dataclass

from models.statistics.intervals import newcombe, wilson
from monitors.counts.cells import STATS, Counts, Stat

_THOUSANDTHS = 1000
_COUNT, _WEIGHT, _SQUARED = (STATS.index(stat) for stat in (Stat.COUNT, Stat.WEIGHT, Stat.WEIGHT_SQUARED))


@dataclass(frozen=True, slots=True)
class WeightedShare:
    """The share of decisions that were right, estimated from labels.

    Args:
        value: In [0, 1].
        effective: How many labels of equal weight would say it as surely; above 0, not a whole number.
    """

    value: float
    effective: float

    def interval(self, level: float) -> tuple[float, float]:
        """Score interval (Wilson 1927) on the effective number of labels.

        Args:
            level: Confidence level, in (0, 1).
        """
        return wilson(self._hits, self.effective, level=level)

    def above(self, other: "WeightedShare", level: float) -> tuple[float, tuple[float, float]]:
        """This share less another, and its interval (Newcombe 1998, method 10, on effective numbers).

        Args:
            level: Confidence level, in (0, 1).
        """
        bounds = newcombe(self._hits, self.effective, other._hits, other.effective, level=level)
        return self.value - other.value, bounds

    @property
    def _hits(self) -> float:
        return self.value * self.effective


def share(sums: Counts) -> WeightedShare | None:
    """Estimate the share that is right.

    The estimate is Hajek's (1971): weight of the right labels over weight of all. Its effective number is what makes
    p (1 - p) / n the linearised variance of that ratio, sum of w^2 (y - p)^2 over the square of the sum of w (Sarndal,
    Swensson and Wretman 1992, section 5.6), but never more than Kish's, (sum of w)^2 / sum of w^2 (1965). The second
    is what is left where all labels are right, or none is; and where only the light ones are wrong, the variance alone
    would take it for known that no heavy one ever is.

    Args:
        sums: Counts, weights and squared weights of wrong and of right labels, shape (VERITIES, STATS).

    Returns:
        None where there is no label.
    """
    (wrong, wrong_squared), (right, right_squared) = (
        (int(row[_WEIGHT]) / _THOUSANDTHS, int(row[_SQUARED]) / _THOUSANDTHS) for row in sums
    )
    weight = wrong + right
    if not weight:
        return None
    value = right / weight
    effective = weight**2 / (wrong_squared + right_squared)
    # At 0 and 1 the variance is 0, which would make a handful of labels certain.
    if 0 < value < 1:
        spread = (1 - value) ** 2 * right_squared + value**2 * wrong_squared
        effective = min(effective, value * (1 - value) * weight**2 / spread)
    return WeightedShare(value, effective)


def labels(sums: Counts) -> tuple[int, int]:
    """Number of labels, and of those that are right.

    Args:
        sums: Shape (VERITIES, STATS).
    """
    wrong, right = (int(row[_COUNT]) for row in sums)
    return wrong + right, right
