"""`evenhand review`: the queue of reviews, and its way through files."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from models.errors import FileError
from models.statistics.counting import several
from streams.cli.console import names, note, numbers, print_json, print_table, stdout, texts
from streams.cli.exits import ExitCode
from streams.cli.inputs import BootstrapOption, JsonOption, require_rows, setting
from streams.cli.running import run
from streams.cli.worker import GroupOption, LogOption, PrefixOption
from streams.clock import wall_clock
from streams.kafka.topics import check_partitions, partition_counts
from streams.local.atomic import Replacement
from streams.review_queue.files.exchange import Given, Refused, as_csv, as_json_lines, exported, judged, read_answers
from streams.review_queue.files.outside import outside
from streams.review_queue.recall import read_queue
from streams.review_queue.state.queue import Queue
from streams.settings.settings import Settings, load_settings

app = typer.Typer(
    help="Let people answer what the ensemble is not sure of.", no_args_is_help=True, rich_markup_mode="markdown"
)

PortOption = Annotated[int | None, setting("review_port", "PORT")]


@app.command()
def serve(
    bootstrap_servers: BootstrapOption = None,
    group_id: GroupOption = None,
    topic_prefix: PrefixOption = None,
    review_port: PortOption = None,
    log_level: LogOption = None,
) -> None:
    """Keep the queue of reviews until SIGTERM or Ctrl-C, and serve those who answer.

    Reads transactions.review; writes each answer once: the final decision to transactions.categorized, the correction
    to transactions.corrections. Of several such processes one keeps the queue and the others stand by.

    All other settings come from EVENHAND_*. Pages: http://127.0.0.1:9466/review, with /metrics, /healthz, /readyz.
    """
    # Faust takes a second of CPU to import: help and a mistyped option do without it.
    from streams.apps.run_review import run_review

    run_review(
        load_settings(
            bootstrap_servers=bootstrap_servers,
            group_id=group_id,
            topic_prefix=topic_prefix,
            review_port=review_port,
            log_level=log_level,
        )
    )


@app.command("list")
def list_requests(
    limit: Annotated[int, typer.Option(metavar="N", min=0, help="Show the first N.")] = 20,
    bootstrap_servers: BootstrapOption = None,
    as_json: JsonOption = False,
) -> None:
    """List open requests in the order in which they are asked, with card numbers, IBANs, e-mails and phones masked."""
    settings = load_settings(bootstrap_servers=bootstrap_servers)
    queue = run(_read(settings), settings)
    now_ms = _now_ms()
    shown = list(islice(exported(queue, now_ms), limit))
    if as_json:
        print_json({"open": queue.waiting, "free": queue.free(now_ms), "requests": shown})
        return
    table = Table(
        *names("request", "opened"),
        *texts("description"),
        *names("suggested"),
        *numbers("amount", "similar"),
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    for row in shown:
        cells = (row["request_id"], row["opened"][:16], row["description"], row["suggested"])
        table.add_row(*map(escape, cells), f"{row['amount']} {row['currency']}", str(row["similar"]))
    print_table(table)
    stdout().print(f"{len(shown):,} of {several(queue.waiting, 'open request')}")


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="CSV, or JSON Lines where it ends with .jsonl.")],
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="The first N only.")] = None,
    unmasked: Annotated[
        bool, typer.Option("--unmasked", metavar="", help="Leave card numbers, IBANs, e-mails and phones as they came.")
    ] = False,
    bootstrap_servers: BootstrapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write open requests to a file, to be answered in a spreadsheet or a case tool.

    They stay open. Card numbers, IBANs, e-mails and phones are masked. Requests that a reviewer has on the screen are
    left out; blind ones, and some others, have no suggestion. Whoever answers fills the columns category (? where they
    do not know), reviewer and reason.
    """
    settings = load_settings(bootstrap_servers=bootstrap_servers)
    queue = run(_read(settings), settings)
    rows = list(islice(exported(queue, _now_ms(), masked=not unmasked), limit))
    with Replacement(out) as replacement:
        for part in as_json_lines(rows) if out.suffix == ".jsonl" else as_csv(rows):
            replacement.write(part)
        replacement.publish()
    if as_json:
        print_json({"output": str(out), "requests": len(rows), "open": queue.waiting})
    else:
        stdout().print(
            f"{len(rows):,} of {several(queue.waiting, 'open request')}: {out}", markup=False, soft_wrap=True
        )


@app.command("import")
def import_answers(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, or JSON Lines where it ends with .jsonl.")],
    reviewer: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who answers, where a row does not say; opaque.")
    ] = None,
    bootstrap_servers: BootstrapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hand in the answers of a file while the queue runs: columns request_id, category, reviewer, reason.

    Rows without a category are passed over. A row that cannot be taken is named, with what to do, and the others are
    taken; a row that was handed in before changes nothing.
    """
    settings = load_settings(bootstrap_servers=bootstrap_servers)
    if file.suffix not in (".csv", ".jsonl"):
        raise FileError(f"{file}: a name that ends with .csv or .jsonl is needed")
    rows = list(read_answers(file, reviewer=reviewer, now=wall_clock()))
    require_rows(len(rows), file)
    answers = [row for row in rows if isinstance(row, Given)]
    taken, repeated, refusals = run(_hand_in(settings, answers), settings)
    refusals = sorted([*refusals, *(row for row in rows if isinstance(row, Refused))], key=lambda row: row.line)
    report = {
        "input": str(file),
        "taken": taken,
        "repeated": repeated,
        "refused": [{"line": row.line, "what": row.what, "do": row.remedy} for row in refusals],
    }
    if as_json:
        print_json(report)
    else:
        stdout().print(f"taken {taken:,}, there already {repeated:,}, refused {len(refusals):,}")
    for row in refusals:
        note(f"line {row.line}: {row.what}: {row.remedy}")
    if refusals:
        raise typer.Exit(int(ExitCode.REFUSED))


async def _read(settings: Settings) -> Queue:
    check_partitions(settings, await partition_counts(settings))
    return await read_queue(settings)


async def _hand_in(settings: Settings, answers: Sequence[Given]) -> tuple[int, int, list[Refused]]:
    check_partitions(settings, await partition_counts(settings))
    async with outside(settings) as journal:
        return judged(answers, await journal.ask([answer.entry for answer in answers]))


def _now_ms() -> int:
    return int(wall_clock().timestamp() * 1000)
