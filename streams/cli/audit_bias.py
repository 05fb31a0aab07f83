"""`evenhand audit bias`: the gate on labelled rows."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typer
from rich.progress import TextColumn

from models.artefacts.store import resolve
from models.decisions.ensemble import Ensemble
from models.errors import DataError
from models.evaluation.data.labelled_file import Counts, LabelledFile, RowSelection
from models.evaluation.data.labels import labels_for
from models.evaluation.measures.splits import keys_of
from models.learned.text_files import MEMORY_FILE
from models.statistics.counting import several
from models.training.comparison.report import mission_table, read_comparison
from monitors.audits.bias.gate import BiasFindings, bias_findings
from monitors.audits.bias.limits import BiasLimits
from monitors.audits.bias.report import NAME, AuditedRun, Beside, bias_data, bias_document, bias_json
from monitors.audits.limits import read_limits
from streams.categorizer.ensemble import ensemble_for
from streams.cli.audit_tables import (
    ENDINGS,
    ByOption,
    ComparisonOption,
    LimitsOption,
    RecordOption,
    ReportOption,
    print_checks,
    print_verdict,
)
from streams.cli.console import RowRate, print_json, progress
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
from streams.files.audits import publish_audit
from streams.files.evaluate import evaluate_file, make_folder
from streams.settings.settings import Settings, load_settings

NAMED = 5
"""Labels without a category that are named."""


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
    held = read_limits(limits, "bias", BiasLimits)
    settings = load_settings(model=model)
    selection = selection_of(since, until, with_mcc=with_mcc, limit=limit, sample=sample, seed=seed)
    labelled = Labelled(data, labels, label_map, tuple(by or ()), selection)
    rows = labelled.open()
    beside = Beside(mission_table(read_comparison(comparison)) if comparison else None)
    if output:
        make_folder(output)
    command = command_of(context, "audit bias")
    run, findings = audited(labelled, rows, settings, ensemble_for(settings), held, command, limits, at=wall_clock())
    document, text = bias_document(run, findings, beside), bias_json(run, findings, beside)
    written = publish_audit(NAME, document, text, folder=output, store=record)
    if as_json:
        print_json(bias_data(run, findings, beside))
    else:
        show(run, findings, written)
    raise typer.Exit(int(ENDINGS[findings.outcome]))


@dataclass(frozen=True, slots=True)
class Labelled:
    """The labelled rows that are audited.

    Args:
        labels: Column with the truth.
        label_map: Table from labels to categories; None where they are codes or categories.
        by: Columns whose groups are compared as well.
    """

    data: Path
    labels: str
    label_map: Path | None
    by: tuple[str, ...]
    selection: RowSelection

    @property
    def columns(self) -> tuple[str, ...]:
        """Those of `by`, each once."""
        return tuple(dict.fromkeys(name.casefold() for name in self.by))

    @property
    def truth(self) -> str:
        """Where the truth comes from, in words."""
        return f"column {self.labels}{f' through {self.label_map.name}' if self.label_map else ''}"

    def open(self) -> LabelledFile:
        """The file; errors are those of `LabelledFile` and of `labels_for`."""
        labels = labels_for(self.labels, self.label_map)
        return LabelledFile(self.data, self.labels, labels, self.selection, groups=self.columns)


def audited(
    labelled: Labelled,
    rows: LabelledFile,
    settings: Settings,
    ensemble: Ensemble,
    held: BiasLimits,
    command: str,
    limits: Path | None,
    *,
    at: datetime,
) -> tuple[AuditedRun, BiasFindings]:
    """Decide on labelled rows, and hold what was decided against the limits.

    Args:
        rows: The opened file of `labelled`.
        ensemble: Of the settings.
        held: The limits.
        command: What the report names as the way to the same figures.
        limits: Their file; None for the defaults.
        at: What the report says of when; timezone-aware.

    Raises:
        DataError: There is no row to audit, or a column has too many groups.
        FileError: The file cannot be read to its end.
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
        raise DataError(f"{labelled.data.name} has no row to audit: {left_out}")
    known = keys_of(resolve(settings.model) / MEMORY_FILE)
    seed = labelled.selection.seed
    findings = bias_findings(evaluated.judged, held, known=known, columns=labelled.columns, seed=seed)
    run = AuditedRun(
        command=command,
        data=labelled.data.name,
        truth=labelled.truth,
        model_version=ensemble.model_version,
        policy=policy_words(ensemble.policy),
        at=at,
        limits=limits.name if limits else "",
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
    lines = [f"model {run.model_version}, {findings.scores.accuracy.rows:,} rows of {run.data}"]
    lines += [f"not audited: {run.left_out}"] if run.left_out else []
    print_verdict(findings.checks, lines, written)
