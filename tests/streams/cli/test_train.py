"""`evenhand train`: an artefact that the other commands take."""

import json
from pathlib import Path

from models.training.metrics import metrics
from streams.cli.train import METRICS
from tests.streams.cli.conftest import Invoke


def test_a_trained_model_is_measured_and_usable(evenhand: Invoke, tmp_path: Path) -> None:
    """The metrics are those of the manifest; the version is named by decisions made with it."""
    folder = tmp_path / "model"
    report = json.loads(evenhand("train", "--output", folder, "--limit", 400, "--json").stdout)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["metrics"] == report["metrics"]
    explained = json.loads(evenhand("explain", "-d", "FOOD BASICS", "--model", folder, "--json").stdout)
    assert report["model_version"] == explained["model_version"]


def test_every_metric_has_its_words() -> None:
    """People read what the manifest names; no line is left of metrics that no manifest has."""
    assert list(METRICS) == list(metrics([], {}))


def test_data_that_are_not_there_end_with_5(evenhand: Invoke, tmp_path: Path) -> None:
    """One line with the table's path; no artefact is left."""
    result = evenhand("train", "--data", tmp_path, "--output", tmp_path / "model")
    assert (5, "") == (result.exit_code, result.stdout)
    assert str(tmp_path) in result.stderr
    assert not (tmp_path / "model").exists()
