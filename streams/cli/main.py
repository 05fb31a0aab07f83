"""The program `evenhand`: its commands in one list, errors turned into exit codes.

Commands import what is heavy (Kafka, the model) when they run, so that `--help` and a mistyped option answer at once.
"""

import logging
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from models.errors import EvenhandError
from streams.cli import (
    bench,
    categorize,
    data,
    dead_letters,
    demo,
    doctor,
    evaluate,
    explain,
    model,
    monitor,
    reference,
    replay,
    simulate,
    topics,
    train,
    worker,
)
from streams.cli.console import debugging, fail
from streams.cli.exits import MEANINGS, ExitCode, exit_code
from streams.cli.signals import end_cleanly_by_signal

STREAM = "Stream"
FILES = "Files, without a broker"
MODEL = "Model"
OPERATE = "Operate"
"""Panels of the help."""

HELP = """
Categorize bank transactions as they happen and say why.

Settings come from the environment (EVENHAND_*); an option wins over its variable.
"""

EPILOG = "Exit codes: " + "; ".join(f"{int(code)} {meaning}" for code, meaning in MEANINGS.items()) + "."


_USAGE_ERROR: type[Exception] = typer.BadParameter.__bases__[0]  # typer gives it no public name of its own


class Commands(TyperGroup):
    """Turns our errors into one line on stderr and an exit code."""

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


# The commands, in the order in which the help lists them. `demo` stands first, `bench` last.
app.command("demo", rich_help_panel=STREAM)(demo.demo)
app.command("worker", rich_help_panel=STREAM)(worker.worker)
app.command("monitor", rich_help_panel=STREAM)(monitor.monitor)
app.add_typer(topics.app, name="topics", rich_help_panel=STREAM)
app.command("replay", rich_help_panel=STREAM)(replay.replay)
app.command("categorize", rich_help_panel=FILES)(categorize.categorize)
app.command("explain", rich_help_panel=FILES)(explain.explain)
app.command("train", rich_help_panel=MODEL)(train.train)
app.add_typer(model.app, name="model", rich_help_panel=MODEL)
app.add_typer(data.app, name="data", rich_help_panel=MODEL)
app.command("evaluate", rich_help_panel=MODEL)(evaluate.evaluate)
app.add_typer(dead_letters.app, name="dead-letters", rich_help_panel=OPERATE)
app.command("doctor", rich_help_panel=OPERATE)(doctor.doctor)
app.command("reference", rich_help_panel=OPERATE)(reference.reference)
app.command("simulate", rich_help_panel=OPERATE)(simulate.simulate)
app.add_typer(bench.app, name="bench", rich_help_panel=OPERATE)


def main() -> None:
    """Entry point of the console script."""
    end_cleanly_by_signal()
    app(prog_name="evenhand")


if __name__ == "__main__":
    main()
