"""Inspection: whatever is broken in an artefact is named, also where all checksums hold."""

import json
import shutil
from pathlib import Path

import pytest

from models.artefacts.artefact import DEFAULT_MODEL, MANIFEST, manifest_for, read_artefact, write_artefact
from models.decisions.calibrated import POLICY_FILE
from models.decisions.inspection import PARTS, Check, inspect, require_sound
from models.errors import ArtefactError
from models.learned.linear_files import ARRAYS_FILE, FEATURES_FILE
from models.learned.text_files import MEMORY_FILE, SETTINGS_FILE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped model."""
    return Path(shutil.copytree(DEFAULT_MODEL, tmp_path / "model"))


def rewritten(folder: Path, name: str, content: bytes | None) -> None:
    """Make it an artefact with other content for one file, or without it: all checksums hold."""
    _, contents = read_artefact(folder)
    contents.pop(name)
    if content is not None:
        contents[name] = content
    write_artefact(folder, manifest_for(contents), contents)


def faults(checks: list[Check]) -> list[str]:
    """Names of what is broken."""
    return [check.name for check in checks if check.fault]


def test_the_shipped_model_is_sound() -> None:
    """Every file, every part, and a decision are looked at."""
    checks = inspect(DEFAULT_MODEL)
    manifest, _ = read_artefact(DEFAULT_MODEL)
    assert [MANIFEST, *manifest.files, *PARTS, "decision"] == [check.name for check in checks]
    assert [] == faults(checks)
    require_sound(DEFAULT_MODEL, version=manifest.model_version)


def test_every_altered_file_is_named(folder: Path) -> None:
    """Not only the first; the parts are not loaded from them."""
    (folder / FEATURES_FILE).write_bytes(b"altered")
    (folder / POLICY_FILE).unlink()
    checks = inspect(folder)
    assert {FEATURES_FILE, POLICY_FILE} == set(faults(checks))
    assert not set(PARTS) & {check.name for check in checks}


def test_an_unfit_manifest_is_the_only_finding(folder: Path) -> None:
    """Nothing else can be known."""
    (folder / MANIFEST).write_text("{}")
    assert [MANIFEST] == [check.name for check in inspect(folder)] == faults(inspect(folder))


def test_a_reference_of_another_form_is_a_finding(folder: Path) -> None:
    """It is outside of the digests, so its form is all that can be looked at."""
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["reference"] = {"confidence": [0] * 49 + [10], "rows": 11}
    (folder / MANIFEST).write_text(json.dumps(manifest))
    (check,) = inspect(folder)
    assert MANIFEST == check.name
    assert "(at fault: reference)" in check.fault


def test_another_version_than_expected_is_a_fault(folder: Path) -> None:
    """A store's folder promises a version by its name."""
    version = read_artefact(folder)[0].model_version
    (check,) = inspect(folder, version="000000000000")
    assert f"{folder} holds model {version}, not 000000000000" == check.fault


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        (ARRAYS_FILE, b"no zip", "n-grams"),
        (MEMORY_FILE, b"no gzip", "merchant memory"),
        (MEMORY_FILE, None, "merchant memory"),
        (POLICY_FILE, b"{}", "policy"),
        (POLICY_FILE, None, "policy"),
        (SETTINGS_FILE, b"{}", "decision"),
    ],
)
def test_a_part_that_does_not_load_is_named(folder: Path, name: str, content: bytes | None, part: str) -> None:
    """Checksums alone would let it through."""
    rewritten(folder, name, content)
    assert [part] == faults(inspect(folder))
    with pytest.raises(ArtefactError, match=f"is broken at {part}: "):
        require_sound(folder)
