"""Tables of `evenhand rules` for a terminal, from the reports that --json prints."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

from models.contracts.events import Transaction
from models.statistics.counting import several
from streams.cli.console import names, numbers, print_table, stdout, texts

NAMED = 20
"""Rules that a list names before it counts the rest."""

MOVES = 10
"""Changes of categories that are shown."""

Report = Mapping[str, Any]

_FITS = {
    (True, True): Text("decides", style="green"),
    (False, True): Text("comes later"),
    (False, False): Text("no", style="yellow"),
}


def show_check(report: Report) -> None:
    """What `evenhand rules check` found."""
    console = stdout()
    if report["faults"]:
        table = Table(*numbers("line"), *names("field", "rule", "what"), *texts("to do"), box=box.SIMPLE_HEAD)
        for fault in report["faults"]:
            what = Text(fault["kind"].replace("_", " "), style="red" if fault["refused"] else "yellow")
            table.add_row(
                str(fault["line"]), fault["field"] or "", escape(fault["rule"] or ""), what, _plain(fault["said"])
            )
        print_table(table)
    if report["over"]:
        console.print(f"the last day is over: {_names(report['over'])}", markup=False)
    if report["usable"]:
        console.print(f"{several(report['rules'], 'rule')}, version {report['version'] or '(none)'}", markup=False)
    else:
        console.print("the file is refused: a worker would keep the rules that it has", style="red")


def show_test(report: Report) -> None:
    """What rules would do."""
    console = stdout()
    totals = Table.grid("", *numbers(""), "", padding=(0, 2))
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in report["refused_by_reason"].items())
    totals.add_row("rows", f"{report['rows']:,}", "")
    totals.add_row("refused", f"{report['refused']:,}", reasons)
    totals.add_row("decided by rules", f"{report['decided_by_rules']:,}", _share(report, "rows"))
    totals.add_row("another category", f"{report['changed']:,}", "than without rules")
    totals.add_row("no person needed", f"{report['spared_review']:,}", "who would have to look without rules")
    console.print(totals)
    _show_rules(report, {"changed": "changed", "spared_review": "spared"})
    if moves := report["moves"]:
        table = Table(*names("without rules", "with rules"), *numbers("rows"), box=box.SIMPLE_HEAD, pad_edge=False)
        for move in moves[:MOVES]:
            table.add_row(move["without"], move["with"], f"{move['rows']:,}")
        if rest := moves[MOVES:]:
            table.add_row(several(len(rest), "other"), "", f"{sum(move['rows'] for move in rest):,}", style="dim")
        print_table(table)
    _show_end(report)


def show_report(report: Report) -> None:
    """What rules did."""
    console = stdout()
    totals = Table.grid("", *numbers(""), "", padding=(0, 2))
    totals.add_row("decisions", f"{report['decisions']:,}", "")
    totals.add_row("decided by rules", f"{report['decided_by_rules']:,}", _share(report, "decisions"))
    for version, count in report["by_version"].items():
        totals.add_row(f"  version {version}", f"{count:,}", "the file's" if version == report["version"] else "")
    console.print(totals)
    _show_rules(report, {})
    if gone := report["not_in_the_file"]:
        listed = ", ".join(f"{name} {count:,}" for name, count in list(gone.items())[:NAMED])
        console.print(f"decided, and not in the file: {listed}", markup=False)
    _show_end(report)


def show_explained(transaction: Transaction, report: Report) -> None:
    """Which rule decides, and why others do not."""
    console = stdout()
    head = Table.grid(Column(style="dim"), Column(overflow="fold"), padding=(0, 2))
    head.add_row("transaction", _plain(transaction.description))
    head.add_row("merchant key", _plain(report["merchant_key"] or "none"))
    decides = f"{report['decides']}: {report['category']}" if report["decides"] else "no rule"
    head.add_row("decides", Text(decides, style="bold"))
    console.print(head)
    if report["nearest"]:
        reasons = texts("it asks, and the transaction has", "why")
        named = names("rule", "category", "fits")
        table = Table(*numbers("line"), *named, *reasons, box=box.SIMPLE_HEAD, pad_edge=False)
        for each in report["nearest"]:
            missed = "\n".join(
                f"{point['field']}: {point['asked']}; {point['found']}"
                for point in each["points"]
                if not point["holds"]
            )
            said = f"{each['why']} ({each['who']})"
            fits = _FITS[each["rule"] == report["decides"], each["fits"]]
            table.add_row(str(each["line"]), each["rule"], each["category"], fits, _plain(missed), _plain(said))
        print_table(table)
    console.print(f"{several(report['rules'], 'rule')}, version {report['version'] or '(none)'}", markup=False)


def _show_rules(report: Report, more: Mapping[str, str]) -> None:
    """Rules that decided, those that people correct marked."""
    if not report["fired"]:
        return
    figures, said = {"fired": "rows", **more}, list[Column]()
    if any(rule["labelled"] for rule in report["fired"]):
        figures |= {"labelled": "labelled", "corrected": "corrected"}
        said = texts("said instead")
    table = Table(*names("rule", "category"), *numbers(*figures.values()), *said, box=box.SIMPLE_HEAD, pad_edge=False)
    for rule in report["fired"]:
        instead = ", ".join(f"{name} {count:,}" for name, count in rule["said_instead"].items())
        cells = [f"{rule[name]:,}" for name in figures]
        last = [Text(instead, style="yellow")] if said else []
        table.add_row(_plain(rule["rule"]), rule["category"], *cells, *last)
    print_table(table)


def _show_end(report: Report) -> None:
    console = stdout()
    if report["corrected"]:
        console.print(f"people correct: {_names([rule['rule'] for rule in report['corrected']])}", markup=False)
    if report["never_fired"]:
        console.print(f"never decided: {_names(report['never_fired'])}", markup=False)
    if refused := sum(report["corrections_refused"].values()):
        console.print(f"corrections that cannot be used: {refused:,}", markup=False)
    console.print(f"{several(report['rules'], 'rule')}, version {report['version'] or '(none)'}", markup=False)


def _share(report: Report, of: str) -> str:
    return f"{report['decided_by_rules'] / report[of]:.1%}" if report[of] else ""


def _names(names: Sequence[str]) -> str:
    rest = f", and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + rest


def _plain(text: str) -> Text:
    """As it stands: what people write into a file is no markup."""
    return Text(text)
