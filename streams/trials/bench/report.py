"""The benchmarks' findings, as data for programs and as tables for people.

The keys of the data are documented in docs/benchmarks.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from rich import box
from rich.table import Table

from streams.trials.bench import model, monitors, online
from streams.trials.bench.against import Against
from streams.trials.bench.job import Contender
from streams.trials.bench.model import ModelCase, Timing
from streams.trials.bench.monitors import MonitorRounds, Way
from streams.trials.bench.online import OnlineCase, OnlineTiming, kept_shares
from streams.trials.bench.rounds import CaseRounds
from streams.trials.bench.stages import StageReport
from streams.trials.bench.stream import LEAST_TO_JUDGE, OF_BARE, OF_NAIVE, Standing, StreamOptions, ratio
from streams.trials.bench.worker_stages import WorkerStages

NAMES = {
    Contender.EVENHAND: "Evenhand",
    Contender.FULL: "Evenhand, full",
    Contender.BARE: "bare loop",
    Contender.COPY: "copy loop",
    Contender.NAIVE: "naive agent",
    Contender.QUIXSTREAMS: "quixstreams",
    Contender.BYTEWAX: "bytewax",
}


def stream_data(options: StreamOptions, standings: Sequence[Standing]) -> dict[str, Any]:
    """Give the stream benchmark as JSON has it."""
    return {
        "messages": options.messages,
        "rounds": options.rounds,
        "contenders": [
            {
                "contender": standing.case.value,
                "messages": options.messages_of(standing.case),
                "measured_messages": standing.rounds[0].measured,
                "cpu_seconds": _cpu_seconds(standing),
                "microseconds_per_message": 1e6 / standing.rate,
                "messages_per_cpu_second": standing.rate,
                "of_bare": ratio(standings, standing.case, Contender.BARE),
                "of_naive": ratio(standings, standing.case, Contender.NAIVE),
                "rounds": [asdict(measurement) for measurement in standing.rounds],
            }
            for standing in standings
        ],
        "bars": [
            {
                "of": other.value,
                "required": required,
                "reached": reached,
                "met": reached >= required if options.judged else None,
            }
            for other, required, reached in _stream_bars(standings)
        ],
    }


def _cpu_seconds(standing: Standing) -> Mapping[str, float]:
    each = [one.cpu_seconds for one in standing.rounds]
    return {"median": median(each), "min": min(each), "max": max(each)}


def _stream_bars(standings: Sequence[Standing]) -> list[tuple[Contender, float, float]]:
    bars = ((Contender.BARE, OF_BARE), (Contender.NAIVE, OF_NAIVE))
    reached = ((other, required, ratio(standings, Contender.EVENHAND, other)) for other, required in bars)
    return [(other, required, times) for other, required, times in reached if times is not None]


def stream_table(standings: Sequence[Standing]) -> Table:
    """Draw one row per contender."""
    table = plain_table("contender", "messages", "CPU s", "min..max", "per CPU s", "of bare", "of naive")
    for standing in standings:
        seconds = _cpu_seconds(standing)
        ratios = (ratio(standings, standing.case, other) for other in (Contender.BARE, Contender.NAIVE))
        table.add_row(
            NAMES[standing.case],
            f"{standing.rounds[0].measured:,}",
            f"{seconds['median']:.2f}",
            f"{seconds['min']:.2f}..{seconds['max']:.2f}",
            f"{standing.rate:,.0f}",
            *("" if times is None else f"{times:.2f}" for times in ratios),
        )
    return table


def stream_bars(options: StreamOptions, standings: Sequence[Standing]) -> list[str]:
    """Say of each bar in a line if it is met, or in one line why none is judged."""
    if not options.judged:
        return [f"the bars are not judged below {LEAST_TO_JUDGE:,} messages"]
    words = {Contender.BARE: f">= {OF_BARE} of the bare loop", Contender.NAIVE: f">= {OF_NAIVE:.0f} x the naive agent"}
    return [
        f"{words[other]}: {_met(reached >= required)} ({reached:.2f})"
        for other, required, reached in _stream_bars(standings)
    ]


def stages_data(report: StageReport, other: StageReport | None = None) -> dict[str, Any]:
    """Give the benchmark of the stages as JSON has it."""
    before = _typical(other)
    return {
        "messages": report.messages,
        "rounds": len(report.handler.rounds),
        "microseconds": report.handler.typical,
        **({"other_microseconds": other.handler.typical} if other else {}),
        "stages": [
            {
                "stage": times.stage,
                "microseconds": times.typical,
                "min": min(times.rounds),
                "max": max(times.rounds),
                "share": times.typical / report.handler.typical,
                **({"other_microseconds": before.get(times.stage)} if other else {}),
            }
            for times in report.stages
        ],
    }


def _typical(report: StageReport | None) -> dict[str, float]:
    return {times.stage: times.typical for times in (*report.stages, report.handler)} if report else {}


def stages_table(report: StageReport, other: StageReport | None = None) -> Table:
    """Draw one row per stage, and one for the handler; beside them what other code takes."""
    table = plain_table("stage", "us a message", "min..max", "share", *(("other", "of other") if other else ()))
    before = _typical(other)
    for times in (*report.stages, report.handler):
        then = before.get(times.stage)
        table.add_row(
            times.stage,
            f"{times.typical:.2f}",
            f"{min(times.rounds):.2f}..{max(times.rounds):.2f}",
            f"{times.typical / report.handler.typical:.0%}",
            *(("" if then is None else f"{then:.2f}", f"{times.typical / then:.2f}" if then else "") if other else ()),
        )
    return table


def worker_stages_data(workers: Sequence[WorkerStages]) -> list[dict[str, Any]]:
    """Give the stages of running workers as JSON has it."""
    return [
        {
            "worker": each.worker.value,
            "microseconds": each.microseconds,
            "samples": each.samples,
            "stages": [
                {"stage": stage, "microseconds": share * each.microseconds, "share": share}
                for stage, share in each.shares.items()
            ],
        }
        for each in workers
    ]


def worker_stages_table(workers: Sequence[WorkerStages]) -> Table:
    """Draw one row per stage, two columns per worker."""
    columns = [(NAMES[each.worker], "share") for each in workers]
    table = plain_table("in the worker, us a message", *(name for pair in columns for name in pair))
    for stage in workers[0].shares:
        cells = [(f"{each.shares[stage] * each.microseconds:.2f}", f"{each.shares[stage]:.1%}") for each in workers]
        table.add_row(stage, *(cell for pair in cells for cell in pair))
    table.add_row("all", *(cell for each in workers for cell in (f"{each.microseconds:.2f}", "100%")))
    table.add_row("samples", *(cell for each in workers for cell in (f"{each.samples:,}", "")))
    return table


def stages_figures(report: StageReport, workers: Sequence[WorkerStages]) -> dict[str, float]:
    """The figures that are kept: microseconds a message, of the handler's stages and of the workers'."""
    figures = {f"handler: {name}": value for name, value in _typical(report).items()}
    for each in workers:
        figures |= {f"{NAMES[each.worker]}: {stage}": share * each.microseconds for stage, share in each.shares.items()}
        figures[f"{NAMES[each.worker]}: all"] = each.microseconds
    return figures


def model_data(cases: Sequence[CaseRounds[ModelCase, Timing]]) -> dict[str, Any]:
    """Give the model benchmark as JSON has it."""
    return {
        "required": model.BAR,
        "met": all(each.rate >= model.BAR for each in cases),
        "cases": [
            {
                "case": str(each.case),
                "with_mcc": each.case.with_mcc,
                "each_once": each.case.each_once,
                "decisions": each.typical.decisions,
                "cpu_seconds": each.typical.cpu_seconds,
                "decisions_per_cpu_second": each.typical.rate,
                "min": min(each.rates),
                "max": max(each.rates),
                "shares": each.typical.shares,
                "load_seconds": each.typical.load_seconds,
                "met": each.rate >= model.BAR,
            }
            for each in cases
        ],
    }


def against_data(cases: Sequence[Against[ModelCase, Timing]]) -> list[dict[str, Any]]:
    """Give the model beside other code as JSON has it."""
    return [
        {
            "case": str(each.ours.case),
            "with_mcc": each.ours.case.with_mcc,
            "each_once": each.ours.case.each_once,
            "decisions": each.ours.typical.decisions,
            "decisions_per_cpu_second": each.ours.rate,
            "other_decisions_per_cpu_second": each.theirs.rate,
            "ratio": each.ratio,
            "ratio_min": min(each.ratios),
            "ratio_max": max(each.ratios),
        }
        for each in cases
    ]


def against_table(cases: Sequence[Against[ModelCase, Timing]]) -> Table:
    """Draw one row per case: this code, the other, and the median of the rounds' ratios."""
    table = plain_table("rows", "MCC", "count", "per s", "other", "ratio", "min..max")
    for each in cases:
        table.add_row(
            "each once" if each.ours.case.each_once else "all",
            "yes" if each.ours.case.with_mcc else "no",
            f"{each.ours.typical.decisions:,}",
            f"{each.ours.rate:,.0f}",
            f"{each.theirs.rate:,.0f}",
            f"{each.ratio:.2f}",
            f"{min(each.ratios):.2f}..{max(each.ratios):.2f}",
        )
    return table


def model_table(cases: Sequence[CaseRounds[ModelCase, Timing]]) -> Table:
    """Draw one row per case, with the share of each method, and of the ensemble itself (rest), in the CPU time."""
    methods = list(cases[0].typical.shares)
    table = plain_table("rows", "MCC", "count", "per s", "min..max", *methods[:-1], "rest")
    for each in cases:
        table.add_row(
            "each once" if each.case.each_once else "all",
            "yes" if each.case.with_mcc else "no",
            f"{each.typical.decisions:,}",
            f"{each.typical.rate:,.0f}",
            f"{min(each.rates) / 1000:.1f}k..{max(each.rates) / 1000:.1f}k",
            *(f"{each.typical.shares[method]:.0%}" for method in methods),
        )
    return table


def model_load(cases: Sequence[CaseRounds[ModelCase, Timing]]) -> str:
    """Say in a line how long loading took."""
    seconds = median(timing.load_seconds for each in cases for timing in each.rounds)
    return f"model and tables loaded in {seconds:.2f} s (median)"


def model_bar(cases: Sequence[CaseRounds[ModelCase, Timing]]) -> str:
    """Say in a line if the bar is met; it is about rows in their order, where descriptions repeat."""
    met = _met(all(each.rate >= model.BAR for each in cases if not each.case.each_once))
    slowest, without_repeats = (
        min((each.typical.rate for each in cases if each.case.each_once is once), default=0.0) for once in (False, True)
    )
    line = f">= {model.BAR:,.0f} decisions per CPU second, rows in their order: {met} ({slowest:,.0f})"
    return f"{line}; each description once: {without_repeats:,.0f}" if without_repeats else line


def online_data(cases: Sequence[CaseRounds[OnlineCase, OnlineTiming]]) -> dict[str, Any]:
    """Give the benchmark of memories and rules as JSON has it."""
    return {
        "cases": [
            {
                "taught": each.case.taught,
                "each_once": each.case.each_once,
                "decisions_per_cpu_second": each.rate,
                "rounds": [asdict(timing) for timing in each.rounds],
            }
            for each in cases
        ],
        "kept": {name: kept_shares(cases, each_once=once) for name, once in (("all_rows", False), ("each_once", True))},
        "required": 1 - online.LOST,
    }


def online_table(cases: Sequence[CaseRounds[OnlineCase, OnlineTiming]]) -> Table:
    """Draw one row per case, with the share of decisions that rules, accounts and people made."""
    table = plain_table("rows", "taught", "count", "per s", "min..max", "rule", "account", "people", "text")
    for each in cases:
        timing = each.typical
        counts = (timing.by_rule, timing.by_account, timing.by_people, timing.with_text)
        table.add_row(
            "each once" if each.case.each_once else "all",
            "yes" if each.case.taught else "no",
            f"{timing.decisions:,}",
            f"{each.rate:,.0f}",
            f"{min(each.rates) / 1000:.1f}k..{max(each.rates) / 1000:.1f}k",
            *(f"{count / timing.decisions:.1%}" if each.case.taught else "" for count in counts),
        )
    return table


def online_bar(cases: Sequence[CaseRounds[OnlineCase, OnlineTiming]]) -> list[str]:
    """Say in lines if the bar is met by the median of the rounds, by rows in their order and by each line once."""
    least = 1 - online.LOST
    lines = []
    for name, once in (("rows in their order", False), ("each description once", True)):
        kept = kept_shares(cases, each_once=once)
        said = f"{_met(median(kept) >= least)} ({median(kept):.2f}, {min(kept):.2f}..{max(kept):.2f})"
        lines.append(f">= {least:.2f} of the decisions without, {name}: {said}")
    build = median(timing.build_seconds for each in cases for timing in each.rounds if each.case.taught)
    return [*lines, f"taken in within {build:.1f} CPU s (median)"]


def monitors_data(cases: Sequence[MonitorRounds]) -> dict[str, Any]:
    """Give the monitors' benchmark as JSON has it."""
    return {
        "required": monitors.BAR,
        "met": all(each.rate >= monitors.BAR for each in _of_process(cases)),
        "handler": [_monitor_data(each) for each in cases if each.case.way is Way.HANDLER],
        "process": [
            _monitor_data(each) | {"behind_seconds": each.typical.behind_seconds} for each in _of_process(cases)
        ],
    }


def _monitor_data(each: MonitorRounds) -> dict[str, Any]:
    run = each.typical
    return {
        "case": each.case.way.value,
        "batch": each.case.batch,
        "transactions": run.transactions,
        "summaries": run.summaries,
        "cpu_seconds": run.cpu_seconds,
        "cpu_seconds_per_second": run.load,
        "transactions_per_cpu_second": run.rate,
        "min": min(each.rates),
        "max": max(each.rates),
        "of_required": run.rate / monitors.BAR,
        "met": each.rate >= monitors.BAR,
    }


def monitors_table(cases: Sequence[MonitorRounds]) -> Table:
    """Draw one row per case of the handler and of the process."""
    table = plain_table("monitors", "batch", "CPU s/s", "per CPU s", "min..max", "of bar", "behind")
    for each in cases:
        run, behind = each.typical, each.typical.behind_seconds
        table.add_row(
            each.case.way.value,
            str(each.case.batch),
            f"{run.load:.3f}",
            f"{run.rate:,.0f}",
            f"{_short(min(each.rates))}..{_short(max(each.rates))}",
            f"{run.rate / monitors.BAR:.1f}",
            "" if behind is None else f"{behind:.2f} s",
        )
    return table


def monitors_bar(cases: Sequence[MonitorRounds]) -> str:
    """Say in a line if the bar is met."""
    process = _of_process(cases)
    slowest = min(each.typical.rate for each in process)
    met = _met(all(each.rate >= monitors.BAR for each in process))
    return f">= {monitors.BAR:,.0f} transactions per CPU second of the process: {met} ({slowest:,.0f} at least)"


def _of_process(cases: Sequence[MonitorRounds]) -> list[MonitorRounds]:
    return [each for each in cases if each.case.way is not Way.HANDLER]


def _short(rate: float) -> str:
    thousands = rate / 1e3
    if thousands >= 1_000:
        return f"{thousands / 1e3:.1f}M"
    return f"{thousands:.0f}k" if thousands >= 100 else f"{thousands:.1f}k"


def _met(met: bool) -> str:
    return "met" if met else "not met"


def plain_table(first: str, *others: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table
