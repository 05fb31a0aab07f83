"""`evenhand dead-letters`: look at what could not be processed, and send it again."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn
from rich.table import Table

from models.statements.masking import mask
from streams.cli.console import fail, names, numbers, print_json, print_table, progress, stdout
from streams.cli.exits import ExitCode
from streams.cli.inputs import BootstrapOption, JsonOption
from streams.cli.running import run
from streams.messages.dead_letters import DeadLetter
from streams.operate.dead_letters import Listing, ReplayResult, Selection, list_dead_letters, replay_dead_letters
from streams.settings.settings import load_settings

app = typer.Typer(
    help="Look at what could not be processed, and send it again.", no_args_is_help=True, rich_markup_mode="markdown"
)

PAYLOAD_SHOWN = 2000
"""Characters of a payload that are shown."""

CELL_SHOWN = 80
"""Characters of a header that are shown: whoever writes to the topic may put any length into it."""

UNKNOWN = "unknown"
"""Stands for a header that is missing or spoilt."""

LONGEST_NUMBER = 80
"""Characters that a number may take with what separates its digits."""

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")

ReasonOption = Annotated[str | None, typer.Option("--reason", metavar="REASON", help="Only those with this reason.")]


@app.command("list")
def list_letters(
    limit: Annotated[int, typer.Option(metavar="N", min=0, help="Show the newest N.")] = 20,
    reason: ReasonOption = None,
    show_payload: Annotated[
        bool,
        typer.Option(
            "--show-payload",
            metavar="",
            help="Show the bytes as well, with card numbers, IBANs, e-mails and phones masked.",
        ),
    ] = False,
    bootstrap_servers: BootstrapOption = None,
    as_json: JsonOption = False,
) -> None:
    """List dead letters, newest first: why, where from, which attempt; never what they say, unless asked for.

    The first column, partition:offset, names a dead letter for `evenhand dead-letters replay --offsets`.
    """
    settings = load_settings(bootstrap_servers=bootstrap_servers)
    listing = run(list_dead_letters(settings, Selection(reason), limit=limit), settings)
    if as_json:
        print_json(
            {
                "total": listing.by_reason.total(),
                "by_reason": dict(listing.by_reason.most_common()),
                "dead_letters": [_record(letter, show_payload) for letter in listing.letters],
            }
        )
    else:
        _show(listing, show_payload)


@app.command()
def replay(
    reason: ReasonOption = None,
    offsets: Annotated[
        list[str] | None,
        typer.Option("--offsets", metavar="P:O", help="Only these, separated by commas; may be given several times."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", metavar="", help="Say what would be sent, and send nothing.")
    ] = False,
    bootstrap_servers: BootstrapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send dead letters to the input topic again: original key and bytes, original partition, attempt raised by one.

    They are sent in Kafka transactions. A dead letter stays in its topic: one that fails again is followed by another
    with the next attempt. Each body goes once per replay, however many dead letters it has left.

    A body whose transaction has been decided meanwhile is recognised as a duplicate and gives no second output, as long
    as the worker remembers the id (EVENHAND_DUPLICATE_WINDOW_IDS, EVENHAND_DUPLICATE_WINDOW_HOURS).

    A conflicting_duplicate is only sent when --reason or --offsets names it: while the worker remembers the first
    transaction it fails again; afterwards it is decided like a new one, and a ledger that upserts overwrites the first.
    """
    places = frozenset(_place(text) for given in offsets for text in given.split(",")) if offsets else None
    settings = load_settings(bootstrap_servers=bootstrap_servers)
    with progress(BarColumn(), MofNCompleteColumn()) as display:
        task = display.add_task("reading dead letters", total=None)
        result = run(
            replay_dead_letters(
                settings,
                Selection(reason, places),
                dry_run=dry_run,
                on_chosen=lambda count: display.update(task, description="sending", total=count),
                on_sent=lambda count: display.advance(task, count),
            ),
            settings,
        )
    report = _report(result, dry_run)
    if as_json:
        print_json(report)
    else:
        _show_replay(result, report)
    if result.missing:
        nowhere = ", ".join(f"{partition}:{offset}" for partition, offset in result.missing)
        fail(f"no dead letter is at {nowhere}: `evenhand dead-letters list` shows where they are", ExitCode.USAGE)


def _show_replay(result: ReplayResult, report: Mapping[str, Any]) -> None:
    console = stdout()
    total = result.by_reason.total()
    console.print(f"would send {total:,} (dry run)" if report["dry_run"] else f"sent {result.sent:,}")
    for name, count in result.by_reason.most_common():
        console.print(f"  {name}: {count:,}", markup=False)
    for name, count in report["left_out"].items():
        if count:
            console.print(f"left out, {LEFT_OUT[name]}: {count:,}", markup=False)


LEFT_OUT = {
    "repeats": "same key and bytes as one chosen",
    "truncated": "bytes incomplete",
    "foreign": "from another topic",
    "conflicts": "conflicting_duplicate, not asked for",
}


def _report(result: ReplayResult, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "chosen": result.by_reason.total(),
        "sent": result.sent,
        "by_reason": dict(result.by_reason.most_common()),
        "missing": [f"{partition}:{offset}" for partition, offset in result.missing],
        "left_out": {name: getattr(result, name) for name in LEFT_OUT},
    }


def _place(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,9}):([0-9]{1,18})", text)
    if match is None:
        fail("--offsets needs partition:offset, as `evenhand dead-letters list` shows it", ExitCode.USAGE)
    return int(match[1]), int(match[2])


def _record(letter: DeadLetter, show_payload: bool) -> dict[str, Any]:
    record: dict[str, Any] = {
        "dead_letter": f"{letter.partition}:{letter.offset}",
        "at": letter.at.isoformat(),
        "stage": letter.stage,
        "reason": letter.reason,
        "field": letter.contract_field,
        "source_topic": letter.source_topic,
        "source_partition": letter.source_partition,
        "source_offset": letter.source_offset,
        "attempt": letter.attempt,
        "bytes": letter.size,
        "truncated": letter.truncated,
    }
    return record | {"payload": shown_payload(letter.value)} if show_payload else record


def shown_payload(value: bytes | None) -> str | None:
    r"""The beginning of a payload, fit to be shown: masked, without control characters.

    JSON's \\u escapes are resolved first, so that a card number cannot hide behind them.
    """
    if value is None:
        return None
    text = value[: 4 * PAYLOAD_SHOWN].decode(errors="replace")
    masked = mask(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text))
    if len(value) > 4 * PAYLOAD_SHOWN:
        masked = masked[:-LONGEST_NUMBER]  # the cut may have gone through a number, whose beginning is not recognised
    plain = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in masked)
    return plain if len(plain) <= PAYLOAD_SHOWN else plain[:PAYLOAD_SHOWN] + " [...]"


def _show(listing: Listing, show_payload: bool) -> None:
    console = stdout()
    total = listing.by_reason.total()
    if not total:
        console.print("no dead letters")
        return
    print_table(_table(listing.letters))
    if show_payload:
        for letter in listing.letters:
            console.print(
                f"{letter.partition}:{letter.offset}  {escape(str(shown_payload(letter.value)))}", soft_wrap=True
            )
        console.print()
    reasons = ", ".join(f"{_cell(name)} {count:,}" for name, count in listing.by_reason.most_common())
    console.print(f"{len(listing.letters):,} of {total:,} shown: {reasons}", soft_wrap=True)


def _table(letters: Sequence[DeadLetter]) -> Table:
    named = names("dead letter", "at", "stage", "reason", "field", "source")
    table = Table(*named, *numbers("attempt", "bytes"), box=box.SIMPLE_HEAD, pad_edge=False)
    for letter in letters:
        table.add_row(
            f"{letter.partition}:{letter.offset}",
            f"{letter.at:%Y-%m-%d %H:%M:%S}",
            _cell(letter.stage),
            _cell(letter.reason),
            _cell(letter.contract_field or "", missing=""),
            _source(letter),
            str(letter.attempt),
            f"{letter.size:,}" + ("+" if letter.truncated else ""),
        )
    return table


def _source(letter: DeadLetter) -> str:
    """Topic, partition and offset that a dead letter came from, as far as its headers say."""
    topic = _cell(letter.source_topic)
    if letter.source_partition < 0 or letter.source_offset < 0:
        return f"{topic}, place {UNKNOWN}" if letter.source_topic else UNKNOWN
    return f"{topic} {letter.source_partition}:{letter.source_offset}"


def _cell(text: str, *, missing: str = UNKNOWN) -> str:
    """A header's text, fit for a table."""
    return escape(text if len(text) <= CELL_SHOWN else text[:CELL_SHOWN] + " [...]") or missing
