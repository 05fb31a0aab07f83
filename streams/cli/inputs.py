"""Shared parts of several commands: options, and files of transactions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, TaskProgressColumn, TextColumn

from models.contracts.csv_rows import without_rows
from streams.cli.console import RowRate, progress
from streams.files.transactions import TransactionFile
from streams.settings.settings import PREFIX, Settings


def setting(name: str, metavar: str | None, text: str = "", *, default: str = "") -> Any:
    """Make the option that wins over the setting of the same name.

    Args:
        metavar: Name of the value in the help; None: the values themselves.
        text: Help of the option; empty: the description of the setting.
        default: Words for the default of the setting; empty: the default itself.
    """
    field = Settings.model_fields[name]
    otherwise = f"Else {PREFIX}{name.upper()}, or {default or field.default}."
    return typer.Option(f"--{name.replace('_', '-')}", metavar=metavar, help=f"{text or field.description} {otherwise}")


JsonOption = Annotated[bool, typer.Option("--json", metavar="", help="Print JSON for programs instead of tables.")]
ModelOption = Annotated[
    Path | None, setting("model", "DIR", "Model artefact, or store of models.", default="the shipped model")
]
RulesOption = Annotated[
    str | None,
    typer.Option(
        "--rules",
        metavar="FILE",
        help=f"File with the bank's own rules (CSV or YAML). Else {PREFIX}HOUSE_RULES, or none.",
    ),
]
BootstrapOption = Annotated[str | None, setting("bootstrap_servers", "HOST:PORT")]


def refuse_options_before(context: typer.Context) -> None:
    """Refuse options of a group that stand before one of its commands, which does not heed them.

    Raises:
        typer.BadParameter: There are some.
    """
    for option in context.command.params:
        source = context.get_parameter_source(option.name or "")
        if source is not None and source.name == "COMMANDLINE":
            raise typer.BadParameter(
                f"{context.invoked_subcommand} does not heed what stands before it: put it behind",
                param_hint=f"'{option.opts[0]}'",
            )


@contextmanager
def file_progress(description: str, rows: TransactionFile) -> Iterator[Callable[[int], None]]:
    """Show the progress through a file, by its bytes.

    Yields:
        A function to be told how many more rows are done.
    """
    with progress(BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rows]:,} rows"), RowRate()) as display:
        task = display.add_task(description, total=rows.size or None, rows=0)

        def done(count: int) -> None:
            display.update(task, completed=rows.position, rows=display.tasks[task].fields["rows"] + count)

        yield done


def require_rows(count: int, path: Path) -> None:
    """End with the exit code for an empty input where there were no rows; what was asked for is done and shown.

    Raises:
        EmptyFileError: There were none.
    """
    if not count:
        raise without_rows(path)
