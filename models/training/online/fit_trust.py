"""Fits the table of `models.decisions.precedence.trust` on simulated corrections.

Merchants are the pieces of evidence: weighted ones count as (sum w)^2 / (sum w^2) plain ones (Kish, 1965). A share of
few merchants is drawn to that of all corrections of its kind; intervals are Wilson's. The model of texts gets a weight
in the pool, then effects on the odds of being right, with all else of the policy as it is.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize, minimize_scalar

from models.contracts.taxonomy import CATEGORIES
from models.decisions.calibrated import PolicyModel, assess
from models.decisions.pool import distributions, familiarity
from models.decisions.precedence.trust import CORRECTED, Measured, OnlineTrust, Stance, TextTrust
from models.statistics.calibration import calibration_error
from models.statistics.intervals import wilson
from models.training.online.corrected import Corrected, Judged
from models.training.policy_metrics import PRECISION
from models.training.votes import Cast

DRAWN = 10.0
"""Merchants that the share of the kind counts as, beside those of a stance."""

LEAST_WEIGHT, LARGEST_WEIGHT = 0.02, 3.0
"""Bounds of a weight in the pool."""

_EFFECT = 5e-4
"""Penalty of the effects, as that of the policy's."""

_DIGITS = 4


def fit_trust(simulated: Corrected, policy: PolicyModel) -> OnlineTrust:
    """Measure how far corrections may be trusted.

    Args:
        policy: That of the model; nothing of it changes.
    """
    measured = {}
    for kind in CORRECTED:
        of_kind = [each for each in simulated.judged if each.kind is kind]
        if not of_kind:
            continue
        overall, _ = _share(of_kind)
        for stance in Stance:
            if alike := [each for each in of_kind if each.stance is stance]:
                measured[kind, stance] = _measured(alike, overall)
    return OnlineTrust(measured, _fit_text(simulated.texts, policy) if simulated.texts else None)


def _share(judged: Sequence[Judged]) -> tuple[float, float]:
    """The share that was right, by weight, and how many plain merchants that rests on."""
    weights: defaultdict[str, float] = defaultdict(float)
    right = 0.0
    for each in judged:
        weights[each.group] += each.weight
        right += each.weight * each.right
    total = sum(weights.values())
    return min(right / total, 1.0), total**2 / sum(weight**2 for weight in weights.values())


def _measured(judged: Sequence[Judged], overall: float) -> Measured:
    share, number = _share(judged)
    drawn = (share * number + overall * DRAWN) / (number + DRAWN)
    low, high = wilson(drawn * number, number)
    return Measured(round(drawn, _DIGITS), round(low, _DIGITS), round(high, _DIGITS), round(number))


def _fit_text(rows: Sequence[Cast], policy: PolicyModel) -> TextTrust:
    weight = np.array([row.weight for row in rows])
    weight = weight / weight.sum()
    truth = np.array([[category in row.truth for category in CATEGORIES] for row in rows])

    def loss(value: float) -> float:
        model = OnlineTrust(text=TextTrust(value, 0.0, 0.0)).extended(policy)
        pools = [model.trusts[familiarity(row.ballots)].pool for row in rows]
        hit = np.maximum((distributions([row.ballots for row in rows], pools) * truth).sum(axis=1), 1e-12)
        return float(-(weight * np.log(hit)).sum())

    best = minimize_scalar(loss, bounds=(LEAST_WEIGHT, LARGEST_WEIGHT), method="bounded", options={"xatol": 1e-3})
    value = round(float(best.x), _DIGITS)
    assessed = assess(
        [(row.ballots, row.band) for row in rows], OnlineTrust(text=TextTrust(value, 0.0, 0.0)).extended(policy)
    )
    probability = np.clip([each.probability for each in assessed], 1e-9, 1 - 1e-9)
    odds = np.log(probability / (1 - probability))
    said = [each.evidence.category for each in assessed]
    sign = np.array([1.0 if category in row.truth else -1.0 for category, row in zip(said, rows, strict=True)])
    for_it = np.array([row.ballots[-1].category == category for category, row in zip(said, rows, strict=True)], float)

    def cost(effects: np.ndarray) -> float:
        margin = sign * (odds + np.where(for_it > 0, effects[0], effects[1]))
        return float((weight * np.logaddexp(0, -margin)).sum() + _EFFECT * (effects**2).sum())

    support, dissent = minimize(cost, np.zeros(2), method="L-BFGS-B").x
    return TextTrust(value, round(float(support), _DIGITS), round(float(dissent), _DIGITS))


def trust_metrics(simulated: Corrected, trust: OnlineTrust, policy: PolicyModel) -> dict[str, dict[str, float]]:
    """What the table is worth on corrections that it was not fitted on, accepted at .95, by weight.

    Returns:
        For each kind, and for what the text has a vote on: rows (merchants), accuracy, calibration error,
        precision and coverage of what is accepted.
    """
    found = {}
    for kind in CORRECTED:
        rows = [each for each in simulated.judged if each.kind is kind]
        if rows:
            said = [trust.of(each.kind, each.stance) for each in rows]
            found[f"{kind.value}_merchants"] = _metrics(
                [each.weight for each in rows],
                [each.right for each in rows],
                [each.right for each in said],
                [each.low >= PRECISION for each in said],
                len({each.group for each in rows}),
            )
    if simulated.texts and trust.text is not None:
        model = trust.extended(policy)
        assessed = assess([(row.ballots, row.band) for row in simulated.texts], model)
        lines = model.acceptance[PRECISION]
        pairs = list(zip(simulated.texts, assessed, strict=True))
        found["corrected_texts"] = _metrics(
            [row.weight for row, _ in pairs],
            [each.evidence.category in row.truth for row, each in pairs],
            [each.probability for _, each in pairs],
            [each.under(lines, row.band).accepted for row, each in pairs],
            len(pairs),
        )
    return found


def _metrics(
    weights: Sequence[float], right: Sequence[bool], said: Sequence[float], accepted: Sequence[bool], rows: int
) -> dict[str, float]:
    weight, hit, sure = np.array(weights), np.array(right, dtype=bool), np.array(accepted, dtype=bool)
    weight = weight / weight.sum()
    covered = float(weight[sure].sum())
    values = {
        "accuracy": float(weight[hit].sum()),
        "calibration_error": calibration_error(list(said), list(right), weight.tolist()),
        "accepted_precision": float(weight[sure & hit].sum()) / covered if covered else 0.0,
        "coverage": covered,
    }
    return {"rows": rows} | {name: round(value, _DIGITS) for name, value in values.items()}
