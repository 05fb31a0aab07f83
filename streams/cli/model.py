"""`evenhand model`: look at artefacts, keep them in a store, and say which of them workers load."""

from pathlib import Path
from typing import Annotated, Any

import typer

from models.artefacts import store as stores
from models.artefacts.artefact import DEFAULT_MODEL, read_manifest
from models.artefacts.audits import BIAS_REPORT, AuditRecord, training_audit
from models.artefacts.audits import WORDS as OUTCOMES
from models.artefacts.store import is_artefact, is_version, promoted, resolve, versions
from models.decisions.inspection import inspect
from models.errors import ArtefactError
from streams.cli.console import fail, print_json, print_table, stdout
from streams.cli.exits import ExitCode
from streams.cli.inputs import JsonOption
from streams.cli.model_tables import faults_table, list_table, print_artefact
from streams.clock import wall_clock
from streams.files.model_store import ModelStore
from streams.settings.settings import load_settings

app = typer.Typer(
    help="Look at models, keep them in a store, promote one, go back.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

SHIPPED = "shipped"
"""Name of the model that comes with the package."""

WORDS = {"promote": "promoted", "rollback": "rolled back to"}
"""Actions of the history, in words."""

StoreOption = Annotated[
    Path | None, typer.Option("--store", metavar="DIR", help="Store of models. Else EVENHAND_MODEL, where that is one.")
]
ModelArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[VERSION|DIR]",
        help="Version in the store, folder of an artefact, or `shipped`. Else the one that a worker would load.",
    ),
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for the history.")]


OverrideOption = Annotated[
    str,
    typer.Option(
        "--override",
        metavar="REASON",
        help="Promote it although audits speak against it, or say nothing; the history keeps why.",
    ),
]


@app.command("list")
def list_models(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List models with their metrics; `evenhand model verify` checks their files.

    Without a store it is the model that comes with the package, and the one that EVENHAND_MODEL names.
    """
    where = _store(store)
    rows = [_row(folder, mark) for folder, mark in (_in_store(where) if where else _without_store())]
    past = stores.history(where) if where else []
    if as_json:
        entries = [entry.model_dump(mode="json") for entry in past]
        print_json({"store": str(where) if where else None, "models": rows, "history": entries})
        return
    print_table(list_table(rows))
    if where and not rows:
        stdout().print(f"{where} has no models: add one with `evenhand model add DIR`", markup=False, soft_wrap=True)
    if past:
        last = past[-1]
        why = f": {last.reason}" if last.reason else ""
        why += f" (although {last.gate}: {last.override})" if last.gate else ""
        said = f"{WORDS[last.action]} {last.version} at {last.at.isoformat(timespec='seconds')}{why}"
        stdout().print(said, markup=False, soft_wrap=True)


@app.command()
def show(model: ModelArgument = None, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show what an artefact says of itself: files, data, command, settings, metrics."""
    folder, _ = _target(model, _store(store))
    manifest = read_manifest(folder)
    sizes = {name: _size(folder / name) for name in manifest.files}
    if as_json:
        files = {name: {"sha256": digest, "bytes": sizes[name]} for name, digest in manifest.files.items()}
        print_json({"folder": str(folder), **manifest.model_dump(mode="json"), "files": files})
    else:
        print_artefact(folder, manifest, sizes)


@app.command()
def verify(model: ModelArgument = None, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Check every file against its sha256, load every part, and make one decision; says what is wrong."""
    folder, version = _target(model, _store(store))
    checks = inspect(folder, version=version)
    faults = [check for check in checks if check.fault]
    if as_json:
        findings = [{"name": check.name, "fault": check.fault or None} for check in checks]
        print_json({"folder": str(folder), "sound": not faults, "checks": findings})
    else:
        stdout().print(faults_table(checks))
    if faults:
        fail(f"{folder} is broken at {', '.join(check.name for check in faults)}", ExitCode.MODEL)
    if not as_json:
        stdout().print(f"{folder} is sound", markup=False, soft_wrap=True)


@app.command()
def add(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of an artefact, or `shipped`.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy an artefact into the store, once it is verified; nothing is promoted. A missing store is made.

    The bias report of its training goes along, and counts when the model is to be promoted.
    """
    where = _needed(store)
    source = DEFAULT_MODEL if str(folder) == SHIPPED else folder
    models = ModelStore(where)
    version, written = models.add(source)
    if audit := training_audit(source, version, BIAS_REPORT):
        models.record(audit)
    if as_json:
        outcome = audit.outcome.value if audit else None
        print_json({"store": str(where), "version": version, "added": written, "audit": outcome})
    else:
        said = "added" if written else "is there already"
        stdout().print(f"{version} {said}: {where / version}", markup=False, soft_wrap=True)
        stdout().print(_audited(audit), markup=False, soft_wrap=True)


@app.command()
def promote(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Version in the store.")],
    store: StoreOption = None,
    reason: ReasonOption = "",
    override: OverrideOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make a version the one that workers load when they start. A broken one is refused, and the old one stays.

    So is one that failed an audit, or has passed none: `evenhand audit bias --record STORE` audits it.
    """
    where = _needed(store)
    if override and not any(map(str.isalnum, override)):
        raise typer.BadParameter("it needs a reason in words, which the history keeps", param_hint="--override")
    entry = ModelStore(where).promote(version, at=wall_clock(), reason=reason, override=override.strip())
    if as_json:
        print_json(
            {"store": str(where), "promoted": version, "entry": entry.model_dump(mode="json") if entry else None}
        )
    elif entry is None:
        stdout().print(f"{version} is promoted already")
    else:
        stdout().print(f"{version} is promoted, before it {entry.previous or 'none'}; workers load it when they start")
        if entry.gate:
            stdout().print(f"although {entry.gate}: {entry.override}", markup=False, soft_wrap=True)


@app.command()
def rollback(store: StoreOption = None, reason: ReasonOption = "", as_json: JsonOption = False) -> None:
    """Go back to the version that was promoted before the present one."""
    where = _needed(store)
    entry = ModelStore(where).rollback(at=wall_clock(), reason=reason)
    if as_json:
        print_json({"store": str(where), "promoted": entry.version, "entry": entry.model_dump(mode="json")})
    else:
        stdout().print(
            f"{entry.version} is promoted again, before it {entry.previous}; workers load it when they start"
        )


def _audited(audit: AuditRecord | None) -> str:
    """What the bias report of a training says, in a line."""
    if audit is None:
        return "no bias report came with it: audit it before it can be promoted, with `evenhand audit bias --record`"
    return f"bias report of its training: {OUTCOMES[audit.outcome]}"


def _store(given: Path | None) -> Path | None:
    """The store that is meant, or None."""
    if given is not None and not given.is_dir():
        fail(f"there is no store {given}: make one with `evenhand model add DIR`", ExitCode.USAGE)
    named = given or load_settings().model
    return None if named is None or (given is None and (is_artefact(named) or not named.is_dir())) else named


def _needed(given: Path | None) -> Path:
    """The store that is to be changed; `add` makes it where it is missing."""
    named = given or load_settings().model
    if named is None or is_artefact(named):
        fail("name a store: --store DIR, or EVENHAND_MODEL", ExitCode.USAGE)
    return named


def _target(name: str | None, store: Path | None) -> tuple[Path, str | None]:
    """The folder that a person means, and the version that it must be, where that is known."""
    if name is None:
        return resolve(store or load_settings().model), None
    if name == SHIPPED:
        return DEFAULT_MODEL, None
    if store is not None and is_version(name):
        return store / name, name
    return resolve(Path(name)), None


def _in_store(store: Path) -> list[tuple[Path, str]]:
    """The versions of a store, each with its mark."""
    present = promoted(store)
    return [(store / name, "promoted" if name == present else "") for name in versions(store)]


def _without_store() -> list[tuple[Path, str]]:
    """The models that there are without a store, each with its mark."""
    named = load_settings().model
    return [(DEFAULT_MODEL, SHIPPED)] + ([(named, "EVENHAND_MODEL")] if named else [])


def _row(folder: Path, mark: str) -> dict[str, Any]:
    row: dict[str, Any] = {"folder": str(folder), "mark": mark or None}
    try:
        manifest = read_manifest(folder)
    except ArtefactError as error:
        return row | {"fault": str(error)}
    return row | {
        "model_version": manifest.model_version,
        "taxonomy_version": manifest.taxonomy_version,
        "bytes": sum(_size(folder / file) or 0 for file in manifest.files),
        "metrics": manifest.metrics,
        "fault": None,
    }


def _size(path: Path) -> int | None:
    """Bytes of a file, or None where there is none."""
    return path.stat().st_size if path.is_file() else None
