"""Deciding on labelled rows, whatever a voter does."""

from pathlib import Path

from models.contracts.csv_rows import Refusal
from models.decisions.ensemble import Ensemble
from models.evaluation.data.labelled_file import LabelledFile
from models.evaluation.data.labels import by_name
from streams.files.evaluate import evaluate_file
from tests.harness.voters import NOON, TripsOver, sure_of

HEAD = "description,amount,currency,date,kind\n"


def labelled(tmp_path: Path, descriptions: list[str]) -> LabelledFile:
    """A file of fuel with these descriptions."""
    path = tmp_path / "data.csv"
    rows = "".join(f"{description},10.00,CAD,2020-11-01,fuel\n" for description in descriptions)
    path.write_text(HEAD + rows, encoding="utf-8")
    return LabelledFile(path, "kind", by_name)


def test_batches_are_put_together(tmp_path: Path) -> None:
    """More rows than a batch, all judged, in order; CPU time is that of deciding."""
    data = labelled(tmp_path, [f"SHELL {number}" for number in range(2500)])
    told: list[int] = []

    evaluated = evaluate_file(data, sure_of("fuel"), clock=lambda: NOON, on_progress=told.append)

    assert ([1000, 1000, 500], 2500) == (told, len(evaluated.judged))
    assert all(each.right for each in evaluated.judged)
    assert evaluated.cpu_seconds >= 0


def test_a_row_that_trips_a_voter_is_refused_by_line(tmp_path: Path) -> None:
    """One row is lost, and said to be."""
    data = labelled(tmp_path, ["SHELL", "BOOM", "ESSO"])

    evaluated = evaluate_file(data, Ensemble([TripsOver("BOOM")], "m"), clock=lambda: NOON)

    assert 2 == len(evaluated.judged)
    assert [Refusal(3, "categorizer_failed")] == data.counts.refused
    assert (3, 2) == (data.counts.rows, data.counts.labelled)
