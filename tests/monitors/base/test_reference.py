"""The reference of the monitors: the model's, or a bank's own; what is written is read, another form is refused."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from models.artefacts.artefact import DEFAULT_MODEL, Manifest, manifest_for, read_manifest
from models.errors import ConfigurationError, DataError
from models.statistics.histogram import BINS, ConfidenceReference, median
from monitors.base.contract import Reference
from monitors.base.reference import load_reference, of_manifest, read_reference, reference_json
from monitors.counts.cells import SHAPES, Table

COUNTS = (0,) * 47 + (5, 10, 85)
OWN = (0,) * 40 + (7,) * 10
MODEL_DAY, OWN_DAY = date(2026, 11, 22), date(2026, 12, 24)


def manifest(counts: tuple[int, ...] | None = COUNTS, day: date | None = MODEL_DAY) -> Manifest:
    """Of an artefact without files."""
    reference = None if counts is None else ConfidenceReference(confidence=counts, rows=sum(counts))
    return manifest_for({}, reference=reference, trained_on=day)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A bank's own reference."""
    (tmp_path / "own.json").write_text(reference_json(Reference(np.array(OWN), OWN_DAY)))
    return tmp_path / "own.json"


def told(reference: Reference) -> tuple[tuple[int, ...] | None, date | None]:
    """Counts and day, to be compared."""
    counts = reference.confidence
    return None if counts is None else tuple(counts.tolist()), reference.trained_on


def test_the_models_own_is_what_its_manifest_says() -> None:
    """Counts in the shape of the monitors' table of confidences, as whole numbers, and the day."""
    found = load_reference(manifest())
    assert (COUNTS, MODEL_DAY) == told(found)
    assert found.confidence is not None
    assert (SHAPES[Table.CONFIDENCE], np.dtype(np.int64)) == (found.confidence.shape, found.confidence.dtype)


def test_a_manifest_that_does_not_say_gives_none() -> None:
    """Monitors then say that there is not enough data, rather than compare with an invented one."""
    assert (None, None) == told(of_manifest(manifest(None, None)))


def test_the_shipped_model_has_a_reference_and_a_day() -> None:
    """A year of a city's card transactions: thousands, and mostly sure ones."""
    found = of_manifest(read_manifest(DEFAULT_MODEL))
    assert found.confidence is not None
    assert found.confidence.sum() > 5_000
    assert 0.9 < median(found.confidence.tolist()) < 1
    assert date(2026, 12, 1) == found.trained_on


def test_what_is_written_is_read(own: Path) -> None:
    """Counts and day, in the documented JSON."""
    assert (OWN, OWN_DAY) == told(read_reference(own))
    assert {"confidence": list(OWN), "trained_on": "2026-12-24"} == json.loads(own.read_text())


def test_the_day_may_be_missing(tmp_path: Path) -> None:
    """Written as null; read also where it is left out."""
    path = tmp_path / "own.json"
    path.write_text(reference_json(Reference(np.array(OWN))))
    assert (OWN, None) == told(read_reference(path))
    path.write_text(json.dumps({"confidence": OWN}))
    assert (OWN, None) == told(read_reference(path))


def test_a_banks_own_confidences_replace_the_models_and_not_its_day(own: Path) -> None:
    """The age is the model's; the file's day stands in for a manifest that has none."""
    assert (OWN, MODEL_DAY) == told(load_reference(manifest(), own))
    assert (OWN, OWN_DAY) == told(load_reference(manifest(None, None), own))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{", "JSON"),
        ("[]", "JSON"),
        ("{}", "confidence"),
        (json.dumps({"confidence": OWN[1:]}), "confidence"),
        (json.dumps({"confidence": (0,) * BINS}), "confidence"),
        (json.dumps({"confidence": (-1, *OWN[1:])}), "confidence, confidence.0"),
        (json.dumps({"confidence": (0.5, *OWN[1:])}), "confidence, confidence.0"),
        (json.dumps({"confidence": OWN, "trained_on": 20_000}), "trained_on"),
        (json.dumps({"confidence": OWN, "trained_on": "24.12.2026"}), "trained_on"),
        (json.dumps({"confidence": OWN, "trainedon": None}), "trainedon"),
    ],
)
def test_another_form_is_refused(tmp_path: Path, content: str, fault: str) -> None:
    """The message names file and field, and says what the file must hold."""
    path = tmp_path / "own.json"
    path.write_text(content)
    with pytest.raises(ConfigurationError) as caught:
        read_reference(path)
    assert str(caught.value).startswith(f"reference {path} is of another form (at fault: {fault}); it must hold")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """A ConfigurationError, not a parser's own."""
    (tmp_path / "own.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(ConfigurationError, match="at fault: JSON"):
        read_reference(tmp_path / "own.json")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """Somebody named it, so the model's own does not take its place unasked."""
    with pytest.raises(ConfigurationError, match=r"own\.json cannot be read \(FileNotFoundError\)"):
        load_reference(manifest(), tmp_path / "own.json")


@pytest.mark.parametrize("counts", [None, np.zeros(BINS, dtype=np.int64)])
def test_nothing_is_not_written(counts: np.ndarray | None) -> None:
    """A monitor that has seen no decision has no reference to give."""
    with pytest.raises(DataError, match="no confidences"):
        reference_json(Reference(counts, OWN_DAY))
