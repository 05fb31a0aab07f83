"""Transactions from files, CSV or JSON Lines: each row passes the same contract as a message, or is refused by line.

A JSON line goes to `models.contracts.wire.parse` as it is; the cells of a CSV row go there as JSON strings, so that an
amount is never a binary float. A refusal has the row's first physical line, a reason and a field: never a value.
"""

import csv
import gzip
import json
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self, cast

from models.contracts import wire
from models.contracts.events import Identifier, Transaction
from models.contracts.wire import SIZE_LIMIT, WireReason
from models.decisions.isolation import CATEGORIZER_FAILED
from models.errors import ContractError, FileError
from streams.messages.cloudevents import digest

RECORD_LINES: Final = 20
"""Most physical lines of one CSV row: a quote that is never closed must not swallow the rest of the file."""

UNASSIGNED: Final = "unassigned"
"""The account of a row that names none."""

REQUIRED: Final = ("transaction_id", "description", "amount", "currency", "timestamp", "mcc")
"""Columns that a CSV header must name; cells of `mcc` may be empty."""

_KEPT_EMPTY = frozenset(REQUIRED) - {"mcc"}
_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"


class FileFormat(StrEnum):
    """What a file of transactions may be."""

    CSV = "csv"
    JSON_LINES = "jsonl"


class FileReason(StrEnum):
    """Why a row was refused, beyond the reasons of `models.contracts.wire`."""

    TOO_FEW_COLUMNS = "too_few_columns"
    TOO_MANY_COLUMNS = "too_many_columns"
    UNBALANCED_QUOTES = "unbalanced_quotes"
    NUL_BYTE = "nul_byte"
    DUPLICATE = "duplicate"
    CONFLICTING_DUPLICATE = "conflicting_duplicate"


REASONS: Final = wire.REASONS | {reason.value for reason in FileReason} | {CATEGORIZER_FAILED}
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
        transaction: What it says.
        dropped: Fields beyond the contract that were dropped.
    """

    line: int
    transaction: Transaction
    dropped: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that breaks the contract.

    Args:
        line: Physical line where it starts, from 1.
        reason: One of `REASONS`.
        field: The contract's field at fault, or None where the row as a whole is.
    """

    line: int
    reason: str
    field: str | None


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
            raise FileError(f"{path} cannot be read: {error.strerror}") from None
        self.size = path.stat().st_size
        try:
            zipped = self._raw.peek(2)[:2] == _GZIP
            self._source = cast(BinaryIO, gzip.GzipFile(fileobj=self._raw)) if zipped else self._raw
            self.format = _format_of(path) or _sniffed(self._source)
        except (OSError, EOFError, zlib.error) as error:
            self._raw.close()
            raise self._unreadable(error) from None

    @property
    def position(self) -> int:
        """Bytes of the file that have been read, compressed where it is; for progress."""
        return self._raw.tell() if self._raw.seekable() else 0

    def __iter__(self) -> Iterator[Row | Refusal]:
        """Rows in order, each as what it says or as why it is refused; empty lines are passed over.

        Raises:
            FileError: The CSV header lacks a column or names one twice, or the file cannot be read to its end.
        """
        read = _csv_rows if self.format is FileFormat.CSV else _json_rows
        try:
            yield from read(_Lines(self._source))
        except FileError as error:
            raise FileError(f"{self.path}: {error}") from None
        except (OSError, EOFError, zlib.error) as error:
            raise self._unreadable(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._raw.close()

    def _unreadable(self, error: Exception) -> FileError:
        return FileError(f"{self.path} cannot be read to its end ({type(error).__name__})")


def without_repeats(rows: Iterable[Row | Refusal]) -> Iterator[Row | Refusal]:
    """Refuse rows whose transaction_id came before: `duplicate` with the same contents, else `conflicting_duplicate`.

    Memory grows with the rows, but holds two hashes of 8 bytes for each and no text. Two different ids share a hash in
    a file of ten million rows with a probability of 3 in a million.

    Args:
        rows: As read.

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
    start = source.peek(4)[:4].removeprefix(_BOM)  # type: ignore[attr-defined]  # both kinds of source have it
    return FileFormat.JSON_LINES if start.startswith(b"{") else FileFormat.CSV


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    raw: bytes
    """Without its end; the beginning only, but more than `SIZE_LIMIT`, where it is longer than that."""


class _Lines:
    """Physical lines, numbered from 1, of which some can be given back; no more of a line is held than is of use."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._number = 0
        self._back: deque[_Line] = deque()

    def __iter__(self) -> Iterator[_Line]:
        return self

    def __next__(self) -> _Line:
        if self._back:
            return self._back.popleft()
        raw = self._source.readline(SIZE_LIMIT + 2)
        if not raw:
            raise StopIteration
        rest = raw
        while rest and not rest.endswith(b"\n") and len(rest) == SIZE_LIMIT + 2:
            rest = self._source.readline(SIZE_LIMIT + 2)
        self._number += 1
        return _Line(self._number, raw.removesuffix(b"\n").removesuffix(b"\r"))

    def give_back(self, lines: Iterable[_Line]) -> None:
        """Put lines back, in order, to be read again."""
        self._back.extendleft(reversed(list(lines)))


def _json_rows(lines: _Lines) -> Iterator[Row | Refusal]:
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


def _csv_rows(lines: _Lines) -> Iterator[Row | Refusal]:
    header: _Header | None = None
    for line in lines:
        if not line.raw.removeprefix(_BOM if line.number == 1 else b"").strip():
            continue
        if header is None:
            header = _header(line, lines)
            continue
        try:
            raw = _as_json(_cells(line, lines), header)
        except ContractError as error:
            yield Refusal(line.number, error.reason, error.field)
        else:
            yield _parsed(line.number, raw, header.extra)


def _header(line: _Line, lines: _Lines) -> _Header:
    try:
        cells = _cells(_Line(line.number, line.raw.removeprefix(_BOM)), lines)
    except ContractError as error:
        raise FileError(f"the header in line {line.number} cannot be read ({error.reason}): UTF-8 is needed") from None
    names = [cell.strip().casefold() for cell in cells]
    known = [name for name in names if name in FileTransaction.model_fields]
    if twice := sorted({name for name in known if known.count(name) > 1}):
        raise FileError(f"the header names {', '.join(twice)} more than once")
    if missing := [name for name in REQUIRED if name not in known]:
        hint = "; columns are separated by commas" if len(cells) == 1 else ""
        raise FileError(f"the header in line {line.number} has no column {', '.join(missing)}{hint}")
    return _Header(tuple(name if name in known else None for name in names), len(names) - len(known))


def _cells(line: _Line, lines: _Lines) -> list[str]:
    """The cells of the row that starts with `line`; takes further lines where a quoted cell goes on in them."""
    if len(line.raw) > SIZE_LIMIT:
        raise ContractError(WireReason.TOO_LARGE.value)
    if b"\0" in line.raw:
        raise ContractError(FileReason.NUL_BYTE.value)
    if b'"' in line.raw:
        return _quoted_cells(line, lines)
    try:
        return line.raw.decode().split(",")
    except UnicodeDecodeError:
        raise ContractError(WireReason.BAD_UTF8.value) from None


def _quoted_cells(line: _Line, lines: _Lines) -> list[str]:
    taken = [line]

    def texts() -> Iterator[str]:
        yield _text(line)
        for more in islice(lines, RECORD_LINES - 1):
            taken.append(more)
            yield _text(more)

    try:
        cells = next(csv.reader(texts(), strict=True))
    except csv.Error:
        lines.give_back(taken[1:])  # they may be rows of their own
        raise ContractError(FileReason.UNBALANCED_QUOTES.value) from None
    raw = b"\n".join(part.raw for part in taken)
    if len(raw) > SIZE_LIMIT:
        raise ContractError(WireReason.TOO_LARGE.value)
    if b"\0" in raw:
        raise ContractError(FileReason.NUL_BYTE.value)
    try:
        raw.decode()
    except UnicodeDecodeError:
        raise ContractError(WireReason.BAD_UTF8.value) from None
    return cells


def _text(line: _Line) -> str:
    return line.raw.decode(errors="surrogateescape") + "\n"


def _as_json(cells: list[str], header: _Header) -> bytes:
    if len(cells) != len(header.fields):
        few = len(cells) < len(header.fields)
        raise ContractError((FileReason.TOO_FEW_COLUMNS if few else FileReason.TOO_MANY_COLUMNS).value)
    members = {
        name: cell for name, cell in zip(header.fields, cells, strict=True) if name and (cell or name in _KEPT_EMPTY)
    }
    return json.dumps(members, ensure_ascii=False).encode()
