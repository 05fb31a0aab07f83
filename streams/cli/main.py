"""The program `evenhand`: its commands in one table, errors turned into exit codes.

The module of a command is imported when that command is chosen, so that modules import at their top what is heavy
(Kafka, the model) and `evenhand --help` still answers at once.
"""

import logging
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from models.errors import EvenhandError
from streams.cli.console import debugging, fail
from streams.cli.exits import MEANINGS, ExitCode, exit_code
from streams.cli.signals import end_cleanly_by_signal

COMMANDS: Mapping[str, Mapping[str, str]] = {
    "Stream": {
        "demo": "Replay real transactions through a real broker and worker, answer unsure ones, and verify every one.",
        "worker": "Categorize the stream until SIGTERM or Ctrl-C.",
        "monitor": "Watch how evenly the stream is treated until SIGTERM or Ctrl-C.",
        "review": "Let people answer what the ensemble is not sure of.",
        "learner": "Learn from corrections until SIGTERM or Ctrl-C; or say what is learned, and decide about it.",
        "replay": "Send a file's transactions to the topic transactions, keyed by account.",
        "topics": "Create and list the topics.",
        "broker": "Run a Kafka broker on this machine until Ctrl-C, to try the others by hand.",
    },
    "Files, without a broker": {
        "categorize": "Categorize a file of transactions; no broker is needed.",
        "explain": (
            "Show the decision on one transaction, each vote with its weight and evidence, and the alternatives."
        ),
    },
    "Rules": {
        "rules": "Check the bank's own rules, try them, explain them, and see what they did.",
    },
    "Model": {
        "train": "Train the model (memory, n-grams, review policy) and write it as a verified artefact.",
        "evaluate": (
            "Score the ensemble on labelled transactions: accuracy, calibration, precision against coverage, parity."
        ),
        "audit": "Hold a model against limits of fairness: exit code 0 within them, 1 beyond one, 4 not measured.",
        "shadow": "Compare a candidate with the present model on the live topic or a file; nothing is written.",
        "model": "Look at models, keep them in a store, promote one, go back.",
        "data": "Make data sets to train and test on.",
        "evidence": (
            "Write what a compliance officer files on a model: one folder, from one run, with the sha256 of every file."
        ),
    },
    "Operate": {
        "doctor": "Say what this machine has and lacks; nothing is changed.",
        "reference": "Write the confidences of your own traffic to a file, for EVENHAND_REFERENCE.",
        "simulate": (
            "Measure the fairness monitors on simulated streams: delay to detection, false alarms, with intervals."
        ),
        "dead-letters": "Look at what could not be processed, and send it again.",
        "bench": "Measure what a message, a decision and the monitors cost.",
    },
}
"""Panel of the help to its commands, each with its line, in the order of the help. A command's module has its name."""

HELP = """
Categorize bank transactions as they happen and say why.

Settings come from the environment (EVENHAND_*); an option wins over its variable.
"""

EPILOG = "Exit codes: " + "; ".join(f"{int(code)} {meaning}" for code, meaning in MEANINGS.items()) + "."


_USAGE_ERROR: type[Exception] = typer.BadParameter.__bases__[0]  # typer gives it no public name of its own


def load_command(name: str) -> Any:
    """Import the module of a command and make the command: of its `app`, or of its function of that name."""
    module = import_module(f"streams.cli.{name.replace('-', '_')}")
    holder = typer.Typer(rich_markup_mode="markdown", pretty_exceptions_enable=False)
    holder.callback()(lambda: None)  # with a callback it becomes a group, also of one command
    if hasattr(module, "app"):
        holder.add_typer(module.app, name=name)
    else:
        holder.command(name)(getattr(module, name))
    return typer.main.get_group(holder).commands[name]


class Commands(TyperGroup):
    """Loads the command that is chosen; turns our errors into one line on stderr and an exit code."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for panel, commands in COMMANDS.items():
            for name, summary in commands.items():
                self.add_command(TyperCommand(name, help=summary, rich_help_panel=panel))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Put the command itself in the place of its entry in the help."""
        name, listed, rest = super().resolve_command(ctx, args)
        return name, listed and load_command(str(name)), rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command; every failure ends as an exit code of `streams.cli.exits`."""
        try:
            return super().invoke(ctx)
        except (typer.Abort, typer.Exit, _USAGE_ERROR, BrokenPipeError):
            raise  # typer's own ways to end
        except EvenhandError as error:
            fail(str(error), exit_code(error), error=error)
        except Exception as error:  # noqa: BLE001  # the last frame: its text may hold a transaction, so only its type is shown
            fail(
                f"unexpected failure ({type(error).__name__}); set EVENHAND_LOG_LEVEL=debug to see where",
                ExitCode.FAILED,
                error=error,
            )


app = typer.Typer(
    name="evenhand",
    cls=Commands,
    help=HELP,
    epilog=EPILOG,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"evenhand {version('evenhand')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _program(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", metavar="", callback=_show_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    logging.basicConfig(level=logging.DEBUG if debugging() else logging.WARNING)
    if not debugging():
        logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a broker that is away is our own one-line error
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Entry point of the console script."""
    end_cleanly_by_signal()
    app(prog_name="evenhand")


if __name__ == "__main__":
    main()
