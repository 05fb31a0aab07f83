"""Reading files of transactions: every fault is one refusal with its line, and no fault takes its neighbours along."""

import csv
import gzip
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.contracts.csv_rows import ROW_LINES, Refusal
from models.errors import FileError
from streams.files.transactions import REASONS, FileFormat, Row, TransactionFile, without_repeats

HEADER = "transaction_id,account_id,description,amount,currency,timestamp,mcc"
TIME = "2019-10-07T09:00:00-04:00"


def line(number: int, description: str = "FOOD BASICS #606", amount: str = "35.71") -> str:
    """A row that keeps the contract."""
    return f"t{number},a1,{description},{amount},CAD,{TIME},5411"


def read(path: Path, content: bytes | str) -> list[Row | Refusal]:
    """Write a file and read its rows."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with TransactionFile(path) as rows:
        return list(rows)


def told(rows: Sequence[Row | Refusal]) -> list[tuple[int, str]]:
    """Line and transaction id of what was accepted, line and reason of what was refused."""
    return [(row.line, row.transaction.transaction_id if isinstance(row, Row) else row.reason) for row in rows]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Where a CSV file may be written."""
    return tmp_path / "rows.csv"


def test_a_row_keeps_its_amount_to_the_digit(table: Path) -> None:
    """Amounts never pass through a binary float."""
    (row,) = read(table, f"{HEADER}\n{line(1, amount='0.100000')}\n")
    assert isinstance(row, Row)
    assert "0.100000" == str(row.transaction.amount)


def test_a_spreadsheet_s_file_is_read(table: Path) -> None:
    """BOM, CRLF, header in other order and case, quoted cells, extra column, empty line, no end of the last line."""
    content = (
        "\ufeffAmount,Transaction_ID, currency ,DESCRIPTION,timestamp,MCC,Gender\r\n"
        f'1.50,t1,CAD,"A, ""B"" C",{TIME},,f\r\n'
        "\r\n"
        f"2.50,t2,CAD,D,{TIME},5411,m"
    )
    first, second = read(table, content)
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert (2, 'A, "B" C', None, "unassigned", 1) == (
        first.line,
        first.transaction.description,
        first.transaction.mcc,
        first.transaction.account_id,
        first.dropped,
    )
    assert (4, "5411") == (second.line, second.transaction.mcc)


@pytest.mark.parametrize(
    ("spoilt", "reason", "field"),
    [
        (b"t9,a1,X,1.00,CAD", "too_few_columns", None),
        (line(9).encode() + b",more", "too_many_columns", None),
        (line(9, "CAF\xe9").encode("latin-1"), "bad_utf8", None),
        (line(9, '"CAF\xe9"').encode("latin-1"), "bad_utf8", None),
        (line(9, "A\0B").encode(), "nul_byte", None),
        (line(9, '"A\0B"').encode(), "nul_byte", None),
        (line(9, '"A" B').encode(), "unbalanced_quotes", None),
        (line(9, '"A B').encode(), "unbalanced_quotes", None),
        (line(9, amount="1e400").encode(), "bad_format", "amount"),
        (line(9, amount="NaN").encode(), "bad_format", "amount"),
        (line(9, amount="12,5").encode(), "too_many_columns", None),
        (line(9, amount="0.1234567").encode(), "bad_format", "amount"),
        (line(9, amount="").encode(), "bad_format", "amount"),
        (line(9, "").encode(), "empty", "description"),
        (line(9, "X" * 2000).encode(), "too_long", "description"),
        (line(9, "X" * 70_000).encode(), "too_large", None),
        (line(9, "X" * 300_000).encode(), "too_large", None),
        (line(9).replace("CAD", "XXQ").encode(), "unknown_currency", "currency"),
        (line(9).replace(TIME, "2019-10-07").encode(), "not_rfc3339_with_zone", "timestamp"),
        (line(9).replace("5411", "541").encode(), "bad_format", "mcc"),
        (b",,,,,,", "empty", "transaction_id"),
    ],
)
def test_a_spoilt_csv_row_is_refused_alone(table: Path, spoilt: bytes, reason: str, field: str | None) -> None:
    """Line, reason and field of the row at fault; the rows around it are read, with their own line numbers."""
    content = b"\n".join([HEADER.encode(), line(1).encode(), spoilt, line(2).encode(), line(3, '"Q"').encode(), b""])
    rows = read(table, content)
    assert [(2, "t1"), (3, reason), (4, "t2"), (5, "t3")] == told(rows)
    assert Refusal(3, reason, field) == rows[1]


def test_a_quoted_cell_may_go_on_over_lines(table: Path) -> None:
    """The row is named by its first line, and the next row by its own."""
    rows = read(table, f"{HEADER}\n{line(1, chr(34) + 'A' + chr(10) + 'B' + chr(34))}\n{line(2)}\n")
    assert [(2, "t1"), (4, "t2")] == told(rows)


def test_an_open_quote_swallows_no_other_row(table: Path) -> None:
    """However many rows follow, and whether or not they have quotes of their own."""
    many = [line(number, '"Q"' if number % 3 else "P") for number in range(2, 3 * ROW_LINES)]
    rows = read(table, "\n".join([HEADER, line(1, '"OPEN'), *many]))
    assert [(2, "unbalanced_quotes"), *[(n + 1, f"t{n}") for n in range(2, 3 * ROW_LINES)]] == told(rows)


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (b"{", "invalid_json"),
        (b'{"a":1}{"b":2}', "trailing_bytes"),
        (b"[1]", "not_an_object"),
        (b"\xff\xfe{", "byte_order_mark"),
        (b'{"transaction_id":"\xe9"}', "bad_utf8"),
        (b'{"transaction_id":"t\0"}', "invalid_json"),
        (b'{"transaction_id":"t","transaction_id":"u"}', "duplicate_key"),
        (b'{"transaction_id":"' + b"t" * 200_000 + b'"}', "too_large"),
        (b"{}", "missing"),
    ],
)
def test_a_spoilt_json_line_is_refused_alone(tmp_path: Path, spoilt: bytes, reason: str) -> None:
    """JSON lines go through the parser of the stream, one by one."""
    good = {"transaction_id": "t1", "description": "X", "amount": 0.1, "currency": "CAD", "timestamp": TIME, "age": 7}
    line = json.dumps(good).encode()
    rows = read(tmp_path / "rows.jsonl", b"\n".join([line, b"", spoilt, line]))
    assert [(1, "t1"), (3, reason), (4, "t1")] == told(rows)
    assert isinstance(rows[0], Row)
    assert ("0.1", "unassigned", 1) == (
        str(rows[0].transaction.amount),
        rows[0].transaction.account_id,
        rows[0].dropped,
    )


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", b"{", FileFormat.CSV),
        ("A.CSV.GZ", b"{", FileFormat.CSV),
        ("a.ndjson", b"t", FileFormat.JSON_LINES),
        ("a.json.gz", b"t", FileFormat.JSON_LINES),
        ("a.jsonl", b"", FileFormat.JSON_LINES),
        ("a", b"{}", FileFormat.JSON_LINES),
        ("a.txt", b"\xef\xbb\xbf{}", FileFormat.JSON_LINES),
        ("a.dat", b"transaction_id", FileFormat.CSV),
        ("a", b"", FileFormat.CSV),
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_the_format_is_told_by_name_or_first_byte(
    tmp_path: Path, name: str, content: bytes, expected: FileFormat, zipped: bool
) -> None:
    """The name wins; gzip is recognised whatever the name."""
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if zipped else content)
    with TransactionFile(path) as rows:
        assert expected is rows.format


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEADER.replace("amount", "sum"), "no column amount"),
        (HEADER.replace(",mcc", ""), "no column mcc"),
        (HEADER.replace("amount", "mcc"), "names mcc more than once"),
        (HEADER.replace(",", ";"), "separated by commas, not by semicolons"),
        (HEADER.encode("utf-16"), "looks like UTF-16: save it as UTF-8"),
        (HEADER.encode("utf-16-be"), "looks like UTF-16"),
        (HEADER.encode("latin-1") + b",\xe9", "UTF-8 is needed"),
        (f"{HEADER}\r{line(1)}\r", "line 1 has a CR in it: lines must end with LF or CRLF"),
        ("\n\nabc\n", "header in line 3"),
        (gzip.compress(HEADER.encode() * 1000)[:-20], "cannot be read to its end"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(table: Path, content: bytes | str, message: str) -> None:
    """A header without a column or a broken archive is no matter of single rows."""
    with pytest.raises(FileError, match=message):
        read(table, content)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["in.csv", "in.jsonl", "in"])
def test_utf16_is_named_once_for_the_file(tmp_path: Path, name: str, encoding: str) -> None:
    """Whatever its format, with a byte order mark or without; it would else be a refusal for each row."""
    path = tmp_path / name
    path.write_bytes('{"transaction_id": "t1"}\r\n'.encode(encoding) * 3)
    with TransactionFile(path) as rows, pytest.raises(FileError, match=rf"{name}: it looks like UTF-16: save it as"):
        list(rows)


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", HEADER, HEADER + "\r\n\r\n"])
def test_an_empty_file_has_no_rows(table: Path, content: str) -> None:
    """Nothing is no fault, with or without a header."""
    assert [] == read(table, content)


def test_a_missing_file_and_a_folder_say_so(tmp_path: Path) -> None:
    """What the system says, with the path."""
    for path, said in ((tmp_path / "none.csv", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(FileError, match=said):
            TransactionFile(path)


def test_repeats_are_refused_by_what_they_say(table: Path) -> None:
    """An identical repeat and another body are told apart, whatever the spelling; the first row stands."""
    rows = read(
        table, "\n".join([HEADER, line(1), line(1).replace("35.71", "35.710"), line(1, amount="36.00"), line(2)])
    )
    found = list(without_repeats(rows))
    assert [(2, "t1"), (3, "duplicate"), (4, "conflicting_duplicate"), (5, "t2")] == told(found)


CELL = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELL, min_size=7, max_size=7), max_size=8))
def test_whatever_a_csv_writer_writes_is_read_row_by_row(table: Path, rows: list[list[str]]) -> None:
    """As many rows come out as went in, whatever the cells hold; each is accepted or refused for a known reason."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(HEADER.split(","))
    writer.writerows([[cell.replace("\n", " ") for cell in row] for row in rows])
    found = read(table, text.getvalue())
    assert len(rows) == len(found)
    assert all(isinstance(row, Row) or row.reason in REASONS for row in found)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.lists(st.sampled_from([b"\n", b"\r\n", b'"', b",", b"\0", b"\xff", b"t1", b"a", line(1).encode()])).map(
        b"".join
    ),
    name=st.sampled_from(["rows.csv", "rows.jsonl"]),
)
def test_no_bytes_stop_the_reader(tmp_path: Path, content: bytes, name: str) -> None:
    """Any bytes after a header give rows and refusals with rising line numbers, and no other error."""
    found = read(tmp_path / name, HEADER.encode() + b"\n" + content)
    lines = [row.line for row in found]
    assert sorted(set(lines)) == lines


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(faults=st.lists(st.sampled_from(['"', ',"', '"",', "\0", ",", ""]), min_size=1, max_size=30))
def test_good_rows_among_broken_quotes_are_all_read(table: Path, faults: list[str]) -> None:
    """A good row without quotes is read whatever stands between such rows, unless a closed quote holds it."""
    lines = [HEADER]
    for number, fault in enumerate(faults):
        lines += [f'x{fault}"open', line(number)]
    found = read(table, "\n".join(lines))
    good = {row.transaction.transaction_id for row in found if isinstance(row, Row)}
    assert {f"t{number}" for number in range(len(faults))} == good
