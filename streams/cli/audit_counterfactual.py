"""`evenhand audit counterfactual`: lines that differ in one thing, decided twice."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.progress import TextColumn
from rich.table import Table

from models.decisions.ensemble import Ensemble
from models.errors import ConfigurationError
from monitors.audits.bias.report import AuditedRun
from monitors.audits.counterfactual.audit import CounterfactualFindings, counterfactual_findings
from monitors.audits.counterfactual.limits import CounterfactualLimits
from monitors.audits.counterfactual.pairs import PEOPLE, WORDS, Attribute
from monitors.audits.counterfactual.report import (
    DATA,
    NAME,
    counterfactual_data,
    counterfactual_document,
    counterfactual_json,
)
from monitors.audits.limits import read_limits
from streams.categorizer.ensemble import ensemble_for
from streams.cli.audit_tables import ENDINGS, LimitsOption, RecordOption, ReportOption, print_checks, print_verdict
from streams.cli.console import RowRate, print_json, progress, stdout
from streams.cli.inputs import JsonOption, ModelOption
from streams.cli.labelled import command_of, policy_words
from streams.clock import wall_clock
from streams.files.audits import publish_audit
from streams.files.evaluate import make_folder
from streams.settings.settings import load_settings

SHOWN = 3
"""Worst pairs of an attribute that are printed."""

AttributeOption = Annotated[
    list[Attribute] | None,
    typer.Option("--attribute", metavar="NAME", help="Only this one; may be repeated.", show_default="all"),
]
PeopleOption = Annotated[
    int, typer.Option("--people", metavar="N", min=1, help="People of each origin and gender whose names are tried.")
]
SeedOption = Annotated[int, typer.Option("--seed", metavar="N", help="Seed of the people and of the bootstrap.")]


def counterfactual(
    context: typer.Context,
    attribute: AttributeOption = None,
    people: PeopleOption = PEOPLE,
    seed: SeedOption = 0,
    limits: LimitsOption = None,
    output: ReportOption = None,
    model: ModelOption = None,
    record: RecordOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change one thing in a line that should not matter, and count the decisions that change with it.

    Names of people by origin and gender, accents, faiths, cuisines, cities, times, amounts, chains and small shops; all
    made up. Exit code 0 within the limits, 1 beyond one, 4 where it could not be measured.

    Example: evenhand audit counterfactual --attribute name_origin --attribute name_gender --output reports
    """
    held = read_limits(limits, "counterfactual", CounterfactualLimits)
    settings = load_settings(model=model)
    if output:
        make_folder(output)
    ensemble = ensemble_for(settings)
    attributes = tuple(dict.fromkeys(attribute or Attribute))
    findings = twins_decided(ensemble, held, now=wall_clock(), attributes=attributes, people=people, seed=seed)
    run = run_of(command_of(context, "audit counterfactual"), ensemble, limits, at=wall_clock())
    document, text = counterfactual_document(run, findings), counterfactual_json(run, findings)
    written = publish_audit(NAME, document, text, folder=output, store=record)
    if as_json:
        print_json(counterfactual_data(run, findings))
    else:
        _show(run, findings, written)
    raise typer.Exit(int(ENDINGS[findings.outcome]))


def run_of(command: str, ensemble: Ensemble, limits: Path | None, *, at: datetime) -> AuditedRun:
    """What a report says of its run.

    Args:
        limits: File of the limits; None for the defaults.
        at: When it was measured; timezone-aware.
    """
    return AuditedRun(
        command=command,
        data=DATA,
        truth="",
        model_version=ensemble.model_version,
        policy=policy_words(ensemble.policy),
        at=at,
        limits=limits.name if limits else "",
    )


def twins_decided(
    ensemble: Ensemble,
    held: CounterfactualLimits,
    *,
    now: datetime,
    attributes: Sequence[Attribute] = tuple(Attribute),
    people: int = PEOPLE,
    seed: int = 0,
) -> CounterfactualFindings:
    """Decide on made-up pairs of lines, and hold what differs against the limits.

    Args:
        now: When the decisions are made; timezone-aware.
        people: Of each origin and gender.

    Raises:
        ConfigurationError: There are not so many people.
    """
    with progress(TextColumn("{task.fields[rows]:,} lines"), RowRate()) as display:
        task = display.add_task("deciding", total=None, rows=0)
        try:
            return counterfactual_findings(
                ensemble,
                held,
                now=now,
                attributes=tuple(attributes),
                people_each=people,
                seed=seed,
                progress=lambda count: display.update(task, rows=display.tasks[task].fields["rows"] + count),
            )
        except ValueError as error:
            raise ConfigurationError(f"--people {people}: {error}") from None


def _show(run: AuditedRun, findings: CounterfactualFindings, written: tuple[Path, ...]) -> None:
    print_checks(findings.checks)
    console = stdout()
    for each in findings.attributes:
        if each.worst_pairs:
            table = Table(f"worst pairs by {WORDS[each.attribute]}", "decided", box=box.SIMPLE_HEAD, pad_edge=False)
            for pair in each.worst_pairs[:SHOWN]:
                for text, decided in zip(pair.texts, pair.decisions, strict=True):
                    waits = ", waits" if decided.review else ""
                    table.add_row(escape(text), f"{decided.category} {decided.confidence:.2f}{waits}")
            console.print(table)
    print_verdict(findings.checks, [f"model {run.model_version}, {findings.lines:,} distinct lines"], written)
