"""`evenhand model`: a person can see what a model is, whether it is whole, and say which one workers load."""

import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.artefacts.artefact import DEFAULT_MODEL, MANIFEST, manifest_for, read_artefact, write_artefact
from models.learned.text_files import SETTINGS_FILE
from models.statistics.histogram import ConfidenceReference
from tests.streams.cli.conftest import Invoke

FIGURES = {
    "held_out_merchants": {"accuracy": 0.5, "accepted_precision": 0.75, "coverage": 0.25},
    "acceptance": {"line": 0.86},
}
DATA = {"table.csv": "ab" * 32}


@pytest.fixture(scope="module")
def shipped() -> str:
    """Version of the model that comes with the package."""
    return read_artefact(DEFAULT_MODEL)[0].model_version


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped model with one number changed: sound, and another version."""
    _, contents = read_artefact(DEFAULT_MODEL)
    settings = json.loads(contents[SETTINGS_FILE])
    settings["strength"] += 1
    contents[SETTINGS_FILE] = json.dumps(settings).encode()
    folder = tmp_path_factory.mktemp("other") / "model"
    write_artefact(
        folder, manifest_for(contents, metrics=FIGURES, command="make it", data={"table.csv": "ab" * 32}), contents
    )
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where the store will be."""
    return tmp_path / "store"


def told(result: Any) -> Any:
    """What a command that ended with 0 printed as JSON."""
    assert (0, "") == (result.exit_code, result.stderr)
    return json.loads(result.stdout)


def copied(shipped: str, store: Path) -> Path:
    """The shipped model put into a store by hand, unverified."""
    return Path(shutil.copytree(DEFAULT_MODEL, store / shipped))


@pytest.mark.slow
def test_a_model_is_added_promoted_and_rolled_back(evenhand: Invoke, store: Path, shipped: str, other: Path) -> None:
    """The setting names the store; each decision names the version that was promoted when it was made."""
    version = read_artefact(other)[0].model_version
    explain = ("explain", "-d", "FOOD BASICS", "--json")
    assert told(evenhand("model", "add", "shipped", "--json", model=str(store)))["added"]
    assert told(evenhand("model", "add", other, "--json", model=str(store)))["added"]
    assert not told(evenhand("model", "add", other, "--json", model=str(store)))["added"]
    assert 5 == evenhand(*explain, model=str(store)).exit_code  # none is promoted yet
    unaudited = evenhand("model", "promote", version, model=str(store))
    assert (3, "") == (unaudited.exit_code, unaudited.stdout)
    assert "has passed no audit" in unaudited.stderr
    first = told(evenhand("model", "promote", shipped, "--reason", "first", "--json", model=str(store)))
    assert (None, "first") == (first["entry"]["previous"], first["entry"]["reason"])
    why = ("--override", "only a number differs")
    entry = told(evenhand("model", "promote", version, *why, "--json", model=str(store)))["entry"]
    assert (shipped, "only a number differs") == (entry["previous"], entry["override"])
    assert version == told(evenhand(*explain, model=str(store)))["model_version"]
    back = told(evenhand("model", "rollback", "--reason", "more reviews", "--json", model=str(store)))
    assert shipped == back["promoted"]
    assert shipped == told(evenhand(*explain, model=str(store)))["model_version"]
    again = evenhand("model", "rollback", model=str(store))
    assert (5, "") == (again.exit_code, again.stdout)
    assert "has no version that was promoted before" in again.stderr
    listed = told(evenhand("model", "list", "--json", model=str(store)))
    assert {shipped: "promoted", version: None} == {row["model_version"]: row["mark"] for row in listed["models"]}
    assert ["promote", "promote", "rollback"] == [entry["action"] for entry in listed["history"]]


def test_a_broken_version_is_not_promoted(evenhand: Invoke, store: Path, shipped: str) -> None:
    """Exit code 5, one line that names the file; nothing is promoted."""
    (copied(shipped, store) / SETTINGS_FILE).write_text("{}")
    result = evenhand("model", "promote", shipped, "--store", store)
    assert (5, "") == (result.exit_code, result.stdout)
    assert f"is broken at {SETTINGS_FILE}" in result.stderr
    assert 1 == result.stderr.count("\n")
    assert [shipped] == [path.name for path in store.iterdir()]


def test_the_list_shows_what_was_measured(evenhand: Invoke, store: Path, shipped: str, other: Path) -> None:
    """One line for each version, with accuracy, precision and coverage; one without a usable manifest is broken.

    Where decisions stand from is no group of transactions, and has no line.
    """
    copied(shipped, store)
    version = read_artefact(other)[0].model_version
    shutil.copytree(other, store / version)
    listed = evenhand("model", "list", "--store", store).stdout
    assert "held out merchants" in " ".join(listed.split())
    assert "acceptance" not in listed
    lines = listed.splitlines()
    (first,) = [place for place, line in enumerate(lines) if line.strip().startswith(version)]
    assert "1.0.0" in lines[first]
    # A line for each group that any of the models has; this one has figures of one.
    assert [["0.500", "0.750", "0.250"]] == [
        figures for line in lines[first:] if "0.500" in line and (figures := re.findall(r"0\.\d{3}\b", line))
    ]
    (store / version / MANIFEST).write_text("{}")
    (row,) = [line for line in evenhand("model", "list", "--store", store).stdout.splitlines() if version in line]
    assert "broken" in row


def test_without_a_store_the_shipped_model_is_listed(evenhand: Invoke, shipped: str, other: Path) -> None:
    """And the artefact that the setting names."""
    listed = told(evenhand("model", "list", "--json"))
    assert [(shipped, "shipped")] == [(row["model_version"], row["mark"]) for row in listed["models"]]
    assert (None, []) == (listed["store"], listed["history"])
    assert listed["models"][0]["bytes"] == sum(
        path.stat().st_size for path in DEFAULT_MODEL.iterdir() if path.is_file() and path.name != MANIFEST
    )
    assert ["shipped", "EVENHAND_MODEL"] == [
        row["mark"] for row in told(evenhand("model", "list", "--json", model=str(other)))["models"]
    ]


def test_an_empty_store_says_how_to_fill_it(evenhand: Invoke, store: Path) -> None:
    """No error: there is just nothing in it."""
    store.mkdir()
    result = evenhand("model", "list", "--store", store)
    assert 0 == result.exit_code
    assert "evenhand model add DIR" in result.stdout


def test_show_says_all_that_the_manifest_says(evenhand: Invoke, other: Path) -> None:
    """Files with bytes and sha256, data, command, metrics; for programs the same as JSON."""
    manifest, contents = read_artefact(other)
    shown = evenhand("model", "show", other).stdout
    for name, digest in manifest.files.items():
        (line,) = [line for line in shown.splitlines() if line.startswith(name)]
        assert digest in line
        assert line.rstrip().endswith(f" {len(contents[name]):,}")
    assert all(
        said in shown for said in (manifest.model_version, "make it", DATA["table.csv"], "0.75", "held out merchants")
    )
    found = told(evenhand("model", "show", other, "--json"))
    assert {name: {"sha256": manifest.files[name], "bytes": len(contents[name])} for name in contents} == found["files"]
    assert FIGURES == found["metrics"]


def test_show_says_when_it_was_trained_and_how_sure_it_was(evenhand: Invoke, tmp_path: Path, other: Path) -> None:
    """The day, and the median of the confidence reference; a dash where the manifest does not say."""
    reference = ConfidenceReference(confidence=(*(0,) * 49, 1_200), rows=1_200)
    write_artefact(tmp_path, manifest_for({}, reference=reference, trained_on=date(2026, 11, 22)), {})
    lines = evenhand("model", "show", tmp_path).stdout.splitlines()
    assert "trained on  2026-11-22" in lines
    assert "reference   median confidence 0.9900 of 1,200 transactions" in lines
    lines = evenhand("model", "show", other).stdout.splitlines()
    assert {"trained on  -", "reference   -"} <= set(lines)
    assert "2026-11-22" == told(evenhand("model", "show", tmp_path, "--json"))["trained_on"]


def test_show_without_a_name_is_what_a_worker_would_load(
    evenhand: Invoke, store: Path, shipped: str, other: Path
) -> None:
    """The shipped model, the artefact of the setting, or the promoted version of a store."""
    version = read_artefact(other)[0].model_version
    assert shipped == told(evenhand("model", "show", "--json"))["model_version"]
    assert version == told(evenhand("model", "show", "--json", model=str(other)))["model_version"]
    copied(shipped, store)
    (store / "current").write_text(shipped)
    found = told(evenhand("model", "show", "--json", model=str(store)))
    assert (shipped, str(store / shipped)) == (found["model_version"], found["folder"])
    assert found == told(evenhand("model", "show", shipped, "--store", store, "--json"))


def test_a_file_that_is_gone_is_shown_as_missing(evenhand: Invoke, tmp_path: Path) -> None:
    """`show` reads the manifest only; that is enough to see it."""
    folder = shutil.copytree(DEFAULT_MODEL, tmp_path / "model")
    (folder / SETTINGS_FILE).unlink()
    (line,) = [line for line in evenhand("model", "show", folder).stdout.splitlines() if line.startswith(SETTINGS_FILE)]
    assert line.rstrip().endswith("missing")


def test_verify_names_what_is_wrong(evenhand: Invoke, tmp_path: Path) -> None:
    """Exit code 5, every broken file in the table and in the error."""
    folder = shutil.copytree(DEFAULT_MODEL, tmp_path / "model")
    assert 0 == evenhand("model", "verify", folder).exit_code
    (folder / SETTINGS_FILE).write_text("{}")
    result = evenhand("model", "verify", folder)
    assert 5 == result.exit_code
    assert result.stderr.rstrip().endswith(f"is broken at {SETTINGS_FILE}")
    found = evenhand("model", "verify", folder, "--json")
    assert 5 == found.exit_code
    checks = json.loads(found.stdout)
    assert not checks["sound"]
    assert [SETTINGS_FILE] == [check["name"] for check in checks["checks"] if check["fault"]]


@pytest.mark.parametrize(
    "arguments", [("add", "shipped"), ("promote", "000000000000"), ("rollback",), ("list", "--store", "nowhere")]
)
def test_changes_need_a_store(evenhand: Invoke, arguments: tuple[str, ...]) -> None:
    """Exit code 2, and the error says how to name or make one."""
    result = evenhand("model", *arguments)
    assert (2, "") == (result.exit_code, result.stdout)
    assert "store" in result.stderr
    assert 1 == result.stderr.count("\n")


@pytest.mark.parametrize("name", ["000000000000", "nowhere"])
def test_a_model_that_is_not_there_ends_with_5(evenhand: Invoke, store: Path, name: str) -> None:
    """As a version of a store, and as a folder."""
    store.mkdir()
    result = evenhand("model", "show", name, "--store", store)
    assert (5, "") == (result.exit_code, result.stdout)
    assert name in result.stderr
