"""Drawing the summary; pure, like the live view."""

from collections.abc import Iterable, Iterator, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from models.contracts.alerts import Severity
from models.training.config import HELD_OUT_FROM
from monitors.alerts.wording import BAND_WORDS, WORDS
from monitors.base.contract import MonitorName, Rules
from monitors.counts.windows import LENGTHS
from streams.files.sample import SOURCE, held_out
from streams.trials.demo.fairness import WINDOW, Fairness, WindowFigure
from streams.trials.demo.lesson import drawing as lesson
from streams.trials.demo.summary import DemoSummary
from streams.trials.demo.view import ACCEPTED, FAINT, REVIEW, Cell, Row, meter, table, title

LIMIT = 0.25
"""Review rate above which a category is pointed out: it may be treated unevenly."""

SHOWN_ALERTS = 5
TOO_FEW = "too few"

_NOTES = (
    "Gap in points. Ratios: acceptance / review, below 1 where the band is worse off.",
    f"Each is the newest with enough decisions: {Rules().minimum_count}, for a gap on either side.",
    "All as of the end of the replay: windows move with the answers, which are of today.",
)
_STYLES: Mapping[Severity, str] = {Severity.WARNING: f"bold {REVIEW}", Severity.PAGE: "bold red"}
_PARTS = {MonitorName.REVIEW_RATE: "review", MonitorName.UNKNOWN_MERCHANTS: "unknown"}
"""Monitor to the count that is a part of the decisions."""


def draw_summary(summary: DemoSummary, *, width: int) -> RenderableType:
    """Draw everything the demo says at the end, for a terminal of so many columns."""
    return Group(
        title("Evenhand demo"),
        _facts(_flow(summary)),
        Text(),
        title("Review rate by category, with its 95% interval (Wilson)"),
        table(
            ("category", ">decided", ">review", ">rate", ">interval", "", ""),
            _rates(summary, bar=max(6, min(30, width - 74))),
        ),
        Text(),
        title("Fairness monitors"),
        draw_fairness(
            summary.fairness,
            labels=summary.lesson.answers.settled,
            blind=summary.verification.blind,
            review=summary.verification.review,
        ),
        Text(),
        title(f"What the next transactions gained by {summary.lesson.answers.requests} answers"),
        _facts(lesson.facts(summary.lesson)),
        Text(),
        table(("next", ">without", ">with", ">points", ">95% interval"), lesson.rows(summary.lesson), gap=2),
        *(Text(note, style=FAINT) for note in lesson.notes(summary.lesson, with_mcc=summary.with_mcc)),
        Text(),
        title("Planted messages, as the dead-letter topic has them"),
        table(("what was wrong", "stage", "reason", "field", ">input"), _letters(summary), gap=2),
        Text(),
        *_verdict(summary),
    )


def _flow(summary: DemoSummary) -> Iterator[tuple[str, Cell]]:
    board, checked, batches = summary.board, summary.verification, summary.batches
    decided = max(1, checked.categorized + checked.review)
    codes = "" if summary.with_mcc else ", without merchant category codes"
    first, last = board.timestamps[0], board.timestamps[-1]
    yield "transactions", f"{board.transactions_sent:,} of {first:%-d %b %Y} to {last:%-d %b %Y}{codes}"
    yield "", SOURCE
    unseen = f"of them from {HELD_OUT_FROM:%-d %b %Y} on, days that the shipped model was not trained on"
    yield "", f"{held_out(board.timestamps):,} {unseen}"
    yield "categorized", f"{checked.categorized:,} ({checked.categorized / decided:.1%})"
    yield "review", f"{checked.review:,} ({checked.review / decided:.1%})"
    yield "dead letters", f"{checked.dead_letters:,}"
    per_second = (
        f"{board.paced / board.send_seconds:,.0f}/s in as paced, {board.paced / board.answer_seconds:,.0f}/s out"
    )
    late = f"the last answer {max(0.0, board.answer_seconds - board.send_seconds):.1f} s after the last message"
    yield "throughput", f"{per_second}; lag at most {board.most_waiting:,}, {late}"
    size = f"{batches.count:,} of {batches.records_mean:.0f} records on average, {batches.aborted} aborted"
    within = "" if batches.seconds_p99 is None else f", 99% within {batches.seconds_p99 * 1000:,.0f} ms"
    yield "batches", f"{size}; from taking to commit {batches.seconds_mean * 1000:.0f} ms on average{within}"
    yield "model", f"{batches.model_version}, delivery {batches.delivery}"


def _rates(summary: DemoSummary, *, bar: int) -> Iterator[Row]:
    """Each category with counts and interval; pointed out where the whole interval is above `LIMIT`."""
    for name, rate in summary.rates.items():
        low, high = rate.interval
        yield (
            name,
            f"{rate.rows:,}",
            f"{rate.hits:,}",
            f"{rate.value:.1%}",
            f"{low:.1%} - {high:.1%}",
            Text(meter(rate.value, bar), style=REVIEW),
            Text(f"above {LIMIT:.0%}" if low > LIMIT else "", style=f"bold {REVIEW}"),
        )


def draw_fairness(found: Fairness, *, labels: int, blind: int, review: int) -> RenderableType:
    """Draw the monitors' alerts, the figures of all decisions, and the gaps between amount bands."""
    gaps = [one for one in found.figures if one.reading.monitor is MonitorName.REVIEW_PARITY]
    levels = [one for one in found.figures if one not in gaps]
    end = f">{WINDOW} to"
    return Group(
        _facts(_alerts(found, labels=labels, blind=blind, review=review)),
        Text(),
        table(("all decisions", ">reading", ">99% interval", ">decisions", end), map(_level, levels), gap=2),
        Text(),
        table(("review by amount", ">review", ">others", ">gap", ">99% interval", ">ratios", end), map(_gap, gaps)),
        *(Text(note, style=FAINT) for note in _NOTES),
    )


def _alerts(found: Fairness, *, labels: int, blind: int, review: int) -> Iterator[tuple[str, Cell]]:
    look, raised = found.last, found.observed.raised
    yield "alerts", f"{len(look.alerts) or 'none'} open; {raised or 'none'} raised during the replay"
    for alert in look.alerts[:SHOWN_ALERTS]:
        yield "", Text.assemble((f"{alert.severity.value}: ", _STYLES[alert.severity]), alert.summary)
    if more := look.alerts[SHOWN_ALERTS:]:
        yield "", f"and {len(more)} more"
    if found.later:
        yield "", f"{found.later} raised after the answers, which are of today:"
    for alert in found.open_later[:SHOWN_ALERTS] if found.later else ():
        yield "", Text.assemble((f"{alert.severity.value}: ", _STYLES[alert.severity]), alert.summary)
    lacking = f"{look.lacking} of {look.readings} figures over {', '.join(LENGTHS)}: too few decisions, or no labels"
    yield "not enough data", lacking
    yield "labels", f"{labels:,} of the {blind:,} blind requests and {review:,} decisions that people were asked about"


def _level(figure: WindowFigure) -> Row:
    reading = figure.reading
    words, part, decisions = WORDS[reading.monitor], _PARTS.get(reading.monitor), reading.counts["decisions"]
    return (
        words.figure,
        "" if reading.value is None else words.unit(reading.value),
        TOO_FEW if reading.interval is None else " to ".join(map(words.unit, reading.interval)),
        f"{reading.counts[part]:,} of {decisions:,}" if part else f"{decisions:,}",
        f"{figure.until:%-d %b}",
    )


def _gap(figure: WindowFigure) -> Row:
    reading, counts = figure.reading, figure.reading.counts
    ratios = (reading.ratios.get(name) for name in ("acceptance", "review"))
    return (
        BAND_WORDS[reading.group or ""].removesuffix(" amounts"),
        f"{counts['review']:,} of {counts['decisions']:,}",
        f"{counts['others_review']:,} of {counts['others_decisions']:,}",
        "" if reading.value is None else _points(reading.value),
        TOO_FEW if reading.interval is None else " to ".join(map(_points, reading.interval)),
        "" if reading.value is None else " / ".join(map(_ratio, ratios)),
        f"{figure.until:%-d %b}",
    )


def _points(value: float) -> str:
    return f"{100 * value:+.1f}"


def _ratio(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"


def _letters(summary: DemoSummary) -> Iterator[Row]:
    for fate in summary.planted:
        letter, place = fate.letter, f"{fate.sent.partition}:{fate.sent.offset}"
        said = (letter.stage, letter.reason, letter.contract_field or "") if letter else ("", "no dead letter", "")
        row = (fate.sent.planted.kind, *said, place)
        yield tuple(Text(cell, style="bold red" if fate.fault else "") for cell in row)


def _verdict(summary: DemoSummary) -> Iterator[Text]:
    checked = summary.verification
    if summary.ok:
        found = f"{checked.doubled.count} doubled, {checked.missing.count} missing"
        yield Text.assemble(("verified: ", f"bold {ACCEPTED}"), f"every input has exactly one terminal record; {found}")
        return
    yield Text("verification failed", style="bold red")
    for problem in summary.problems:
        yield Text(f"  {problem}")


def _facts(facts: Iterable[tuple[str, Cell]]) -> Table:
    """Name and figure, one per line."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style=FAINT, no_wrap=True)
    grid.add_column()
    for fact in facts:
        grid.add_row(*fact)
    return grid
