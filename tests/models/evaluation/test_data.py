"""Labelled files: every row is scored or counted."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from models.contracts.csv_rows import Refusal
from models.errors import FileError
from models.evaluation.data.labelled_file import LabelledFile, LabelledRow, RowSelection
from models.evaluation.data.labels import by_name, labels_for

HEAD = "Description,amount,currency,date,mcc,kind,source\n"


def read(tmp_path: Path, rows: str, *, head: str = HEAD, **selection: object) -> tuple[LabelledFile, list[LabelledRow]]:
    """A file with these rows, and what is read of it."""
    path = tmp_path / "data.csv"
    path.write_text(head + rows, encoding="utf-8")
    data = LabelledFile(path, "kind", by_name, RowSelection(**selection))  # type: ignore[arg-type]
    return data, list(data)


def test_every_row_is_accounted_for(tmp_path: Path) -> None:
    """Scored, outside the dates, unlabelled, unknown label, or refused with line and field."""
    data, rows = read(
        tmp_path,
        "SHELL,10.00,CAD,2020-11-01,5541,fuel,a\n"
        "SHELL,10.00,CAD,2020-10-31,5541,fuel,a\n"
        "SHELL,10.00,CAD,2020-11-03,5541,,a\n"
        "SHELL,10.00,CAD,2020-11-03,5541,Petrol,a\n"
        "SHELL,ten,CAD,2020-11-03,5541,fuel,a\n"
        "SHELL,10.00,CAD\n",
        since=date(2020, 11, 1),
        until=date(2020, 11, 3),
    )

    counts = data.counts
    assert [2] == [row.line for row in rows]
    assert (6, 1, 1, 1) == (counts.rows, counts.labelled, counts.outside, counts.unlabelled)
    assert Counter({"Petrol": 1}) == counts.unknown
    assert [Refusal(6, "bad_format", "amount"), Refusal(7, "too_few_columns")] == counts.refused


def test_the_code_is_withheld_unless_it_is_asked_for(tmp_path: Path) -> None:
    """Where the truth is the code, a decision that sees it proves nothing."""
    line = "SHELL,10.00,CAD,2020-11-01,5541,fuel,bank a\n"
    ((_, (without,)), (_, (shown,))) = read(tmp_path, line), read(tmp_path, line, with_mcc=True)

    assert (None, "5541") == (without.transaction.mcc, shown.transaction.mcc)
    assert ("bank a", frozenset({"fuel"})) == (without.source, without.truth)
    assert datetime(2020, 11, 1, 12, tzinfo=UTC) == without.transaction.timestamp


def test_a_timestamp_wins_over_a_date(tmp_path: Path) -> None:
    """Its own day counts, in its own zone."""
    head = "description,amount,currency,date,timestamp,kind\n"
    _, rows = read(
        tmp_path, "SHELL,1,CAD,1999-01-01,2020-11-01T23:30:00-05:00,fuel\n", head=head, until=date(2020, 11, 1)
    )

    assert ["2020-11-01T23:30:00-05:00"] == [row.transaction.timestamp.isoformat() for row in rows]


def test_limit_and_sample(tmp_path: Path) -> None:
    """A limit takes the first, a sample any, the same for the same seed, in the order of the file."""
    lines = "".join(f"SHELL {n},10.00,CAD,2020-11-01,,fuel,a\n" for n in range(50))
    limited, first = read(tmp_path, lines, limit=3)
    _, some = read(tmp_path, lines, sample=10, seed=1)
    _, again = read(tmp_path, lines, sample=10, seed=1)
    _, others = read(tmp_path, lines, sample=10, seed=2)

    assert ([2, 3, 4], 3) == ([row.line for row in first], limited.counts.rows)
    assert 10 == len({row.line for row in some})
    assert some == sorted(some, key=lambda row: row.line)
    assert some == again
    assert some != others
    assert 50 == len(read(tmp_path, lines, sample=99)[1])


def test_each_row_is_as_likely_in_a_sample(tmp_path: Path) -> None:
    """Over many seeds, 2 of 4 rows: each is taken about half of the time."""
    lines = "".join(f"SHELL {n},10.00,CAD,2020-11-01,,fuel,a\n" for n in range(4))
    taken = Counter(row.line for seed in range(300) for row in read(tmp_path, lines, sample=2, seed=seed)[1])

    assert all(110 < count < 190 for count in taken.values())
    assert {2, 3, 4, 5} == set(taken)


@pytest.mark.parametrize(
    ("head", "column", "said"),
    [
        ("description,amount,kind\n", "kind", r"no column currency, timestamp \(or date\): the first line must name"),
        (HEAD, "truth", "no column truth"),
        (HEAD, "description", "cannot be the description"),
        (HEAD.replace("source", "kind"), "kind", "names kind more than once"),
        ("", "kind", r"data\.csv has no rows"),
    ],
)
def test_a_header_that_cannot_be_used_is_refused(tmp_path: Path, head: str, column: str, said: str) -> None:
    """The message says which columns are missing."""
    path = tmp_path / "data.csv"
    path.write_text(head, encoding="utf-8")

    with pytest.raises(FileError, match=said):
        LabelledFile(path, column, labels_for(column, None))


def test_a_file_without_a_header_is_refused_without_its_text(tmp_path: Path) -> None:
    """Its first line is a transaction: the message does not repeat it."""
    path = tmp_path / "data.csv"
    path.write_text("ZZGQ 17 XW,ZZGQ 17 XW,4.50,CAD,2020-11-01,fuel\n", encoding="utf-8")

    with pytest.raises(FileError) as caught:
        LabelledFile(path, "kind", labels_for("kind", None))
    assert "zzgq" not in str(caught.value).casefold()
