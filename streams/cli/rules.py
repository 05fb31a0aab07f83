"""`evenhand rules`: the bank's own rules, checked, tried, explained, and what they did."""

from pathlib import Path
from typing import Annotated, Any

import typer

from models.contracts.csv_rows import UNREADABLE, unreadable, unzipped
from models.errors import ConfigurationError
from models.voters.house.explaining import Explained, explain, nearest
from models.voters.house.rule import HouseRule
from models.voters.house.rules import Checked, HouseRules, check
from models.voters.house.sources import FATAL, FaultKind
from models.voters.house.trial import RuleTrial, Trial
from streams.categorizer.ensemble import ensemble_for
from streams.cli import rules_tables as tables
from streams.cli.console import fail, print_json
from streams.cli.exits import ExitCode
from streams.cli.inputs import BootstrapOption, JsonOption, ModelOption, RulesOption, file_progress, require_rows
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
from streams.cli.running import run
from streams.clock import wall_clock
from streams.files.labels import Labels, read_labels
from streams.files.transactions import TransactionFile
from streams.files.try_rules import try_on_file
from streams.operate.house_report import HouseRecord, read_house_record
from streams.settings.settings import PREFIX, Settings, load_settings

app = typer.Typer(
    help="Check the bank's own rules, try them, explain them, and see what they did.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

NEVER_DECIDE = frozenset((FaultKind.DUPLICATE, FaultKind.CONTRADICTION, FaultKind.SHADOWED))
"""Faults of rules that can never decide."""

CorrectionsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="What people said: corrections as JSON Lines, or a CSV with transaction_id and category."
    ),
]


@app.command("check")
def check_rules(rules: RulesOption = None, as_json: JsonOption = False) -> None:
    """Check a file of rules: each fault with its line, its field and what to do.

    Ends with 2 where a fault makes a worker refuse the file, with 1 where a rule can never decide (it repeats,
    contradicts or comes behind one that takes all that it could take), with 7 where there are no rules in it, else
    with 0. Rules whose last day is over are named.
    """
    path = _path(load_settings(house_rules=rules))
    checked = check(path)
    report = _checked(path, checked)
    if as_json:
        print_json(report)
    else:
        tables.show_check(report)
    if not checked.usable:
        raise typer.Exit(int(ExitCode.USAGE))
    if not checked.rules:
        fail(f"{path} has no rules: a worker that has it takes all rules away", ExitCode.EMPTY)
    if any(fault.kind in NEVER_DECIDE for fault in checked.faults):
        raise typer.Exit(int(ExitCode.FAILED))


@app.command("test")
def trial(
    source: Annotated[Path, typer.Option("--input", "-i", metavar="FILE", help="CSV or JSON Lines, also gzipped.")],
    rules: RulesOption = None,
    corrections: CorrectionsOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try rules on a file of transactions: which decides on how many, what that changes, which never decide.

    Each transaction is decided without the rules as well, so that the difference can be told: another category, or a
    person who need not look. With --corrections, rules that people contradict are listed.
    """
    settings = load_settings(model=model, house_rules=rules)
    house = HouseRules.read(_path(settings))
    labels = read_labels(corrections) if corrections else Labels()
    with TransactionFile(source) as rows, file_progress("trying", rows) as done:
        tried = try_on_file(rows, house, ensemble_for(settings), labels.by_id, clock=wall_clock, on_progress=done)
    report: dict[str, Any] = {
        "input": str(source),
        "rows": tried.rows,
        "refused": tried.refused.total(),
        "refused_by_reason": dict(tried.refused.most_common()),
        **_labels(labels),
        **_trial(house, tried.trial),
        "changed": sum(each.changed for each in tried.trial.rules),
        "spared_review": sum(each.spared for each in tried.trial.rules),
        "moves": [{"without": old, "with": new, "rows": count} for (old, new), count in tried.trial.moves],
    }
    if as_json:
        print_json(report)
    else:
        tables.show_test(report)
    require_rows(tried.rows, source)
    if tried.refused:
        raise typer.Exit(int(ExitCode.REFUSED))


@app.command("explain")
def explain_rules(
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
    rules: RulesOption = None,
    rule: Annotated[
        str | None, typer.Option("--rule", metavar="ID", help="Explain this rule alone, whatever it has in common.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="Show so many rules, the nearest.")] = 10,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show which rule decides on one transaction, and what the others ask that it does not have.

    Give a --description, or an --input with an --id. Rules that fit come first in the order of the file, of which the
    first decides; then those that have a text, a merchant, a code or an account in common with it.
    """
    given = Given(description, amount, currency, mcc, counterparty, channel, account, timestamp)
    transaction = chosen(given, source, transaction_id)
    settings = load_settings(model=model, house_rules=rules)
    house = HouseRules.read(_path(settings))
    merchant = ensemble_for(settings).findings([transaction])[0].merchant.key
    decides = house.match(transaction, merchant)
    if rule is None:
        shown = nearest(house, transaction, merchant, most=limit)
    else:
        shown = [explain(_named(house, rule), transaction, merchant)]
    report = {
        "merchant_key": merchant,
        "version": house.version,
        "rules": len(house),
        "decides": decides and decides.name,
        "category": decides and decides.category,
        "nearest": [_explained(each) for each in shown],
    }
    if as_json:
        print_json(report)
    else:
        tables.show_explained(transaction, report)


@app.command("report")
def report_rules(
    source: Annotated[
        Path | None,
        typer.Option(
            "--input", "-i", metavar="FILE", help="Decisions, as `evenhand categorize` writes them, instead of topics."
        ),
    ] = None,
    rules: RulesOption = None,
    corrections: CorrectionsOption = None,
    last: Annotated[
        int, typer.Option(metavar="N", min=1, help="Look at so many decisions, and corrections, the newest.")
    ] = 100_000,
    bootstrap_servers: BootstrapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what rules did: which decided how often, which never, and which people keep correcting.

    Reads decisions and corrections from the topics transactions.categorized and transactions.corrections, or from
    files; nothing is written. A correction is held against what the rule said when it decided.
    """
    settings = load_settings(bootstrap_servers=bootstrap_servers, house_rules=rules)
    house = HouseRules.read(_path(settings))
    labels = read_labels(corrections) if corrections else Labels()
    record = run(read_house_record(settings, last=last), settings) if source is None else _record_of(source)
    report = {
        "decisions": record.decisions,
        "unread": record.unread,
        "by_version": dict(record.versions.most_common()),
        **_labels(labels),
        **_trial(house, record.trial(house.rules, labels.by_id)),
    }
    if as_json:
        print_json(report)
    else:
        tables.show_report(report)


def _path(settings: Settings) -> Path:
    if not settings.house_rules:
        raise ConfigurationError(f"no file of rules is named: give --rules FILE, or set {PREFIX}HOUSE_RULES")
    return Path(settings.house_rules)


def _record_of(path: Path) -> HouseRecord:
    record = HouseRecord()
    try:
        with path.open("rb") as raw:
            for line in unzipped(raw):
                if line.strip():
                    record.take_decision(line)
    except UNREADABLE as error:
        raise unreadable(path, error) from None
    return record


def _named(rules: HouseRules, name: str) -> HouseRule:
    found = next((rule for rule in rules.rules if rule.name == name), None)
    return found or fail(f"there is no rule {name} in the file", ExitCode.USAGE)


def _checked(path: Path, checked: Checked) -> dict[str, Any]:
    today = wall_clock().date()
    return {
        "file": str(path),
        "rules": len(checked.rules),
        "usable": checked.usable,
        "version": HouseRules(checked.rules).version if checked.usable else None,
        "faults": [
            {
                "line": fault.line,
                "field": fault.field,
                "rule": fault.rule,
                "kind": fault.kind.value,
                "refused": fault.kind in FATAL,
                "said": fault.said,
            }
            for fault in checked.faults
        ],
        "over": [rule.name for rule in checked.rules if rule.ends is not None and rule.ends < today],
    }


def _labels(labels: Labels) -> dict[str, Any]:
    return {"corrections": len(labels.by_id), "corrections_refused": dict(labels.refused.most_common())}


def _trial(rules: HouseRules, trial: Trial) -> dict[str, Any]:
    return {
        "version": rules.version,
        "rules": len(rules),
        "decided_by_rules": trial.decided + sum(count for _, count in trial.unlisted),
        "fired": [_counts(each) for each in trial.fired],
        "never_fired": [each.name for each in trial.never_fired],
        "corrected": [_counts(each) for each in trial.corrected],
        "not_in_the_file": dict(trial.unlisted),
    }


def _counts(rule: RuleTrial) -> dict[str, Any]:
    return {
        "rule": rule.name,
        "category": rule.category,
        "fired": rule.fired,
        "changed": rule.changed,
        "spared_review": rule.spared,
        "labelled": rule.labelled,
        "corrected": rule.corrected,
        "said_instead": dict(rule.said_instead),
        "first": rule.first,
    }


def _explained(explained: Explained) -> dict[str, Any]:
    rule = explained.rule
    return {
        "rule": rule.name,
        "line": rule.line,
        "category": rule.category,
        "who": rule.who,
        "why": rule.why,
        "fits": explained.fits,
        "points": [point._asdict() for point in explained.points],
    }
