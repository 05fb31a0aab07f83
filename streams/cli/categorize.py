"""`evenhand categorize`: a file of transactions to a file of decisions, without a broker."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from models.contracts.taxonomy_maps import Taxonomy
from models.decisions.ensemble import Ensemble
from models.statistics.counting import several
from streams.categorizer.ensemble import ensemble_for, house_rules
from streams.cli.console import numbers, print_json, stdout
from streams.cli.exits import ExitCode
from streams.cli.inputs import JsonOption, ModelOption, RulesOption, file_progress, require_rows
from streams.clock import wall_clock
from streams.files.categorize import FileResult, categorize_file, check_paths, rejected_path
from streams.files.transactions import TransactionFile
from streams.settings.settings import load_settings

TOP = 10
"""Categories that the summary shows."""


def categorize(
    source: Annotated[Path, typer.Option("--input", "-i", metavar="FILE", help="CSV or JSON Lines, also gzipped.")],
    target: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Gets one JSON line per transaction.")],
    model: ModelOption = None,
    rules: RulesOption = None,
    taxonomy: Annotated[
        list[Taxonomy] | None,
        typer.Option(help="Write the codes of this taxonomy beside the category; may be given several times."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Categorize a file of transactions; no broker is needed.

    The input has transaction_id, description, amount, currency, timestamp and mcc (which may be empty); account_id may
    be left out. Other columns are dropped and counted. The output has the same events as the stream, in the order of
    the input.

    Refused rows go to OUTPUT.rejected.jsonl with line, field and reason, never with a value; the exit code is then 3.
    An input without rows gives an empty output, and 7.
    """
    settings = load_settings(model=model, house_rules=rules)
    with TransactionFile(source) as rows:
        check_paths(source, target)
        ensemble = ensemble_for(settings, house=house_rules(settings))
        started = time.perf_counter()
        with file_progress("categorizing", rows) as done:
            result = categorize_file(
                rows, target, ensemble, clock=wall_clock, taxonomies=taxonomy or (), on_progress=done
            )
    report = _report(result, ensemble, rows, target) | {"seconds": round(time.perf_counter() - started, 2)}
    if as_json:
        print_json(report)
    else:
        _show(report)
    require_rows(result.rows, source)
    if result.refused:
        raise typer.Exit(int(ExitCode.REFUSED))


def _report(result: FileResult, ensemble: Ensemble, rows: TransactionFile, target: Path) -> dict[str, Any]:
    tally = result.tally
    categories = sorted({category for category, _ in tally.counts}, key=lambda name: (-tally.count(name), name))
    return {
        "input": str(rows.path),
        "format": rows.format.value,
        "output": str(target),
        "rejected": str(rejected_path(target)) if result.refused else None,
        "rows": result.rows,
        "categorized": tally.total - tally.reviewed,
        "review": tally.reviewed,
        "review_share": round(tally.reviewed / tally.total, 4) if tally.total else None,
        "refused": result.refused.total(),
        "refused_by_reason": dict(result.refused.most_common()),
        "dropped_fields": result.dropped_fields,
        "categories": {name: {"rows": tally.count(name), "review": tally.counts[name, True]} for name in categories},
        "model_version": ensemble.model_version,
        "house_version": ensemble.versions.house,
        "policy": ensemble.policy.name,
    }


def _show(report: dict[str, Any]) -> None:
    console = stdout()
    totals = Table.grid("", *numbers(""), "", padding=(0, 2))
    share = f"{report['review_share']:.1%} of what was decided" if report["review_share"] is not None else ""
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in report["refused_by_reason"].items())
    totals.add_row("rows", f"{report['rows']:,}", f"{report['format']}, in {report['seconds']:.1f} s")
    totals.add_row("categorized", f"{report['categorized']:,}", "")
    totals.add_row("for review", f"{report['review']:,}", share)
    totals.add_row("refused", f"{report['refused']:,}", reasons)
    if report["dropped_fields"]:
        totals.add_row("dropped fields", f"{report['dropped_fields']:,}", "beyond the contract")
    console.print(totals)
    if report["categories"]:
        console.print(_categories(report))
    house = f", house rules {report['house_version']}" if report["house_version"] else ""
    console.print(f"model {report['model_version']}, policy {report['policy']}{house}")
    console.print(f"decisions: {report['output']}", markup=False, soft_wrap=True)
    if report["rejected"]:
        console.print(f"refused rows: {report['rejected']}", markup=False, soft_wrap=True)


def _categories(report: dict[str, Any]) -> Table:
    table = Table("category", *numbers("rows", "share", "for review"), box=box.SIMPLE_HEAD, pad_edge=False)
    decided = report["categorized"] + report["review"]
    items = list(report["categories"].items())
    for name, counts in items[:TOP]:
        table.add_row(
            name, f"{counts['rows']:,}", f"{counts['rows'] / decided:.1%}", f"{counts['review'] / counts['rows']:.1%}"
        )
    if rest := items[TOP:]:
        rows, review = sum(counts["rows"] for _, counts in rest), sum(counts["review"] for _, counts in rest)
        table.add_row(
            several(len(rest), "other"), f"{rows:,}", f"{rows / decided:.1%}", f"{review / rows:.1%}", style="dim"
        )
    return table
