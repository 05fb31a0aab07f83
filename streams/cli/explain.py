"""`evenhand explain`: one transaction, the decision, and everything that led to it."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Group
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

from models.contracts.events import Decision, Transaction
from models.contracts.wire import dump, parse
from models.errors import ContractError
from streams.categorizer.ensemble import ensemble_for
from streams.cli.console import fail, numbers, stdout
from streams.cli.exits import ExitCode
from streams.cli.inputs import JsonOption, ModelOption
from streams.clock import wall_clock
from streams.files.transactions import FileTransaction, Row, TransactionFile
from streams.settings.settings import load_settings

REASONS = {
    "all_methods_agree": "all methods agree",
    "two_or_more_methods_agree": "two or more methods agree",
    "one_method_alone": "one method stands alone",
    "no_method_voted": "no method voted",
    "confidence_below_threshold": "confidence is below the review threshold",
    "timestamp_ahead_of_clock": "the timestamp lies ahead of the clock",
}
"""Reason codes of events in words; a code without a line here is shown as it is."""


def explain(
    description: Annotated[
        str | None, typer.Option("--description", "-d", metavar="TEXT", help="Statement text.")
    ] = None,
    amount: Annotated[
        str, typer.Option(metavar="DECIMAL", help="Positive: money out. Negative: credit or refund.")
    ] = "10.00",
    currency: Annotated[str, typer.Option(metavar="CODE", help="ISO 4217 code.")] = "USD",
    mcc: Annotated[str, typer.Option(metavar="DIGITS", help="Merchant category code.", show_default="none")] = "",
    counterparty: Annotated[
        str, typer.Option(metavar="NAME", help="Who is on the other side, as the bank names it.", show_default="none")
    ] = "",
    channel: Annotated[
        str, typer.Option(metavar="NAME", help="How it was made, such as card, atm or transfer.", show_default="none")
    ] = "",
    timestamp: Annotated[
        str | None, typer.Option(metavar="RFC3339", help="Time with zone.", show_default="now")
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--input", "-i", metavar="FILE", help="Take the transaction from this file.")
    ] = None,
    transaction_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Its transaction_id in the file.")
    ] = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the decision on one transaction, each vote with its weight and evidence, and the alternatives.

    Give a --description, or an --input with an --id. With --json the event is printed as the stream would write it.
    """
    if source is not None and transaction_id is not None and description is None:
        transaction = _from_file(source, transaction_id)
    elif description is not None and source is None and transaction_id is None:
        given = {"description": description, "amount": amount, "currency": currency, "mcc": mcc}
        given |= {"counterparty": counterparty, "channel": channel}
        transaction = _from_options(given | {"timestamp": timestamp or wall_clock().isoformat()})
    else:
        fail("give --description, or --input together with --id", ExitCode.USAGE)
    settings = load_settings(model=model)
    decision = ensemble_for(settings).categorize([transaction], now=wall_clock())[0]
    if as_json:
        typer.echo(json.dumps(json.loads(dump(decision)), ensure_ascii=False, indent=2))
    else:
        stdout().print(_view(transaction, decision))


def _from_options(given: dict[str, str]) -> Transaction:
    raw = json.dumps({"transaction_id": "explain"} | given, ensure_ascii=False).encode(errors="surrogatepass")
    try:
        return parse(FileTransaction, raw)[0]
    except ContractError as error:
        fail(f"--{error.field or 'description'} is not usable: {error.reason}", ExitCode.USAGE, error=error)


def _from_file(source: Path, transaction_id: str) -> Transaction:
    with TransactionFile(source) as rows:
        for row in rows:
            if isinstance(row, Row) and row.transaction.transaction_id == transaction_id:
                return row.transaction
    fail(f"{source} has no usable row with this transaction_id", ExitCode.USAGE)


def _view(transaction: Transaction, decision: Decision) -> Group:
    why = decision.review_note or "not sure enough"
    verdict = (
        Text(f"a person decides (policy {decision.policy}: {why})", style="yellow")
        if decision.requires_review
        else Text("accepted", style="green")
    )
    head = Table.grid(Column(style="dim"), Column(overflow="fold"), padding=(0, 2))
    head.add_row("transaction", escape(transaction.description))
    money = "money in" if transaction.amount < 0 else "money out"
    mcc = f", mcc {transaction.mcc}" if transaction.mcc else ", no mcc"
    head.add_row("", f"{transaction.amount} {transaction.currency} {money}{mcc}, {transaction.timestamp.isoformat()}")
    if decision.merchant or decision.via:
        head.add_row("merchant", escape(_merchant(decision)))
    head.add_row("category", Text(str(decision.category), style="bold"))
    head.add_row(
        "confidence", f"{decision.confidence:.2f} {decision.band.value}, uncertainty {decision.uncertainty:.2f}"
    )
    head.add_row("decision", verdict)
    head.add_row("because", "; ".join(REASONS.get(reason.value, reason.value) for reason in decision.reasons))
    if decision.alternatives:
        others = ", ".join(f"{other.category} {other.confidence:.2f}" for other in decision.alternatives)
        head.add_row("alternatives", others)
    foot = Text(
        f"model {decision.model_version}, taxonomy {decision.taxonomy_version}, policy {decision.policy}", style="dim"
    )
    return Group(head, _votes(decision), foot)


def _merchant(decision: Decision) -> str:
    """Name and platform, as far as the line has them."""
    via = f"via {decision.via}" if decision.via else ""
    return ", ".join(part for part in (decision.merchant, via) if part)


def _votes(decision: Decision) -> Table:
    names = (Column(name, no_wrap=True) for name in ("method", "vote"))
    figures = numbers("confidence", "weight")
    table = Table(*names, *figures, Column("evidence", overflow="fold"), box=box.SIMPLE_HEAD, pad_edge=False)
    for vote in decision.votes:
        agrees = vote.category == decision.category
        table.add_row(
            vote.method,
            Text(str(vote.category), style="" if agrees else "yellow"),
            f"{vote.confidence:.2f}",
            f"{vote.weight:.2f}",
            escape(vote.evidence),
        )
    return table
