"""`evenhand evidence`: one folder on one model from one run, and whether it is still as it was written."""

import shlex
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from models.artefacts.artefact import read_artefact
from models.artefacts.store import resolve
from monitors.audits.evidence.facts import Facts, Run
from streams.cli.console import note, print_json, stdout
from streams.cli.exits import ExitCode
from streams.cli.inputs import JsonOption, ModelOption, refuse_options_before
from streams.clock import wall_clock
from streams.files.evidence import evidence_of, history_of, monitors_in, reports_in, shown_settings, tables_of
from streams.files.evidence_folder import SIGNATURE, Verified, require_new, verify_evidence, write_evidence
from streams.files.evidence_keys import fingerprint, make_keys, private_key, read_public_key
from streams.settings.settings import load_settings

app = typer.Typer(rich_markup_mode="markdown")

UNSIGNED = "not signed: the digests protect against accident only, since whoever changes a file can change its digest"

OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Folder to write; not there yet, or empty.", show_default="required"),
]
ReportsOption = Annotated[
    Path | None,
    typer.Option(
        "--reports",
        metavar="DIR",
        help="Folder with bias_report and counterfactual_report (.json, .html, .md); what is missing is said to be.",
        show_default="none",
    ),
]
StateOption = Annotated[
    Path | None,
    typer.Option(
        "--monitor-state",
        metavar="FILE",
        help="A monitor's /api/state, or values of fairness.alerts, one a line.",
        show_default="none",
    ),
]
DayOption = Annotated[
    datetime | None,
    typer.Option("--day", metavar="DATE", formats=["%Y-%m-%d"], help="Day of the evidence.", show_default="today, UTC"),
]


@app.callback(invoke_without_command=True)
def evidence(
    context: typer.Context,
    out: OutOption = None,
    reports: ReportsOption = None,
    monitor_state: StateOption = None,
    day: DayOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write what a compliance officer files on a model: one folder, from one run, with the sha256 of every file.

    Model card, data sheet, audits, classification memo, inventory of methods, explanation template, record of privacy
    measures, monitors' history, overrides. Each statement names the figure or test behind it; what the run did not
    measure is said to be not measured. Signed (Ed25519) where EVENHAND_EVIDENCE_KEY names a private key.

    Example: evenhand evidence --out evidence --reports reports
    """
    if context.invoked_subcommand is not None:
        refuse_options_before(context)
        return
    if out is None:
        raise typer.BadParameter("it must be given", param_hint="'--out'")
    require_new(out)
    settings = load_settings(model=model)
    key = private_key(settings.evidence_key) if settings.evidence_key else None
    on = (day or wall_clock()).date()
    manifest, _ = read_artefact(resolve(settings.model))
    found, files = reports_in(reports, manifest.model_version)
    run = Run(
        command=_command(on.isoformat(), reports=reports, monitor_state=monitor_state, model=model),
        day=on,
        project=f"evenhand {version('evenhand')}",
        policy=settings.policy,
        precision=settings.precision,
        signer=fingerprint(key.public_key()) if key else "",
    )
    facts = Facts(
        run=run,
        manifest=manifest,
        tables=tables_of(manifest),
        settings=shown_settings(settings),
        reports=found,
        monitors=monitors_in(monitor_state),
        history=history_of(settings.model),
    )
    contents, about = evidence_of(facts, files)
    written = write_evidence(out, contents, about, key)
    if as_json:
        print_json({"folder": str(out), "run": about, "files": len(written.files), "signer": run.signer or None})
        return
    print_ = stdout().print
    print_(f"{out}: {len(written.files)} files on model {manifest.model_version}", markup=False, soft_wrap=True)
    print_(f"signed by {run.signer}" if key else UNSIGNED, markup=False, soft_wrap=True)
    print_(f"begin with {out / 'index.html'}", markup=False, soft_wrap=True)


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of evidence.")],
    public_key: Annotated[
        Path | None,
        typer.Option(
            "--public-key",
            metavar="FILE",
            help="Ed25519 public key in PEM; evidence that it did not sign fails.",
            show_default="none",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check every byte of a folder of evidence: no file altered, missing or too many, and the signature.

    Exit code 0 where everything holds, 1 where something does not; each file at fault is named.

    Example: evenhand evidence verify evidence --public-key evidence_key.public.pem
    """
    found = verify_evidence(folder, read_public_key(public_key) if public_key else None)
    if as_json:
        print_json(
            {
                "holds": not found.faults,
                "faults": [{"file": name, "fault": fault} for name, fault in found.faults],
                "signer": found.signer or None,
                "trusted": found.trusted,
            }
        )
    else:
        _show(folder, found)
    if found.faults:
        raise typer.Exit(int(ExitCode.FAILED))


@app.command()
def key(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the two files.")],
) -> None:
    """Make a key pair to sign evidence with; the private key is readable by its owner alone.

    Keep the private key away from the machines that train and audit, and give the public one to whoever verifies.

    Example: evenhand evidence key --out keys
    """
    private, public = make_keys(out)
    stdout().print(f"private key: {private} (EVENHAND_EVIDENCE_KEY)", markup=False, soft_wrap=True)
    stdout().print(f"public key: {public} (--public-key)", markup=False, soft_wrap=True)
    stdout().print(f"sha256: {fingerprint(read_public_key(public))}", markup=False, soft_wrap=True)


def _command(day: str, **options: Path | None) -> str:
    """The command that gives the same evidence: apart from where it goes."""
    words = ["evenhand", "evidence", "--day", day]
    for name, value in options.items():
        words += [] if value is None else [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(words)


def _show(folder: Path, found: Verified) -> None:
    console = stdout()
    for name, fault in found.faults:
        console.print(f"{name}: {fault}", markup=False, soft_wrap=True)
    if found.faults:
        console.print(f"{folder} does not hold", markup=False, soft_wrap=True)
        return
    assert found.manifest is not None
    console.print(f"{folder} holds: {len(found.manifest.files)} files as written", markup=False, soft_wrap=True)
    if not found.signer:
        console.print(UNSIGNED, markup=False, soft_wrap=True)
        return
    console.print(f"{SIGNATURE} is by the key {found.signer}", markup=False, soft_wrap=True)
    if not found.trusted:
        note("that key came with the folder: give the bank's own with --public-key, or anybody could have signed")
