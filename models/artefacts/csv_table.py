"""Gzipped CSV tables: read with their columns checked, written so that equal content gives equal bytes."""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from models.errors import DataError


def read_table(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """All rows of a gzipped, UTF-8 CSV file with a header.

    Args:
        columns: Columns that must be there; others are kept as well.

    Raises:
        DataError: The file is missing, not of this format, or lacks a column.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise DataError(f"{path} has no column {', '.join(missing)}; its header must name {', '.join(columns)}")
            return list(reader)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"{path} cannot be read as gzipped CSV ({type(error).__name__}); check that it is there"
        ) from error


def packed(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as gzipped CSV; the bytes depend on its content only, not on the time of writing."""
    text = io.StringIO()
    # Not the platform's line end: the bytes are in a digest.
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    # A time in the header would make equal tables differ, and with them the digests in a manifest.
    return gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)


def unpacked(content: bytes) -> Iterator[list[str]]:
    """The rows of what `packed` gave, its header first."""
    return csv.reader(gzip.decompress(content).decode().splitlines())


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a file that `read_table` reads.

    Returns:
        Size of the file in bytes.
    """
    return path.write_bytes(packed(columns, rows))
