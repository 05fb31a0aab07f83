"""`evenhand shadow`: a candidate beside the present model, before it is promoted."""

from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn

from models.artefacts.artefact import DEFAULT_MODEL, Manifest, read_manifest
from models.artefacts.store import artefact_of, is_artefact, is_version, resolve
from models.decisions.inspection import load_tried
from models.learned.online.model import OnlineModel
from monitors.audits.shadow import Conclusion, Shadow
from monitors.base.contract import Reference
from monitors.base.reference import load_reference
from streams.categorizer.ensemble import ensemble_for, house_rules
from streams.cli.console import print_json, progress, stdout
from streams.cli.exits import ExitCode
from streams.cli.inputs import BootstrapOption, JsonOption, ModelOption, require_rows
from streams.cli.running import run
from streams.cli.shadow_tables import data, show
from streams.files.transactions import Row, TransactionFile
from streams.operate.shadow import Comparing, learned_so_far, shadow_topic
from streams.settings.settings import Settings, load_settings

BATCH = 1000
"""Rows of a file that are decided on at once."""

EXITS = {
    Conclusion.EVEN: ExitCode.OK,
    Conclusion.UNEVEN: ExitCode.FAILED,
    Conclusion.NOT_ENOUGH_DATA: ExitCode.EMPTY,
}


def shadow(
    candidate: Annotated[
        str, typer.Option("--candidate", metavar="DIR|VERSION", help="Artefact, or a version in the store of --model.")
    ],
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="CSV or JSON Lines of transactions, in place of the topic."),
    ] = None,
    transactions: Annotated[
        int, typer.Option("--transactions", metavar="N", min=1, help="End after so many transactions.")
    ] = 20_000,
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="S", min=0.1, help="End after so many seconds; not for a file.")
    ] = 600.0,
    past: Annotated[
        bool, typer.Option("--past", metavar="", help="Take the newest that are in the topic, not those to come.")
    ] = False,
    model: ModelOption = None,
    bootstrap_servers: BootstrapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare a candidate with the present model on the live topic or a file; nothing is written.

    Both decide on the same transactions, with the bank's own rules and, on the topic, what people taught. The report
    names changed categories, who would go to review that does not now, and the figures of the fairness monitors, with
    counts and intervals. It does not say who is right: that is `evenhand evaluate`, on labelled rows.

    Exit code 0: no group would wait longer beyond the tolerance, and no monitor would alarm that does not now. 1: one
    would. 7: too few transactions to tell.

    Example: evenhand shadow --candidate model --transactions 20000
    """
    settings = load_settings(model=model, bootstrap_servers=bootstrap_servers)
    folder = _candidate(candidate, settings)
    present, other = read_manifest(resolve(settings.model)), read_manifest(folder)
    online = None if file else run(learned_so_far(settings), settings)
    comparing = _comparing(settings, folder, online, references=(_reference(present, settings), _reference(other)))
    with progress(BarColumn(), MofNCompleteColumn()) as display:
        task = display.add_task("comparing", total=transactions)
        comparing.told = lambda rows: display.advance(task, rows)
        if file:
            _take_file(file, comparing, transactions)
        else:
            run(
                shadow_topic(settings, comparing, transactions=transactions, seconds=seconds, past=past),
                settings,
            )
    report = data(comparing, comparing.shadow.findings())
    if as_json:
        print_json(report)
    else:
        show(report, stdout())
    raise typer.Exit(int(EXITS[Conclusion(report["conclusion"])]))


def _candidate(name: str, settings: Settings) -> Path:
    """The folder of the candidate."""
    if name == "shipped":
        return DEFAULT_MODEL
    store = settings.model
    if is_version(name) and store is not None and not is_artefact(store) and not Path(name).exists():
        return artefact_of(store, name)
    return resolve(Path(name))


def _reference(manifest: Manifest, settings: Settings | None = None) -> Reference:
    """The standard for confidences: each model's own, or the bank's for the present one."""
    return load_reference(manifest, settings.reference if settings else None)


def _comparing(
    settings: Settings, folder: Path, online: OnlineModel | None, *, references: tuple[Reference, Reference]
) -> Comparing:
    present, candidate = references
    return Comparing(
        ensemble_for(settings, online=online, house=house_rules(settings)),
        load_tried(folder, policy=settings.policy, threshold=settings.review_threshold, precision=settings.precision),
        Shadow(rules=settings.rules, present=present, candidate=candidate),
    )


def _take_file(path: Path, comparing: Comparing, most: int) -> None:
    """Compare on the rows of a file."""
    with TransactionFile(path) as found:
        rows = iter(found)
        taken = 0
        while batch := list(islice(rows, min(BATCH, most - taken))):
            taken += len(batch)
            accepted = [row.transaction for row in batch if isinstance(row, Row)]
            comparing.refused += len(batch) - len(accepted)
            comparing.take(accepted)
        require_rows(taken, path)
