"""A folder of evidence on disk: written once as a whole, signed where there is a key, verified to the last byte.

DIR/
├── manifest.json    the run, and sha256 and size of every other file
├── manifest.sig     Ed25519 signature of manifest.json, 64 bytes; only where a key was configured
└── index.html       and the other files that the manifest names, all beside it
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from models.artefacts.artefact import sha256
from models.errors import FileError
from streams.files.evidence_keys import fingerprint, public_key, public_pem, signature_holds
from streams.local.atomic import replace_folder

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"

_FORMAT: Literal[1] = 1
_LARGEST = 64 * 1024 * 1024
"""Bytes of a file beyond which it is not read: no file of evidence is that large."""


class FileEntry(BaseModel):
    """What the manifest says of a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    bytes: Annotated[int, Field(ge=0)]


class EvidenceManifest(BaseModel):
    """The manifest.

    Args:
        run: Command, model version, day, taxonomy, project and version.
        files: File name to its entry.
        public_key: PEM of the key that signs; empty where none does.
        digest: Sha256 over the manifest itself with this field empty, hex.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: Literal[1] = _FORMAT
    run: dict[str, JsonValue]
    files: dict[str, FileEntry]
    public_key: str = ""
    digest: str = ""

    def text(self) -> bytes:
        """The one way in which it is written."""
        return (json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n").encode()

    def sealed(self) -> "EvidenceManifest":
        """The same with its digest."""
        return self.model_copy(update={"digest": sha256(self.model_copy(update={"digest": ""}).text())})


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found.

    Args:
        faults: File name to what is wrong with it; empty where everything holds.
        signer: Fingerprint of the key that signed; empty where nobody did, or the signature does not hold.
        trusted: Whether the key is the one that the caller gave.
    """

    manifest: EvidenceManifest | None
    faults: tuple[tuple[str, str], ...]
    signer: str = ""
    trusted: bool = False


def require_new(folder: Path) -> None:
    """Refuse a folder that has something in it: evidence is never written over.

    Raises:
        FileError: It has, or it is no folder.
    """
    try:
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise FileError(f"{folder} is no folder: name one that is not there yet")
        if folder.is_dir() and any(folder.iterdir()):
            raise FileError(f"{folder} is not empty, and evidence is never written over: name a new folder")
    except OSError as error:
        raise FileError(f"{folder} cannot be read: {error.strerror}") from None


def write_evidence(
    folder: Path,
    contents: Mapping[str, bytes],
    run: Mapping[str, JsonValue],
    key: Ed25519PrivateKey | None = None,
) -> EvidenceManifest:
    """Write the files, the manifest and, with a key, its signature; the folder is there as a whole or not at all.

    Args:
        folder: Not there yet, or empty.
        contents: File name to bytes.

    Raises:
        FileError: The folder has something in it, or cannot be written.
    """
    require_new(folder)
    if outside := [name for name in contents if not _plain(name)]:
        raise FileError(f"{outside[0]!r} is no plain name of a file of evidence")
    files = {name: FileEntry(sha256=sha256(content), bytes=len(content)) for name, content in sorted(contents.items())}
    signer = public_pem(key.public_key()).decode() if key else ""
    manifest = EvidenceManifest(run=dict(run), files=files, public_key=signer).sealed()
    written = {**contents, MANIFEST: manifest.text()}
    if key:
        written[SIGNATURE] = key.sign(manifest.text())

    def fill(partial: Path) -> None:
        partial.mkdir(parents=True)
        for name, content in written.items():
            (partial / name).write_bytes(content)

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        replace_folder(folder, fill)
    except OSError as error:
        raise FileError(f"{folder} cannot be written: {error.strerror}") from None
    return manifest


def verify_evidence(folder: Path, key: Ed25519PublicKey | None = None) -> Verified:
    """Look at every byte of a folder of evidence.

    Args:
        key: Whose signature it must be; None: a signature that is there is held against the key in the manifest, which
            shows no more than that both belong together.

    Raises:
        FileError: It is no folder, or has no manifest that can be read.
    """
    if not folder.is_dir():
        raise FileError(f"{folder} is no folder of evidence: name one that `evenhand evidence --out DIR` wrote")
    path = folder / MANIFEST
    try:
        if path.is_symlink():
            return Verified(None, ((MANIFEST, "a symbolic link, which is not followed"),))
        text = path.read_bytes()
        present = sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        raise FileError(f"{path} cannot be read ({error.strerror}): is {folder} a folder of evidence?") from None
    manifest = _manifest(text)
    if manifest is None:
        return Verified(None, ((MANIFEST, "altered: it is not as it was written"),))
    faults = [*_files(folder, manifest), *_extra(manifest, present)]
    signed, signer = _signed(folder, manifest, text, key)
    trusted = key is not None and signer == fingerprint(key)
    return Verified(manifest, tuple(faults + signed), signer, trusted)


def _manifest(text: bytes) -> EvidenceManifest | None:
    """The manifest, or None where a byte of it is not as it was written."""
    try:
        manifest = EvidenceManifest.model_validate_json(text)
    except (ValidationError, ValueError):
        return None
    return manifest if manifest.text() == text and manifest.sealed() == manifest else None


def _files(folder: Path, manifest: EvidenceManifest) -> Iterator[tuple[str, str]]:
    for name, entry in manifest.files.items():
        if not _plain(name):
            yield name, "its name leads out of the folder, or is taken"
            continue
        fault = _file(folder / name, entry)
        if fault:
            yield name, fault


def _file(path: Path, entry: FileEntry) -> str:
    if path.is_symlink():
        return "a symbolic link, which is not followed"
    if not path.is_file():
        return "missing"
    try:
        size = path.stat().st_size
        if size != entry.bytes or size > _LARGEST:
            return f"altered: {size:,} bytes, and {entry.bytes:,} by the manifest"
        return "" if sha256(path.read_bytes()) == entry.sha256 else "altered: another sha256 than by the manifest"
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def _extra(manifest: EvidenceManifest, present: list[str]) -> Iterator[tuple[str, str]]:
    known = {*manifest.files, MANIFEST, *([SIGNATURE] if manifest.public_key else [])}
    yield from ((name, "not in the manifest") for name in present if name not in known)


def _signed(
    folder: Path, manifest: EvidenceManifest, text: bytes, key: Ed25519PublicKey | None
) -> tuple[list[tuple[str, str]], str]:
    """Faults of the signature, and the fingerprint of whose it is."""
    if not manifest.public_key:
        return ([(SIGNATURE, "not signed, and --public-key asks for a signature")] if key else []), ""
    path = folder / SIGNATURE
    if path.is_symlink() or not path.is_file():
        return [(SIGNATURE, "missing, though the manifest names a key")], ""
    try:
        own = public_key(manifest.public_key.encode())
        signature = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
    except ValueError:
        return [(MANIFEST, "its public key is none")], ""
    except OSError as error:
        return [(SIGNATURE, f"cannot be read: {error.strerror}")], ""
    if not signature_holds(own, signature, text):
        return [(SIGNATURE, "does not belong to manifest.json and the key that it names")], ""
    signer = fingerprint(own)
    if key and fingerprint(key) != signer:
        return [(SIGNATURE, "signed by another key than --public-key")], signer
    return [], signer


def _plain(name: str) -> bool:
    """Whether it is a name in this very folder, and none of our own."""
    return Path(name).name == name and name not in (".", "..", MANIFEST, SIGNATURE) and "\0" not in name
