"""A store of artefacts: what it looks like, and which of its versions is to be loaded.

    STORE/
    ├── 4c61cc9453f8/    an artefact (`models.artefacts.artefact`), named by its version
    ├── current          the promoted version, one line
    ├── audits.jsonl     what audits found of them (`models.artefacts.audits`)
    └── history.jsonl    promotions and rollbacks, one JSON object each, in the order in which they were begun

A promotion is written to the history first; replacing `current` is what carries it out. So an entry counts only where
`current`, or the next entry's `previous`, names its version, and one that was cut off between the two never does.
Writing is the part of `streams.files.model_store`.
"""

import json
import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from models.artefacts.artefact import DEFAULT_MODEL, MANIFEST, Manifest, read_manifest, sha256
from models.errors import ArtefactError

CURRENT, HISTORY = "current", "history.jsonl"

_VERSION = re.compile(r"[0-9a-f]{12}")


class Action(StrEnum):
    """A change of the promoted version."""

    PROMOTE = "promote"
    ROLLBACK = "rollback"


class PromotionRecord(BaseModel):
    """One line of the history.

    Args:
        version: The promoted version after it.
        previous: The one before it, or None where nothing was promoted.
        reason: Why, in the words of who did it.
        metrics_sha256: Digest of the new version's metrics, see `metrics_digest`.
        gate: What audits say against the version (`models.artefacts.audits`); empty where nothing does.
        override: Why it was promoted all the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: AwareDatetime
    action: Action
    version: str
    previous: str | None
    reason: str = ""
    metrics_sha256: str
    gate: str = ""
    override: str = ""


def resolve(path: Path | None) -> Path:
    """The folder of the artefact that a setting names.

    Args:
        path: An artefact, or a store with a promoted version; None for the model that is shipped.

    Raises:
        ArtefactError: It is a store whose promoted version is missing or is another one.
    """
    if path is None:
        return DEFAULT_MODEL
    if is_artefact(path) or not is_store(path):
        return path
    version = promoted(path)
    if version is None:
        raise ArtefactError(f"no version is promoted in {path}: use `evenhand model promote VERSION --store {path}`")
    return artefact_of(path, version)


def is_artefact(path: Path) -> bool:
    """Tell whether a folder has a manifest."""
    return (path / MANIFEST).is_file()


def is_store(path: Path) -> bool:
    """Tell whether a folder has a promoted version, or could have."""
    return (path / CURRENT).is_file() or bool(versions(path))


def is_version(name: str) -> bool:
    """Tell whether a name has the form of a model version.

    >>> is_version("4c61cc9453f8"), is_version("../4c61cc945")
    (True, False)
    """
    return _VERSION.fullmatch(name) is not None


def versions(store: Path) -> list[str]:
    """Versions in a store, sorted; whether they are sound is another question."""
    if not store.is_dir():
        return []
    return sorted(path.name for path in store.iterdir() if is_version(path.name) and is_artefact(path))


def artefact_of(store: Path, version: str) -> Path:
    """The folder of a version, whose manifest says that it is that version; its files are not opened.

    Raises:
        ArtefactError: It is not in the store, or another one is there under its name.
    """
    folder = store / version
    # A version is typed by people: a name with a path in it must not lead out of the store.
    if not is_version(version) or not folder.is_dir():
        raise ArtefactError(f"there is no version {version} in {store}: `evenhand model list` says what is there")
    found = read_manifest(folder).model_version
    if found != version:
        raise ArtefactError(f"{folder} holds model {found}: remove it, and add the right one with `evenhand model add`")
    return folder


def promoted(store: Path) -> str | None:
    """The promoted version of a store, or None.

    Raises:
        ArtefactError: The file `current` does not name a version.
    """
    path = store / CURRENT
    if not path.is_file():
        return None
    version = path.read_text(encoding="utf-8", errors="replace").strip()
    if not is_version(version):
        raise ArtefactError(f"{path} does not name a version: remove it, and promote one with `evenhand model promote`")
    return version


def metrics_digest(manifest: Manifest) -> str:
    """Sha256, hex, of an artefact's metrics as JSON with sorted keys and no spaces."""
    return sha256(json.dumps(manifest.metrics, sort_keys=True, separators=(",", ":")).encode())


def history(store: Path) -> list[PromotionRecord]:
    """The changes carried out in a store, the oldest first.

    Raises:
        ArtefactError: A line of the history is not one.
    """
    return carried_out(begun(store), promoted(store))


def begun(store: Path) -> list[PromotionRecord]:
    """All entries of a store's history, also those that were not carried out. A line without its end is none.

    Raises:
        ArtefactError: A line is not an entry.
    """
    path = store / HISTORY
    if not path.is_file():
        return []
    entries = []
    # The last piece is empty, or what a crash left of a line.
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], start=1):
        try:
            entries.append(PromotionRecord.model_validate_json(line))
        except ValidationError as error:
            raise ArtefactError(f"{path}, line {number} is no entry of a history; restore the file") from error
    return entries


def carried_out(entries: Sequence[PromotionRecord], current: str | None) -> list[PromotionRecord]:
    """Those of the entries that were carried out."""
    after = [*(entry.previous for entry in entries[1:]), current]
    return [entry for entry, version in zip(entries, after, strict=bool(entries)) if entry.version == version]


def promotions(entries: Sequence[PromotionRecord]) -> list[str]:
    """Promoted versions that a rollback goes back through, the present one last.

    Args:
        entries: What was carried out, in its order.
    """
    stack: list[str] = []
    for entry in entries:
        if entry.action is Action.PROMOTE:
            stack.append(entry.version)
        else:
            stack = stack[:-1]
    return stack
