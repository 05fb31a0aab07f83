"""Measures a policy on votes with a known truth."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from models.decisions.calibrated import PolicyModel, assess
from models.statistics.calibration import calibration_error
from models.training.votes import Cast

PRECISION = 0.95
"""Target precision at which the metrics state what is accepted."""


def metrics(rows: Sequence[Cast], policy: PolicyModel) -> dict[str, float]:
    """Accuracy, macro-F1, calibration error, and precision and coverage of what is accepted at .95, by weight.

    Args:
        rows: Votes with their truth; weights need not sum to 1.

    Returns:
        Number of rows; accuracy; macro-F1 over the first truths that occur; expected calibration error; precision and
        coverage of the accepted. All 0 where there are no rows.
    """
    if not rows:
        return dict.fromkeys(("rows", "accuracy", "macro_f1", "calibration_error", "accepted_precision", "coverage"), 0)
    said, probability, sure = decided(rows, policy)
    right = np.array([category in row.truth for category, row in zip(said, rows, strict=True)], dtype=bool)
    # F1 wants one truth a row: the decided one where it is among them, else the first by name.
    truth = [category if hit else min(row.truth) for category, hit, row in zip(said, right, rows, strict=True)]
    weight = np.array([row.weight for row in rows])
    weight = weight / weight.sum()
    covered = float(weight[sure].sum())
    occurring = sorted(set(truth))
    values = {
        "accuracy": float(weight[right].sum()),
        "macro_f1": float(f1_score(truth, said, labels=occurring, average="macro", sample_weight=weight)),
        "calibration_error": calibration_error(probability.tolist(), right.tolist(), weight.tolist()),
        "accepted_precision": float(weight[sure & right].sum()) / covered if covered else 0.0,
        "coverage": covered,
    }
    return {"rows": len(rows)} | {name: round(value, 4) for name, value in values.items()}


def acceptance_metrics(policy: PolicyModel) -> dict[str, dict[str, float]]:
    """The lines of acceptance at .95, and each group that has not earned the common one, with what showed it."""
    lines = policy.acceptance[PRECISION]
    raised = {
        f"raised_{each.name}": {
            "line": each.line,
            "right": each.right,
            "low": each.low,
            "high": each.high,
            "rows": each.rows,
        }
        for each in lines.raised
    }
    return {"acceptance": {"line": lines.line, "by_likeness_alone": lines.resemblance}, **raised}


def decided(rows: Sequence[Cast], policy: PolicyModel) -> tuple[list[str], NDArray[np.float64], NDArray[np.bool_]]:
    """What a policy makes of votes: categories, probabilities of being right, and which are accepted, each (n,)."""
    assessed = assess([(row.ballots, row.band) for row in rows], policy)
    lines = policy.acceptance[PRECISION]
    accepted = [each.under(lines, row.band).accepted for each, row in zip(assessed, rows, strict=True)]
    probability = np.array([each.probability for each in assessed])
    return [each.evidence.category for each in assessed], probability, np.array(accepted, dtype=bool)
