"""Notes that a reader of a report must know."""

from typing import Final

from models.contracts.taxonomy import TAXONOMY_VERSION
from models.evaluation.measures.gaps import LEAST
from models.evaluation.reports.report import Report

GAPS: Final = (
    "A gap is a difference of two shares, in points, with its 95% interval (Newcombe 1998). It is the largest between"
    f" any two groups of {LEAST} or more; the interval does not make up for that choice. Acceptance is the share that"
    " stands without review. A merchant is right in a group when more than half of its rows there are, and accepted"
    " likewise."
)

PARITY: Final = "Each transaction counts once. Whiskers are 95% Wilson intervals."

CATEGORIES: Final = (
    "Of what is truly so, the share decided so. Where a label allows several categories, they are one row, and any of"
    " them is right."
)

PRECISION: Final = (
    "Of what was decided so, the share that is right. A category that is never true here has a row as well: it shows"
    " how often it was decided wrongly."
)

RELIABILITY: Final = (
    "Each point is a bin of confidence: on the diagonal, decisions are right as often as they say; below it they are"
    " overconfident. Whiskers are 95% Wilson intervals. The size of a point and the bar at its foot say how many"
    " decisions the bin has."
)

COVERAGE: Final = (
    "Decisions are taken from the surest on. The band is the 95% Wilson interval. The cross is what the policy accepts;"
    " the ring, where there is one, is the most that keeps 95% precision here, picked on these same rows."
)

INTERVALS: Final = "Intervals are 95% Wilson intervals, which take transactions as independent."

_WITHHELD = "The merchant category code was withheld."
_SHOWN = "The ensemble saw the merchant category code: where the labels are made of it, that proves nothing."


def what(report: Report) -> str:
    """Describe the evaluation in a paragraph."""
    run = report.run
    chosen = run.selection
    dates = [f"from {chosen.since}" if chosen.since else "", f"until {chosen.until}" if chosen.until else ""]
    parts = [
        f"Model {run.model_version}, taxonomy {TAXONOMY_VERSION}, policy {run.policy}.",
        f"Truth: column {run.labels}{f' through {run.label_map}' if run.label_map else ''}.",
        _SHOWN if chosen.with_mcc else _WITHHELD,
        f"Rows {' '.join(filter(None, dates))}." if any(dates) else "",
        f"The first {chosen.limit:,} labelled rows." if chosen.limit else "",
        f"A random sample of {chosen.sample:,} rows, seed {chosen.seed}." if chosen.sample else "",
        INTERVALS,
        f"Measured on {run.at:%Y-%m-%d %H:%M} UTC.",
    ]
    return " ".join(filter(None, parts))
