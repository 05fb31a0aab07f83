"""Drawing the summary; pure, like the live view."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from models.training.config import HELD_OUT_FROM
from streams.files.sample import SOURCE
from streams.trials.demo.fairness_view import fairness
from streams.trials.demo.summary import CategoryRate, PlantedFate, Summary
from streams.trials.demo.view import ACCEPTED, FAINT, REVIEW, meter

LIMIT = 0.25
"""Review rate above which a category is pointed out: it may be treated unevenly."""


def draw_summary(summary: Summary, *, width: int) -> RenderableType:
    """Everything the demo says at the end, for a terminal of so many columns."""
    return Group(
        _title("Evenhand demo"),
        figures(summary),
        Text(),
        _title("Review rate by category, with its 95% interval (Wilson)"),
        rates(summary.rates, bar=max(8, min(30, width - 72))),
        Text(),
        _title("Fairness monitors"),
        fairness(summary.fairness, blind=summary.verification.blind, review=summary.verification.review),
        Text(),
        _title("Planted messages, as the dead-letter topic has them"),
        dead_letters(summary.planted),
        Text(),
        *verdict(summary),
    )


def figures(summary: Summary) -> RenderableType:
    """Name and figure, one per line."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style=FAINT, no_wrap=True)
    table.add_column()
    for name, figure in _figures(summary):
        table.add_row(name, figure)
    return table


def _figures(summary: Summary) -> Iterator[tuple[str, str]]:
    flow, checked, batches = summary.flow, summary.verification, summary.batches
    decided = max(1, checked.categorized + checked.review)
    codes = "" if flow.with_mcc else ", without merchant category codes"
    yield "transactions", f"{flow.transactions:,} of {flow.first:%-d %b %Y} to {flow.last:%-d %b %Y}{codes}"
    yield "", SOURCE
    yield (
        "",
        f"{flow.held_out:,} of them from {HELD_OUT_FROM:%-d %b %Y} on, days that the shipped model was not trained on",
    )
    yield "categorized", f"{checked.categorized:,} ({checked.categorized / decided:.1%})"
    yield "review", f"{checked.review:,} ({checked.review / decided:.1%})"
    yield "dead letters", f"{checked.dead_letters:,}"
    per_second = (
        f"{summary.sent / flow.send_seconds:,.0f}/s in as paced, {summary.sent / flow.answer_seconds:,.0f}/s out"
    )
    late = f"the last answer {max(0.0, flow.answer_seconds - flow.send_seconds):.1f} s after the last message"
    yield "throughput", f"{per_second}; lag at most {flow.most_waiting:,}, {late}"
    size = f"{batches.count:,} of {batches.records_mean:.0f} records on average, {batches.aborted} aborted"
    latency = f"{batches.seconds_p50 * 1000:.0f} ms median, {batches.seconds_p99 * 1000:.0f} ms 99th percentile"
    yield "batches", f"{size}; from taking to commit {latency}"
    yield "model", f"{batches.model_version}, delivery {batches.delivery}"


def rates(found: Sequence[CategoryRate], *, bar: int) -> RenderableType:
    """Review rate by category with counts and interval; pointed out where the whole interval is above `LIMIT`."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style=FAINT)
    table.add_column("category", no_wrap=True)
    for name, columns in (("decided", 8), ("review", 7), ("rate", 7), ("interval", 15)):
        table.add_column(name, justify="right", no_wrap=True, min_width=columns)
    table.add_column("", no_wrap=True, width=bar)
    table.add_column("", no_wrap=True)
    for one in found:
        table.add_row(
            one.category,
            f"{one.decisions:,}",
            f"{one.review:,}",
            f"{one.rate:.1%}",
            f"{one.low:.1%} - {one.high:.1%}",
            Text(meter(one.rate, bar), style=REVIEW),
            Text(f"above {LIMIT:.0%}" if one.low > LIMIT else "", style=f"bold {REVIEW}"),
        )
    return table


def dead_letters(fates: Sequence[PlantedFate]) -> RenderableType:
    """What became of each planted message."""
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style=FAINT)
    for name in ("what was wrong", "stage", "reason", "field"):
        table.add_column(name, no_wrap=True)
    table.add_column("input", no_wrap=True, justify="right")
    for fate in fates:
        letter, place = fate.letter, f"{fate.sent.partition}:{fate.sent.offset}"
        said = (letter.stage, letter.reason, letter.contract_field or "") if letter else ("", "no dead letter", "")
        table.add_row(fate.sent.planted.kind, *said, place, style="" if fate.as_expected else "bold red")
    return table


def verdict(summary: Summary) -> Iterator[Text]:
    """Verified, or what is wrong."""
    checked = summary.verification
    if summary.ok:
        yield Text.assemble(
            ("verified: ", f"bold {ACCEPTED}"),
            "every input has exactly one terminal record; "
            f"{checked.doubled.count} doubled, {checked.missing.count} missing",
        )
        return
    yield Text("verification failed", style="bold red")
    for problem in summary.problems:
        yield Text(f"  {problem}")


def _title(text: str) -> Rule:
    return Rule(Text(text, style="bold"), align="left", style=FAINT)
