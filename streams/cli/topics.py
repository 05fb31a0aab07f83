"""`evenhand topics`: create and list the topics."""

from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from models.errors import ConfigurationError
from streams.cli.console import names, note, numbers, print_json, print_table, stdout
from streams.cli.exits import ExitCode
from streams.cli.inputs import BootstrapOption, JsonOption, setting
from streams.cli.running import run
from streams.kafka.topics import (
    DAY_MS,
    TOPICS,
    check_partitions,
    create_topics,
    needed_topics,
    partition_counts,
    topic_name,
)
from streams.settings.settings import Settings, load_settings

app = typer.Typer(help="Create and list the topics.", no_args_is_help=True, rich_markup_mode="markdown")


@app.command()
def create(
    bootstrap_servers: BootstrapOption = None,
    partitions: Annotated[
        int | None, setting("partitions", "N", "Partitions of a topic that is created; all topics have as many.")
    ] = None,
    replication_factor: Annotated[
        int | None,
        setting("replication_factor", "N", "Replicas of a topic that is created.", default="three if possible"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Create the topics that are missing; those that exist stay as they are."""
    settings = load_settings(
        bootstrap_servers=bootstrap_servers, partitions=partitions, replication_factor=replication_factor
    )
    created = run(create_topics(settings), settings)
    if as_json:
        print_json(created)
        return
    for name, new in created.items():
        stdout().print(f"{name}: {'created' if new else 'exists'}", markup=False, soft_wrap=True)


@app.command("list")
def list_topics(bootstrap_servers: BootstrapOption = None, as_json: JsonOption = False) -> None:
    """List the topics with partitions and retention, and say whether they fit together.

    Where some are missing or do not fit, the exit code is 6.
    """
    settings = load_settings(bootstrap_servers=bootstrap_servers)
    counts = run(partition_counts(settings), settings)
    try:
        check_partitions(settings, counts)
        problem = None
    except ConfigurationError as error:
        problem = str(error)
    rows = _rows(settings, {role.value: count for role, count in counts.items()})
    if as_json:
        print_json({"topics": rows, "problem": problem})
    else:
        print_table(_table(rows))
        if problem:
            note(problem)
    if problem:
        raise typer.Exit(int(ExitCode.TOPICS))


def _rows(settings: Settings, counts: dict[str, int]) -> list[dict[str, Any]]:
    shown = needed_topics(settings)

    return [
        {
            "topic": topic_name(settings, spec.role),
            "partitions": counts.get(spec.role.value, 0),
            "retention_days": None if spec.retention_ms is None else spec.retention_ms / DAY_MS,
        }
        for spec in TOPICS
        if spec in shown or counts.get(spec.role.value)
    ]


def _table(rows: list[dict[str, Any]]) -> Table:
    figures = numbers("partitions", "retention when created")
    table = Table(*names("topic"), *figures, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        kept = f"{row['retention_days']:g} days" if row["retention_days"] is not None else "for ever"
        table.add_row(row["topic"], str(row["partitions"]) if row["partitions"] else "missing", kept)
    return table
