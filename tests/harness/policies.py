"""Small real policies, worked out by hand, for tests of what is built on one."""

from collections.abc import Mapping, Sequence

from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES
from models.decisions.acceptance import Acceptance, Dimension, Raised
from models.decisions.calibrated import Effects, PolicyModel, Trust
from models.decisions.pool import Familiarity, Pool
from models.voters.contract import LEARNED_LATER, Kind

FITTED = tuple(kind for kind in Kind if kind not in LEARNED_LATER)
"""Kinds that a policy knows by itself."""

LOG_ODDS = (0.0, 1.0, 0.0, 0.0, 0.0)
"""Coefficients with which the probability of being right is the pooled probability."""


def trust(*, weights: Mapping[Kind, float] | None = None, coefficients: tuple[float, ...] = LOG_ODDS) -> Trust:
    """Weights are 1 unless named."""
    return Trust(Pool(dict.fromkeys(FITTED, 1.0) | dict(weights or {})), coefficients)


def effects(
    *,
    support: Mapping[Kind, float] | None = None,
    dissent: Mapping[Kind, float] | None = None,
    category: Mapping[str, float] | None = None,
    band: Mapping[AmountBand, float] | None = None,
) -> Effects:
    """Effects are 0 unless named."""
    return Effects(
        dict.fromkeys(FITTED, 0.0) | dict(support or {}),
        dict.fromkeys(FITTED, 0.0) | dict(dissent or {}),
        dict.fromkeys(CATEGORIES, 0.0) | dict(category or {}),
        dict.fromkeys(AmountBand, 0.0) | dict(band or {}),
    )


def raised(dimension: Dimension, name: str, line: float) -> Raised:
    """A group of 400 decisions of which 88% were right."""
    return Raised(dimension, name, line, 0.88, 0.845, 0.908, 400)


def policy(
    line: float = 0.5,
    *,
    resemblance: float | None = None,
    groups: Sequence[Raised] = (),
    added: Effects | None = None,
    **by_familiarity: Trust,
) -> PolicyModel:
    """A policy with one line at the precisions .9 and .95, and `trust()` for every familiarity that is not named."""
    lines = {
        target: Acceptance(target, line, line if resemblance is None else resemblance, tuple(groups))
        for target in (0.9, 0.95)
    }
    trusts = {known: by_familiarity.get(known.value, trust()) for known in Familiarity}
    return PolicyModel(trusts, added or effects(), lines)
