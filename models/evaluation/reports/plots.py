"""The plots of a report, each an SVG with its description in words."""

from collections.abc import Sequence
from math import sqrt

from models.evaluation.measures.coverage import TARGET, CoverageCurve
from models.evaluation.measures.gaps import ParityTable
from models.evaluation.measures.headline import Metrics, Scores
from models.evaluation.measures.reliability import Reliability
from models.evaluation.reports.svg import WIDTH, PlotArea, drawing, element, line, path, text, whisker
from models.evaluation.reports.wording import class_name, counted_by, gap_lines, group_name, percent, share_text
from models.statistics.shares import Share

_FOOT = 32
"""Height of the bars at the foot of the reliability diagram."""

_LETTER = 6.9
"""Width of a letter in the widest fonts that the page may get."""

_LONGEST = 22
"""Letters of a label beside a bar."""

_BESIDE = 104
"""Room for value and count on the right of a bar."""


def reliability_plot(reliability: Reliability) -> str:
    """Accuracy against confidence, with the share of decisions of each bin at the foot."""
    frame = PlotArea()
    total = sum(each.accuracy.rows for each in reliability.bins)
    marks = [frame.axes("confidence", "accuracy"), line(frame.at(0, 0), frame.at(1, 1), "reference")]
    for each in reliability.bins:
        left, right = frame.x(each.low), frame.x(each.high)
        height = _FOOT * each.accuracy.rows / total
        foot = frame.y(0) - height
        marks.append(element("rect", x=left + 1, y=foot, width=right - left - 2, height=height, class_="amount"))
    for each in reliability.bins:
        low, high = each.accuracy.interval
        marks.append(whisker(frame.at(each.confidence, low), frame.at(each.confidence, high)))
    for each in reliability.bins:
        x, y = frame.at(each.confidence, each.accuracy.value)
        marks.append(element("circle", cx=x, cy=y, r=2.5 + 3 * sqrt(each.accuracy.rows / total), class_="point"))
    said = "; ".join(
        f"confidence {each.confidence:.2f}: {percent(each.accuracy.value)} right of {each.accuracy.rows:,}"
        for each in reliability.bins
    )
    described = f"Expected calibration error {reliability.error:.3f}. {said}."
    return drawing("reliability", "Reliability diagram", described, frame.top + frame.height + 36, marks)


def coverage_plot(curve: CoverageCurve, scores: Scores) -> str:
    """Precision against coverage, with what the policy accepts and the most that keeps the target."""
    accepted, most = scores.accepted_precision, curve.at_target
    lowest = min(point.precision.value for point in curve.points)
    frame = PlotArea(lowest=min(int(lowest * 5) / 5, 0.8))
    upper = [frame.at(point.coverage.value, point.precision.interval[1]) for point in curve.points]
    lower = [frame.at(point.coverage.value, point.precision.interval[0]) for point in curve.points]
    marks = [
        frame.axes("coverage", "precision"),
        path(upper + lower[::-1], "band", closed=True),
        line(frame.at(0, TARGET), frame.at(1, TARGET), "reference"),
        path([frame.at(point.coverage.value, point.precision.value) for point in curve.points], "curve"),
    ]
    if most:
        x, y = frame.at(most.coverage.value, most.precision.value)
        marks.append(element("circle", cx=x, cy=y, r=5, class_="ring"))
    if accepted:
        x, y = frame.at(scores.coverage.value, accepted.value)
        marks.append(line((x - 5, y - 5), (x + 5, y + 5), "cross") + line((x - 5, y + 5), (x + 5, y - 5), "cross"))
    kept = f"{percent(most.coverage.value)} can be accepted" if most else "nothing can be accepted"
    policy = f"{percent(scores.coverage.value)} with a precision of {share_text(accepted)}" if accepted else "nothing"
    described = f"At a precision of {TARGET:.0%} {kept}. The policy accepts {policy}."
    return drawing("coverage", "Precision against coverage", described, frame.top + frame.height + 36, marks)


def recall_plot(metrics: Metrics) -> str:
    """Recall of each category that is true, with its interval."""
    named = [(class_name(score.categories), score.recall) for score in metrics.categories if score.recall]
    return bars_plot("recall", "Recall by category", named)


def precision_plot(metrics: Metrics) -> str:
    """Precision of each category that was decided, with its interval."""
    named = [(class_name(score.categories), score.precision) for score in metrics.categories if score.precision]
    return bars_plot("precision", "Precision by category", named)


def parity_plot(name: str, table: ParityTable) -> str:
    """Accuracy of each group, with its interval."""
    title = f"Accuracy by {table.by}, {counted_by(table)}"
    gaps = f"Largest gaps: {'; '.join(gap_lines(table))}."
    return bars_plot(name, title, [(group_name(group.name), group.accuracy) for group in table.groups], gaps)


def bars_plot(name: str, title: str, shares: Sequence[tuple[str, Share]], note: str = "") -> str:
    """Shares as level bars with whiskers, their value and count beside them.

    Args:
        shares: Name and share, from the top.
        note: Said first in the description.
    """
    top, step = 16.0, 21.0
    left = 10 + _LETTER * max(len(_short(label)) for label, _ in shares)
    frame = PlotArea(left=left, top=top, width=WIDTH - left - _BESIDE, height=step * len(shares))
    foot = top + frame.height
    marks = []
    for half in (0.0, 0.5, 1.0):
        marks.append(line((frame.x(half), top), (frame.x(half), foot), "grid"))
        marks.append(text(frame.x(half), top - 5, f"{half:.0%}", anchor="middle"))
    for place, (label, share) in enumerate(shares):
        middle = top + step * (place + 0.5)
        low, high = share.interval
        width = frame.x(share.value) - left
        marks += [
            text(left - 6, middle + 3.5, _short(label), anchor="end"),
            element("rect", x=left, y=middle - 6, width=width, height=12, class_="bar"),
            whisker((frame.x(low), middle), (frame.x(high), middle)),
            text(frame.x(1) + 7, middle + 3.5, f"{percent(share.value)} of {share.rows:,}", class_="value"),
        ]
    said = "; ".join(f"{label} {share_text(share)}" for label, share in shares)
    return drawing(name, title, f"{note} {said}.".strip(), foot + 6, marks)


def _short(label: str) -> str:
    """A label that fits; of several names each keeps its beginning, so that rows which begin alike stay apart.

    >>> _short("professional_services or utilities_telecom"), _short("fuel or entertainment")
    ('professi… or utilitie…', 'fuel or entertainment')
    """
    names = label.split(" or ")
    while len(" or ".join(names)) > _LONGEST:
        longest = max(range(len(names)), key=lambda place: len(names[place]))
        names[longest] = f"{names[longest].removesuffix('…')[:-1]}…"
    return " or ".join(names)
