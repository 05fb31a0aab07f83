"""Faults of an artefact: a byte altered, a file missing, cut off or of another kind. Each is refused by name."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from models.artefacts.artefact import DEFAULT_MODEL, MANIFEST, manifest_for, read_artefact, write_artefact
from models.decisions.calibrated import POLICY_FILE
from models.decisions.loading import load_ensemble, online_trust
from models.decisions.precedence.trust import ONLINE_TRUST_FILE, UNMEASURED
from models.errors import ArtefactError
from models.learned.linear_files import ARRAYS_FILE, FEATURES_FILE
from models.learned.linear_files import SETTINGS_FILE as TEXT_SETTINGS_FILE
from models.learned.text_files import MEMORY_FILE, SETTINGS_FILE, from_files

NAMES = (
    ARRAYS_FILE,
    FEATURES_FILE,
    MEMORY_FILE,
    ONLINE_TRUST_FILE,
    POLICY_FILE,
    SETTINGS_FILE,
    TEXT_SETTINGS_FILE,
)
"""Every file of an artefact."""

TEXT = [name for name in NAMES if name not in (POLICY_FILE, ONLINE_TRUST_FILE)]
"""Those of the model of texts."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped artefact, by links to its files."""
    for path in DEFAULT_MODEL.iterdir():
        (tmp_path / path.name).symlink_to(path)
    return tmp_path


def replaced(path: Path, content: bytes) -> None:
    """Put a file of its own where a link was."""
    path.unlink()
    path.write_bytes(content)


def test_no_file_is_forgotten(shipped: Mapping[str, bytes]) -> None:
    """What is tried here is all there is."""
    assert sorted(NAMES) == sorted(shipped)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0], ids=["first", "middle", "last"])
def test_one_flipped_bit_is_refused(folder: Path, shipped: Mapping[str, bytes], name: str, place: float) -> None:
    """Wherever it lies, and whatever the file: the model is not loaded, and the message names the file."""
    content = bytearray(shipped[name])
    content[int(place * (len(content) - 1))] ^= 1
    replaced(folder / name, bytes(content))
    with pytest.raises(ArtefactError, match=rf"{name} differs from its sha256 in {MANIFEST}"):
        load_ensemble(folder)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    """By name, with what to do."""
    (folder / name).unlink()
    with pytest.raises(ArtefactError, match=rf"{name} cannot be read \(FileNotFoundError\); restore the folder"):
        load_ensemble(folder)


@pytest.mark.parametrize("name", [MANIFEST, *NAMES])
def test_a_file_cut_off_is_refused(folder: Path, name: str) -> None:
    """As after a disk that was full."""
    content = (folder / name).read_bytes()
    replaced(folder / name, content[: len(content) // 2])
    with pytest.raises(ArtefactError, match=name):
        load_ensemble(folder)


@pytest.mark.parametrize("name", NAMES)
def test_an_altered_digest_is_refused(folder: Path, name: str) -> None:
    """Who changes the digest in the manifest too does not get past the version, which is a digest over all."""
    digest = read_artefact(folder)[0].files[name]
    text = (folder / MANIFEST).read_text(encoding="utf-8")
    other = ("1" if digest[0] == "0" else "0") + digest[1:]
    replaced(folder / MANIFEST, text.replace(digest, other).encode())
    with pytest.raises(ArtefactError, match="model_version does not belong to the files"):
        load_ensemble(folder)


@pytest.mark.parametrize("name", TEXT)
@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"{}", b"PK\x03\x04"], ids=["empty", "bytes", "json", "zip"])
def test_content_of_another_kind_is_refused(shipped: Mapping[str, bytes], name: str, content: bytes) -> None:
    """Also where the digests fit: what a part cannot be made of is an ArtefactError, not a library's own."""
    with pytest.raises(ArtefactError):
        from_files({**shipped, name: content})


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"{}", b"[]"], ids=["empty", "bytes", "json", "list"])
def test_trust_of_another_kind_is_refused(shipped: Mapping[str, bytes], content: bytes) -> None:
    """An artefact without it is one of before: then a person looks at what was corrected."""
    with pytest.raises(ArtefactError, match=ONLINE_TRUST_FILE):
        online_trust({**shipped, ONLINE_TRUST_FILE: content})
    assert UNMEASURED == online_trust({})


@pytest.mark.parametrize("name", TEXT)
def test_a_part_that_is_not_named_is_refused(shipped: Mapping[str, bytes], name: str) -> None:
    """A manifest that names fewer files makes no model."""
    with pytest.raises(ArtefactError):
        from_files({each: content for each, content in shipped.items() if each != name})


def test_an_artefact_without_policy_serves_the_other_policy_only(shipped: Mapping[str, bytes], tmp_path: Path) -> None:
    """`calibrated` says what to do; `agreement` needs no such file."""
    kept = {name: content for name, content in shipped.items() if name != POLICY_FILE}
    write_artefact(tmp_path, manifest_for(kept), kept)
    with pytest.raises(ArtefactError, match=rf"has no {POLICY_FILE}; make one with `evenhand train"):
        load_ensemble(tmp_path)
    assert "agreement" == load_ensemble(tmp_path, policy="agreement").policy.name


def test_a_sound_copy_is_loaded(folder: Path) -> None:
    """The links themselves are no fault."""
    assert read_artefact(DEFAULT_MODEL)[0].model_version == load_ensemble(folder).model_version
    shutil.rmtree(folder)
