"""Requests to a file for a spreadsheet or a case tool, and answers from one.

A file that was written is the file that is read: whoever answers fills the columns `category`, `reviewer` and `reason`.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from pydantic import ValidationError

from models.contracts.csv_rows import CsvRow, Refusal, header_names, lacking, misfit, read_rows, repeated
from models.contracts.taxonomy import CATEGORIES, Category
from models.errors import FileError
from models.statements.masking import mask
from streams.console.desk.contract import Task, Why
from streams.review_queue.entries import Ask, Entry, Outcome
from streams.review_queue.state.queue import Queue
from streams.review_queue.tasks import task_of

UNKNOWN: Final = "?"
"""In the column `category`: the reviewer does not know."""

ANSWER_COLUMNS: Final = ("category", "reviewer", "reason")
COLUMNS: Final = (
    "request_id",
    "description",
    "merchant",
    "amount",
    "currency",
    "timestamp",
    "mcc",
    "counterparty",
    "channel",
    "opened",
    "similar",
    "suggested",
    "confidence",
    "alternatives",
    "why",
    *ANSWER_COLUMNS,
)
STATED: Final = ("description", "merchant", "counterparty", "channel")
"""Columns with words of the statement."""
NEEDED: Final = ("request_id", "category")

_REMEDIES: Mapping[Why, tuple[str, str]] = {
    Why.UNKNOWN: ("no such request is open", "export again; an id is copied as a whole"),
    Why.ANSWERED: ("it is answered already, or has expired", "leave the row out; the first answer counts"),
    Why.TAKEN: ("a reviewer has it on the screen just now", "import the row again later"),
    Why.INVALID: ("it breaks the contract", "ids and names have up to 128 characters, a reason up to 256"),
}
_FORMULA = re.compile(r"^(?=[\t\r\n])|(?:^|(?<=[;|\t\r\n]))(?=[\s\"]*[=+\-@＝＋－＠])")
"""Where spreadsheets see the beginning of a formula: of a cell, whatever the country separates cells with."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer of a file.

    Args:
        line: Where it stands, from 1.
    """

    line: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is not taken.

    Args:
        line: Where it stands, from 1.
        what: What is wrong; never a value of the row.
        remedy: What to do.
    """

    line: int
    what: str
    remedy: str


def exported(queue: Queue, now_ms: int, *, masked: bool = True) -> Iterator[dict[str, Any]]:
    """Open requests as rows, in the order in which they should be answered; blind ones without what was decided.

    Args:
        masked: Whether card numbers, IBANs, e-mails and phones are masked in what the statement says.
    """
    for item in queue.in_order():
        if not item.holder(now_ms):
            row = _row(task_of(item, similar=queue.alike.count(item)))
            yield row | {name: mask(row[name]) for name in STATED if row[name]} if masked else row


def _row(task: Task) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(task, name, "") for name in COLUMNS}
    row |= {"amount": str(task.amount), "timestamp": task.timestamp.isoformat(), "opened": task.opened.isoformat()}
    if task.aid is not None:
        row |= {
            "suggested": task.aid.category.value,
            "confidence": task.aid.confidence,
            "alternatives": " ".join(one.category.value for one in task.aid.alternatives),
            "why": task.aid.note or " ".join(task.aid.reasons),
        }
    return row | dict.fromkeys(ANSWER_COLUMNS, "")


def as_csv(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Rows as CSV with a byte order mark, by which spreadsheets know UTF-8."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    text.write("\ufeff")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(name, value) for name, value in row.items()})
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
    yield text.getvalue().encode()


def as_json_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Rows as JSON Lines."""
    for row in rows:
        yield json.dumps(dict(row), ensure_ascii=False).encode() + b"\n"


def _cell(name: str, value: object) -> object:
    # Whoever writes a statement line writes into the reviewer's spreadsheet; an amount may well begin with a minus.
    return value if name == "amount" or not isinstance(value, str) else _FORMULA.sub("'", value)


def read_answers(path: Path, *, reviewer: str | None, now: datetime) -> Iterator[Given | Refused]:
    """Answers of a file, row by row; rows without a category are passed over.

    Args:
        path: CSV, or JSON Lines where its name ends with .jsonl.
        reviewer: Who answers where a row does not say.
        now: When the answers are given.

    Raises:
        FileError: The file cannot be read, or its header lacks a column.
    """
    seen: set[str] = set()
    for line, row in _json_rows(path) if path.suffix == ".jsonl" else _csv_rows(path):
        if isinstance(row, Refused):
            yield row
            continue
        category = str(row.get("category") or "").strip().lower()
        if category:
            yield _answer(line, row, category, reviewer=reviewer, now=now, seen=seen)


def _answer(
    line: int, row: Mapping[str, Any], category: str, *, reviewer: str | None, now: datetime, seen: set[str]
) -> Given | Refused:
    if category != UNKNOWN and category not in CATEGORIES:
        return Refused(line, "its category is none of the 28", f"write one of docs/taxonomy.md, or {UNKNOWN}")
    request_id = str(row.get("request_id") or "").strip()
    who = str(row.get("reviewer") or "").strip() or reviewer
    if not request_id or not who:
        lacking = "request_id" if not request_id else "reviewer"
        return Refused(line, f"it has no {lacking}", "fill the column" if not request_id else "fill it, or --reviewer")
    if request_id in seen:
        return Refused(line, "a row above answers the same request", "leave one of them out")
    seen.add(request_id)
    try:
        entry = Entry(
            entry_id=uuid4().hex,
            ask=Ask.ANSWER,
            request_ids=(request_id,),
            category=None if category == UNKNOWN else Category(category),
            reviewer=who,
            reason=str(row.get("reason") or "").strip() or None,
            at=now,
        )
    except ValidationError:
        return refused(line, Why.INVALID)
    return Given(line, entry)


def refused(line: int, why: Why) -> Refused:
    """The refusal of a row for what the queue said."""
    what, remedy = _REMEDIES.get(why, ("the queue did not take it", "import the row again"))
    return Refused(line, what, remedy)


def judged(answers: Sequence[Given], outcomes: Mapping[str, Outcome]) -> tuple[int, int, list[Refused]]:
    """What became of answers.

    Returns:
        How many were taken, how many were there already, and the rows that were refused.
    """
    taken = repeated = 0
    refusals = []
    for answer in answers:
        outcome = outcomes[answer.entry.entry_id]
        if outcome.why is not None:
            refusals.append(refused(answer.line, outcome.why))
        elif outcome.repeated:
            repeated += 1
        else:
            taken += 1
    return taken, repeated, refusals


def _csv_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | Refused]]:
    rows = read_rows(path)
    header = next(rows, None)
    if header is None:
        return
    names = [name.replace(" ", "_") for name in header_names(header)]
    if missing := [name for name in NEEDED if name not in names]:
        raise FileError(f"{path}: {lacking(header, missing)}")
    if twice := repeated([name for name in names if name in COLUMNS]):
        raise FileError(f"{path}: {twice}")
    for row in rows:
        if isinstance(row, Refusal):
            yield row.line, _unreadable(row.line, row.reason)
        elif (odd := misfit(row, len(names))) is not None:
            yield row.line, _unreadable(row.line, odd.value)
        else:
            yield row.line, _named(names, row)


def _named(names: Sequence[str], row: CsvRow) -> Mapping[str, Any]:
    return dict(zip(names, row.cells, strict=True))


def _unreadable(line: int, reason: str) -> Refused:
    return Refused(line, f"it cannot be read ({reason})", "save the file as UTF-8, with commas between columns")


def _json_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | Refused]]:
    try:
        with path.open("rb") as file:
            for line, raw in enumerate(file, 1):
                if raw.strip():
                    yield line, _json_row(line, raw)
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from None


def _json_row(line: int, raw: bytes) -> Mapping[str, Any] | Refused:
    try:
        row = json.loads(raw)
    except (ValueError, RecursionError):
        return Refused(line, "it is no JSON", "one object a line, in UTF-8")
    return row if isinstance(row, dict) else Refused(line, "it is no JSON object", "one object a line, in UTF-8")
