"""`evenhand train`: make the model from tables, measured on merchants held out."""

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from models.artefacts.audits import REPORTS
from models.evaluation.reports.tables import TextTable
from models.statistics.counting import several
from models.training import train as training
from models.training.comparison import compare as comparing
from models.training.comparison import report as comparison
from models.training.config import SHIPPED, TrainingConfig
from models.training.people import Consent, Taught, Terms, shipped_keys, taught_by
from models.training.trial_decisions import GENERATED, REAL
from monitors.audits.bias.gate import BiasFindings, bias_findings
from monitors.audits.bias.limits import BiasLimits
from monitors.audits.bias.report import NAME, AuditedRun, Beside, bias_document, bias_json
from monitors.audits.checks import verdict
from monitors.audits.limits import read_limits
from streams.cli.audit_tables import ComparisonOption, LimitsOption
from streams.cli.console import numbers, print_json, progress, stdout
from streams.cli.inputs import BootstrapOption, JsonOption
from streams.cli.labelled import command_of
from streams.cli.model_tables import reference_summary
from streams.cli.running import run
from streams.clock import wall_clock
from streams.files.audits import write_audit
from streams.files.corrections import read_corrections
from streams.files.evaluate import make_folder
from streams.operate.said import corrections_on_topic
from streams.settings.settings import Settings, load_settings

TRAINING_DATA = "generated lines held out of the training"
"""What the bias report of a training is about."""

REAL_HEADING = "Real merchants held out of the training"

TOPIC = "topic"
"""In place of a file of corrections: the topic itself."""

METRICS = {
    "rows": "rows",
    "accuracy": "accuracy",
    "macro_f1": "macro-F1 over categories",
    "calibration_error": "expected calibration error",
    "accepted_precision": "precision of what is accepted at .95",
    "coverage": "share accepted at .95",
}
"""Metrics of the manifest in words; one without a line here is shown as it is."""


OutputOption = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder that gets the artefact.")]
DataOption = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder with the tables to train on.", show_default="the shipped tables"),
]
EncoderOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Artefact whose encoder is used and passed on: sentence embeddings for merchants never seen.",
        show_default="none",
    ),
]
SeedOption = Annotated[int, typer.Option(metavar="N", help="Seed of the generated lines and the solver.")]
LimitOption = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Use only N rows of each table, for a quick trial.", show_default="all"),
]
TrainedOnOption = Annotated[
    datetime | None,
    typer.Option(
        "--trained-on",
        metavar="YYYY-MM-DD",
        formats=["%Y-%m-%d"],
        help="Day of the training, for the manifest; no other file depends on it.",
        show_default="today, UTC",
    ),
]
CompareOption = Annotated[
    bool, typer.Option("--compare", metavar="", help="Compare imbalanced and balanced training; makes no artefact.")
]
PerCategoryOption = Annotated[
    int, typer.Option("--per-category", metavar="N", min=1, help="Rows per category of the balanced sets of --compare.")
]
CorrectionsOption = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|topic",
        help="Learn from people's corrections, too: JSON Lines, or all that transactions.corrections holds, only read.",
        show_default="none",
    ),
]
ConsentOption = Annotated[
    Consent, typer.Option(help="Whose: those of the bank's people, or customers' who have agreed to it, too.")
]
WithoutOption = Annotated[
    list[str] | None,
    typer.Option(metavar="ACTOR", help="Leave this actor's corrections out; may be repeated.", show_default="nobody"),
]


def train(
    context: typer.Context,
    output: OutputOption = Path("model"),
    data: DataOption = None,
    encoder: EncoderOption = None,
    seed: SeedOption = 0,
    limit: LimitOption = None,
    trained_on: TrainedOnOption = None,
    limits: LimitsOption = None,
    comparison_file: ComparisonOption = None,
    compare: CompareOption = False,
    per_category: PerCategoryOption = 809,
    with_corrections: CorrectionsOption = None,
    consent: ConsentOption = Consent.REVIEWERS,
    without_actor: WithoutOption = None,
    bootstrap_servers: BootstrapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train the model (memory, n-grams, review policy) and write it as a verified artefact.

    With --with-corrections, what people say of merchants is learned beside the tables: a reviewer's word counts as a
    row, customers' only with --consent all and several as one reviewer's; of what contradicts the majority counts.
    The manifest says how many were used and why others were not, and nothing of who said them.

    The metrics are those of a first model that has not seen the held-out merchants; the artefact itself is trained on
    everything. The same data, settings and library versions give the same bytes; the manifest also names the day.

    Each run writes DIR/reports/bias_report.{html,md,json}: what that first model decides on the held-out merchants and
    on generated lines, held against limits of fairness. A model that fails is written, and cannot be promoted.

    With --compare, models are trained on imbalanced and on balanced sets and measured on the same rows, real and
    synthetic; compare.json and compare.md are written instead of an artefact.
    """
    config = TrainingConfig(data=data or SHIPPED, encoder=encoder, seed=seed, limit=limit)
    if compare and with_corrections:
        raise typer.BadParameter("--compare is about the tables alone", param_hint="--with-corrections")
    if compare:
        _compare(config, per_category, output, as_json=as_json)
        return
    held = read_limits(limits, "bias", BiasLimits)
    compared = comparison.mission_table(comparison.read_comparison(comparison_file)) if comparison_file else None
    started = time.perf_counter()
    with progress() as display:
        task = display.add_task("training", total=None)
        day = (trained_on or wall_clock()).date()
        taught = None
        if with_corrections:
            display.update(task, description="reading corrections")
            settings = load_settings(bootstrap_servers=bootstrap_servers)
            taught = _taught(with_corrections, consent, frozenset(without_actor or ()), settings)
        trained = training.train(
            config, lambda step: display.update(task, description=step), trained_on=day, taught=taught
        )
        training.save(trained, output)
        display.update(task, description="holding it against the limits")
        findings = _audit(
            trained, held, compared, command=command_of(context, "train"), limits_file=limits, output=output
        )
    manifest = trained.manifest
    metrics = dict(manifest.metrics)
    report: dict[str, Any] = {
        "output": str(output),
        "model_version": manifest.model_version,
        "taxonomy_version": manifest.taxonomy_version,
        "seconds": round(time.perf_counter() - started, 1),
        "bytes": sum(map(len, trained.contents.values())),
        "metrics": metrics,
        "trained_on": day.isoformat(),
        "reference": reference_summary(manifest),
        "corrections": taught.summary() if taught else None,
        "audit": findings.outcome.value,
    }
    if as_json:
        print_json(report)
    else:
        _show(report)
        said = verdict(findings.checks)
        stdout().print(f"bias gate: {said.word} {said.text}", markup=False, soft_wrap=True)
        stdout().print(f"report: {output / REPORTS / NAME}.html", markup=False, soft_wrap=True)


def _audit(
    trained: training.TrainedModel,
    limits: BiasLimits,
    compared: TextTable | None,
    *,
    command: str,
    limits_file: Path | None,
    output: Path,
) -> BiasFindings:
    """Hold what the trial decided against the limits, and write the report beside the artefact."""
    generated, real = (
        bias_findings([each for each in trained.judged if each.source == source], limits, known=trained.familiar)
        for source in (GENERATED, REAL)
    )
    run = AuditedRun(
        command=command,
        data=TRAINING_DATA,
        truth="the category that each line was generated for, of names and phrases that the trial did not learn from",
        model_version=trained.manifest.model_version,
        policy="calibrated at precision .95",
        at=wall_clock(),
        limits=limits_file.name if limits_file else "",
    )
    folder = output / REPORTS
    make_folder(folder)
    beside = Beside(compared, REAL_HEADING, real)
    write_audit(folder, NAME, bias_document(run, generated, beside), bias_json(run, generated, beside))
    return generated


def _taught(where: str, consent: Consent, without: frozenset[str], settings: Settings) -> Taught:
    """What people said, in a file or on the topic, folded into words on merchants."""
    said = run(corrections_on_topic(settings), settings) if where == TOPIC else read_corrections(Path(where))
    terms = Terms(consent, settings.learn_accounts, settings.learn_agreement, without)
    return taught_by(
        said.corrections,
        terms,
        keys_of=shipped_keys(),
        source="topic" if where == TOPIC else f"file {said.sha256}",
        unreadable=said.unreadable,
        taken_back=said.taken_back,
    )


def _compare(config: TrainingConfig, per_category: int, output: Path, *, as_json: bool) -> None:
    with progress() as display:
        task = display.add_task("comparing", total=None)
        found = comparing.compare(
            config, per_category=per_category, progress=lambda step: display.update(task, description=step)
        )
    comparison.save(found, output)
    if as_json:
        print_json(json.loads((output / comparison.JSON_FILE).read_text(encoding="utf-8")))
        return
    console = stdout()
    for each in comparison.tables(found):
        table = Table(
            *each.head, box=None, pad_edge=False, title=each.caption, title_justify="left", title_style="bold"
        )
        for row in each.rows:
            table.add_row(*row)
        console.print(table)
        console.print()
    console.print(f"{output / comparison.MARKDOWN_FILE}, {output / comparison.JSON_FILE}", markup=False, soft_wrap=True)


def _show(report: dict[str, Any]) -> None:
    console = stdout()
    console.print(f"model {report['model_version']}, {report['bytes']:,} bytes, in {report['seconds']:.1f} s")
    for group, values in report["metrics"].items():
        table = Table.grid("", *numbers(""), padding=(0, 2))
        for name, value in values.items():
            shown = f"{value:,}" if isinstance(value, int) else f"{value:.4f}"
            table.add_row(METRICS.get(name, name.replace("_", " ")), shown)
        console.print(f"\n{group.replace('_', ' ')}")
        console.print(table)
    if said := report["corrections"]:
        skipped = ", ".join(f"{reason.replace('_', ' ')} {count:,}" for reason, count in said["skipped"].items())
        console.print(
            f"\ncorrections: {said['used']:,} used, on {several(said['merchants'], 'merchant')}; "
            f"not used: {skipped or 'none'}; unreadable: {said['unreadable']:,}"
        )
    if found := report["reference"]:
        console.print(
            f"\nreference: median confidence {found['median']:.4f} of {found['rows']:,} held-out transactions"
        )
    console.print(f"\nartefact: {report['output']}", markup=False, soft_wrap=True)
