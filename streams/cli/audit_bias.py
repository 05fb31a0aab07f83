"""`evenhand audit bias`: the gate on labelled rows."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.progress import TextColumn

from models.artefacts.store import resolve
from models.decisions.ensemble import Ensemble
from models.errors import DataError
from models.evaluation.data.labelled_file import Counts, LabelledFile
from models.evaluation.data.labels import labels_for
from models.evaluation.measures.splits import keys_of
from models.learned.text_files import MEMORY_FILE
from models.statistics.counting import several
from models.training.comparison.report import mission_table, read_comparison
from monitors.audits.bias.gate import BiasFindings, bias_findings
from monitors.audits.bias.limits import BiasLimits
from monitors.audits.bias.report import NAME, AuditedRun, Beside, bias_data, bias_document, bias_json
from monitors.audits.checks import verdict
from monitors.audits.limits import read_limits
from streams.categorizer.ensemble import ensemble_for
from streams.cli.audit_tables import ENDINGS, ComparisonOption, LimitsOption, RecordOption, ReportOption, print_checks
from streams.cli.console import RowRate, print_json, progress, stdout
from streams.cli.inputs import JsonOption, ModelOption
from streams.cli.labelled import (
    DataOption,
    LabelsOption,
    LimitOption,
    MapOption,
    SampleOption,
    SeedOption,
    SinceOption,
    UntilOption,
    WithMccOption,
    command_of,
    policy_words,
    selection_of,
)
from streams.clock import wall_clock
from streams.files.audits import record_of, write_audit
from streams.files.evaluate import evaluate_file, make_folder
from streams.files.model_store import ModelStore
from streams.settings.settings import load_settings

NAMED = 5
"""Labels without a category that are named."""

ByOption = Annotated[
    list[str] | None,
    typer.Option(
        "--by", metavar="COLUMN", help="Compare the groups of this column, too; may be repeated.", show_default="none"
    ),
]


def bias(
    context: typer.Context,
    data: DataOption,
    labels: LabelsOption,
    label_map: MapOption = None,
    by: ByOption = None,
    limits: LimitsOption = None,
    output: ReportOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    with_mcc: WithMccOption = False,
    limit: LimitOption = None,
    sample: SampleOption = None,
    seed: SeedOption = 0,
    model: ModelOption = None,
    comparison: ComparisonOption = None,
    record: RecordOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold a model against limits of fairness, on labelled transactions.

    Gaps by amount, category, currency, familiarity and any column that --by names, each beside its limit, with an
    interval over merchants. A column of --by is seen by nobody who decides. Exit code 0 within the limits, 1 beyond
    one, 4 where it could not be measured.

    Example: evenhand audit bias --data labelled.csv --labels category --by region --output reports
    """
    columns = tuple(dict.fromkeys(name.casefold() for name in by or ()))
    held = read_limits(limits, "bias", BiasLimits)
    settings = load_settings(model=model)
    selection = selection_of(since, until, with_mcc=with_mcc, limit=limit, sample=sample, seed=seed)
    rows = LabelledFile(data, labels, labels_for(labels, label_map), selection, groups=columns)
    beside = Beside(mission_table(read_comparison(comparison)) if comparison else None)
    if output:
        make_folder(output)
    truth = f"column {labels}{f' through {label_map.name}' if label_map else ''}"
    named = Audited(command_of(context, "audit bias"), data.name, truth, limits.name if limits else "")
    known = keys_of(resolve(settings.model) / MEMORY_FILE)
    run, findings = audited(
        rows, ensemble_for(settings), held, named, known=known, columns=columns, seed=seed, at=wall_clock()
    )
    text = bias_json(run, findings, beside)
    if record:
        ModelStore(record).record(record_of(NAME, text.encode()))
    written = write_audit(output, NAME, bias_document(run, findings, beside), text) if output else ()
    if as_json:
        print_json(bias_data(run, findings, beside))
    else:
        show(run, findings, written)
    raise typer.Exit(int(ENDINGS[findings.outcome]))


class Audited(NamedTuple):
    """What a report says of its run beside what is measured; arguments are those of `AuditedRun`."""

    command: str
    data: str
    truth: str
    limits: str


def audited(
    rows: LabelledFile,
    ensemble: Ensemble,
    held: BiasLimits,
    named: Audited,
    *,
    known: frozenset[str],
    columns: tuple[str, ...] = (),
    seed: int = 0,
    at: datetime,
) -> tuple[AuditedRun, BiasFindings]:
    """Decide on labelled rows, and hold what was decided against the limits.

    Args:
        known: Keys of the merchants that the model learned from.
        columns: Columns of the file whose groups are compared as well.
        at: What the report says of when; timezone-aware.
    """
    with progress(TextColumn("{task.fields[rows]:,} rows"), RowRate()) as display:
        task = display.add_task("deciding", total=None, rows=0)
        evaluated = evaluate_file(
            rows,
            ensemble,
            clock=wall_clock,
            on_progress=lambda count: display.update(task, rows=display.tasks[task].fields["rows"] + count),
        )
    left_out = left_out_of(rows.counts)
    if not evaluated.judged and left_out:
        raise DataError(f"{named.data} has no row to audit: {left_out}")
    findings = bias_findings(evaluated.judged, held, known=known, columns=columns, seed=seed)
    run = AuditedRun(
        command=named.command,
        data=named.data,
        truth=named.truth,
        model_version=ensemble.model_version,
        policy=policy_words(ensemble.policy),
        at=at,
        limits=named.limits,
        left_out=left_out,
    )
    return run, findings


def left_out_of(counts: Counts) -> str:
    """The rows that were not audited, by reason, in words; empty where there are none."""
    unknown = ", ".join(f"{label} ({number:,})" for label, number in counts.unknown.most_common(NAMED))
    refused = next((f"the first in line {each.line}: {each.reason}" for each in counts.refused), "")
    reasons = (
        (counts.outside, "outside the dates", ""),
        (counts.unlabelled, "without a label", ""),
        (counts.unknown.total(), "with a label that has no category", unknown),
        (len(counts.refused), "refused", refused),
    )
    found = [(several(number, "row"), why, more) for number, why, more in reasons if number]
    return "; ".join(f"{rows} {why}{f': {more}' if more else ''}" for rows, why, more in found)


def show(run: AuditedRun, findings: BiasFindings, written: tuple[Path, ...]) -> None:
    """Print the checks and the verdict."""
    print_checks(findings.checks)
    console = stdout()
    said = verdict(findings.checks)
    console.print(f"\n{said.word} {said.text}", markup=False, soft_wrap=True)
    console.print(f"model {run.model_version}, {findings.scores.accuracy.rows:,} rows of {run.data}", markup=False)
    if run.left_out:
        console.print(f"not audited: {run.left_out}", markup=False, soft_wrap=True)
    for path in written:
        console.print(f"report: {path}", markup=False, soft_wrap=True)
