"""`evenhand bench parts`: what each part of the ensemble is worth on labelled rows."""

import json
from pathlib import Path

import pytest

from models.evaluation.ablation import POLICY_STEP
from tests.streams.cli.conftest import Invoke

HEAD = "description,amount,currency,date,mcc,category\n"
ROWS = (
    "SHELL 12,40.00,CAD,2020-11-01,5541,fuel\n"
    "TIM HORTONS #5547,4.20,CAD,2020-11-02,5814,food_dining\n"
    "FOOD BASICS #606,140.00,CAD,2020-11-03,5411,groceries\n"
    "MONTHLY ACCOUNT FEE,4.00,CAD,2020-11-04,,loans_fees\n"
)
TORN = "SHELL 12,forty,CAD,2020-11-05,5541,fuel\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Four labelled rows."""
    path = tmp_path / "data.csv"
    path.write_text(HEAD + ROWS, encoding="utf-8")
    return path


def test_every_part_is_measured_on_the_same_rows(evenhand: Invoke, data: Path) -> None:
    """From the n-grams alone to the whole ensemble, each with its count; the whole is right on plain rows."""
    result = evenhand("bench", "parts", "--data", data, "--labels", "category", "--json")
    parts = json.loads(result.stdout)

    assert 0 == result.exit_code
    assert ("n-grams", POLICY_STEP) == (parts[0]["part"], parts[-1]["part"])
    assert {4} == {part["scores"]["accuracy"]["rows"] for part in parts}
    assert 4 == parts[-1]["scores"]["accuracy"]["hits"]
    assert all(part["decisions_per_cpu_second"] > 0 for part in parts)


def test_refused_rows_are_counted_not_hidden(evenhand: Invoke, data: Path) -> None:
    """A row that breaks the contract is not measured; the exit code says so, and no value is shown."""
    data.write_text(HEAD + ROWS + TORN, encoding="utf-8")
    result = evenhand("bench", "parts", "--data", data, "--labels", "category", "--since", "2020-11-03")

    assert 3 == result.exit_code
    assert "2 of 5 rows" in result.stdout
    assert "1 row was refused" in result.stderr
    assert "forty" not in result.output


@pytest.mark.parametrize("command", ["parts", "model"])
def test_the_model_is_that_of_the_settings(evenhand: Invoke, data: Path, tmp_path: Path, command: str) -> None:
    """`EVENHAND_MODEL` counts where --model is not given, as the help says."""
    options = ("--data", data, "--labels", "category") if command == "parts" else ("--rows", "5", "--rounds", "1")
    result = evenhand("bench", command, *options, model=str(tmp_path / "nowhere"))

    assert 5 == result.exit_code
    assert "nowhere" in str(result.exception) + result.stderr
