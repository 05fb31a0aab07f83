"""What the benchmarks found, as data for programs and as tables for people."""

from collections.abc import Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from rich import box
from rich.table import Table

from streams.trials.bench import monitors
from streams.trials.bench.job import Contender
from streams.trials.bench.model import BAR, CaseReport
from streams.trials.bench.stream import LEAST_TO_JUDGE, OF_BARE, OF_NAIVE, Standing, StreamReport

_WHO = {
    Contender.EVENHAND: "Evenhand",
    Contender.BARE: "bare loop",
    Contender.COPY: "copy loop",
    Contender.NAIVE: "naive agent",
}


def stream_data(report: StreamReport) -> dict[str, Any]:
    """The stream benchmark as JSON has it; the keys are documented in docs/benchmarks.md."""
    return {
        "messages": report.plan.messages,
        "rounds": report.plan.rounds,
        "contenders": [_standing_data(report, standing) for standing in report.standings],
        "bars": [
            {
                "of": other.value,
                "required": required,
                "reached": reached,
                "met": reached >= required if report.judged else None,
            }
            for other, required, reached in _bars(report)
        ],
    }


def _standing_data(report: StreamReport, standing: Standing) -> dict[str, Any]:
    middle, least, most = standing.cpu_seconds
    return {
        "contender": standing.contender.value,
        "messages": report.plan.messages_of(standing.contender),
        "measured_messages": standing.rounds[0].measured,
        "cpu_seconds": {"median": middle, "min": least, "max": most},
        "microseconds_per_message": standing.microseconds,
        "messages_per_cpu_second": standing.rate,
        "of_bare": report.ratio(standing.contender, Contender.BARE),
        "of_naive": report.ratio(standing.contender, Contender.NAIVE),
        "rounds": [asdict(measurement) for measurement in standing.rounds],
    }


def _bars(report: StreamReport) -> list[tuple[Contender, float, float]]:
    bars = ((Contender.BARE, OF_BARE), (Contender.NAIVE, OF_NAIVE))
    reached = ((other, required, report.ratio(Contender.EVENHAND, other)) for other, required in bars)
    return [(other, required, ratio) for other, required, ratio in reached if ratio is not None]


def stream_table(report: StreamReport) -> Table:
    """One row per contender."""
    table = _table("contender", "messages", "CPU s", "min..max", "per CPU s", "of bare", "of naive")
    for standing in report.standings:
        middle, least, most = standing.cpu_seconds
        table.add_row(
            _WHO[standing.contender],
            f"{standing.rounds[0].measured:,}",
            f"{middle:.2f}",
            f"{least:.2f}..{most:.2f}",
            f"{standing.rate:,.0f}",
            _times(report.ratio(standing.contender, Contender.BARE)),
            _times(report.ratio(standing.contender, Contender.NAIVE)),
        )
    return table


def stream_bars(report: StreamReport) -> list[str]:
    """One line per bar, or one that says why there is none."""
    if not report.judged:
        return [f"the bars are not judged below {LEAST_TO_JUDGE:,} messages"]
    words = {Contender.BARE: f">= {OF_BARE} of the bare loop", Contender.NAIVE: f">= {OF_NAIVE:.0f} x the naive agent"}
    return [
        f"{words[other]}: {'met' if reached >= required else 'not met'} ({reached:.2f})"
        for other, required, reached in _bars(report)
    ]


def model_data(cases: Sequence[CaseReport]) -> dict[str, Any]:
    """The model benchmark as JSON has it; the keys are documented in docs/benchmarks.md."""
    return {
        "required": BAR,
        "met": all(report.met for report in cases),
        "cases": [
            {
                "case": report.case.name,
                "with_mcc": report.case.with_mcc,
                "each_once": report.case.each_once,
                "decisions": report.typical.decisions,
                "cpu_seconds": report.typical.cpu_seconds,
                "decisions_per_cpu_second": report.typical.rate,
                "min": min(timing.rate for timing in report.rounds),
                "max": max(timing.rate for timing in report.rounds),
                "shares": report.typical.shares,
                "load_seconds": report.typical.load_seconds,
                "met": report.met,
            }
            for report in cases
        ],
    }


def model_table(cases: Sequence[CaseReport]) -> Table:
    """One row per case, with the share of each method, and of the ensemble itself (rest), in the CPU time."""
    methods = list(cases[0].typical.shares)
    table = _table("rows", "MCC", "count", "per s", "min..max", *methods[:-1], "rest")
    for report in cases:
        rates = [timing.rate for timing in report.rounds]
        table.add_row(
            "each once" if report.case.each_once else "all",
            "yes" if report.case.with_mcc else "no",
            f"{report.typical.decisions:,}",
            f"{report.typical.rate:,.0f}",
            f"{min(rates) / 1000:.1f}k..{max(rates) / 1000:.1f}k",
            *(f"{report.typical.shares[method]:.0%}" for method in methods),
        )
    return table


def model_load(cases: Sequence[CaseReport]) -> str:
    """How long loading took, in a line."""
    seconds = median(timing.load_seconds for report in cases for timing in report.rounds)
    return f"model and tables loaded in {seconds:.2f} s (median)"


def model_bar(cases: Sequence[CaseReport]) -> str:
    """The bar, in a line; it is about rows in their order, where descriptions repeat."""
    in_order = [report for report in cases if not report.case.each_once]
    met = "met" if all(report.met for report in in_order) else "not met"
    slowest, without_repeats = (
        min((report.typical.rate for report in cases if report.case.each_once is once), default=0.0)
        for once in (False, True)
    )
    line = f">= {BAR:,.0f} decisions per CPU second, rows in their order: {met} ({slowest:,.0f})"
    return f"{line}; each description once: {without_repeats:,.0f}" if without_repeats else line


def monitors_data(handler: Sequence[monitors.CaseReport], process: Sequence[monitors.CaseReport]) -> dict[str, Any]:
    """The monitors' benchmark as JSON has it; the keys are documented in docs/benchmarks.md."""
    return {
        "required": monitors.BAR,
        "met": all(report.met for report in process),
        "handler": [_run_data(report) | {"shares": report.typical.shares} for report in handler],
        "process": [_run_data(report) | {"behind_seconds": report.typical.behind_seconds} for report in process],
    }


def _run_data(report: monitors.CaseReport) -> dict[str, Any]:
    run, rates = report.typical, [run.rate for run in report.rounds]
    return {
        "case": report.case.name,
        "batch": report.case.batch,
        "transactions": run.transactions,
        "summaries": run.summaries,
        "polls": run.polls,
        "cpu_seconds": run.cpu_seconds,
        "cpu_seconds_per_second": run.load,
        "transactions_per_cpu_second": run.rate,
        "min": min(rates),
        "max": max(rates),
        "of_required": run.rate / monitors.BAR,
        "met": report.met,
    }


def handler_table(reports: Sequence[monitors.CaseReport]) -> Table:
    """One row per case of the handler."""
    table = _table("handler", "batch", "ms a poll", *_RATES)
    for report in reports:
        milliseconds = 1e3 * report.typical.cpu_seconds / (report.typical.polls or 1)
        table.add_row(report.case.name, str(report.case.batch), f"{milliseconds:.1f}", *_rates(report))
    return table


def shares_table(reports: Sequence[monitors.CaseReport]) -> Table:
    """One row per case of the handler: the share of each of its parts in the CPU time."""
    table = _table("handler", "batch", *reports[0].typical.shares)
    for report in reports:
        shares = (f"{share:.0%}" for share in report.typical.shares.values())
        table.add_row(report.case.name, str(report.case.batch), *shares)
    return table


def process_table(reports: Sequence[monitors.CaseReport]) -> Table:
    """One row per case of the process."""
    table = _table("process", "batch", *_RATES, "behind")
    for report in reports:
        behind = report.typical.behind_seconds
        late = "" if behind is None else f"{behind:.2f} s"
        table.add_row(report.case.name, str(report.case.batch), *_rates(report), late)
    return table


_RATES = ("CPU s/s", "per CPU s", "min..max", "of bar")


def _rates(report: monitors.CaseReport) -> tuple[str, ...]:
    run, rates = report.typical, [run.rate for run in report.rounds]
    span = f"{_short(min(rates))}..{_short(max(rates))}"
    return f"{run.load:.3f}", f"{run.rate:,.0f}", span, f"{run.rate / monitors.BAR:.1f}"


def _short(rate: float) -> str:
    thousands = rate / 1e3
    if thousands >= 1_000:
        return f"{thousands / 1e3:.1f}M"
    return f"{thousands:.0f}k" if thousands >= 100 else f"{thousands:.1f}k"


def monitors_bar(process: Sequence[monitors.CaseReport]) -> str:
    """The bar, in a line."""
    slowest = min(report.typical.rate for report in process)
    met = "met" if all(report.met for report in process) else "not met"
    return f">= {monitors.BAR:,.0f} transactions per CPU second of the process: {met} ({slowest:,.0f} at least)"


def _table(first: str, *others: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table


def _times(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f}"
