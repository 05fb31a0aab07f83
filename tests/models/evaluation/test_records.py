"""Reading a CSV record by record."""

import gzip
from pathlib import Path

import pytest

from models.errors import FileError
from models.evaluation.data.csv_records import Record, Refused, read_records


def test_records_by_line(tmp_path: Path) -> None:
    """BOM and CRLF go, a quoted line break stays, empty lines are passed over, lines are physical ones."""
    path = tmp_path / "data.csv"
    path.write_bytes(b'\xef\xbb\xbfa,b\r\n\r\n"one\ntwo",2\r\n3,4\n')

    expected = [Record(1, ("a", "b")), Record(3, ("one\ntwo", "2")), Record(5, ("3", "4"))]
    assert expected == list(read_records(path))


def test_a_quote_that_is_never_closed_costs_its_line(tmp_path: Path) -> None:
    """The rows after it are read; bytes that are no UTF-8 cost theirs."""
    path = tmp_path / "data.csv"
    path.write_bytes(b'a,b\n"open,1\nx,2\n\xff,3\ny,4\n')

    assert [
        Record(1, ("a", "b")),
        Refused(2, "unbalanced_quotes"),
        Record(3, ("x", "2")),
        Refused(4, "bad_utf8"),
        Record(5, ("y", "4")),
    ] == list(read_records(path))


def test_gzip_is_told_by_its_bytes(tmp_path: Path) -> None:
    """The name does not matter; a file that is cut off is no shorter file."""
    path, torn = tmp_path / "data.csv", tmp_path / "torn.csv"
    packed = gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(5000)))
    path.write_bytes(packed)
    torn.write_bytes(packed[:-100])

    assert 5001 == len(list(read_records(path)))
    with pytest.raises(FileError, match="EOFError"):
        list(read_records(torn))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The path stands in the message."""
    with pytest.raises(FileError, match=r"none\.csv cannot be read: No such file"):
        list(read_records(tmp_path / "none.csv"))
