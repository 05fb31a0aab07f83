"""`evenhand train`: an artefact that the other commands take."""

import json
from datetime import date
from pathlib import Path

import pytest

from models.statistics.histogram import median
from models.training.policy_metrics import metrics
from streams.cli.train import METRICS
from streams.clock import wall_clock
from tests.streams.cli.conftest import Invoke


@pytest.mark.slow
def test_a_trained_model_is_measured_and_usable(evenhand: Invoke, tmp_path: Path) -> None:
    """The metrics are those of the manifest; the version is named by decisions made with it."""
    folder = tmp_path / "model"
    arguments = ("train", "--output", folder, "--limit", 400, "--trained-on", "2026-11-22", "--json")
    report = json.loads(evenhand(*arguments).stdout)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["metrics"] == report["metrics"]
    assert "2026-11-22" == manifest["trained_on"] == report["trained_on"]
    assert manifest["reference"]["rows"] == sum(manifest["reference"]["confidence"]) == report["reference"]["rows"]
    assert pytest.approx(median(manifest["reference"]["confidence"]), abs=1e-4) == report["reference"]["median"]
    explained = json.loads(evenhand("explain", "-d", "FOOD BASICS", "--model", folder, "--json").stdout)
    assert report["model_version"] == explained["model_version"]


@pytest.mark.slow
def test_without_a_day_it_is_today(evenhand: Invoke, tmp_path: Path) -> None:
    """By the clock, in UTC; the report for people names the median of the reference."""
    before = wall_clock().date()
    result = evenhand("train", "--output", tmp_path, "--limit", 250)
    assert 0 == result.exit_code
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert before <= date.fromisoformat(manifest["trained_on"]) <= wall_clock().date()
    assert "reference: median confidence 0." in result.stdout


def test_a_day_that_is_none_ends_with_2(evenhand: Invoke, tmp_path: Path) -> None:
    """Before anything is trained."""
    result = evenhand("train", "--output", tmp_path / "model", "--trained-on", "22.11.2026")
    assert (2, "") == (result.exit_code, result.stdout)
    assert not (tmp_path / "model").exists()


def test_every_metric_has_its_words() -> None:
    """People read what the manifest names; no line is left of metrics that no manifest has."""
    assert list(METRICS) == list(metrics([], {}))


def test_data_that_are_not_there_end_with_5(evenhand: Invoke, tmp_path: Path) -> None:
    """One line with the table's path; no artefact is left."""
    result = evenhand("train", "--data", tmp_path, "--output", tmp_path / "model")
    assert (5, "") == (result.exit_code, result.stdout)
    assert str(tmp_path) in result.stderr
    assert not (tmp_path / "model").exists()
