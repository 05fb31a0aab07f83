"""`evenhand train`: an artefact that the other commands take."""

import gzip
import hashlib
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from models.contracts.corrections import About, Scope, Standing
from models.statistics.histogram import median
from models.training.policy_metrics import metrics
from streams.cli.train import METRICS
from streams.clock import wall_clock
from streams.messages.roles import Role
from streams.operate.said import corrections_on_topic
from tests.faults.conftest import OpenStage
from tests.faults.conftest import stage as stage  # the fixture
from tests.harness.corrections import said
from tests.harness.workers import Message
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
    audit = json.loads((folder / "reports" / "bias_report.json").read_text())
    assert (report["audit"], report["model_version"]) == (audit["outcome"], audit["run"]["model_version"])
    assert {"under_100", "100_to_1000", "over_1000"} == {row["name"] for row in audit["groups"][0]["rows"]}
    for ending in ("html", "md"):
        assert "Performance by transaction amount" in (folder / "reports" / f"bias_report.{ending}").read_text()


def corrected(number: int, category: str, *, description: str = "ZEPPLO BITS 12", **fields: object) -> str:
    """A line of a file of corrections."""
    about = About(description=description, amount=Decimal("12.50"), currency="CAD")
    return (
        said(number, "-", category, actor=f"Q-{number}").model_copy(update={"about": about} | fields).model_dump_json()
    )


@pytest.mark.slow
def test_corrections_are_trained_on_and_nobody_is_named(evenhand: Invoke, tmp_path: Path) -> None:
    """What reviewers say of a merchant is known to the model; the manifest counts, and no file names who said it."""
    file, folder = tmp_path / "said.jsonl", tmp_path / "model"
    wish = {"standing": Standing.CUSTOMER, "scope": Scope.ACCOUNT, "account_id": "Q-ACCOUNT"}
    lines = [corrected(1, "pets"), corrected(2, "pets"), corrected(3, "fuel"), corrected(4, "fuel", **wish), "{}"]
    file.write_text("\n".join(lines))
    arguments = ("train", "--output", folder, "--limit", 250, "--trained-on", "2026-11-22", "--with-corrections", file)
    report = json.loads(evenhand(*arguments, "--json").stdout)
    manifest = json.loads((folder / "manifest.json").read_text())
    used = {
        "source": f"file {hashlib.sha256(file.read_bytes()).hexdigest()}",
        "consent": "reviewers",
        "customers_to_a_reviewer": 5,
        "agreement": 2,
        "actors_left_out": 0,
        "used": 2,
        "merchants": 1,
        "skipped": {"no_consent": 1, "outvoted": 1},
        "unreadable": 1,
    }
    assert used == report["corrections"] == manifest["config"]["corrections"]
    assert manifest["command"].endswith("--with-corrections CORRECTIONS --consent reviewers")
    written = b"".join(path.read_bytes() for path in folder.rglob("*.*")) + gzip.decompress(
        (folder / "memory.csv.gz").read_bytes()
    )
    assert b"zepplobits,pets" in written
    assert b"Q-" not in written
    explained = json.loads(evenhand("explain", "-d", "ZEPPLO BITS 14", "--model", folder, "--json").stdout)
    assert "pets" == explained["category"]


@pytest.mark.kafka
async def test_corrections_are_read_from_the_topic(stage: OpenStage) -> None:
    """All of them, and none is taken from anybody: no group, no offset."""
    place = await stage(partitions=2)
    lines = [corrected(number, "pets").encode() for number in range(20)] + [b"{}"]
    await place.send((Message(line, None, str(n).encode()) for n, line in enumerate(lines)), role=Role.CORRECTIONS)
    found = await corrections_on_topic(place.settings)
    assert {f"c-{number}" for number in range(20)} == {one.correction_id for one in found.corrections}
    assert (20, 1, "") == (len(found.corrections), found.unreadable, found.sha256)


def test_a_file_of_corrections_that_is_not_there_ends_with_2(evenhand: Invoke, tmp_path: Path) -> None:
    """And one without lines with 7; no artefact is made."""
    file = tmp_path / "said.jsonl"
    assert 2 == evenhand("train", "--output", tmp_path / "model", "--with-corrections", file).exit_code
    file.write_text("\n")
    assert 7 == evenhand("train", "--output", tmp_path / "model", "--with-corrections", file).exit_code
    assert 2 == evenhand("train", "--compare", "--with-corrections", file).exit_code
    assert not (tmp_path / "model").exists()


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
