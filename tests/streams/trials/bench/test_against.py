"""This code beside that of another checkout: children run the code that they are meant to run, in turns."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from streams.cli.bench import app
from streams.trials.bench.against import turns_against
from streams.trials.bench.child import run_child
from streams.trials.bench.job import Measurement
from streams.trials.bench.stages import STAGES

ROOT = Path(__file__).parents[4]
TELLS_ITS_PLACE = 'import json\nprint(json.dumps({"result": __file__}))\n'


def _run(*arguments: object) -> Any:
    return CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "120"})


async def test_a_child_runs_the_code_of_its_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither that of the working directory nor what PYTHONPATH had before."""
    trees = [tmp_path / name for name in ("tree", "here", "path")]
    for tree in trees:
        tree.mkdir()
        (tree / "told.py").write_text(TELLS_ITS_PLACE)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "path"))

    assert str(tmp_path / "tree" / "told.py") == await run_child("told", {}, name="told", tree=tmp_path / "tree")
    assert str(tmp_path / "path" / "told.py") == await run_child("told", {}, name="told")


def test_the_ratio_is_that_of_neighbours() -> None:
    """Rounds of both are compared one by one, so that a busy minute, which meets both, takes nothing off."""
    seen = []
    rates = iter((20.0, 10.0, 2.0, 1.0, 30.0, 10.0))

    def run(case: str, tree: Path | None = None) -> Measurement:
        seen.append((case, tree))
        return Measurement(100, 100, 100 / next(rates), 1.0)

    [compared] = turns_against(["all"], run, tree=ROOT, rounds=3, progress=lambda _: None)

    assert [("all", None), ("all", ROOT)] * 3 == seen
    assert [2.0, 2.0, 3.0] == pytest.approx(compared.ratios)
    assert pytest.approx(2.0) == compared.ratio
    assert "all" == compared.ours.case


@pytest.mark.slow
def test_the_model_against_itself() -> None:
    """Both rates and their ratio, for each case."""
    done = _run("model", "--rows", 50, "--rounds", 1, "--against", ROOT, "--json")

    assert 0 == done.exit_code, done.output
    report = json.loads(done.stdout)
    assert 4 == len({case["case"] for case in report})
    for case in report:
        assert pytest.approx(case["ratio"]) == (
            case["decisions_per_cpu_second"] / case["other_decisions_per_cpu_second"]
        )
        assert case["ratio_min"] <= case["ratio"] <= case["ratio_max"]


@pytest.mark.slow
def test_the_stages_against_themselves() -> None:
    """Each has the other's time beside it."""
    done = _run("stages", "--rows", 600, "--rounds", 1, "--against", ROOT)

    assert 0 == done.exit_code, done.output
    lines = [line.split() for line in done.stdout.splitlines()]
    times = [line for line in lines if line and line[0] in {stage.split()[0] for stage in (*STAGES, "handler")}]
    assert len(STAGES) + 1 == len(times)
    assert all(float(line[-2]) > 0 for line in times if line[0] != "glue")


@pytest.mark.parametrize("command", ["model", "stages"])
def test_a_folder_that_is_no_checkout_is_named(tmp_path: Path, command: str) -> None:
    """Before anything is measured."""
    done = _run(command, "--against", tmp_path)

    assert 0 != done.exit_code
    assert f"{tmp_path} is no checkout that has streams.trials.bench.{command}" in str(done.exception)
