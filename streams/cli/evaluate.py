"""`evenhand evaluate`: how good the decisions are on labelled transactions, and how evenly.

Its sub-commands measure what stands around the ensemble, on the same files.
"""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import TextColumn

from models.artefacts.store import resolve
from models.decisions.ensemble import Ensemble
from models.decisions.policy import PolicyName
from models.evaluation.data.labelled_file import LabelledFile
from models.evaluation.data.labels import labels_for
from models.evaluation.measures.headline import measure
from models.evaluation.measures.splits import by_merchant, by_source, keys_of
from models.evaluation.online.figures import data_of
from models.evaluation.online.run import OnlineOptions
from models.evaluation.reports import tables
from models.evaluation.reports.json import report_data
from models.evaluation.reports.report import Report, Run
from models.evaluation.reports.wording import counted_by, gap_lines
from models.learned.text_files import MEMORY_FILE
from models.statistics.counting import several
from streams.categorizer.ensemble import ensemble_for
from streams.cli.console import RowRate, print_json, progress, stdout
from streams.cli.evaluate_active import active
from streams.cli.evaluate_learners import learners
from streams.cli.exits import ExitCode
from streams.cli.inputs import JsonOption, ModelOption, refuse_options_before, setting
from streams.cli.labelled import (
    DataOption,
    LabelsOption,
    LimitOption,
    MapOption,
    OutputOption,
    SampleOption,
    SeedOption,
    SinceOption,
    UntilOption,
    WithMccOption,
    command_of,
    grid,
    policy_words,
    selection_of,
)
from streams.clock import wall_clock
from streams.files.evaluate import Evaluated, evaluate_file, make_folder, write_report
from streams.files.evaluate_online import evaluate_online
from streams.settings.settings import Settings, load_settings

app = typer.Typer(rich_markup_mode="markdown")

GivenDataOption = Annotated[
    Path | None, typer.Option("--data", metavar="FILE", help="Labelled CSV, also gzipped.", show_default="required")
]
GivenLabelsOption = Annotated[
    str | None,
    typer.Option(
        "--labels",
        metavar="COLUMN",
        help="Column with the truth: labels of --map, category names, or codes where it is mcc.",
        show_default="required",
    ),
]
"""The same two for the command itself, which does not need them where a sub-command is named."""
_PLAYED = OnlineOptions()
"""What `online` plays where nothing else is said."""

TrainedOnOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="CSV with a column description or key: its merchants count as in the training.",
        show_default="the model's memory",
    ),
]
PolicyOption = Annotated[PolicyName | None, setting("policy", None, "Review policy.")]
PrecisionOption = Annotated[
    float | None,
    setting("precision", "SHARE", "Precision that calibrated keeps: .90, .95, .97, .98, .99.", default=".95"),
]


@app.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    data: GivenDataOption = None,
    labels: GivenLabelsOption = None,
    label_map: MapOption = None,
    output: OutputOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    with_mcc: WithMccOption = False,
    limit: LimitOption = None,
    sample: SampleOption = None,
    seed: SeedOption = 0,
    trained_on: TrainedOnOption = None,
    model: ModelOption = None,
    policy: PolicyOption = None,
    precision: PrecisionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score the ensemble on labelled transactions: accuracy, calibration, precision against coverage, parity.

    The file has description, amount, currency, date or timestamp, and the label column; a column `source` splits the
    figures by source. Each figure has its count and 95% interval. The merchant category code is withheld unless
    --with-mcc asks for it. Rows with a label that has no category are counted, not scored. Refused rows are named by
    line, never with a value; the exit code is then 3.

    Example: evenhand evaluate --data labelled.csv --labels category --output report
    """
    if context.invoked_subcommand is not None:
        refuse_options_before(context)
        return
    if data is None or labels is None:
        raise typer.BadParameter("it must be given", param_hint="'--data'" if data is None else "'--labels'")
    settings = load_settings(model=model, policy=policy, precision=precision)
    selection = selection_of(since, until, with_mcc=with_mcc, limit=limit, sample=sample, seed=seed)
    rows = LabelledFile(data, labels, labels_for(labels, label_map), selection)
    if output:
        make_folder(output)
    ensemble = ensemble_for(settings)
    known = _known(settings, trained_on)
    evaluated = _decide(rows, ensemble)
    run = Run(
        command=command_of(context, "evaluate"),
        data=data.name,
        labels=labels,
        label_map=label_map.name if label_map else None,
        selection=selection,
        model_version=ensemble.model_version,
        policy=policy_words(ensemble.policy),
        at=wall_clock(),
        cpu_seconds=evaluated.cpu_seconds,
    )
    metrics = measure(evaluated.judged)
    splits = [split for split in (by_merchant(evaluated.judged, known), by_source(evaluated.judged)) if split]
    _deliver(Report(run, rows.counts, metrics, splits), output, as_json=as_json)
    if rows.counts.refused:
        raise typer.Exit(int(ExitCode.REFUSED))


@app.command()
def online(
    data: DataOption,
    labels: LabelsOption,
    label_map: MapOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    with_mcc: WithMccOption = False,
    limit: LimitOption = None,
    sample: SampleOption = None,
    seed: SeedOption = 0,
    merchants: Annotated[
        int, typer.Option(metavar="N", min=1, help="Merchants that are corrected, with one correction each.")
    ] = _PLAYED.merchants,
    draws: Annotated[
        int, typer.Option(metavar="N", min=1, help="How often families are drawn and corrected.")
    ] = _PLAYED.draws,
    pairs: Annotated[int, typer.Option(metavar="N", min=1, help="Pairs of names that look alike.")] = _PLAYED.pairs,
    wrong: Annotated[int, typer.Option(metavar="N", min=10, help="Wrong corrections of one actor.")] = _PLAYED.wrong,
    hours: Annotated[
        float, typer.Option(metavar="N", min=0.1, help="Hours over which they are spread.")
    ] = _PLAYED.hours,
    actors: Annotated[
        int, typer.Option(metavar="N", min=1, help="Actors in collusion, with ten corrections each.")
    ] = _PLAYED.actors,
    timed: Annotated[
        int, typer.Option(metavar="N", min=100, help="Corrections whose CPU time is taken.")
    ] = _PLAYED.timed,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure what corrections change: merchants, families, everything else, attacks, and the learner's speed.

    Half of the rows, drawn at random, are what the learner guards its holdout with; losses are measured on the others.
    The merchants corrected are those that the ensemble gets wrong, stores of families are made up from their names.
    Each figure stands beside its bar; one that is not kept is information: exit code 0.

    Example: evenhand evaluate online --data labelled.csv --labels mcc --since 2020-07-01
    """
    settings = load_settings(model=model)
    selection = selection_of(since, until, with_mcc=with_mcc, limit=limit, sample=sample, seed=seed)
    rows = LabelledFile(data, labels, labels_for(labels, label_map), selection)
    options = OnlineOptions(merchants, draws, pairs, wrong, hours, actors, timed=timed, seed=seed)
    with progress(TextColumn("{task.description}")) as display:
        task = display.add_task("deciding", total=None)
        found = evaluate_online(
            rows,
            lambda: ensemble_for(settings),
            options,
            model=settings.model,
            on_part=lambda name: display.update(task, description=name),
        )
    if as_json:
        print_json({"data": data.name, "model": found.model_version, "rows": found.rows, "parts": data_of(found.parts)})
        return
    console = stdout()
    for name, figures in found.parts:
        console.print(f"\n{name}", markup=False)
        console.print(grid([figure.cells() for figure in figures]))
    of = f"{several(found.rows, 'row')} of {data.name}, model {found.model_version}"
    console.print(f"\n{of}", markup=False, soft_wrap=True)


def _deliver(report: Report, output: Path | None, *, as_json: bool) -> None:
    written = write_report(report, output) if output else ()
    if as_json:
        print_json(report_data(report))
    else:
        _show(report, written)


def _decide(rows: LabelledFile, ensemble: Ensemble) -> Evaluated:
    with progress(TextColumn("{task.fields[rows]:,} rows"), RowRate()) as display:
        task = display.add_task("deciding", total=None, rows=0)

        def done(count: int) -> None:
            display.update(task, rows=display.tasks[task].fields["rows"] + count)

        return evaluate_file(rows, ensemble, clock=wall_clock, on_progress=done)


def _known(settings: Settings, trained_on: Path | None) -> frozenset[str]:
    return keys_of(trained_on or resolve(settings.model) / MEMORY_FILE)


def _show(report: Report, written: tuple[Path, ...]) -> None:
    console = stdout()
    console.print(grid(tables.headline(report)))
    console.print("\nlargest gaps between groups")
    for table in report.metrics.parity:
        console.print(f"by {table.by}, {counted_by(table)}", markup=False)
        for line in gap_lines(table):
            console.print(f"  {line}", markup=False, soft_wrap=True)
    for split in report.splits:
        console.print(f"\nby {split.by}")
        rows = [(row[0], f"{row[1]} rows", row[3], f"macro-F1 {row[4]}") for row in tables.split_table(split).rows]
        console.print(grid(rows))
    counts = tables.rows_table(report).rows
    console.print("\nrows: " + ", ".join(f"{count} {name}" for name, count in counts if count != "0"), soft_wrap=True)
    refused = tables.refused_table(report)
    if refused:
        named = ", ".join(f"line {line} ({field}: {reason})" for line, field, reason in refused.rows)
        console.print(f"{refused.caption.lower()}: {named}", markup=False, soft_wrap=True)
    console.print(f"model {report.run.model_version}, policy {report.run.policy}")
    for path in written:
        console.print(f"report: {path}", markup=False, soft_wrap=True)


app.command()(active)
app.command()(learners)
