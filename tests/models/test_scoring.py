"""Scoring of decisions against labelled rows."""

import csv
import gzip
import json
from pathlib import Path

import pytest

from models.errors import DataError
from models.events import AmountBand
from models.scoring import Judged, main, score

FUEL, PETS = frozenset({"fuel"}), frozenset({"pets"})


def test_scores_by_hand() -> None:
    """Four decisions, three right, two accepted of which one right."""
    judged = [
        Judged("fuel", True, FUEL),
        Judged("fuel", True, PETS, AmountBand.OVER_1000),
        Judged("fuel", False, FUEL),
        Judged("pets", False, PETS),
    ]

    scores = score(judged)

    assert scores.accepted_precision is not None
    assert (4, 0.75) == (scores.accuracy.rows, scores.accuracy.share)
    assert (0.5, 0.5) == (scores.coverage.share, scores.accepted_precision.share)
    assert {"under_100": 1.0, "over_1000": 0.0} == {
        band: each.share for band, each in scores.accuracy_by_amount.items()
    }
    assert pytest.approx((2 * 2 / 5 + 2 * 1 / 3) / 2) == scores.macro_f1


def test_nothing_to_score_is_an_error() -> None:
    """No figure is better than a made-up one."""
    with pytest.raises(DataError, match="nothing to score"):
        score([])


def test_the_two_steps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Prepared input withholds the MCC; the score reads decisions and the map."""
    data, prepared, decisions = tmp_path / "data.csv.gz", tmp_path / "in.csv", tmp_path / "out.jsonl"
    with gzip.open(data, "wt", encoding="utf-8") as output:
        output.write("id,description,amount,currency,date,mcc,source_category,source\n")
        output.write("a,SHELL,10.00,CAD,2020-10-31,5541,x,s\nb,SHELL,10.00,CAD,2020-11-01,5541,Petrol,s\n")
    (tmp_path / "map.csv").write_text("label,category\nPetrol,fuel\n", encoding="utf-8")
    decisions.write_text(
        json.dumps({"transaction_id": "b", "category": "fuel", "requires_review": False, "amount_band": "under_100"})
    )
    common = ["--data", str(data), "--since", "2020-11-01"]

    assert 0 == main(["prepare", *common, "--output", str(prepared)])
    with prepared.open(newline="") as lines:
        assert [("b", "", "2020-11-01T12:00:00Z")] == [
            (row["transaction_id"], row["mcc"], row["timestamp"]) for row in csv.DictReader(lines)
        ]
    for truth in ([], ["--map", str(tmp_path / "map.csv")]):
        assert 0 == main(["score", *common, "--decisions", str(decisions), *truth])
        scores = json.loads(capsys.readouterr().out)
        assert (1, 1.0) == (scores["accuracy"]["rows"], scores["accuracy"]["share"])


def test_missing_data_give_an_exit_code(tmp_path: Path) -> None:
    """A wrong path is said, not thrown."""
    assert 5 == main(["score", "--data", str(tmp_path / "no.csv"), "--decisions", str(tmp_path / "no.jsonl")])
