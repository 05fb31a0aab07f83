"""`evenhand replay`: a file of transactions into the stream."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from models.contracts.csv_rows import Refusal
from models.contracts.events import Transaction
from streams.cli.console import fail, print_json, stdout
from streams.cli.exits import ExitCode
from streams.cli.inputs import BootstrapOption, JsonOption, file_progress, require_rows
from streams.cli.running import run
from streams.files.transactions import Row, TransactionFile
from streams.operate.replay import Pace
from streams.operate.replay import replay as send
from streams.settings.settings import load_settings


def replay(
    source: Annotated[Path, typer.Option("--input", "-i", metavar="FILE", help="CSV or JSON Lines, also gzipped.")],
    speed: Annotated[
        float | None,
        typer.Option(
            metavar="X",
            help="Keep the distances of the timestamps, X times as fast: 3600 is an hour per second.",
            show_default="as fast as the broker takes them",
        ),
    ] = None,
    rate: Annotated[float | None, typer.Option(metavar="N", help="Send N messages per second.")] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Send the first N transactions only.", show_default="all")
    ] = None,
    bootstrap_servers: BootstrapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a file's transactions to the topic transactions, keyed by account.

    The messages keep the timestamps of the file; only when they are sent is a matter of --speed or --rate. Rows that
    break the contract are not sent: they are counted, and the exit code is then 3. A file without rows ends with 7.
    """
    settings = load_settings(bootstrap_servers=bootstrap_servers)
    try:
        pace = Pace(speed=speed, rate=rate)
    except ValueError as error:
        fail(f"--speed, --rate: {error}", ExitCode.USAGE)
    refused: Counter[str] = Counter()
    with TransactionFile(source) as rows, file_progress("sending", rows) as sent:
        count = run(send(settings, islice(_accepted(rows, refused), limit), pace=pace, on_sent=sent), settings)
    if as_json:
        print_json({"sent": count, "refused": refused.total(), "refused_by_reason": dict(refused.most_common())})
    else:
        reasons = ", ".join(f"{reason} {number:,}" for reason, number in refused.most_common())
        stdout().print(f"sent {count:,}, refused {refused.total():,}" + (f" ({reasons})" if reasons else ""))
    if limit != 0:
        require_rows(count + refused.total(), source)
    if refused:
        raise typer.Exit(int(ExitCode.REFUSED))


def _accepted(rows: Iterable[Row | Refusal], refused: Counter[str]) -> Iterator[Transaction]:
    for row in rows:
        if isinstance(row, Row):
            yield row.transaction
        else:
            refused[row.reason] += 1
