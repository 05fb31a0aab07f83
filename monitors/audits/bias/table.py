"""Groups side by side: what fairlearn's `MetricFrame` says of each, and the differences that it names."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.statistics.shares import Share, share
from monitors.audits.bias.groups import Decisions, Grouping


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group.

    Args:
        precision: Share of the accepted that is right; None where none was accepted.
        reviewed: Share that waits for a person.
        confidence: Mean.
    """

    name: str
    accuracy: Share
    reviewed: Share
    precision: Share | None
    confidence: float
    merchants: int


@dataclass(frozen=True, slots=True)
class GroupTable:
    """All groups of one kind.

    Args:
        demographic_parity: Largest difference of acceptance between two groups of enough rows; None where there are
            not two.
        equalized_odds: The larger of the largest differences of acceptance among right and among wrong decisions
            (Hardt et al. 2016); None likewise.
    """

    by: str
    rows: Sequence[GroupRow]
    demographic_parity: float | None = None
    equalized_odds: float | None = None


def group_table(decisions: Decisions, by: Grouping, *, least: int) -> GroupTable:
    """The groups of one kind.

    Args:
        least: Fewest rows of a group that counts for the two differences.
    """
    # Slow to import, and a worker never needs it.
    from fairlearn.metrics import (
        MetricFrame,
        count,
        demographic_parity_difference,
        equalized_odds_difference,
        selection_rate,
    )

    names = np.array(by.names)[by.numbers]
    named = {by.by: names}  # by name: of one row alone it would lose a dimension
    right, accepted = decisions.right.astype(int), decisions.accepted.astype(int)
    frame = MetricFrame(
        metrics={"rows": count, "accepted": selection_rate},
        y_true=right,
        y_pred=accepted,
        sensitive_features=named,
    ).by_group
    # With truth and decision given as right or wrong, its selection rate is the accuracy.
    correct = MetricFrame(metrics=selection_rate, y_true=right, y_pred=right, sensitive_features=named).by_group
    rows = []
    for at, name in enumerate(by.names):
        mine = by.numbers == at
        number = int(frame.loc[name, "rows"])
        kept = int(accepted[mine].sum())
        rows.append(
            GroupRow(
                name,
                share(round(float(correct.loc[name]) * number), number),
                share(number - round(float(frame.loc[name, "accepted"]) * number), number),
                share(int((right & accepted)[mine].sum()), kept) if kept else None,
                float(decisions.confidence[mine].mean()),
                len(np.unique(decisions.clusters[mine])),
            )
        )
    enough = [at for at, row in enumerate(rows) if row.accuracy.rows >= least]
    if len(enough) < 2:
        return GroupTable(by.by, rows)
    chosen = np.isin(by.numbers, enough)
    given = {"y_true": right[chosen], "y_pred": accepted[chosen], "sensitive_features": names[chosen]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a group without a wrong decision has no share of these
        odds = float(equalized_odds_difference(**given))
    return GroupTable(by.by, rows, float(demographic_parity_difference(**given)), odds)
