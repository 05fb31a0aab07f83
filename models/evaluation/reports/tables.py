"""The tables of a report, cell by cell, for whatever writes them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.evaluation.measures.coverage import TARGET
from models.evaluation.measures.gaps import ParityTable
from models.evaluation.measures.headline import Metrics
from models.evaluation.measures.splits import Split
from models.evaluation.reports.report import Report
from models.evaluation.reports.wording import NONE, class_name, counted_by, group_name, percent, share_text

LISTED = 20
"""Most unknown labels and refused rows that a report lists; the JSON has more."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table; the first column names the row.

    Args:
        rows: Cells, as many per row as there are columns.
    """

    caption: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def headline(report: Report) -> tuple[tuple[str, str, str], ...]:
    """The figures that stand first: name, value, and the interval with count or what the figure is."""
    scores, at_target = report.metrics.scores, report.metrics.coverage.at_target
    target = f"coverage at {TARGET:.0%} precision"
    rate = report.decisions_per_cpu_second
    accepted = scores.accepted_precision
    return (
        ("accuracy", percent(scores.accuracy.value), _rest(share_text(scores.accuracy))),
        ("macro-F1", f"{scores.macro_f1:.3f}", "mean over the truths that occur"),
        ("accepted without review", percent(scores.coverage.value), _rest(share_text(scores.coverage))),
        ("right of the accepted", percent(accepted.value) if accepted else NONE, _rest(share_text(accepted))),
        ("calibration error", f"{scores.calibration_error:.3f}", "expected, over 15 bins"),
        (target, percent(at_target.coverage.value), f"from confidence {at_target.threshold:.2f} on")
        if at_target
        else (target, NONE, "not reached"),
        ("distinct merchants", f"{scores.merchants:,}", f"in {scores.accuracy.rows:,} transactions"),
        ("decisions per CPU second", f"{rate:,.0f}" if rate else NONE, "deciding alone, one process"),
    )


def _rest(text: str) -> str:
    return text.partition(" ")[2]


def categories_table(metrics: Metrics) -> TextTable:
    """Each category, or set of categories that a truth allows."""
    rows = [
        (
            class_name(score.categories),
            f"{score.recall.rows:,}" if score.recall else "0",
            share_text(score.recall, count=False),
            f"{score.precision.rows:,}" if score.precision else "0",
            share_text(score.precision, count=False),
            f"{score.f1:.3f}" if score.f1 is not None else NONE,
        )
        for score in metrics.categories
    ]
    head = ("category", "truly so", "recall", "decided so", "precision", "F1")
    return TextTable("Categories", head, rows)


def reliability_table(metrics: Metrics) -> TextTable:
    """The bands that events carry, and the bins of the reliability diagram."""
    rows = [
        (f"band {each.name.value}", f"{each.accuracy.rows:,}", "", share_text(each.accuracy, count=False))
        for each in metrics.reliability.bands
    ]
    rows += [
        (
            f"{each.low:.2f} to {each.high:.2f}",
            f"{each.accuracy.rows:,}",
            f"{each.confidence:.3f}",
            share_text(each.accuracy, count=False),
        )
        for each in metrics.reliability.bins
    ]
    return TextTable("Confidence and accuracy", ("confidence", "decisions", "mean confidence", "right"), rows)


def coverage_table(metrics: Metrics) -> TextTable:
    """The curve at about every tenth of coverage."""
    tenths = {int(10 * point.coverage.value): point for point in reversed(metrics.coverage.points)}
    rows = [
        (percent(point.coverage.value), f"{point.threshold:.3f}", share_text(point.precision))
        for point in reversed(tenths.values())
    ]
    return TextTable("Precision at rising coverage", ("coverage", "confidence from", "precision"), rows)


def parity(table: ParityTable) -> TextTable:
    """Groups side by side."""
    rows = [
        (
            group_name(group.name),
            f"{group.accuracy.rows:,}",
            share_text(group.accuracy, count=False),
            share_text(group.coverage, count=False),
            share_text(group.precision),
        )
        for group in table.groups
    ]
    head = (table.by, table.counted.value, "accuracy", "accepted", "right of the accepted")
    return TextTable(f"By {table.by}, {counted_by(table)}", head, rows)


def split_table(split: Split) -> TextTable:
    """The headline of each part."""
    rows = [
        (
            name,
            f"{scores.accuracy.rows:,}",
            f"{scores.merchants:,}",
            share_text(scores.accuracy, count=False),
            f"{scores.macro_f1:.3f}",
            share_text(scores.coverage, count=False),
            share_text(scores.accepted_precision),
            f"{scores.calibration_error:.3f}",
        )
        for name, scores in split.parts.items()
    ]
    head = (
        split.by,
        "transactions",
        "merchants",
        "accuracy",
        "macro-F1",
        "accepted",
        "right of the accepted",
        "calibration error",
    )
    return TextTable(f"Headline figures by {split.by}", head, rows)


def rows_table(report: Report) -> TextTable:
    """The rows of the file: scored, passed over and refused."""
    counts, scored = report.counts, report.metrics.scores.accuracy.rows
    rows = [
        ("read", counts.rows),
        ("scored", scored),
        ("labelled, not in the sample", counts.labelled - scored),
        ("outside the dates", counts.outside),
        ("without a label", counts.unlabelled),
        ("with a label that has no category", counts.unknown.total()),
        ("refused", len(counts.refused)),
    ]
    return TextTable("Rows of the file", ("rows", "count"), [(name, f"{count:,}") for name, count in rows])


def unknown_table(report: Report) -> TextTable | None:
    """Labels that have no category; None where there are none."""
    unknown = report.counts.unknown
    return _counted("Labels without a category", "label", unknown) if unknown else None


def refused_table(report: Report) -> TextTable | None:
    """Refused rows by line; None where there are none."""
    refused = report.counts.refused
    if not refused:
        return None
    rows = [(str(each.line), each.field or NONE, each.reason) for each in refused[:LISTED]]
    caption = f"Refused rows{_of(len(refused))}"
    return TextTable(caption, ("line", "field", "reason"), rows)


def _counted(caption: str, name: str, counts: Counter[str]) -> TextTable:
    ranked: Iterable[tuple[str, int]] = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rows = [(label, f"{count:,}") for label, count in ranked][:LISTED]
    return TextTable(f"{caption}{_of(len(counts))}", (name, "rows"), rows)


def _of(count: int) -> str:
    return f": the first {LISTED} of {count:,}" if count > LISTED else ""
