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
from models.contracts.wire import dump
from models.evaluation.reports.json import plain
from models.explanation.explanation import explain_for_customer
from models.explanation.texts import texts_of
from streams.categorizer.ensemble import ensemble_for, house_rules
from streams.cli.console import fail, names, numbers, stdout, texts
from streams.cli.exits import ExitCode
from streams.cli.inputs import JsonOption, ModelOption, RulesOption, setting
from streams.cli.one_transaction import (
    NO_ACCOUNT,
    AccountOption,
    AmountOption,
    ChannelOption,
    CounterpartyOption,
    CurrencyOption,
    DescriptionOption,
    Given,
    IdOption,
    MccOption,
    SourceOption,
    TimestampOption,
    chosen,
)
from streams.clock import wall_clock
from streams.settings.settings import load_settings

REASONS = {
    "all_methods_agree": "all methods agree",
    "two_or_more_methods_agree": "two or more methods agree",
    "one_method_alone": "one method stands alone",
    "no_method_voted": "no method voted",
    "confidence_below_threshold": "confidence is below the review threshold",
    "timestamp_ahead_of_clock": "the timestamp lies ahead of the clock",
    "house_rule": "a rule of the bank's own says so",
    "corrected_for_account": "the account's owner said so",
    "corrected_by_people": "people corrected this merchant",
}
"""Reason codes of events in words; a code without a line here is shown as it is."""

CustomerOption = Annotated[
    bool, typer.Option("--for-customer", metavar="", help="Say it in words that the customer can be sent.")
]
LanguageOption = Annotated[
    str | None,
    typer.Option("--language", metavar="CODE", help="Language of these words, such as de.", show_default="en"),
]
ExplanationsOption = Annotated[
    Path | None,
    setting("explanations", "FILE", "File with the bank's own words for customers (TOML).", default="the shipped ones"),
]
DEFAULT_LANGUAGE = "en"


def explain(
    description: DescriptionOption = None,
    amount: AmountOption = "10.00",
    currency: CurrencyOption = "USD",
    mcc: MccOption = "",
    counterparty: CounterpartyOption = "",
    channel: ChannelOption = "",
    account: AccountOption = NO_ACCOUNT,
    timestamp: TimestampOption = None,
    source: SourceOption = None,
    transaction_id: IdOption = None,
    model: ModelOption = None,
    rules: RulesOption = None,
    for_customer: CustomerOption = False,
    language: LanguageOption = None,
    explanations: ExplanationsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the decision on one transaction, each vote with its weight and evidence, and the alternatives.

    Give a --description, or an --input with an --id. With --json the event is printed as the stream would write it.
    With --for-customer the decision is explained to the customer whose payment it is.
    """
    if not for_customer and (language is not None or explanations is not None):
        fail("--language and --explanations are for --for-customer: give it as well", ExitCode.USAGE)
    given = Given(description, amount, currency, mcc, counterparty, channel, account, timestamp)
    transaction = chosen(given, source, transaction_id)
    settings = load_settings(model=model, house_rules=rules, explanations=explanations)
    words = texts_of(settings.explanations) if for_customer else None
    code = language or DEFAULT_LANGUAGE
    if words is not None and code not in words.codes:
        fail(f"--language {code} has no words: there are {', '.join(words.codes)}", ExitCode.USAGE)
    ensemble = ensemble_for(settings, house=house_rules(settings))
    decision = ensemble.categorize([transaction], now=wall_clock())[0]
    if words is not None:
        explanation = explain_for_customer(decision, transaction, code, texts=words)
        typer.echo(json.dumps(plain(explanation), ensure_ascii=False, indent=2) if as_json else explanation.text)
    elif as_json:
        typer.echo(json.dumps(json.loads(dump(decision)), ensure_ascii=False, indent=2))
    else:
        stdout().print(_view(transaction, decision))


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
    house = f", house rules {decision.house_version}" if decision.house_version else ""
    foot = Text(
        f"model {decision.model_version}, taxonomy {decision.taxonomy_version}, policy {decision.policy}{house}",
        style="dim",
    )
    return Group(head, _votes(decision), foot)


def _merchant(decision: Decision) -> str:
    """Name and platform, as far as the line has them."""
    via = f"via {decision.via}" if decision.via else ""
    return ", ".join(part for part in (decision.merchant, via) if part)


def _votes(decision: Decision) -> Table:
    named, figures = names("method", "vote"), numbers("confidence", "weight")
    table = Table(*named, *figures, *texts("evidence"), box=box.SIMPLE_HEAD, pad_edge=False)
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
