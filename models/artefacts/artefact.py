"""An artefact: a folder of plain files under a manifest that names the sha256 of each. No pickle.

Layout: `manifest.json`, and beside it the files that it names. The model version is a digest over those files, so equal
content has an equal version and any change shows.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from models.contracts.taxonomy import TAXONOMY_VERSION
from models.errors import ArtefactError
from models.statistics.histogram import ConfidenceReference

FORMAT_VERSION = 1
"""Version of the layout; another one is refused."""

MANIFEST = "manifest.json"

DEFAULT_MODEL = Path(__file__).parents[1] / "data" / "default_model"
"""The model that comes with the package."""

Day = Annotated[date, Field(strict=True)]
"""A date; in JSON as YYYY-MM-DD and in no other way."""

_REMEDY = "restore the folder from its release, or make a model with `evenhand train --output DIR`"


class Manifest(BaseModel):
    """Names the files of an artefact, and where they come from.

    Args:
        model_version: Digest over `files`, 12 hex digits; every decision names it.
        taxonomy_version: Version of the taxonomy that the categories belong to.
        files: File name to sha256, hex.
        data: Name of each table trained on to its sha256, hex.
        command: Command that makes the same artefact again.
        metrics: What was measured on merchants held out of training.
        reference: Confidences given to a year of transactions of such merchants
            (`models.training.confidence_reference`); None where the training did not say.
        trained_on: Day of the training, as its caller named it; None where it did not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: int = FORMAT_VERSION
    model_version: str
    taxonomy_version: str = TAXONOMY_VERSION
    files: dict[str, str]
    data: dict[str, str] = {}
    command: str = ""
    config: dict[str, JsonValue] = {}
    metrics: dict[str, JsonValue] = {}
    reference: ConfidenceReference | None = None
    trained_on: Day | None = None


def sha256(content: bytes) -> str:
    """Hex digest of a file's bytes."""
    return hashlib.sha256(content).hexdigest()


def version_of(files: Mapping[str, str]) -> str:
    """Model version of files given by name and sha256: 12 hex digits of the digest over both, sorted by name."""
    # As `sha256sum` prints it, so that the version can be worked out without this program.
    listing = "".join(f"{digest}  {name}\n" for name, digest in sorted(files.items()))
    return sha256(listing.encode())[:12]


def manifest_for(contents: Mapping[str, bytes], **details: Any) -> Manifest:
    """The manifest of files given by name and bytes; `details` are further fields of `Manifest`."""
    # Sorted, so that equal files give an equal manifest.
    files = {name: sha256(content) for name, content in sorted(contents.items())}
    return Manifest(files=files, model_version=version_of(files), **details)


def write_artefact(folder: Path, manifest: Manifest, contents: Mapping[str, bytes]) -> None:
    """Write the files, then the manifest: a folder without one is no artefact, so a half-written one is never loaded.

    Args:
        folder: Made where it is missing; a manifest that is there is removed first.
        manifest: Made by `manifest_for` from the same contents.
        contents: File name to bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # First: files that are being replaced must not be found under the old manifest.
    (folder / MANIFEST).unlink(missing_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    text = json.dumps(manifest.model_dump(mode="json"), indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_artefact(folder: Path) -> tuple[Manifest, dict[str, bytes]]:
    """Read an artefact and verify it before anything of it is used.

    Returns:
        The manifest, and the bytes of every file it names.

    Raises:
        ArtefactError: No manifest, one of another format or taxonomy, a file missing or altered.
    """
    manifest = read_manifest(folder)
    return manifest, {name: read_content(folder, name, digest) for name, digest in manifest.files.items()}


def read_content(folder: Path, name: str, digest: str) -> bytes:
    """The bytes of one file that the manifest names, verified.

    Args:
        digest: Its sha256 by the manifest, hex.

    Raises:
        ArtefactError: The file is missing or altered.
    """
    content = _read_file(folder / name)
    if sha256(content) != digest:
        raise ArtefactError(f"{folder / name} differs from its sha256 in {MANIFEST}; {_REMEDY}")
    return content


def read_manifest(folder: Path) -> Manifest:
    """Read what an artefact says of itself; its files are not opened.

    Raises:
        ArtefactError: No manifest, one of another format or taxonomy, or a version that is not that of the files.
    """
    path = folder / MANIFEST
    try:
        manifest = Manifest.model_validate_json(_read_file(path))
    except ValidationError as error:
        fields = ", ".join(sorted({".".join(map(str, item["loc"])) or "JSON" for item in error.errors()}))
        raise ArtefactError(f"{path} is no manifest of this format (at fault: {fields}); {_REMEDY}") from error
    if manifest.format_version != FORMAT_VERSION:
        raise ArtefactError(
            f"{path} has format {manifest.format_version}, this version reads {FORMAT_VERSION}; {_REMEDY}"
        )
    # The major version only: within it categories keep their names.
    if _major(manifest.taxonomy_version) != _major(TAXONOMY_VERSION):
        raise ArtefactError(
            f"{path} is for taxonomy {manifest.taxonomy_version}, this version has {TAXONOMY_VERSION};"
            " make a model with `evenhand train --output DIR`"
        )
    if manifest.model_version != version_of(manifest.files):
        raise ArtefactError(f"{path}: model_version does not belong to the files it names; {_REMEDY}")
    # The manifest may have been altered: a name with a path in it would read outside of the folder.
    if outside := [name for name in manifest.files if Path(name).name != name or name == MANIFEST]:
        raise ArtefactError(f"{path} names {outside[0]!r}, which is not a plain file beside it; {_REMEDY}")
    return manifest


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ArtefactError(f"{path} cannot be read ({type(error).__name__}); {_REMEDY}") from error


def _major(version: str) -> str:
    return version.partition(".")[0]
