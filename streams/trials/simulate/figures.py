"""Figures of simulated fleets: delays that may not have ended, and rates of what hardly ever happens."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf

from scipy.special import bdtr, gammaincinv

from models.statistics.intervals import LEVEL, wilson


@dataclass(frozen=True, slots=True)
class Delay:
    """Time until something was found; quartiles are None where the fleet at that place did not find it.

    Args:
        median: Time by which half of all fleets had found it; `low` and `high` are the other quartiles.
        interval: Interval of the median at 95%; a bound is None where it lies beyond the end of the fleets.
        share: Wilson interval at 95% of the share that found it by the end.
    """

    found: int
    fleets: int
    low: float | None
    median: float | None
    high: float | None
    interval: tuple[float | None, float | None]
    share: tuple[float, float]


def delay(values: Sequence[float | None]) -> Delay:
    """Sum up the delays of fleets.

    Args:
        values: One for each fleet, at least one; None where it was not found by the end.

    >>> known = delay([30.0, 10.0, None, 20.0])
    >>> known.found, known.low, known.median, known.high
    (3, 10.0, 20.0, 30.0)
    """
    ranked = sorted(inf if value is None else value for value in values)
    found = sum(value is not None for value in values)
    low, high = _median_ranks(len(ranked))
    return Delay(
        found=found,
        fleets=len(ranked),
        low=_at(ranked, ceil(len(ranked) / 4)),
        median=_at(ranked, ceil(len(ranked) / 2)),
        high=_at(ranked, ceil(len(ranked) * 3 / 4)),
        interval=(_at(ranked, low) if low else 0.0, _at(ranked, high)),
        share=wilson(found, len(ranked)),
    )


@dataclass(frozen=True, slots=True)
class Rate:
    """Events over the pairs, or the days, in which they could have happened."""

    events: int
    exposure: float

    @property
    def value(self) -> float | None:
        """Events per unit; None without any exposure."""
        return self.events / self.exposure if self.exposure else None

    @property
    def at_most(self) -> float | None:
        """Upper bound at 95%, one-sided (exact for a Poisson count; Garwood 1936): 3.0 over the exposure for none."""
        return float(gammaincinv(self.events + 1, LEVEL)) / self.exposure if self.exposure else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Two-sided interval at 95%, of the same source."""
        if not self.exposure:
            return None
        tail = (1 - LEVEL) / 2
        low = float(gammaincinv(self.events, tail)) if self.events else 0.0
        return low / self.exposure, float(gammaincinv(self.events + 1, 1 - tail)) / self.exposure


def _at(ranked: Sequence[float], rank: int) -> float | None:
    """The value of a rank, counted from 1; None where it is infinite or there is none."""
    value = ranked[rank - 1] if rank <= len(ranked) else inf
    return None if value == inf else value


def _median_ranks(size: int) -> tuple[int, int]:
    """Ranks between which the median lies at 95%, by the binomial distribution; 0 where there is no lower one."""
    low = 0
    while low < size // 2 and bdtr(low, size, 0.5) <= (1 - LEVEL) / 2:
        low += 1
    return low, size + 1 - low
