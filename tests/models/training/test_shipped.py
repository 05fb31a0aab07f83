"""The shipped tables: nothing of the held-out months is trained on, and the sample is valid input."""

import csv
import gzip
from pathlib import Path

import pytest

from models.artefacts.csv_table import read_table, write_table
from models.contracts.events import Transaction
from models.errors import DataError
from models.training.config import SHIPPED
from models.training.shipped.__main__ import main
from models.training.shipped.toronto import (
    DESCRIPTOR_COLUMNS,
    SAMPLE_COLUMNS,
    SOURCE_FILE,
    descriptor_table,
    sample_table,
)

COLUMNS = ("id", "description", "amount", "currency", "date", "mcc", "source")
ROWS = [
    dict(zip(COLUMNS, row, strict=True))
    for row in (
        ("t1", "CAFE", "12.00", "CAD", "2020-10-30", "5812", "x"),
        ("t2", "CAFE", "-120.00", "CAD", "2020-10-31", "5812", "x"),
        ("t3", "CAFE", "1000.01", "CAD", "2020-10-31", "5814", "x"),
        ("t4", "CAFE", "9.00", "CAD", "2020-11-01", "5812", "x"),
        ("t5", "LATE SHOP", "5.00", "CAD", "2020-12-31", "5999", "x"),
        ("t6", "CAFE", "7.00", "CAD", "2020-12-31", "5812", "x"),
    )
]


def test_held_out_months_are_not_counted() -> None:
    """Rows from 1 November 2020 on leave no trace: not their merchants, not their counts."""
    expected = [("CAFE", "5812", "1", "1", "0", "1", "2"), ("CAFE", "5814", "0", "0", "1", "0", "1")]
    assert expected == list(descriptor_table(ROWS))


def test_rows_of_the_last_twelve_months_are_recent() -> None:
    """A row before November 2019 counts, but not as recent."""
    old = {**ROWS[0], "date": "2019-10-31"}
    assert [("CAFE", "5812", "2", "0", "0", "0", "1")] == list(descriptor_table([old, ROWS[0]]))


def test_table_does_not_depend_on_the_order_of_rows() -> None:
    """Counts are sorted."""
    assert list(descriptor_table(ROWS)) == list(descriptor_table(reversed(ROWS)))


def test_sample_is_the_latest_rows_in_order_over_the_day() -> None:
    """Rows of one day keep their order and share 09:00 to 17:00, Toronto time."""
    sample = list(sample_table(ROWS, size=4))
    assert ["t3", "t4", "t5", "t6"] == [row[0] for row in sample]
    assert [
        "2020-10-31T09:00:00-04:00",
        "2020-11-01T09:00:00-05:00",
        "2020-12-31T09:00:00-05:00",
        "2020-12-31T13:00:00-05:00",
    ] == [row[5] for row in sample]


def test_both_tables_are_written_reproducibly(tmp_path: Path) -> None:
    """Two runs of the script give the same bytes."""
    write_table(tmp_path / SOURCE_FILE, COLUMNS, [tuple(row.values()) for row in ROWS])
    written = []
    for run in ("first", "second"):
        (tmp_path / run).mkdir()
        main(["toronto", "--source", str(tmp_path), "--target", str(tmp_path / run)])
        written.append([path.read_bytes() for path in sorted((tmp_path / run).iterdir())])
    assert 2 == len(written[0])
    assert written[0] == written[1]


def test_missing_table_and_missing_column_are_told(tmp_path: Path) -> None:
    """The message names the file, or the column."""
    with pytest.raises(DataError, match=r"nothing\.csv\.gz cannot be read"):
        read_table(tmp_path / "nothing.csv.gz", ("a",))
    (tmp_path / "plain.csv.gz").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="BadGzipFile"):
        read_table(tmp_path / "plain.csv.gz", ("a",))
    write_table(tmp_path / "table.csv.gz", ("a", "b"), [("1", "2")])
    with pytest.raises(DataError, match="has no column c"):
        read_table(tmp_path / "table.csv.gz", ("a", "c"))


@pytest.fixture(scope="module")
def sample() -> list[dict[str, str]]:
    """The shipped sample."""
    return read_table(SHIPPED / "sample_transactions.csv.gz", SAMPLE_COLUMNS)


def test_shipped_sample_is_valid_input_in_order(sample: list[dict[str, str]]) -> None:
    """Every 100th row is a transaction; ids are unique, time never runs back, accounts are some 2,000."""
    transactions = [Transaction.model_validate(row) for row in sample[::100]]
    assert 60_000 == len({row["transaction_id"] for row in sample})
    times = [transaction.timestamp for transaction in transactions]
    assert sorted(times) == times
    assert 1_900 < len({row["account_id"] for row in sample}) <= 2_000


def test_shipped_training_table_does_not_know_the_held_out_months(sample: list[dict[str, str]]) -> None:
    """Hundreds of descriptors that first appear in those months are unknown to it; with a leak, none would be."""
    known = {row["description"] for row in read_table(SHIPPED / "toronto_descriptors.csv.gz", DESCRIPTOR_COLUMNS)}
    before = {row["description"] for row in sample if row["timestamp"] < "2020-11-01"}
    after = {row["description"] for row in sample if row["timestamp"] >= "2020-11-01"}
    assert before <= known
    assert 100 < len(after - known)


def test_shipped_tables_have_no_time_of_writing() -> None:
    """The time field of their gzip header is zero, so building them again gives the same bytes."""
    for name in ("toronto_descriptors.csv.gz", "sample_transactions.csv.gz"):
        assert b"\0\0\0\0" == (SHIPPED / name).read_bytes()[4:8]
        with gzip.open(SHIPPED / name, "rt") as lines:
            assert next(csv.reader(lines))
