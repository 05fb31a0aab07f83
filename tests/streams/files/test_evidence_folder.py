"""A folder of evidence: whatever is changed in it, verifying says so and names the file."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import ConfigurationError, FileError
from streams.files.evidence_folder import MANIFEST, SIGNATURE, EvidenceManifest, verify_evidence, write_evidence
from streams.files.evidence_keys import fingerprint, make_keys, private_key, read_public_key

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
CONTENTS = {"index.html": b"<p>all is well</p>", "figures.json": b'{"accuracy": 0.91}', "empty.md": b""}
RUN = {"model_version": "0" * 12, "day": "2026-11-30"}
NAMES = [*CONTENTS, MANIFEST, SIGNATURE]


def written(folder: Path, key: Ed25519PrivateKey | None = KEY) -> Path:
    """A folder as a run leaves it."""
    write_evidence(folder, CONTENTS, RUN, key)
    return folder


def faults(folder: Path, key: Ed25519PrivateKey | None = None) -> list[str]:
    """Names of the files at fault."""
    return [name for name, _ in verify_evidence(folder, key.public_key() if key else None).faults]


@pytest.mark.parametrize("key", [KEY, None])
def test_what_was_written_holds(tmp_path: Path, key: Ed25519PrivateKey | None) -> None:
    """Signed or not; who signed is told, and trusted only where the caller brought the key."""
    folder = written(tmp_path / "e", key)
    found = verify_evidence(folder)
    assert ((), fingerprint(KEY.public_key()) if key else "", False) == (found.faults, found.signer, found.trusted)
    if key:
        found = verify_evidence(folder, key.public_key())
        assert ((), True) == (found.faults, found.trusted)


def test_equal_contents_give_equal_bytes(tmp_path: Path) -> None:
    """The order in which they come is not in it; Ed25519 draws nothing."""
    one, two = written(tmp_path / "one"), tmp_path / "two"
    write_evidence(two, dict(reversed(CONTENTS.items())), RUN, KEY)
    assert [(one / name).read_bytes() for name in NAMES] == [(two / name).read_bytes() for name in NAMES]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from([name for name in NAMES if name != "empty.md"]), place=st.integers(0), bit=st.integers(0, 7)
)
def test_one_changed_bit_of_any_file_is_found(tmp_path: Path, name: str, place: int, bit: int) -> None:
    """Wherever it is, with and without the key."""
    folder = tmp_path / "e"
    if not folder.exists():
        written(folder)
    path = folder / name
    before = path.read_bytes()
    after = bytearray(before)
    after[place % len(before)] ^= 1 << bit
    path.write_bytes(after)
    try:
        assert name in faults(folder)
        assert name in faults(folder, KEY)
    finally:
        path.write_bytes(before)
    assert [] == faults(folder, KEY)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_and_a_longer_one_are_found(tmp_path: Path, name: str) -> None:
    """Also an empty one that gets a byte."""
    folder = written(tmp_path / "e")
    with (folder / name).open("ab") as file:
        file.write(b" ")
    assert name in faults(folder)
    (folder / name).unlink()
    if name == MANIFEST:
        with pytest.raises(FileError, match="a folder of evidence"):
            verify_evidence(folder)
    else:
        assert [name] == faults(folder)


@pytest.mark.parametrize(
    "add",
    [
        lambda folder: (folder / "more.html").write_text("x"),
        lambda folder: (folder / ".hidden").write_text("x"),
        lambda folder: (folder / "sub").mkdir(),
    ],
)
def test_whatever_is_too_many_is_found(tmp_path: Path, add: Callable[[Path], object]) -> None:
    """Files, hidden ones and folders."""
    folder = written(tmp_path / "e")
    add(folder)
    assert 1 == len(faults(folder, KEY))


def test_a_signature_without_a_key_in_the_manifest_is_too_many(tmp_path: Path) -> None:
    """An unsigned folder has none."""
    folder = written(tmp_path / "e", None)
    (folder / SIGNATURE).write_bytes(bytes(64))
    assert [SIGNATURE] == faults(folder)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """Though what it leads to has the same bytes."""
    folder = written(tmp_path / "e")
    elsewhere = tmp_path / "elsewhere"
    (folder / "index.html").rename(elsewhere)
    (folder / "index.html").symlink_to(elsewhere)
    assert ["index.html"] == faults(folder)


def forged(folder: Path, key: Ed25519PrivateKey | None) -> None:
    """Change a figure, and make the manifest fit, with a key of one's own or unsigned."""
    changed = {**CONTENTS, "figures.json": b'{"accuracy": 0.99}'}
    for path in folder.iterdir():
        path.unlink()
    write_evidence(folder, changed, RUN, key)


@pytest.mark.parametrize("key", [OTHER, None])
def test_a_forged_folder_does_not_hold_against_the_bank_s_key(tmp_path: Path, key: Ed25519PrivateKey | None) -> None:
    """It is whole in itself, which shows that a key from inside it proves nothing of who made it."""
    folder = written(tmp_path / "e")
    forged(folder, key)
    assert [] == faults(folder)
    assert [SIGNATURE] == faults(folder, KEY)


def test_a_manifest_that_is_changed_without_the_key_does_not_hold(tmp_path: Path) -> None:
    """Though its own digest is made to fit."""
    folder = written(tmp_path / "e")
    manifest = EvidenceManifest.model_validate_json((folder / MANIFEST).read_bytes())
    later = manifest.model_copy(update={"run": {**RUN, "day": "2026-12-31"}}).sealed()
    (folder / MANIFEST).write_bytes(later.text())
    assert [SIGNATURE] == faults(folder)


def test_a_manifest_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    """A name is the name of a file in this very folder."""
    folder = written(tmp_path / "e", None)
    (tmp_path / "outside").write_bytes(b"x")
    data = json.loads((folder / MANIFEST).read_text())
    data["files"]["../outside"] = data["files"]["empty.md"]
    (folder / MANIFEST).write_bytes(EvidenceManifest.model_validate(data).sealed().text())
    assert ["../outside"] == faults(folder)


def test_evidence_is_never_written_over(tmp_path: Path) -> None:
    """A folder with anything in it is left alone."""
    folder = written(tmp_path / "e")
    before = (folder / MANIFEST).read_bytes()
    with pytest.raises(FileError, match="never written over"):
        write_evidence(folder, {"index.html": b"new"}, RUN)
    assert before == (folder / MANIFEST).read_bytes()


def test_keys_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    """A second key does not take the place of the first; one that others can read is refused."""
    private, public = make_keys(tmp_path)
    assert 0o600 == private.stat().st_mode & 0o777
    assert fingerprint(private_key(private).public_key()) == fingerprint(read_public_key(public))
    with pytest.raises(FileError, match="stays as it is"):
        make_keys(tmp_path)
    private.chmod(0o644)
    with pytest.raises(ConfigurationError, match="is open to others"):
        private_key(private)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    """Without a word of its content."""
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(ConfigurationError, match="is no private key in PEM"):
        private_key(path)
    with pytest.raises(FileError, match="is no Ed25519 public key"):
        read_public_key(path)
