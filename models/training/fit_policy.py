"""Fits the policy `calibrated`: weights of the pool, and the probability of being right.

Both are fitted with partial pooling. The weights of one familiarity are drawn to those of all, and the effects of
kinds, categories and bands to none, each by a squared penalty (a normal prior, its mode found by L-BFGS): a group with
few rows leans on the others. The penalties were chosen on the other half of the stand-ins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES
from models.decisions.calibrated import FEATURES, Effects, PolicyModel, PooledVotes, Trust, assess, weigh
from models.decisions.pool import Familiarity, Pool, familiarity, log_opinions
from models.training.fit_acceptance import fit_acceptance
from models.training.votes import Cast
from models.voters.contract import LEARNED_LATER, Kind

FIXED: dict[Kind, float] = {Kind.CODE: 1.5, Kind.TILL: 1.0, Kind.LLM: 0.1}
"""Weights that cannot be learned here: where the truth is the code, where a city pays at other tills than households,
and where no model is at hand."""

_PRIOR = 0.7
"""What a weight is without evidence: ballots of different kinds rest partly on the same words."""

_TO_PRIOR, _TO_ALL = 2e-3, 1e-3
"""Penalties of the weights of all, and of those of one familiarity beside them."""

_RIDGE, _EFFECT = 1e-4, 5e-4
"""Penalties of the coefficients, shared and by familiarity, and of the effects."""

_DIGITS = 4

_KINDS = [kind for kind in Kind if kind not in FIXED and kind not in LEARNED_LATER]
_COLUMN = {category: column for column, category in enumerate(CATEGORIES)}


def fit_policy(rows: Sequence[Cast]) -> PolicyModel:
    """Fit what the policy needs on rows of merchants that the voters did not learn from, by weight."""
    shared = _fit_weights(rows, dict.fromkeys(_KINDS, _PRIOR), _TO_PRIOR)
    pools = {
        known: Pool(FIXED | _fit_weights([row for row in rows if familiarity(row.ballots) is known], shared, _TO_ALL))
        for known in Familiarity
    }
    evidence = weigh([row.ballots for row in rows], [pools[familiarity(row.ballots)] for row in rows])
    right = np.array([each.category in row.truth for each, row in zip(evidence, rows, strict=True)], dtype=bool)
    columns = _Columns()
    found = _fit_logistic(columns.matrix(rows, evidence), right, np.array([row.weight for row in rows]), columns)
    trusts = {known: Trust(pools[known], columns.coefficients(found, known)) for known in Familiarity}
    unruled = PolicyModel(trusts, columns.effects(found), {})
    assessed = assess([(row.ballots, row.band) for row in rows], unruled)
    return PolicyModel(trusts, unruled.effects, fit_acceptance(rows, assessed))


def _fit_weights(rows: Sequence[Cast], towards: Mapping[Kind, float], penalty: float) -> dict[Kind, float]:
    """The least log loss of the truth, drawn to `towards`, where all kinds stay that no row has."""
    prior = np.array([towards[kind] for kind in _KINDS])
    if not rows:
        return dict(towards)
    opinions = np.zeros((len(rows), len(_KINDS), len(CATEGORIES)), dtype=np.float32)
    truth = np.zeros((len(rows), len(CATEGORIES)), dtype=bool)
    for place, row in enumerate(rows):
        for ballot in row.ballots:
            if ballot.kind not in FIXED:
                opinions[place, _KINDS.index(ballot.kind)] += log_opinions([ballot])[0]
        truth[place, [_COLUMN[category] for category in row.truth]] = True
    weight = np.array([row.weight for row in rows])
    weight = weight / weight.sum()

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total = np.einsum("k,nkc->nc", parameters.astype(np.float32), opinions)
        powers = np.exp(total - total.max(axis=1, keepdims=True))
        share = powers / powers.sum(axis=1, keepdims=True)
        hit = np.maximum((share * truth).sum(axis=1), 1e-12)
        toward = ((weight / hit)[:, None] * share * truth - weight[:, None] * share).astype(np.float32)
        slope = np.einsum("nc,nkc->k", toward, opinions).astype(np.float64)
        away = parameters - prior
        return float(-(weight * np.log(hit)).sum() + penalty * (away**2).sum()), -slope + 2 * penalty * away

    found = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=[(0.02, 3.0)] * len(_KINDS))
    return {kind: round(float(value), _DIGITS) for kind, value in zip(_KINDS, found.x, strict=True)}


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of the logistic fit: features of all, of each familiarity, and the effects, one after another."""

    support: int = len(FEATURES) * (1 + len(Familiarity))
    dissent: int = len(FEATURES) * (1 + len(Familiarity)) + len(_KINDS)
    category: int = len(FEATURES) * (1 + len(Familiarity)) + 2 * len(_KINDS)
    band: int = len(FEATURES) * (1 + len(Familiarity)) + 2 * len(_KINDS) + len(CATEGORIES)

    @property
    def number(self) -> int:
        """All of them."""
        return self.band + len(AmountBand)

    def matrix(self, rows: Sequence[Cast], evidence: Sequence[PooledVotes]) -> NDArray[np.float64]:
        """Values, shape (n rows, n columns)."""
        values = np.zeros((len(rows), self.number))
        families, bands = list(Familiarity), list(AmountBand)
        for place, (row, each) in enumerate(zip(rows, evidence, strict=True)):
            own = len(FEATURES) * (1 + families.index(familiarity(row.ballots)))
            values[place, : len(FEATURES)] = values[place, own : own + len(FEATURES)] = each.features
            for ballot in row.ballots:
                if ballot.kind not in FIXED:
                    side = self.support if ballot.category == each.category else self.dissent
                    values[place, side + _KINDS.index(ballot.kind)] += 1
            values[place, self.category + _COLUMN[each.category]] = 1
            values[place, self.band + bands.index(row.band)] = 1
        return values

    def penalties(self) -> NDArray[np.float64]:
        """Penalty of each column."""
        return np.where(np.arange(self.number) < self.support, _RIDGE, _EFFECT)

    def bounds(self) -> list[tuple[float | None, float | None]]:
        """More agreement of the probabilities makes no decision less sure."""
        rising = [FEATURES.index("log_odds"), FEATURES.index("margin")]
        return [(0.0, None) if column in rising else (None, None) for column in range(self.number)]

    def coefficients(self, found: NDArray[np.float64], known: Familiarity) -> tuple[float, ...]:
        """Those of one familiarity."""
        own = len(FEATURES) * (1 + list(Familiarity).index(known))
        return tuple(
            round(float(value), _DIGITS) for value in found[: len(FEATURES)] + found[own : own + len(FEATURES)]
        )

    def effects(self, found: NDArray[np.float64]) -> Effects:
        """The effects; those of kinds with a fixed weight are none."""
        values = [round(float(value), _DIGITS) for value in found]
        none = dict.fromkeys(FIXED, 0.0)
        return Effects(
            none | dict(zip(_KINDS, values[self.support : self.dissent], strict=True)),
            none | dict(zip(_KINDS, values[self.dissent : self.category], strict=True)),
            dict(zip(CATEGORIES, values[self.category : self.band], strict=True)),
            dict(zip(AmountBand, values[self.band :], strict=True)),
        )


def _fit_logistic(
    values: NDArray[np.float64], right: NDArray[np.bool_], weight: NDArray[np.float64], columns: _Columns
) -> NDArray[np.float64]:
    weight = weight / max(weight.sum(), 1e-12)
    sign = np.where(right, 1.0, -1.0)
    penalty = columns.penalties()

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (values @ parameters)
        slope = -(weight * sign / (1 + np.exp(margin))) @ values
        return float((weight * np.logaddexp(0, -margin)).sum() + (penalty * parameters**2).sum()), (
            slope + 2 * penalty * parameters
        )

    found = minimize(
        loss,
        np.zeros(columns.number),
        jac=True,
        method="L-BFGS-B",
        bounds=columns.bounds(),
        options={"maxiter": 2_000},
    )
    return np.asarray(found.x)
