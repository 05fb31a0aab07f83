"""The artefact store: what it writes it reads, and what was changed it refuses."""

import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from models.artefacts.artefact import (
    DEFAULT_MODEL,
    MANIFEST,
    manifest_for,
    read_artefact,
    read_manifest,
    version_of,
    write_artefact,
)
from models.errors import ArtefactError
from models.learned.linear import Calibration, TextModel
from models.learned.linear_files import (
    ARRAYS_FILE,
    FEATURES_FILE,
    SETTINGS_FILE,
    from_files,
    quantised,
    restored,
    to_files,
)
from models.statistics.histogram import BINS, ConfidenceReference

CONTENTS = {"a.txt": b"alpha", "b.npz": b"\x00\x01"}
REFERENCE = ConfidenceReference(confidence=(*(0,) * (BINS - 2), 3, 7), rows=10)
DAY = date(2026, 11, 22)


def small_model() -> TextModel:
    """Two features, three categories."""
    return TextModel(
        categories=("food_dining", "groceries", "fuel"),
        features=("=cafe", "=shell"),
        idf=np.array([1.0, 2.0], dtype=np.float32),
        weights=np.array([[-1, 0, 2], [1.5, 0, -1]], dtype=np.float32),
        bias=np.array([0, 0.1, -0.1], dtype=np.float32),
        calibration=Calibration(0.5, (0.1, 0.2), 0.3),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound artefact of two files."""
    write_artefact(tmp_path / "model", manifest_for(CONTENTS, command="make it"), CONTENTS)
    return tmp_path / "model"


def edit_manifest(folder: Path, change: Callable[[dict[str, object]], object]) -> None:
    """Change the manifest's JSON in place."""
    manifest = json.loads((folder / MANIFEST).read_text())
    change(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest))


def test_what_is_written_is_read(folder: Path) -> None:
    """The manifest and all bytes come back."""
    manifest, contents = read_artefact(folder)
    assert CONTENTS == contents
    assert "make it" == manifest.command
    assert version_of(manifest.files) == manifest.model_version


def test_version_depends_on_content_and_name_only() -> None:
    """Order and provenance do not change the version; a byte or a name does."""
    version = manifest_for(CONTENTS).model_version
    assert version == manifest_for(dict(reversed(CONTENTS.items())), command="another").model_version
    assert version != manifest_for({**CONTENTS, "a.txt": b"alphb"}).model_version
    assert version != manifest_for({"c.txt": b"alpha", "b.npz": b"\x00\x01"}).model_version


def test_reference_and_day_are_kept_and_are_no_part_of_the_version(folder: Path) -> None:
    """They come back as they were written; a model does not become another one by them."""
    manifest = manifest_for(CONTENTS, reference=REFERENCE, trained_on=DAY)
    assert read_manifest(folder).model_version == manifest.model_version
    write_artefact(folder, manifest, CONTENTS)
    found, _ = read_artefact(folder)
    assert (REFERENCE, DAY) == (found.reference, found.trained_on)


def test_a_manifest_without_them_is_read(folder: Path) -> None:
    """As manifests were before there were these fields."""
    edit_manifest(folder, lambda manifest: (manifest.pop("reference"), manifest.pop("trained_on")))
    manifest, contents = read_artefact(folder)
    assert (None, None, CONTENTS) == (manifest.reference, manifest.trained_on, contents)


def test_altered_file_is_refused_by_name(folder: Path) -> None:
    """One changed byte is enough, and the message says which file and what to do."""
    (folder / "b.npz").write_bytes(b"\x00\x02")
    with pytest.raises(ArtefactError, match=r"b\.npz differs from its sha256.*evenhand train"):
        read_artefact(folder)


def test_missing_file_is_refused_by_name(folder: Path) -> None:
    """A file that the manifest names must be there."""
    (folder / "a.txt").unlink()
    with pytest.raises(ArtefactError, match=r"a\.txt cannot be read \(FileNotFoundError\)"):
        read_artefact(folder)


def test_folder_without_manifest_is_no_artefact(folder: Path) -> None:
    """As after a write that was interrupted."""
    (folder / MANIFEST).unlink()
    with pytest.raises(ArtefactError, match=r"manifest\.json cannot be read"):
        read_artefact(folder)


def test_file_outside_the_folder_is_refused(folder: Path) -> None:
    """A manifest cannot make the reader open another path."""
    name = "../secret"
    digest = manifest_for({name: b""})
    edit_manifest(folder, lambda manifest: manifest.update(files=digest.files, model_version=digest.model_version))
    with pytest.raises(ArtefactError, match="not a plain file beside it"):
        read_artefact(folder)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("format_version", 2, "has format 2, this version reads 1"),
        ("taxonomy_version", "2.0.0", "is for taxonomy 2.0.0"),
        ("model_version", "000000000000", "model_version does not belong"),
        ("files", {"a.txt": 3}, r"at fault: files\.a\.txt"),
        ("extra", 1, "at fault: extra"),
        ("reference", {"confidence": [1, 2], "rows": 3}, r"at fault: reference\.confidence"),
        ("reference", {"confidence": [1] * BINS, "rows": 3}, "at fault: reference"),
        ("trained_on", "22.11.2026", "at fault: trained_on"),
        ("trained_on", 20_000, "at fault: trained_on"),
    ],
)
def test_unfit_manifest_is_refused(folder: Path, field: str, value: object, message: str) -> None:
    """Format, taxonomy, version and shape of the manifest are checked."""
    edit_manifest(folder, lambda manifest: manifest.update({field: value}))
    with pytest.raises(ArtefactError, match=message):
        read_artefact(folder)


def test_manifest_that_is_no_json_is_refused(folder: Path) -> None:
    """Garbage is an ArtefactError, not a parser's own."""
    (folder / MANIFEST).write_bytes(b"\xff{")
    with pytest.raises(ArtefactError, match="is no manifest of this format"):
        read_artefact(folder)


def test_text_model_survives_its_files() -> None:
    """Names come back exactly, numbers within half a step of their quantisation."""
    model = small_model()
    loaded = from_files(to_files(model))
    assert (model.categories, model.features, model.calibration) == (
        loaded.categories,
        loaded.features,
        loaded.calibration,
    )
    np.testing.assert_allclose(model.weights, loaded.weights, atol=2 / 127)
    np.testing.assert_array_equal(model.bias, loaded.bias)


def test_quantisation_keeps_every_weight_within_half_a_step() -> None:
    """Also for rows of zeros and of very different size."""
    weights = np.random.default_rng(0).normal(size=(200, 28)).astype(np.float32)
    weights *= np.geomspace(1e-3, 10, 200, dtype=np.float32)[:, None]
    weights[7] = 0
    steps, size = quantised(weights)
    assert (np.abs(restored(steps, size) - weights) <= 0.501 * size[:, None]).all()


def test_pickled_array_is_refused() -> None:
    """An npz with objects would run code on load; it is never unpickled."""
    arrays = io.BytesIO()
    np.savez(arrays, steps=np.array([{"a": 1}], dtype=object), size=np.ones(1), idf=np.ones(1), bias=np.ones(1))
    with pytest.raises(ArtefactError, match="do not fit its format"):
        from_files(to_files(small_model()) | {ARRAYS_FILE: arrays.getvalue()})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (FEATURES_FILE, b"only one"),
        (SETTINGS_FILE, b"{}"),
        (SETTINGS_FILE, b'{"categories": ["yachts", "x", "y"], "calibration": {"intercept": 0, "slopes": {}}}'),
        (ARRAYS_FILE, b"no zip"),
    ],
)
def test_files_that_do_not_fit_together_are_refused(name: str, content: bytes) -> None:
    """Each is an ArtefactError, whatever the library would have raised."""
    with pytest.raises(ArtefactError, match="the text model's"):
        from_files(to_files(small_model()) | {name: content})


def test_default_model_is_whole_and_small() -> None:
    """The model that comes with the package verifies, knows the categories and is below 5 MB."""
    manifest, contents = read_artefact(DEFAULT_MODEL)
    assert 27 <= len(from_files(contents).categories)
    assert sum(map(len, contents.values())) < 5_000_000
    assert 0.5 < manifest.metrics["held_out_merchants"]["accuracy"]  # type: ignore[index,call-overload,operator]
    assert 0.95 < manifest.metrics["merchants_seen_before"]["accuracy"]  # type: ignore[index,call-overload,operator]
