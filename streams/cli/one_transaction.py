"""One transaction, from the options of a command or from a row of a file."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from models.contracts.events import Transaction
from models.contracts.wire import parse
from models.errors import ContractError
from streams.cli.console import fail
from streams.cli.exits import ExitCode
from streams.clock import wall_clock
from streams.files.transactions import UNASSIGNED, FileTransaction, Row, TransactionFile

DescriptionOption = Annotated[str | None, typer.Option("--description", "-d", metavar="TEXT", help="Statement text.")]
AmountOption = Annotated[str, typer.Option(metavar="DECIMAL", help="Positive: money out. Negative: credit or refund.")]
CurrencyOption = Annotated[str, typer.Option(metavar="CODE", help="ISO 4217 code.")]
MccOption = Annotated[str, typer.Option(metavar="DIGITS", help="Merchant category code.", show_default="none")]
CounterpartyOption = Annotated[
    str, typer.Option(metavar="NAME", help="Who is on the other side, as the bank names it.", show_default="none")
]
ChannelOption = Annotated[
    str, typer.Option(metavar="NAME", help="How it was made, such as card, atm or transfer.", show_default="none")
]
AccountOption = Annotated[str, typer.Option(metavar="ID", help="The account, for rules that ask for it.")]
TimestampOption = Annotated[str | None, typer.Option(metavar="RFC3339", help="Time with zone.", show_default="now")]
SourceOption = Annotated[
    Path | None, typer.Option("--input", "-i", metavar="FILE", help="Take the transaction from this file.")
]
IdOption = Annotated[str | None, typer.Option("--id", metavar="ID", help="Its transaction_id in the file.")]

NO_ACCOUNT = UNASSIGNED
"""The account where none is given."""


@dataclass(frozen=True, slots=True)
class Given:
    """The fields of a transaction, as options give them; empty ones are left out."""

    description: str | None
    amount: str
    currency: str
    mcc: str
    counterparty: str
    channel: str
    account_id: str
    timestamp: str | None


def chosen(given: Given, source: Path | None, transaction_id: str | None) -> Transaction:
    """The transaction: of the options where there is a description, else the row of a file with an id.

    Raises:
        typer.Exit: Neither, both, or something of it cannot be used; said on stderr.
    """
    if source is not None and transaction_id is not None and given.description is None:
        return _of_file(source, transaction_id)
    if given.description is not None and source is None and transaction_id is None:
        return _of_options(given)
    fail("give --description, or --input together with --id", ExitCode.USAGE)


def _of_options(given: Given) -> Transaction:
    values = {name: getattr(given, name) for name in Given.__slots__} | {"transaction_id": "explain"}
    values["timestamp"] = given.timestamp or wall_clock().isoformat()
    raw = json.dumps(values, ensure_ascii=False).encode(errors="surrogatepass")
    try:
        return parse(FileTransaction, raw)[0]
    except ContractError as error:
        option = {"account_id": "account"}.get(error.field or "", error.field or "description")
        fail(f"--{option} is not usable: {error.reason}", ExitCode.USAGE, error=error)


def _of_file(source: Path, transaction_id: str) -> Transaction:
    with TransactionFile(source) as rows:
        for row in rows:
            if isinstance(row, Row) and row.transaction.transaction_id == transaction_id:
                return row.transaction
    fail(f"{source} has no usable row with this transaction_id", ExitCode.USAGE)
