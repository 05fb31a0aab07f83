"""Records of a CSV by line, gunzipped where it is gzip; one that cannot be read costs that record, not the file."""

import csv
import gzip
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from models.errors import FileError

RECORD_LINES: Final = 20
"""Most physical lines of one record: a quote that is never closed must not swallow the rest of the file."""

_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands in the file.

    Args:
        line: Physical line where it starts, from 1.
    """

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that cannot be used; it never holds a value.

    Args:
        line: Physical line where it starts, from 1.
        reason: Code of what is wrong.
        field: The contract's field at fault, or None where the record as a whole is.
    """

    line: int
    reason: str
    field: str | None = None


def read_records(path: Path) -> Iterator[Record | Refused]:
    """Records in order, the header first; empty lines are passed over.

    Raises:
        FileError: The file is missing or cannot be read to its end.
    """
    try:
        with path.open("rb") as raw:
            source = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if raw.peek(2)[:2] == _GZIP else raw
            yield from _records(_Lines(source))
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise FileError(f"{path} cannot be read: {reason}") from None


class _Lines:
    """Physical lines with their numbers, which can be given back."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = enumerate(source, start=1)
        self._returned: deque[tuple[int, bytes]] = deque()

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> tuple[int, bytes]:
        if self._returned:
            return self._returned.popleft()
        number, raw = next(self._source)
        return number, raw.removeprefix(_BOM) if number == 1 else raw

    def give_back(self, lines: list[tuple[int, bytes]]) -> None:
        self._returned.extendleft(reversed(lines))


def _records(lines: _Lines) -> Iterator[Record | Refused]:
    for number, raw in lines:
        if raw.strip():
            yield _record(number, raw, lines)


def _record(number: int, raw: bytes, lines: _Lines) -> Record | Refused:
    """The record that starts with a line; takes further lines while a quote is open."""
    taken: list[tuple[int, bytes]] = []
    whole = raw
    while whole.count(b'"') % 2 and len(taken) < RECORD_LINES - 1 and (more := next(lines, None)):
        taken.append(more)
        whole += more[1]
    try:
        if whole.count(b'"') % 2:
            raise csv.Error
        cells = next(csv.reader([whole.decode()], strict=True))
    except UnicodeDecodeError:
        return Refused(number, "bad_utf8")
    except csv.Error:
        lines.give_back(taken)  # they may be records of their own
        return Refused(number, "unbalanced_quotes")
    return Record(number, tuple(cells))
