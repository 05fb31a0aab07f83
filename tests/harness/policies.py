"""Small real policies, worked out by hand, for tests of what is built on one."""

from collections.abc import Mapping

from models.contracts.events import AmountBand
from models.decisions.calibrated import GROUPS, PolicyModel, Trust
from models.decisions.pool import Familiarity, Pool
from models.voters.contract import Kind

LOG_ODDS = (0.0, 1.0, 0.0, 0.0, 0.0)
"""Coefficients with which the probability of being right is the pooled probability."""


def trust(
    threshold: float = 0.5,
    *,
    weights: Mapping[Kind, float] | None = None,
    coefficients: tuple[float, ...] = LOG_ODDS,
    cells: Mapping[tuple[AmountBand, str], float] | None = None,
) -> Trust:
    """One threshold for all but the cells that are named, at the precisions .9 and .95; weights are 1 unless named."""
    thresholds = {(band, group): threshold for band in AmountBand for group in GROUPS} | dict(cells or {})
    pool = Pool(dict.fromkeys(Kind, 1.0) | dict(weights or {}))
    return Trust(pool, coefficients, {0.9: thresholds, 0.95: thresholds})


def policy(**by_familiarity: Trust) -> PolicyModel:
    """A policy of `trust()` for every familiarity but those that are named."""
    return {known: by_familiarity.get(known.value, trust()) for known in Familiarity}
