"""Reading a CSV row by row: the same limits and reasons for whoever reads one."""

import csv
import gzip
from pathlib import Path

import pytest

from models.contracts.csv_rows import ROW_LINES, CsvReason, CsvRow, Refusal, header_names, misfit, read_rows
from models.contracts.wire import SIZE_LIMIT
from models.errors import FileError
from models.evaluation.data.labelled_file import LabelledFile
from models.evaluation.data.labels import by_name
from streams.files.transactions import TransactionFile

HEAD = b"transaction_id,description,amount,currency,timestamp,mcc,kind\n"
GOOD = b"t%d,SHELL,10.00,CAD,2020-11-01T09:00:00Z,,fuel\n"


def rows(path: Path, content: bytes) -> list[CsvRow | Refusal]:
    """Write a file and read its rows."""
    path.write_bytes(content)
    return [CsvRow(row.line, tuple(row.cells)) if isinstance(row, CsvRow) else row for row in read_rows(path)]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Where a CSV file may be written."""
    return tmp_path / "data.csv"


def test_rows_by_line(table: Path) -> None:
    """BOM and CRLF go, a quoted line break stays, empty lines are passed over, lines are physical ones."""
    content = b'\xef\xbb\xbfa,b\r\n\r\n"one\ntwo",2\r\n3,4\n'

    assert [CsvRow(1, ("a", "b")), CsvRow(3, ("one\ntwo", "2")), CsvRow(5, ("3", "4"))] == rows(table, content)


def test_a_quote_that_is_never_closed_costs_its_line(table: Path) -> None:
    """The rows after it are read; bytes that are no UTF-8 cost theirs."""
    assert [
        CsvRow(1, ("a", "b")),
        Refusal(2, "unbalanced_quotes"),
        CsvRow(3, ("x", "2")),
        Refusal(4, "bad_utf8"),
        CsvRow(5, ("y", "4")),
    ] == rows(table, b'a,b\n"open,1\nx,2\n\xff,3\ny,4\n')


def test_a_row_over_many_lines_that_is_too_long_is_called_too_long(table: Path) -> None:
    """Its quotes are balanced: csv's own limit, and a line of which the end was not held, are no matter of quotes."""
    below, above = b"x" * (SIZE_LIMIT // 4), b"x" * (SIZE_LIMIT * 3)

    assert Refusal(1, "too_large") == rows(table, b'"' + b"\n".join([below] * 5) + b'",1\n')[0]
    assert Refusal(1, "too_large") == rows(table, b'"' + b"\n".join([below] * 15) + b'",1\n')[0]
    assert Refusal(1, "too_large") == rows(table, b'"a\n' + above + b'",1\nx,2\n')[0]
    assert (
        CsvRow(1, ("\n".join(["x"] * ROW_LINES), "1")) == rows(table, b'"' + b"\n".join([b"x"] * ROW_LINES) + b'",1')[0]
    )


def test_gzip_is_told_by_its_bytes(tmp_path: Path, table: Path) -> None:
    """The name does not matter; a file that is cut off is no shorter file."""
    torn = tmp_path / "torn.csv"
    packed = gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(5000)))

    assert 5001 == len(rows(table, packed))
    with pytest.raises(FileError, match=r"cannot be read to its end \(EOFError\)"):
        rows(torn, packed[:-100])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The path stands in the message."""
    with pytest.raises(FileError, match=r"none\.csv cannot be read: No such file"):
        list(read_rows(tmp_path / "none.csv"))


def test_a_header_is_read_without_case_and_spaces() -> None:
    """A row that cannot be read is none, and the error says where it stands."""
    assert ["a", "b c"] == header_names(CsvRow(1, (" A", "B c ")))
    with pytest.raises(FileError, match=r"line 3 cannot be read \(nul_byte\)"):
        header_names(Refusal(3, "nul_byte"))


def test_a_row_fits_its_header() -> None:
    """As many cells as columns."""
    row = CsvRow(1, ("a", "b"))
    assert (None, CsvReason.TOO_FEW_COLUMNS, CsvReason.TOO_MANY_COLUMNS) == tuple(misfit(row, n) for n in (2, 3, 1))


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (b"t9,A\0B,10.00,CAD,2020-11-01T09:00:00Z,,fuel", "nul_byte"),
        (b't9,"A\0B",10.00,CAD,2020-11-01T09:00:00Z,,fuel', "nul_byte"),
        (b"t9," + b"X" * 200_000 + b",10.00,CAD,2020-11-01T09:00:00Z,,fuel", "too_large"),
        (b't9,"' + b"X" * 200_000 + b'",10.00,CAD,2020-11-01T09:00:00Z,,fuel', "too_large"),
        (b't9,"OPEN,10.00,CAD,2020-11-01T09:00:00Z,,fuel', "unbalanced_quotes"),
        (b't9,"A" B,10.00,CAD,2020-11-01T09:00:00Z,,fuel', "unbalanced_quotes"),
        (b"t9,\xe9,10.00,CAD,2020-11-01T09:00:00Z,,fuel", "bad_utf8"),
        (b"t9,X", "too_few_columns"),
        (b"t9,X,10.00,CAD,2020-11-01T09:00:00Z,,fuel,more", "too_many_columns"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_categorize_and_evaluate_refuse_the_same_rows(table: Path, spoilt: bytes, reason: str, packed: bool) -> None:
    """The line and the reason, whichever command reads the file; its neighbours are read by both."""
    content = b"\xef\xbb\xbf" + HEAD + GOOD % 1 + spoilt + b"\n" + GOOD % 2
    table.write_bytes(gzip.compress(content) if packed else content)
    labelled = LabelledFile(table, "kind", by_name)

    accepted = [row.line for row in labelled]
    with TransactionFile(table) as file:
        found = list(file)

    assert [Refusal(3, reason)] == labelled.counts.refused == [row for row in found if isinstance(row, Refusal)]
    assert [2, 4] == accepted == [row.line for row in found if not isinstance(row, Refusal)]


def test_the_limit_of_csv_is_as_this_module_expects() -> None:
    """Nobody has changed the limit that all of a process share."""
    assert 131_072 == csv.field_size_limit()
