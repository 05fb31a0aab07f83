"""`evenhand learner`: what people correct becomes what workers know; and what people decide about that."""

import getpass
import json
from typing import Annotated, Any, NamedTuple
from uuid import uuid4

import typer

from models.contracts.corrections import Standing
from models.contracts.instructions import Action, Instruction
from models.contracts.wire import parse
from models.errors import ConfigurationError
from streams.cli.console import fail, note, print_json, stdout
from streams.cli.exits import ExitCode
from streams.cli.inputs import BootstrapOption, JsonOption, ModelOption, refuse_options_before, setting
from streams.cli.learner_tables import print_report, said_of
from streams.cli.worker import GroupOption, LogOption, PrefixOption
from streams.clock import wall_clock
from streams.settings.settings import Settings, load_settings

SOURCE = "/evenhand/cli"

app = typer.Typer(invoke_without_command=True, rich_markup_mode="markdown")

PortOption = Annotated[int | None, setting("learner_port", "PORT")]
ByOption = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who decides so. Else the user who is logged in.")
]
ReasonOption = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why, for the journal.")]
PATIENCE = 15.0
"""Seconds: a learner that runs says within two or three what it made of an instruction."""
WaitOption = Annotated[
    float,
    typer.Option(
        "--wait", metavar="SECONDS", min=0, help="Wait so long for what the learner makes of it; 0: do not wait."
    ),
]
CorrectionArgument = Annotated[str, typer.Argument(metavar="CORRECTION", help="Id of a correction in quarantine.")]
ProposalArgument = Annotated[str, typer.Argument(metavar="PROPOSAL", help="Id of a proposal.")]


class Telling(NamedTuple):
    """The options that all instructions have."""

    by: str | None
    reason: str | None
    wait: float
    settings: Settings
    as_json: bool


@app.callback()
def learner(
    context: typer.Context,
    bootstrap_servers: BootstrapOption = None,
    model: ModelOption = None,
    group_id: GroupOption = None,
    topic_prefix: PrefixOption = None,
    learner_port: PortOption = None,
    log_level: LogOption = None,
) -> None:
    """Learn from corrections until SIGTERM or Ctrl-C; or say what is learned, and decide about it.

    Without a command it learns: reads transactions.corrections, puts them in one order (models.journal), learns them as
    far as they may be believed, and tells all workers (models.updates), exactly once. Of several learners one learns
    and the others stand by.

    All other settings come from EVENHAND_*. Metrics and health: http://127.0.0.1:9467/metrics, /healthz, /readyz.
    """
    if context.invoked_subcommand is not None:
        refuse_options_before(context)
        return
    # Faust takes a second of CPU to import: help and a mistyped option do without it.
    from streams.apps.run_learner import run_learner
    from streams.learner.preparation import prepare

    settings = load_settings(
        bootstrap_servers=bootstrap_servers,
        model=model,
        group_id=group_id,
        topic_prefix=topic_prefix,
        learner_port=learner_port,
        log_level=log_level,
    )
    run_learner(settings, prepare(settings))


@app.command()
def status(
    bootstrap_servers: BootstrapOption = None,
    topic_prefix: PrefixOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what was learned lately and by whom, what is in quarantine and why, and proposals for everyone."""
    from streams.cli.running import run
    from streams.kafka.topics import after_topics
    from streams.learner.instructions import read_report

    settings = _settings(bootstrap_servers, topic_prefix)
    report = run(after_topics(settings, read_report(settings)), settings)
    if as_json:
        print_json(report)
    elif report is None:
        note("nothing was learned yet")
    else:
        print_report(report)


@app.command()
def freeze(
    by: ByOption = None,
    reason: ReasonOption = None,
    wait: WaitOption = PATIENCE,
    bootstrap_servers: BootstrapOption = None,
    topic_prefix: PrefixOption = None,
    as_json: JsonOption = False,
) -> None:
    """Learn nothing until `thaw`; what comes meanwhile waits."""
    _tell(Action.FREEZE, None, Telling(by, reason, wait, _settings(bootstrap_servers, topic_prefix), as_json))


@app.command()
def thaw(
    by: ByOption = None,
    reason: ReasonOption = None,
    wait: WaitOption = PATIENCE,
    bootstrap_servers: BootstrapOption = None,
    topic_prefix: PrefixOption = None,
    as_json: JsonOption = False,
) -> None:
    """Learn what waited since `freeze`, and go on."""
    _tell(Action.THAW, None, Telling(by, reason, wait, _settings(bootstrap_servers, topic_prefix), as_json))


@app.command()
def release(
    correction: CorrectionArgument,
    by: ByOption = None,
    reason: ReasonOption = None,
    wait: WaitOption = PATIENCE,
    bootstrap_servers: BootstrapOption = None,
    topic_prefix: PrefixOption = None,
    as_json: JsonOption = False,
) -> None:
    """Learn a correction that is in quarantine."""
    _tell(Action.RELEASE, correction, Telling(by, reason, wait, _settings(bootstrap_servers, topic_prefix), as_json))


@app.command()
def reject(
    correction: CorrectionArgument,
    by: ByOption = None,
    reason: ReasonOption = None,
    wait: WaitOption = PATIENCE,
    bootstrap_servers: BootstrapOption = None,
    topic_prefix: PrefixOption = None,
    as_json: JsonOption = False,
) -> None:
    """Drop a correction that is in quarantine."""
    _tell(Action.REJECT, correction, Telling(by, reason, wait, _settings(bootstrap_servers, topic_prefix), as_json))


@app.command()
def approve(
    proposal: ProposalArgument,
    by: ByOption = None,
    reason: ReasonOption = None,
    wait: WaitOption = PATIENCE,
    bootstrap_servers: BootstrapOption = None,
    topic_prefix: PrefixOption = None,
    as_json: JsonOption = False,
) -> None:
    """Learn for everyone what many accounts agree on."""
    _tell(Action.APPROVE, proposal, Telling(by, reason, wait, _settings(bootstrap_servers, topic_prefix), as_json))


@app.command()
def decline(
    proposal: ProposalArgument,
    by: ByOption = None,
    reason: ReasonOption = None,
    wait: WaitOption = PATIENCE,
    bootstrap_servers: BootstrapOption = None,
    topic_prefix: PrefixOption = None,
    as_json: JsonOption = False,
) -> None:
    """Drop a proposal; it is not made again."""
    _tell(Action.DECLINE, proposal, Telling(by, reason, wait, _settings(bootstrap_servers, topic_prefix), as_json))


@app.command()
def forget(
    correction: Annotated[
        str | None, typer.Option("--correction", metavar="ID", help="One correction, as if it had never been made.")
    ] = None,
    actor: Annotated[str | None, typer.Option("--actor", metavar="NAME", help="All that one actor said.")] = None,
    account: Annotated[
        str | None,
        typer.Option("--account", metavar="ID", help="All that is kept for one account; it is deleted, too."),
    ] = None,
    by: ByOption = None,
    reason: ReasonOption = None,
    wait: WaitOption = PATIENCE,
    bootstrap_servers: BootstrapOption = None,
    topic_prefix: PrefixOption = None,
    as_json: JsonOption = False,
) -> None:
    """Unlearn what a correction, an actor or an account taught: decisions are as if it had never been said."""
    named = {
        Action.FORGET_CORRECTION: correction,
        Action.FORGET_ACTOR: actor,
        Action.FORGET_ACCOUNT: account,
    }
    given = [(action, target) for action, target in named.items() if target is not None]
    if len(given) != 1:
        raise typer.BadParameter("name one of --correction, --actor and --account")
    ((action, target),) = given
    _tell(action, target, Telling(by, reason, wait, _settings(bootstrap_servers, topic_prefix), as_json))


def _settings(bootstrap_servers: str | None, topic_prefix: str | None) -> Settings:
    return load_settings(bootstrap_servers=bootstrap_servers, topic_prefix=topic_prefix)


def _tell(action: Action, target: str | None, how: Telling) -> None:
    """Write an instruction into the journal, as somebody who may do so, and say what the learner made of it."""
    from streams.cli.running import run
    from streams.kafka.topics import after_topics
    from streams.learner.instructions import instruct

    settings = how.settings
    said = {
        "instruction_id": str(uuid4()),
        "action": action.value,
        "target": target,
        "actor": how.by or _user(),
        # Whoever may write to the topic may do all of this: Kafka's rights are the guard.
        "standing": Standing.APPROVER.value,
        "reason": how.reason,
        "timestamp": wall_clock().isoformat(),
    }
    # By the parser, which the learner reads it with: an id that breaks the contract is refused here, in one line.
    instruction, _ = parse(Instruction, json.dumps(said).encode())
    work = instruct(settings, instruction, source=SOURCE, patience=how.wait)
    offset, answer = run(after_topics(settings, work), settings)
    written: dict[str, Any] = {"instruction_id": instruction.instruction_id, "action": action.value, "offset": offset}
    if how.as_json:
        status, reason = (None, None) if answer is None else (answer.status.value, answer.reason.value)
        print_json(written | {"status": status, "reason": reason})
    name, entry = action.value.replace("_", " "), f"entry {offset} of the journal"
    if answer is None and how.wait:
        fail(
            f"{name}: {entry} is written; no learner took it in {how.wait:g} s, one that runs will",
            ExitCode.ENVIRONMENT,
        )
    words, code = ("written, not waited for", ExitCode.OK) if answer is None else said_of(*answer)
    if code is not ExitCode.OK:
        fail(f"{name}: {words} ({entry})", code)
    if not how.as_json:
        stdout().print(f"{name}: {words} ({entry})", markup=False, soft_wrap=True)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise ConfigurationError("this machine does not say who is logged in: use --by NAME") from None
