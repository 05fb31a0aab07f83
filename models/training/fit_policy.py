"""Fits the policy `calibrated`: weights of the pool, the probability of being right, and the thresholds.

The thresholds follow split-conformal risk control (Angelopoulos et al., Conformal Risk Control, 2022), applied to the
error among accepted decisions: in each cell of amount band and group of categories the lowest threshold is taken at
which (wrong + w) / (accepted + w) is at or below 1 - precision; wrong and accepted are sums of weights, and w, the
weight of the next row, is their mean. The theorem needs a loss that only falls as the threshold rises. The error among
the accepted need not, so the precision is aimed at and measured, not proven. (Asking for the bound at every higher
threshold as well starved cells of amounts from 100 to 1,000 over one wrong row at the top, and gained no precision.)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES
from models.decisions.calibrated import (
    FEATURES,
    GROUP_OF,
    GROUPS,
    NEVER,
    TARGETS,
    PolicyModel,
    PooledVotes,
    Thresholds,
    Trust,
    assess,
    weigh,
)
from models.decisions.pool import Familiarity, Pool, familiarity, log_opinions
from models.voters.contract import Ballot, Kind

FIXED: dict[Kind, float] = {Kind.CODE: 1.5, Kind.LLM: 0.1}
"""Weights that cannot be learned here: where the truth is the code, and where no model is at hand."""

FEWEST = 100
"""Rows that a cell needs for a threshold of its own; one with fewer takes the stricter of its band's and of all."""

ELSEWHERE = 1.5
"""How much the other source counts beside the left-out merchants when the probability for new sources is fitted."""

CAUTION = 3.0
"""How much left-out merchants of the known source count beside the other source when thresholds for new sources are
set: a new source may be as hard."""

FLOOR = 0.5
"""No threshold lies below: what is as likely wrong as right is not accepted, however right its cell is on average."""

_PRIOR = 0.7
"""What a weight is without evidence: ballots of different kinds rest partly on the same words."""

_PENALTY = 2e-3
_RIDGE = 1e-3
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Cast:
    """Votes on one transaction with its truth.

    Args:
        ballots: At least one.
    """

    ballots: tuple[Ballot, ...]
    band: AmountBand
    truth: frozenset[str]
    weight: float

    @property
    def familiarity(self) -> Familiarity:
        """The degree to which the merchant is known."""
        return familiarity(self.ballots)


@dataclass(frozen=True, slots=True)
class Calibrating:
    """Votes on merchants that the voters did not learn from.

    Args:
        rare: Left-out merchants of the source that the memory comes from.
        seen: The same merchants with their other rows in the memory.
    """

    rare: Sequence[Cast]
    seen: Sequence[Cast]
    elsewhere: Sequence[Cast]


def fit_policy(data: Calibrating) -> PolicyModel:
    """Fit what the policy needs, for merchants seen, rare and new apart.

    New merchants, of sources that the memory does not know, are fitted on both sources: on the left-out merchants as
    if their source were unknown, and on the other source: 1 to `ELSEWHERE`, for the thresholds `CAUTION` to 1.
    """
    as_new = [_as_new(row) for row in data.rare]
    new = _weighted((as_new, 1.0), (data.elsewhere, ELSEWHERE))
    return {
        Familiarity.SEEN: _fit(data.seen, data.seen),
        Familiarity.RARE: _fit(data.rare, data.rare),
        Familiarity.NEW: _fit(new, _weighted((as_new, CAUTION), (data.elsewhere, 1.0))),
    }


def _as_new(row: Cast) -> Cast:
    ballots = tuple(
        replace(ballot, kind=Kind.LEARNED) if ballot.kind is Kind.RARE else ballot for ballot in row.ballots
    )
    return replace(row, ballots=ballots)


def _weighted(*parts: tuple[Sequence[Cast], float]) -> list[Cast]:
    """All rows of several sources, each source with the total weight that stands beside it."""
    rows = []
    for part, share in parts:
        total = sum(row.weight for row in part)
        rows += [replace(row, weight=row.weight * share / total) for row in part]
    return rows


def _fit(rows: Sequence[Cast], cautious: Sequence[Cast]) -> Trust:
    """Fit on rows, and set thresholds on the same rows with other weights."""
    pool = Pool(FIXED | _fit_weights(rows))
    evidence = weigh([row.ballots for row in rows], [pool] * len(rows))
    features, right = judged(rows, evidence)
    weight = np.array([row.weight for row in rows])
    trust = Trust(pool, _fit_logistic(features, right, weight), {})
    probability = trust.probability(features)
    cells = [(row.band, GROUP_OF[each.category]) for row, each in zip(rows, evidence, strict=True)]
    weight = np.array([row.weight for row in cautious])
    thresholds = {target: _thresholds(probability, right, weight, cells, risk=1 - target) for target in TARGETS}
    return replace(trust, thresholds=thresholds)


def judged(rows: Sequence[Cast], evidence: Sequence[PooledVotes]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Features of the pooled answers, shape (n, 5), and which of them are right, shape (n,)."""
    right = np.array([each.category in row.truth for each, row in zip(evidence, rows, strict=True)], dtype=bool)
    return np.array([each.features for each in evidence]).reshape(len(rows), len(FEATURES)), right


def _fit_weights(rows: Sequence[Cast]) -> dict[Kind, float]:
    """The least log loss of the truth, shrunk towards `_PRIOR`, where all kinds stay that no row has."""
    kinds = [kind for kind in Kind if kind not in FIXED]
    if not rows:
        return dict.fromkeys(kinds, _PRIOR)
    opinions = np.zeros((len(rows), len(kinds), len(CATEGORIES)))
    truth = np.zeros((len(rows), len(CATEGORIES)), dtype=bool)
    for place, row in enumerate(rows):
        for ballot in row.ballots:
            if ballot.kind in kinds:
                opinions[place, kinds.index(ballot.kind)] += log_opinions([ballot])[0]
        truth[place, [CATEGORIES.index(category) for category in row.truth]] = True
    weight = np.array([row.weight for row in rows])
    weight = weight / weight.sum()

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total = np.einsum("k,nkc->nc", parameters, opinions)
        powers = np.exp(total - total.max(axis=1, keepdims=True))
        share = powers / powers.sum(axis=1, keepdims=True)
        hit = np.maximum((share * truth).sum(axis=1), 1e-12)
        slope = np.einsum("n,nc,nkc->k", weight, share * truth / hit[:, None] - share, opinions)
        penalty = _PENALTY * ((parameters - _PRIOR) ** 2).sum()
        return float(-(weight * np.log(hit)).sum() + penalty), -slope + 2 * _PENALTY * (parameters - _PRIOR)

    found = minimize(loss, np.full(len(kinds), _PRIOR), jac=True, method="L-BFGS-B", bounds=[(0.02, 3.0)] * len(kinds))
    return {kind: round(float(value), _DIGITS) for kind, value in zip(kinds, found.x, strict=True)}


def _fit_logistic(
    features: NDArray[np.float64], right: NDArray[np.bool_], weight: NDArray[np.float64]
) -> tuple[float, ...]:
    weight = weight / max(weight.sum(), 1e-12)
    sign = np.where(right, 1.0, -1.0)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (features @ parameters)
        slope = -(weight * sign / (1 + np.exp(margin))) @ features
        return float((weight * np.logaddexp(0, -margin)).sum() + _RIDGE * (parameters**2).sum()), (
            slope + 2 * _RIDGE * parameters
        )

    bounds = [(0.0, None) if name in ("log_odds", "margin") else (None, None) for name in FEATURES]
    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B", bounds=bounds)
    return tuple(round(float(value), _DIGITS) for value in found.x)


def _thresholds(
    probability: NDArray[np.float64],
    right: NDArray[np.bool_],
    weight: NDArray[np.float64],
    cells: Sequence[tuple[AmountBand, str]],
    *,
    risk: float,
) -> Thresholds:
    """A threshold per cell; one with too few rows takes the stricter of its band's and of all."""

    def among(chosen: NDArray[np.bool_]) -> float | None:
        return lowest_threshold(probability[chosen], right[chosen], weight[chosen], risk=risk)

    band = np.array([each for each, _ in cells])
    group = np.array([each for _, each in cells])
    over_all = among(np.ones(len(cells), dtype=bool))
    thresholds: dict[tuple[AmountBand, str], float] = {}
    for each in AmountBand:
        mine = band == each
        in_band = among(mine)
        strictest = max(
            NEVER if found is None else found for found in (over_all, over_all if in_band is None else in_band)
        )
        for name in GROUPS:
            own = among(mine & (group == name))
            thresholds[each, name] = max(strictest if own is None else own, FLOOR)
    return thresholds


def settled(risk: float) -> int:
    """Accepted rows from which on the error is looked at: enough for one error among them not to break the risk."""
    return ceil(2 / risk)


def lowest_threshold(
    probability: NDArray[np.float64], right: NDArray[np.bool_], weight: NDArray[np.float64], *, risk: float
) -> float | None:
    """The lowest threshold at which the error among the accepted is within the risk.

    Args:
        probability: Of being right, shape (n,).
        right: Whether it was, shape (n,).
        weight: How much a row counts, shape (n,).
        risk: Largest share of wrong decisions among the accepted.

    Returns:
        A threshold; `NEVER` where none keeps the risk; None where fewer than `FEWEST` rows are there to tell.

    >>> import numpy as np
    >>> sure = np.linspace(0.5, 1, 200)
    >>> float(round(lowest_threshold(sure, sure > 0.6, np.ones(200), risk=0.1), 2))
    0.56
    """
    if len(probability) < FEWEST:
        return None
    levels = np.floor(probability * 10**_DIGITS)  # a threshold has so many digits, and rows of one level pass together
    order = np.argsort(-levels, kind="stable")
    following = float(weight.mean())
    wrong, accepted = np.cumsum((weight * ~right)[order]), np.cumsum(weight[order])
    last = np.nonzero(np.append(np.diff(levels[order]) != 0, True))[0]
    last = last[last >= settled(risk) - 1]
    held = (wrong[last] + following) / (accepted[last] + following) <= risk
    return float(levels[order[last[held][-1]]] / 10**_DIGITS) if held.any() else NEVER


def probabilities(
    rows: Sequence[Cast], policy: PolicyModel, *, precision: float
) -> tuple[list[str], NDArray[np.float64], NDArray[np.bool_]]:
    """Apply a policy to votes: categories, probabilities of being right, and which are accepted, each (n,)."""
    found = assess([(row.ballots, row.band) for row in rows], policy, precision=precision)
    sure = np.array([each.probability for each in found])
    accepted = np.array([each.accepted for each in found], dtype=bool)
    return [each.evidence.category for each in found], sure, accepted
