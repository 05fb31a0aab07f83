"""Transactions from files, CSV or JSON Lines: each row passes the same contract as a message, or is refused by line.

A JSON line goes to `models.contracts.wire.parse` as it is; the cells of a CSV row go there as JSON strings, so that an
amount is never a binary float. A refusal has the row's first physical line, a reason and a field: never a value.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from models.contracts import wire
from models.contracts.csv_rows import (
    BOM,
    UNREADABLE,
    CsvReason,
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
from models.contracts.events import Identifier, Transaction
from models.decisions.isolation import CATEGORIZER_FAILED
from models.errors import ContractError, FileError
from streams.messages.cloudevents import digest

UNASSIGNED: Final = "unassigned"
"""The account of a row that names none."""

REQUIRED: Final = ("transaction_id", "description", "amount", "currency", "timestamp", "mcc")
"""Columns that a CSV header must name; cells of `mcc` may be empty."""

# An empty cell of these is at fault; of the others it says that there is no value.
_KEPT_EMPTY = frozenset(REQUIRED) - {"mcc"}


class FileFormat(StrEnum):
    """Formats of a file of transactions."""

    CSV = "csv"
    JSON_LINES = "jsonl"


class FileReason(StrEnum):
    """Reasons to refuse a row, beyond those of `models.contracts.wire` and of CSV."""

    DUPLICATE = "duplicate"
    CONFLICTING_DUPLICATE = "conflicting_duplicate"


REASONS: Final = wire.REASONS | {reason.value for reason in (*CsvReason, *FileReason)} | {CATEGORIZER_FAILED}
"""Every reason for which a row of a file can be refused."""

_FORMATS = {
    ".csv": FileFormat.CSV,
    ".jsonl": FileFormat.JSON_LINES,
    ".ndjson": FileFormat.JSON_LINES,
    ".json": FileFormat.JSON_LINES,
}


class FileTransaction(Transaction):
    """A transaction of a file, which may leave the account out."""

    account_id: Identifier = UNASSIGNED


@dataclass(frozen=True, slots=True)
class Row:
    """A row that keeps the contract.

    Args:
        line: Physical line where it starts, from 1.
        dropped: Fields beyond the contract that were dropped.
    """

    line: int
    transaction: Transaction
    dropped: int


class TransactionFile:
    """A file of transactions, read row by row in bounded memory; gunzipped where it is gzip.

    Args:
        path: The file. Its format is what its name says (.csv, .jsonl, .ndjson, .json, also with .gz), or else what
            its first byte says.

    Raises:
        FileError: It is missing or cannot be read.

    Example::

        with TransactionFile(Path("january.csv")) as rows:
            for row in rows:
                ...
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._raw = path.open("rb")
        except OSError as error:
            raise unreadable(path, error) from None
        self.size = path.stat().st_size
        try:
            self._source = unzipped(self._raw)
            self.format = _format_of(path) or _sniffed(self._source)
        except UNREADABLE as error:
            self._raw.close()
            raise unreadable(path, error) from None

    @property
    def position(self) -> int:
        """Bytes of the file that have been read, compressed where it is; for progress."""
        # A pipe has no position.
        return self._raw.tell() if self._raw.seekable() else 0

    def __iter__(self) -> Iterator[Row | Refusal]:
        """Rows in order, each as what it says or as why it is refused; empty lines are passed over.

        Raises:
            FileError: The CSV header lacks a column or names one twice, or the file cannot be read to its end, looks
                like UTF-16 or is a CSV with CR line ends.
        """
        read = _csv_rows if self.format is FileFormat.CSV else _json_rows
        try:
            yield from read(Lines(self._source))
        except FileError as error:
            raise FileError(f"{self.path}: {error}") from None
        except UNREADABLE as error:
            raise unreadable(self.path, error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._raw.close()


def without_repeats(rows: Iterable[Row | Refusal]) -> Iterator[Row | Refusal]:
    """Refuse rows whose transaction_id came before: `duplicate` with the same contents, else `conflicting_duplicate`.

    Memory grows with the rows, but holds two hashes of 8 bytes for each and no text. Two different ids share a hash in
    a file of ten million rows with a probability of 3 in a million.

    Yields:
        As many rows as there are, in order.
    """
    seen: dict[int, int] = {}
    for row in rows:
        if isinstance(row, Refusal):
            yield row
            continue
        transaction = row.transaction
        key = int.from_bytes(blake2b(transaction.transaction_id.encode(), digest_size=8).digest())
        # Numbers, because they take less memory than strings of digits.
        body = int(digest(transaction), 16)
        known = seen.get(key)
        if known is None:
            seen[key] = body
            yield row
        else:
            yield _repeat(row, same=known == body)


def _repeat(row: Row, *, same: bool) -> Refusal:
    reason = FileReason.DUPLICATE if same else FileReason.CONFLICTING_DUPLICATE
    return Refusal(row.line, reason.value, "transaction_id")


def _format_of(path: Path) -> FileFormat | None:
    return _FORMATS.get(Path(path.name.lower().removesuffix(".gz")).suffix)


def _sniffed(source: BinaryIO) -> FileFormat:
    # A byte order mark has three bytes, and one more tells the format.
    start = source.peek(4)[:4].removeprefix(BOM)  # type: ignore[attr-defined]  # both kinds of source have it
    return FileFormat.JSON_LINES if start.startswith(b"{") else FileFormat.CSV


def _json_rows(lines: Lines) -> Iterator[Row | Refusal]:
    for line in lines:
        if line.raw.strip():
            yield _parsed(line.number, line.raw, 0)


def _parsed(number: int, raw: bytes, dropped: int) -> Row | Refusal:
    try:
        transaction, unknown = wire.parse(FileTransaction, raw)
    except ContractError as error:
        return Refusal(number, error.reason, error.field)
    return Row(number, transaction, unknown + dropped)


@dataclass(frozen=True, slots=True)
class _Header:
    """The contract's field in each column, or None for a column that is dropped."""

    fields: tuple[str | None, ...]
    extra: int


def _csv_rows(lines: Lines) -> Iterator[Row | Refusal]:
    rows = rows_of(lines)
    first = next(rows, None)
    if first is None:
        return
    header = _header(first)
    for row in rows:
        if isinstance(row, Refusal):
            yield row
        elif reason := misfit(row, len(header.fields)):
            yield Refusal(row.line, reason.value)
        else:
            yield _parsed(row.line, _as_json(row, header), header.extra)


def _header(row: CsvRow | Refusal) -> _Header:
    names = header_names(row)
    known = [name for name in names if name in FileTransaction.model_fields]
    if twice := repeated(known):
        raise twice
    if missing := [name for name in REQUIRED if name not in known]:
        raise lacking(row, missing)
    return _Header(tuple(name if name in known else None for name in names), len(names) - len(known))


def _as_json(row: CsvRow, header: _Header) -> bytes:
    members = {
        name: cell
        for name, cell in zip(header.fields, row.cells, strict=True)
        if name and (cell or name in _KEPT_EMPTY)
    }
    # By way of JSON, so that a file is held to the very contract of the stream.
    return json.dumps(members, ensure_ascii=False).encode()
