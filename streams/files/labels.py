"""What people said of transactions, from a file: corrections as the topic has them, or two columns of a CSV."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from models.contracts.corrections import Correction
from models.contracts.csv_rows import (
    UNREADABLE,
    CsvRow,
    Lines,
    Refusal,
    header_names,
    lacking,
    misfit,
    repeated,
    rows_of,
    unreadable,
    unzipped,
)
from models.contracts.taxonomy import CATEGORIES
from models.contracts.wire import WireReason, parse
from models.errors import ContractError, FileError

COLUMNS = ("transaction_id", "category")
"""Columns that a CSV names; others are passed over."""


@dataclass(slots=True)
class Labels:
    """Labels of transactions.

    Args:
        by_id: Transaction id to the category that people gave it, the last of them where there are several.
        refused: Rows that say nothing of use, by reason.
    """

    by_id: dict[str, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)


def read_labels(path: Path) -> Labels:
    """Read a file of corrections.

    Args:
        path: JSON Lines, each a `Correction`; or CSV with a column `transaction_id` and one `category`. Gunzipped where
            it is gzip.

    Raises:
        FileError: It cannot be read, or its header lacks a column.
    """
    labels = Labels()
    try:
        with path.open("rb") as raw:
            source = unzipped(raw)
            # A byte order mark has three bytes, and one more tells the format.
            is_json = b"{" in source.peek(4)[:4]  # type: ignore[attr-defined]  # both kinds of source have it
            for label in (_of_json if is_json else _of_csv)(Lines(source)):
                if isinstance(label, Refusal):
                    labels.refused[label.reason] += 1
                else:
                    labels.by_id.update((label,))
    except FileError as error:
        raise FileError(f"{path}: {error}") from None
    except UNREADABLE as error:
        raise unreadable(path, error) from None
    return labels


def _of_json(lines: Lines) -> Iterator[tuple[str, str] | Refusal]:
    for line in lines:
        if line.raw.strip():
            try:
                correction, _ = parse(Correction, line.raw)
            except ContractError as error:
                yield Refusal(line.number, error.reason, error.field)
            else:
                yield correction.transaction_id, correction.category


def _of_csv(lines: Lines) -> Iterator[tuple[str, str] | Refusal]:
    rows = rows_of(lines)
    if (header := next(rows, None)) is None:
        return
    names = header_names(header)
    if twice := repeated([name for name in names if name in COLUMNS]):
        raise twice
    if missing := [name for name in COLUMNS if name not in names]:
        raise lacking(header, missing)
    places = [names.index(name) for name in COLUMNS]
    for row in rows:
        yield row if isinstance(row, Refusal) else _label(row, len(names), places)


def _label(row: CsvRow, columns: int, places: list[int]) -> tuple[str, str] | Refusal:
    if reason := misfit(row, columns):
        return Refusal(row.line, reason.value)
    transaction_id, category = (row.cells[place].strip() for place in places)
    if category not in CATEGORIES:
        return Refusal(row.line, WireReason.UNKNOWN_VALUE.value, "category")
    return transaction_id, category
