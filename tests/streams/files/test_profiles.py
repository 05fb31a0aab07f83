"""Profiles from files: numbers are numbers, and a hole is found by its line."""

from pathlib import Path

import pytest

from models.errors import EmptyFileError, FileError
from streams.files.profiles import read_profiles


def test_csv_and_json_lines_give_the_same_profiles(tmp_path: Path) -> None:
    """Cells of a column are of one kind."""
    (tmp_path / "p.csv").write_text("Gender,Income,Rate\nMale,50000,0.5\nFemale,60000,1\n")
    (tmp_path / "p.jsonl").write_text(
        '{"Gender": "Male", "Income": 50000, "Rate": 0.5}\n\n{"Gender": "Female", "Income": 60000, "Rate": 1.0}\n'
    )
    expected = ({"Gender": "Male", "Income": 50000, "Rate": 0.5}, {"Gender": "Female", "Income": 60000, "Rate": 1.0})
    assert expected == read_profiles(tmp_path / "p.csv") == read_profiles(tmp_path / "p.jsonl")


def test_a_schema_makes_them(tmp_path: Path) -> None:
    """With its own seed, or another."""
    file = tmp_path / "s.yml"
    file.write_text("count: 9\nseed: 4\nfields: [{name: Age, kind: integer, minimum: 18, maximum: 99}]\n")
    assert read_profiles(file) == read_profiles(file, seed=4) != read_profiles(file, seed=5)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("p.csv", "A,B\n1,\n", "line 2: .* at B"),
        ("p.csv", "A,B\n1\n", "line 2: .* at B"),
        ("p.csv", "A\n1,2\n", "line 2: .* at None"),
        ("p.jsonl", '{"A": null}\n', "line 1: .* at A"),
        ("p.jsonl", "[1]\n", "line 1: a profile is an object"),
        ("p.jsonl", "{\n", "cannot be read as jsonl"),
        ("s.yml", "fields: [", "cannot be read as yml"),
        ("s.yml", "count: many", "no schema of profiles: "),
        ("p.txt", "A", "no file of profiles"),
        ("missing/p.csv", None, "cannot be read as csv"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, text: str | None, said: str) -> None:
    """With its line where there is one."""
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(FileError, match=said):
        read_profiles(tmp_path / name)


def test_no_profiles_are_an_empty_file(tmp_path: Path) -> None:
    """A header alone."""
    (tmp_path / "p.csv").write_text("A,B\n")
    with pytest.raises(EmptyFileError):
        read_profiles(tmp_path / "p.csv")
