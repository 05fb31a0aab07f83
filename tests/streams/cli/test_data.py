"""`evenhand data balance`: a set that other commands take, and what it is made of."""

import csv
import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from models.contracts.taxonomy import CATEGORIES
from tests.streams.cli.conftest import Invoke


@pytest.mark.slow
def test_a_set_is_made_and_counted(evenhand: Invoke, tmp_path: Path) -> None:
    """Twenty rows of each category; the counts printed are those of the file."""
    output = tmp_path / "balanced.csv.gz"
    done = evenhand("data", "balance", "--output", output, "--per-category", 20, "--by", "merchant", "--json")
    assert 0 == done.exit_code
    report = json.loads(done.stdout)
    with gzip.open(output, "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert dict.fromkeys(CATEGORIES, 20) == Counter(row["category"] for row in rows)
    origins = Counter((row["category"], row["origin"]) for row in rows)
    assert [(name, origins[name, "real"], origins[name, "generated"], 20) for name in CATEGORIES] == [
        (each["category"], each["real"], each["generated"], each["merchants"]) for each in report["categories"]
    ]
    assert (560, output.stat().st_size) == (report["rows"], report["bytes"])


@pytest.mark.slow
def test_a_set_can_be_categorized(evenhand: Invoke, tmp_path: Path) -> None:
    """Every row of a test part is accepted as a transaction; a table with a line per category is printed."""
    output = tmp_path / "balanced.csv.gz"
    done = evenhand("data", "balance", "--output", output, "--per-category", 2, "--part", "test", "--seed", 3)
    assert [*CATEGORIES, "all"] == [line.split()[0] for line in done.stdout.splitlines()[1:-1]]
    decisions = tmp_path / "decisions.jsonl"
    assert 0 == evenhand("categorize", "--input", output, "--output", decisions).exit_code
    assert 56 == len(decisions.read_text().splitlines())


@pytest.mark.slow
def test_a_file_that_cannot_be_written_ends_with_2(evenhand: Invoke, tmp_path: Path) -> None:
    """One line that names the file."""
    result = evenhand("data", "balance", "--output", tmp_path / "no" / "b.csv.gz", "--per-category", 1)
    assert (2, "") == (result.exit_code, result.stdout)
    assert "b.csv.gz cannot be written" in result.stderr
