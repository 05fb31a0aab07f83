"""A file of transactions decided on without a broker; the command's own tests are in cli/test_categorize.py."""

import json
from pathlib import Path

from models.contracts.wire import dump
from models.decisions.ensemble import Ensemble
from streams.files.categorize import categorize_file, rejected_path
from streams.files.transactions import TransactionFile
from tests.harness.voters import NOON, TripsOver, transaction


def test_a_voter_with_a_bug_costs_one_row(tmp_path: Path) -> None:
    """The row that trips a voter is refused with its line; its neighbours are decided."""
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [transaction(f"t{n}", description="POISON" if n == 2 else "SHELL") for n in range(4)]
    source.write_bytes(b"".join(dump(row) + b"\n" for row in rows))

    with TransactionFile(source) as opened:
        result = categorize_file(opened, target, Ensemble([TripsOver("POISON")], "m1"), clock=lambda: NOON)

    assert (4, 3, {"categorizer_failed": 1}) == (result.rows, result.tally.total, dict(result.refused))
    assert [{"line": 3, "field": None, "reason": "categorizer_failed"}] == [
        json.loads(line) for line in rejected_path(target).read_text().splitlines()
    ]
