"""`evenhand audit counterfactual`: does what should not matter change a decision?"""

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.progress import TextColumn
from rich.table import Table

from monitors.audits.checks import verdict
from monitors.audits.counterfactual.attributes import ATTRIBUTES
from monitors.audits.counterfactual.audit import PAIRS, CounterfactualFindings, counterfactual_findings
from monitors.audits.counterfactual.limits import CounterfactualLimits
from monitors.audits.counterfactual.report import (
    NAME,
    AuditedModel,
    counterfactual_data,
    counterfactual_document,
    counterfactual_json,
    shown,
)
from monitors.audits.limits import read_limits
from streams.categorizer.ensemble import ensemble_for
from streams.cli.audit_tables import ENDINGS, LimitsOption, ReportOption, print_checks
from streams.cli.console import RowRate, names, numbers, print_json, print_table, progress, stdout, texts
from streams.cli.inputs import JsonOption, ModelOption
from streams.cli.labelled import command_of, policy_words
from streams.files.audits import write_audit
from streams.files.evaluate import make_folder
from streams.settings.settings import load_settings

MOST_PAIRS = 200_000
"""Names are finite, and so is patience."""

_WORDS = 5
"""Words that are printed; the report has more."""

PairsOption = Annotated[
    int,
    typer.Option(
        "--pairs",
        metavar="N",
        min=1,
        max=MOST_PAIRS,
        help="At least so many pairs of names by origin, and by gender; at most so many of each other attribute.",
    ),
]
AttributeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--attribute",
        metavar="NAME",
        help=f"Only this attribute: {', '.join(ATTRIBUTES)}; may be repeated.",
        show_default="all",
    ),
]
SeedOption = Annotated[int, typer.Option("--seed", metavar="N", help="Seed of names, pairs and bootstrap.")]


def counterfactual(
    context: typer.Context,
    attribute: AttributeOption = None,
    pairs: PairsOption = PAIRS,
    seed: SeedOption = 0,
    limits: LimitsOption = None,
    output: ReportOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change one thing that should not matter in a line, and see whether the decision changes.

    Pairs of lines that are alike but for a name's origin or gender, accents, faith, cuisine, sum, size of the shop,
    city or time: how often category and review flip, which pairs are worst and which words pull most. No data are
    needed. Exit code 0 within the limits, 1 beyond one, 4 where it could not be measured.

    Example: evenhand audit counterfactual --attribute origin --output reports
    """
    chosen = list(dict.fromkeys(attribute or ATTRIBUTES))
    if unknown := [name for name in chosen if name not in ATTRIBUTES]:
        raise typer.BadParameter(f"{unknown[0]} is none: {', '.join(ATTRIBUTES)}", param_hint="'--attribute'")
    held = read_limits(limits, "counterfactual", CounterfactualLimits)
    if output:
        make_folder(output)
    ensemble = ensemble_for(load_settings(model=model))
    with progress(TextColumn("{task.fields[rows]:,} lines"), RowRate()) as display:
        task = display.add_task("deciding", total=None, rows=0)
        findings = counterfactual_findings(
            ensemble,
            held,
            attributes=[ATTRIBUTES[name] for name in chosen],
            pairs=pairs,
            seed=seed,
            on_progress=lambda count: display.update(task, rows=display.tasks[task].fields["rows"] + count),
        )
    run = AuditedModel(
        command=command_of(context, "audit counterfactual"),
        model_version=ensemble.model_version,
        policy=policy_words(ensemble.policy),
        limits=limits.name if limits else "",
    )
    document, text = counterfactual_document(run, findings), counterfactual_json(run, findings)
    written = write_audit(output, NAME, document, text) if output else ()
    if as_json:
        print_json(counterfactual_data(run, findings))
    else:
        show(run, findings, written)
    raise typer.Exit(int(ENDINGS[findings.outcome]))


def show(run: AuditedModel, findings: CounterfactualFindings, written: tuple[Path, ...]) -> None:
    """Print the checks, all attributes side by side, the words that pull most, and the verdict."""
    print_checks(findings.checks)
    print_table(_attributes(findings))
    print_table(_words(findings))
    console = stdout()
    said = verdict(findings.checks)
    console.print(f"\n{said.word} {said.text}", markup=False, soft_wrap=True)
    console.print(f"model {run.model_version}, seed {findings.seed}", markup=False)
    for path in written:
        console.print(f"report: {path}", markup=False, soft_wrap=True)


def _attributes(findings: CounterfactualFindings) -> Table:
    table = Table(
        *names("attribute"), *numbers("pairs", "another category, 95%", "another review, 95%", "more / less", "p"),
        box=box.SIMPLE_HEAD, pad_edge=False,
    )  # fmt: skip
    for each in findings.attributes:
        flips = each.all
        cells = (f"{flips.pairs:,}", shown(flips.category), shown(flips.review))
        table.add_row(
            each.attribute.name, *map(escape, cells), f"{flips.waits_more:,} / {flips.waits_less:,}", f"{flips.p:.2g}"
        )
    return table


def _words(findings: CounterfactualFindings) -> Table:
    table = Table(
        *names("attribute", "word", "group"), *numbers("odd lines"), *texts("mostly become"),
        box=box.SIMPLE_HEAD, pad_edge=False,
    )  # fmt: skip
    for each in findings.attributes:
        for pull in each.pulls[:_WORDS]:
            odd = f"{pull.odd:,} of {pull.lines:,}"
            table.add_row(each.attribute.name, escape(pull.word), pull.group, odd, pull.becomes)
    return table
