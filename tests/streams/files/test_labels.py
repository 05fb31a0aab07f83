"""What people said, from files: both forms, and what is refused."""

import gzip
from collections import Counter
from pathlib import Path

import pytest

from models.contracts.corrections import Correction
from models.contracts.wire import dump
from models.errors import FileError
from streams.files.labels import Labels, read_labels
from tests.harness.messages import CORRECTION


def correction(transaction_id: str, category: str) -> bytes:
    """A line of JSON."""
    return (
        dump(Correction.model_validate(CORRECTION | {"transaction_id": transaction_id, "category": category})) + b"\n"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"note,Category,transaction_id\nx,pets,t1\ny,fuel,t2\nz,travel,t1\n",
        b"\xef\xbb\xbftransaction_id,category\r\nt1,pets\r\n\r\nt2, fuel \r\nt1,travel\r\n",
        correction("t1", "pets") + b"\n" + correction("t2", "fuel") + correction("t1", "travel"),
        gzip.compress(correction("t2", "fuel") + correction("t1", "travel")),
    ],
)
def test_both_forms_say_the_same(tmp_path: Path, content: bytes) -> None:
    """In any order of columns, with other columns, as spreadsheets write it, gzipped; the last word counts."""
    file = tmp_path / "said"
    file.write_bytes(content)
    assert Labels({"t1": "travel", "t2": "fuel"}) == read_labels(file)


def test_rows_that_say_nothing_are_counted(tmp_path: Path) -> None:
    """By reason, and the others stand."""
    file = tmp_path / "said.csv"
    file.write_bytes(b'transaction_id,category\nt1,grocery\nt2\nt3,pets,x\nt4,"pets\nt5,fuel\n')
    found = read_labels(file)
    assert {"t5": "fuel"} == found.by_id
    assert {"unknown_value": 1, "too_few_columns": 1, "too_many_columns": 1, "unbalanced_quotes": 1} == found.refused
    file.write_bytes(correction("t1", "pets") + b'{"transaction_id": "t2"}\n{\n')
    found = read_labels(file)
    assert ({"t1": "pets"}, 2) == (found.by_id, found.refused.total())
    file.write_bytes(b"")
    assert Labels({}, Counter()) == read_labels(file)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"transaction_id,label\nt1,pets\n", "has no column category"),
        (b"transaction_id,category,category\nt1,pets,pets\n", "names category more than once"),
        (b"\x1f\x8bxx", "cannot be read"),
    ],
)
def test_a_file_without_its_columns_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """With its name."""
    file = tmp_path / "said.csv"
    file.write_bytes(content)
    with pytest.raises(FileError, match=rf"said\.csv.*{said}"):
        read_labels(file)
    with pytest.raises(FileError, match=r"none\.csv cannot be read: No such file"):
        read_labels(tmp_path / "none.csv")
