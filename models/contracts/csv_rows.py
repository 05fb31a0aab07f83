"""The one reader of CSV files that people bring: rows by physical line, in bounded memory, gunzipped where it is gzip.

A row that cannot be read costs that row, not the file: it comes out as a `Refusal` with its line and a reason, never
with a value.
"""

import csv
import gzip
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BufferedReader
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Final, cast

from models.contracts.wire import SIZE_LIMIT, WireReason
from models.errors import ContractError, EmptyFileError, FileError

ROW_LINES: Final = 20
"""Most physical lines of one row: a quote that is never closed must not swallow the rest of the file."""

BOM: Final = b"\xef\xbb\xbf"
"""UTF-8's byte order mark, which spreadsheets put at the beginning of a CSV."""

UNREADABLE: Final = (OSError, EOFError, zlib.error)
"""What reading a file raises that is damaged, gone or no archive."""

_GZIP = b"\x1f\x8b"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")

SEPARATORS: Mapping[str, str] = MappingProxyType({";": "semicolons", "\t": "tabs", "|": "bars"})
"""What other programs put between columns, and its name."""


class CsvReason(StrEnum):
    """Why a row was refused; beside these, a row can be `too_large` or `bad_utf8` as a message can."""

    TOO_FEW_COLUMNS = "too_few_columns"
    TOO_MANY_COLUMNS = "too_many_columns"
    UNBALANCED_QUOTES = "unbalanced_quotes"
    NUL_BYTE = "nul_byte"


@dataclass(frozen=True, slots=True)
class CsvRow:
    """The cells of a row, as text.

    Args:
        line: Physical line where it starts, from 1.
        cells: As they stand, without the quotes around them.
    """

    line: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that breaks its contract; it never holds a value.

    Args:
        line: Physical line where it starts, from 1.
        field: The contract's field at fault, or None where the row as a whole is.
    """

    line: int
    reason: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A physical line.

    Args:
        number: From 1.
        raw: Without its end; the beginning only, but more than `SIZE_LIMIT`, where it is longer than that.
    """

    number: int
    raw: bytes


class Lines:
    """Physical lines of a source, of which some can be given back; no more of a line is held than is of use."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._number = 0
        self._back: deque[Line] = deque()

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        """The next line.

        Raises:
            FileError: The first one looks like UTF-16.
        """
        if self._back:
            return self._back.popleft()
        raw = self._source.readline(SIZE_LIMIT + 2)
        if not raw:
            raise StopIteration
        rest = raw
        # Read on without keeping it, so that a line of any length costs a bounded amount of memory.
        while rest and not rest.endswith(b"\n") and len(rest) == SIZE_LIMIT + 2:
            rest = self._source.readline(SIZE_LIMIT + 2)
        self._number += 1
        if self._number == 1 and _is_utf16(raw):
            raise FileError("it looks like UTF-16: save it as UTF-8")
        return Line(self._number, raw.removesuffix(b"\n").removesuffix(b"\r"))

    def give_back(self, lines: Iterable[Line]) -> None:
        """Put lines back, in order, to be read again."""
        self._back.extendleft(reversed(list(lines)))


def unzipped(raw: BufferedReader) -> BinaryIO:
    """The contents of an open file: gunzipped where its first bytes say gzip, whatever its name says."""
    return cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if raw.peek(2)[:2] == _GZIP else raw


def unreadable(path: Path, error: Exception) -> FileError:
    """The error for a file whose reading raised one of `UNREADABLE`."""
    if isinstance(error, OSError) and error.strerror:
        return FileError(f"{path} cannot be read: {error.strerror}")
    return FileError(f"{path} cannot be read to its end ({type(error).__name__})")


def read_rows(path: Path) -> Iterator[CsvRow | Refusal]:
    """Rows of a file in order, the header first; empty lines are passed over.

    Raises:
        FileError: The file is missing, cannot be read to its end, looks like UTF-16, or has CR line ends.
    """
    try:
        with path.open("rb") as raw:
            yield from rows_of(Lines(unzipped(raw)))
    except FileError as error:
        raise FileError(f"{path}: {error}") from None
    except UNREADABLE as error:
        raise unreadable(path, error) from None


def rows_of(lines: Lines) -> Iterator[CsvRow | Refusal]:
    """Rows in order, the header first; empty lines are passed over, a byte order mark at the start is left out.

    Raises:
        FileError: Lines end with CR alone, or the text looks like UTF-16.
    """
    first = True
    for line in lines:
        start = Line(1, line.raw.removeprefix(BOM)) if line.number == 1 else line
        if start.raw.strip():
            # The whole file would be one line: a header with a column too many and no rows, or one that is too large.
            if first and b"\r" in start.raw.strip():
                raise FileError(f"line {start.number} has a CR in it: lines must end with LF or CRLF")
            first = False
            try:
                yield CsvRow(start.number, _cells(start, lines))
            except ContractError as error:
                yield Refusal(start.number, error.reason)


def header_names(header: CsvRow | Refusal) -> list[str]:
    """The columns that the first row names, without spaces around them and in lower case.

    Raises:
        FileError: The row cannot be read.
    """
    if isinstance(header, Refusal):
        raise FileError(f"the header in line {header.line} cannot be read ({header.reason}): UTF-8 is needed")
    return [cell.strip().casefold() for cell in header.cells]


def lacking(header: CsvRow | Refusal, missing: Sequence[str]) -> FileError:
    """The error for a header without these columns.

    Args:
        header: Only its line and what separates its cells are told: in a file without a header it is a transaction.
    """
    text = header.cells[0] if isinstance(header, CsvRow) and len(header.cells) == 1 else ""
    other = next((f", not by {name}" for separator, name in SEPARATORS.items() if separator in text), "")
    return FileError(
        f"the header in line {header.line} has no column {', '.join(missing)}: "
        f"the first line must name the columns, separated by commas{other}"
    )


def repeated(names: Sequence[str]) -> FileError | None:
    """The error for a header that has one of these names more than once, or None where it has not."""
    twice = sorted({name for name in names if names.count(name) > 1})
    return FileError(f"the header names {', '.join(twice)} more than once") if twice else None


def without_rows(path: Path) -> EmptyFileError:
    """The error for a file that is empty or has a header alone."""
    return EmptyFileError(f"{path} has no rows")


def misfit(row: CsvRow, columns: int) -> CsvReason | None:
    """Why a row does not fit a header of so many columns, or None where it does."""
    if len(row.cells) == columns:
        return None
    return CsvReason.TOO_FEW_COLUMNS if len(row.cells) < columns else CsvReason.TOO_MANY_COLUMNS


def _is_utf16(start: bytes) -> bool:
    r"""True where a file starts with the byte order mark of UTF-16, or has a NUL at every second byte.

    >>> _is_utf16("id,amount".encode("utf-16")), _is_utf16(b"\0i\0d"), _is_utf16(b"i\0d\0"), _is_utf16(b"i\0d")
    (True, True, True, False)
    """
    halves = start[::2], start[1::2]
    return start.startswith(_UTF16_BOMS) or (len(start) > 3 and any(not half.strip(b"\0") for half in halves))


def _cells(line: Line, lines: Lines) -> list[str]:
    """The cells of the row that starts with `line`; takes further lines where a quoted cell goes on in them."""
    _check([line])
    if b'"' in line.raw:
        return _quoted_cells(line, lines)
    try:
        # Without a quote this is all that CSV is, at a fraction of the reader's time.
        return line.raw.decode().split(",")
    except UnicodeDecodeError:
        raise ContractError(WireReason.BAD_UTF8.value) from None


def _quoted_cells(line: Line, lines: Lines) -> list[str]:
    taken = [line]

    def texts() -> Iterator[str]:
        yield _text(line)
        for more in islice(lines, ROW_LINES - 1):
            taken.append(more)
            yield _text(more)

    try:
        # Strict: csv would otherwise take what follows a closing quote for part of the cell.
        cells = next(csv.reader(texts(), strict=True))
    except csv.Error:
        lines.give_back(taken[1:])  # they may be rows of their own
        # csv has a limit of its own, and of a line that is too long the rest, where the quote may close, is not held
        too_large = sum(len(part.raw) for part in taken) > SIZE_LIMIT
        raise ContractError((WireReason.TOO_LARGE if too_large else CsvReason.UNBALANCED_QUOTES).value) from None
    _check(taken)
    try:
        b"\n".join(part.raw for part in taken).decode()
    except UnicodeDecodeError:
        raise ContractError(WireReason.BAD_UTF8.value) from None
    return cells


def _check(taken: Sequence[Line]) -> None:
    """Refuse what is too long, and NUL, which C programs further down would take for an end."""
    if sum(len(part.raw) for part in taken) + len(taken) - 1 > SIZE_LIMIT:
        raise ContractError(WireReason.TOO_LARGE.value)
    if any(b"\0" in part.raw for part in taken):
        raise ContractError(CsvReason.NUL_BYTE.value)


def _text(line: Line) -> str:
    # Bad bytes are carried through csv and refused afterwards, when the row's extent is known.
    return line.raw.decode(errors="surrogateescape") + "\n"
