"""`evenhand evidence`: one folder on one model from one run, and whether it is still as it was written."""

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue

from models.artefacts.artefact import read_artefact
from models.artefacts.store import resolve
from monitors.audits.counterfactual.pairs import PEOPLE
from monitors.audits.evidence.audited import audits_verdict
from monitors.audits.evidence.facts import Facts, Run
from monitors.audits.evidence.monitoring import monitors_data
from streams.cli.audit_tables import ByOption, LimitsOption
from streams.cli.console import note, print_json, stdout
from streams.cli.exits import ExitCode
from streams.cli.inputs import JsonOption, ModelOption, refuse_options_before
from streams.cli.labelled import (
    LimitOption,
    MapOption,
    SampleOption,
    SeedOption,
    SinceOption,
    UntilOption,
    WithMccOption,
    command_of,
    selection_of,
)
from streams.clock import wall_clock
from streams.files.evidence import Asked, Audit, evidence_of, history_of, read_alerts, shown_settings, tables_of
from streams.files.evidence_folder import SIGNATURE, Verified, require_new, verify_evidence, write_evidence
from streams.files.evidence_keys import fingerprint, make_keys, private_key, read_public_key
from streams.settings.settings import Settings, load_settings

app = typer.Typer(rich_markup_mode="markdown")

_UNSAID = frozenset({"out", "key", "day"})
"""Options that the command in the evidence does not repeat as given."""

UNSIGNED = "not signed: the digests protect against accident only, since whoever changes a file can change its digest"

OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Folder to write; not there yet, or empty.", show_default="required"),
]
RowsOption = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="FILE", help="Labelled CSV for the bias report, also gzipped.", show_default="not measured"
    ),
]
TruthOption = Annotated[
    str | None, typer.Option("--labels", metavar="COLUMN", help="Column of --data with the truth.", show_default="none")
]
PeopleOption = Annotated[
    int,
    typer.Option(
        "--people",
        metavar="N",
        min=0,
        help="People of each origin and gender for the counterfactual report; 0: not measured.",
    ),
]
AlertsOption = Annotated[
    Path | None,
    typer.Option(
        "--alerts",
        metavar="FILE",
        help="Values of fairness.alerts, one a line, or a monitor's /api/state.",
        show_default="not measured",
    ),
]
AlertsTopicOption = Annotated[
    bool,
    typer.Option("--alerts-topic", metavar="", help="Read fairness.alerts from the broker of the settings instead."),
]
KeyOption = Annotated[
    Path | None,
    typer.Option(
        "--key",
        metavar="FILE",
        help="Private Ed25519 key (PEM) that signs. Else EVENHAND_SIGNING_KEY, or none.",
        show_default="not signed",
    ),
]
DayOption = Annotated[
    datetime | None,
    typer.Option(
        "--day",
        metavar="DATE",
        formats=["%Y-%m-%d"],
        help="Day that is stated, for the same bytes again.",
        show_default="today, UTC",
    ),
]


@app.callback(invoke_without_command=True)
def evidence(
    context: typer.Context,
    out: OutOption = None,
    data: RowsOption = None,
    labels: TruthOption = None,
    label_map: MapOption = None,
    by: ByOption = None,
    limits: LimitsOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    with_mcc: WithMccOption = False,
    limit: LimitOption = None,
    sample: SampleOption = None,
    seed: SeedOption = 0,
    people: PeopleOption = PEOPLE,
    alerts: AlertsOption = None,
    alerts_topic: AlertsTopicOption = False,
    key: KeyOption = None,
    day: DayOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write what a compliance officer files on a model: one folder, from one run, with the sha256 of every file.

    Model card, data sheet, audits, classification memo, inventory of methods, explanation template, record of privacy
    measures, monitors' history, overrides. Each statement names the figure or test behind it; what the run did not
    measure is said to be not measured. --since and --until hold for the rows of --data and for the alerts. Exit code 0
    where the folder is written, whatever the audits found.

    Example: evenhand evidence --out evidence --data labelled.csv --labels category --alerts alerts.jsonl
    """
    if context.invoked_subcommand is not None:
        refuse_options_before(context)
        return
    if out is None:
        raise typer.BadParameter("it must be given", param_hint="'--out'")
    if (data is None) != (labels is None):
        raise typer.BadParameter("give both or neither", param_hint="'--data', '--labels'")
    if alerts and alerts_topic:
        raise typer.BadParameter("give one of them", param_hint="'--alerts', '--alerts-topic'")
    require_new(out)
    settings = load_settings(model=model, signing_key=key)
    signer = private_key(settings.signing_key) if settings.signing_key else None
    moment = day.replace(tzinfo=UTC) if day else wall_clock()
    selection = selection_of(since, until, with_mcc=with_mcc, limit=limit, sample=sample, seed=seed)
    command = command_of(context, f"evidence --out DIR --day {moment.date()}", _UNSAID)
    history = _alerts(settings) if alerts_topic else read_alerts(alerts)
    monitors = monitors_data(*history, selection.since, selection.until) if history else None
    asked = Asked(data, labels, label_map, tuple(by or ()), limits, people, selection, command, moment)
    facts, audits = _gathered(settings, asked, monitors, fingerprint(signer.public_key()) if signer else "")
    contents, about = evidence_of(facts, audits)
    written = write_evidence(out, contents, about, signer)
    if as_json:
        signed = facts.run.signer or None
        print_json({"folder": str(out), "run": about, "files": len(written.files), "signer": signed})
    else:
        _tell(out, len(written.files), facts)


def _gathered(
    settings: Settings, asked: Asked, monitors: Mapping[str, JsonValue] | None, signer: str
) -> tuple[Facts, list[Audit]]:
    """All that the evidence is made of, of one model even where another is promoted meanwhile."""
    from streams.cli.evidence_run import measured  # loads what evaluates, which `verify` does without

    folder = resolve(settings.model)
    manifest, _ = read_artefact(folder)
    audits, example = measured(settings.model_copy(update={"model": folder}), asked)
    run = Run(
        command=asked.command,
        day=asked.at.date(),
        project=f"evenhand {version('evenhand')}",
        policy=settings.policy,
        precision=settings.precision,
        signer=signer,
    )
    facts = Facts(
        run=run,
        manifest=manifest,
        tables=tables_of(manifest),
        settings=shown_settings(settings),
        reports={audit.report.name: audit.report for audit in audits},
        monitors=monitors,
        history=history_of(settings.model),
        example=example,
    )
    return facts, audits


def _tell(folder: Path, files: int, facts: Facts) -> None:
    said = audits_verdict(facts)
    for line in (
        f"{folder}: {files} files on model {facts.manifest.model_version}",
        f"{said.word} {said.text}",
        f"signed by {facts.run.signer}" if facts.run.signer else UNSIGNED,
        f"begin with {folder / 'index.html'}",
    ):
        stdout().print(line, markup=False, soft_wrap=True)


def _alerts(settings: Settings) -> tuple[str, str]:
    """The text and the name of the topic of alerts."""
    from streams.cli.running import run  # only here is Kafka needed
    from streams.kafka.topics import after_topics, topic_name
    from streams.messages.roles import Role
    from streams.operate.alert_history import alert_lines

    return run(after_topics(settings, alert_lines(settings)), settings), topic_name(settings, Role.ALERTS)


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

    Example: evenhand evidence verify evidence --public-key signing_key.public.pem
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
    stdout().print(f"private key: {private} (EVENHAND_SIGNING_KEY)", markup=False, soft_wrap=True)
    stdout().print(f"public key: {public} (--public-key)", markup=False, soft_wrap=True)
    stdout().print(f"sha256: {fingerprint(read_public_key(public))}", markup=False, soft_wrap=True)


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
        note("that key came with the folder: it shows integrity, not origin; give the bank's own with --public-key")
