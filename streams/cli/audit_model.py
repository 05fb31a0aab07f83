"""`evenhand audit model`: any classifier, asked about profiles that differ in one field only."""

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from models.evaluation.reports.tables import TextTable
from models.evaluation.reports.wording import share_text
from monitors.audits.anymodel.answers import AuditedModel
from monitors.audits.anymodel.audit import ModelFindings, model_findings
from monitors.audits.anymodel.limits import ModelLimits
from monitors.audits.anymodel.report import (
    NAME,
    AuditedModelRun,
    clones_table,
    model_data,
    model_document,
    model_json,
    pairs_table,
    values_table,
)
from monitors.audits.anymodel.variations import Variation
from monitors.audits.limits import read_limits
from streams.cli.audit_tables import ENDINGS, LimitsOption, ReportOption, print_checks, print_verdict
from streams.cli.console import numbers, print_json, print_table, stdout, texts
from streams.cli.inputs import JsonOption
from streams.cli.labelled import command_of
from streams.clock import wall_clock
from streams.files.audits import publish_audit
from streams.files.classifiers.entry_point import load_entry_point
from streams.files.classifiers.opening import open_model
from streams.files.evaluate import make_folder
from streams.files.profiles import read_profiles

ProfilesOption = Annotated[
    Path,
    typer.Option(
        "--profiles",
        metavar="FILE",
        help="Schema that profiles are made by (.yml), or profiles themselves (.csv, .jsonl).",
    ),
]
VaryOption = Annotated[
    list[str],
    typer.Option(
        "--vary",
        metavar="FIELD=A,B",
        help="Field, and the values that its clones get; may be repeated, each stands alone. Fields that change"
        " together: Gender+Title=Male+Mr,Female+Ms.",
    ),
]
ModelFileOption = Annotated[
    Path | None,
    typer.Option("--model", metavar="FILE", help="Model as .skops or .onnx; a pickle is refused.", show_default=False),
]
EntryPointOption = Annotated[
    str | None,
    typer.Option(
        "--entry-point",
        metavar="MODULE:NAME",
        help="Instead of a file: package.module:function_or_object, found through PYTHONPATH. This runs that code.",
        show_default=False,
    ),
]
TrustOption = Annotated[
    list[str] | None,
    typer.Option(
        "--trust",
        metavar="TYPE",
        help="Type in a .skops file that may be made, beyond those that skops trusts; may be repeated.",
        show_default="none",
    ),
]
FeaturesOption = Annotated[
    str | None,
    typer.Option(
        "--features",
        metavar="A,B,C",
        help="Fields in the order of the model's columns, where it has no names of its own.",
        show_default="as the profiles have them",
    ),
]
PositiveOption = Annotated[
    str | None,
    typer.Option(
        "--positive",
        metavar="DECISION",
        help="Decision that is approval.",
        show_default="1 of 0 and 1, True of False and True",
    ),
]
ProfileSeedOption = Annotated[
    int | None, typer.Option("--seed", help="Seed of the profiles.", show_default="that of the schema", min=0)
]
ShowOption = Annotated[int, typer.Option("--show", metavar="N", help="Profiles whose clones are printed.", min=0)]


def model(
    context: typer.Context,
    profiles: ProfilesOption,
    vary: VaryOption,
    model: ModelFileOption = None,
    entry_point: EntryPointOption = None,
    trust: TrustOption = None,
    features: FeaturesOption = None,
    positive: PositiveOption = None,
    limits: LimitsOption = None,
    output: ReportOption = None,
    seed: ProfileSeedOption = None,
    show: ShowOption = 10,
    as_json: JsonOption = False,
) -> None:
    """Ask any classifier about profiles that differ in one field only, and count the decisions that flip.

    The model is a file of skops or ONNX, or code that --entry-point names, which is then run. Profiles are made by a
    schema, or come from a file. Exit code 0 within the limits, 1 beyond one, 4 where it could not be measured.

    Example: evenhand audit model --model loans.skops --profiles schema.yml --vary Gender=Male,Female --output reports
    """
    variations = [_variation(text) for text in vary]
    held = read_limits(limits, "model", ModelLimits)
    order = tuple(name.strip() for name in features.split(",")) if features else ()
    audited, kind = _audited(model, entry_point, trust or [], order, positive)
    made = read_profiles(profiles, seed=seed)
    if output:
        make_folder(output)
    findings = model_findings(audited, made, variations, limits=held, positive=positive)
    run = AuditedModelRun(
        command_of(context, "audit model"), audited.name, kind, profiles.name, len(made), wall_clock(),
        limits.name if limits else "",
    )  # fmt: skip
    document, text = model_document(run, findings), model_json(run, findings)
    written = publish_audit(NAME, document, text, folder=output)
    if as_json:
        print_json(model_data(run, findings))
    else:
        _show(run, findings, written, most=show)
    raise typer.Exit(int(ENDINGS[findings.outcome]))


def _variation(text: str) -> Variation:
    try:
        return Variation.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="'--vary'") from None


def _audited(
    path: Path | None, entry_point: str | None, trusted: list[str], features: tuple[str, ...], positive: str | None
) -> tuple[AuditedModel, str]:
    """The model, and of which kind it is in words."""
    if (path is None) == (entry_point is None):
        raise typer.BadParameter("name a model's file or, instead, an entry point", param_hint="'--model'")
    if entry_point is not None:
        return load_entry_point(entry_point, features=features, positive=positive), "code that was named"
    assert path is not None
    return open_model(path, trusted=trusted, features=features), f"{path.suffix[1:]} file"


def _show(run: AuditedModelRun, findings: ModelFindings, written: tuple[Path, ...], *, most: int) -> None:
    console = stdout()
    for found in findings.variations:
        if most:
            _print(clones_table(found, most=most))
        _print(values_table(found))
        _print(pairs_table(found))
        console.print(f"profiles that flip with {found.field}: {share_text(found.flips)}\n", markup=False)
    print_checks(findings.checks)
    lines = [*findings.notes, f"model {run.model}, {run.count:,} profiles of {run.profiles}"]
    print_verdict(findings.checks, lines, written)


def _print(shown: TextTable) -> None:
    first, *rest = shown.head
    table = Table(
        *texts(first), *numbers(*map(escape, rest)), title=escape(shown.caption), title_justify="left",
        box=box.SIMPLE_HEAD, pad_edge=False,
    )  # fmt: skip
    for row in shown.rows:
        table.add_row(*map(escape, row))
    print_table(table)
