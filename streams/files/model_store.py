"""Writing to a store of artefacts (`models.artefacts.store`): what a crash cuts off is as if it had never been begun.

Every file is replaced as a whole (`streams.local.atomic`); a lock on the store's folder keeps two writers apart.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from models.artefacts.artefact import MANIFEST, read_artefact, read_manifest
from models.artefacts.audits import AUDITS, REPORTS, AuditRecord, audits, require_audited
from models.artefacts.store import (
    CURRENT,
    HISTORY,
    Action,
    PromotionRecord,
    artefact_of,
    begun,
    history,
    metrics_digest,
    promoted,
    promotions,
)
from models.decisions.inspection import require_sound
from models.errors import ArtefactError, FileError, UnauditedError
from streams.local.atomic import replace_file, sync_folder

Verify = Callable[[Path], None]
"""Raises ArtefactError for a folder that must not be promoted."""

Gate = Callable[[Path, str], None]
"""Raises UnauditedError for a version of a store that audits speak against."""


class ModelStore:
    """One store, for those who change it.

    Args:
        verify: Looks at an artefact before it is added or promoted.
        gate: Looks at the audits of a version before it is promoted.
    """

    def __init__(self, folder: Path, *, verify: Verify = require_sound, gate: Gate = require_audited) -> None:
        self._folder = folder
        self._verify = verify
        self._gate = gate

    def add(self, source: Path) -> tuple[str, bool]:
        """Copy an artefact into the store, which is made where it is missing.

        A version that is there and sound stays as it is; a broken one is put right, file by file. Reports of its
        training go along with it.

        Returns:
            The version, and whether anything was written.

        Raises:
            ArtefactError: The artefact is broken.
            FileError: The store cannot be written.
        """
        self._verify(source)
        manifest, contents = read_artefact(source)
        version = manifest.model_version
        with _errors(self._folder):
            said = (source / MANIFEST).read_bytes()
            self._folder.mkdir(parents=True, exist_ok=True)
            with _locked(self._folder):
                if _is_whole(self._folder, version):
                    return version, False
                folder = self._folder / version
                folder.mkdir(exist_ok=True)
                sync_folder(self._folder)
                # The manifest comes last: a folder without one is no artefact.
                for name, content in [*contents.items(), (MANIFEST, said)]:
                    replace_file(folder / name, content)
                _copy_reports(source / REPORTS, folder / REPORTS)
        # Read back: a copy that went wrong has to be noticed here, not when a worker starts with it.
        read_artefact(artefact_of(self._folder, version))
        return version, True

    def record(self, audit: AuditRecord) -> bool:
        """Note what an audit found of a version.

        Returns:
            False where just that is noted already.

        Raises:
            ArtefactError: The version is not in the store, or its audits cannot be read.
            FileError: The store cannot be written.
        """
        with self._open():
            artefact_of(self._folder, audit.version)
            if audit in audits(self._folder):
                return False
            _append(self._folder / AUDITS, audit.model_dump_json().encode() + b"\n")
            return True

    def promote(self, version: str, *, at: datetime, reason: str = "", override: str = "") -> PromotionRecord | None:
        """Make a version the one that workers load when they start.

        Args:
            override: Why it is promoted although audits speak against it, or say nothing.

        Returns:
            What the history has of it, or None where the version was promoted already.

        Raises:
            UnauditedError: Audits speak against the version, and there is no override; what was promoted stays.
            ArtefactError: The version is missing or broken; what was promoted stays.
            FileError: The store cannot be written.
        """
        with self._open():
            # No second line in the history: going back would lead to the same version.
            if version == promoted(self._folder):
                self._verify(artefact_of(self._folder, version))
                return None
            return self._change(Action.PROMOTE, version, at, reason, override)

    def rollback(self, *, at: datetime, reason: str = "") -> PromotionRecord:
        """Go back to the version that was promoted before the present one; audits are not asked again.

        Returns:
            What the history has of it.

        Raises:
            ArtefactError: Nothing was promoted before, or what was is missing or broken; what is promoted stays.
            FileError: The store cannot be written.
        """
        with self._open():
            stack = promotions(history(self._folder))
            if len(stack) < 2:
                raise ArtefactError(f"{self._folder} has no version that was promoted before the present one")
            return self._change(Action.ROLLBACK, stack[-2], at, reason)

    def _against(self, version: str, override: str) -> str:
        """What audits say against a version, although that does not count; empty where they say nothing."""
        try:
            self._gate(self._folder, version)
        except UnauditedError as error:
            if not override:
                raise
            return str(error)
        return ""

    def _change(self, action: Action, version: str, at: datetime, reason: str, override: str = "") -> PromotionRecord:
        """Write the history, then `current`: see `models.artefacts.store` on what a crash between the two means."""
        folder = artefact_of(self._folder, version)
        self._verify(folder)
        gate = self._against(version, override) if action is Action.PROMOTE else ""
        entry = PromotionRecord(
            at=at,
            action=action,
            version=version,
            previous=promoted(self._folder),
            reason=reason,
            metrics_sha256=metrics_digest(read_manifest(folder)),
            gate=gate,
            override=override if gate else "",
        )
        begun(self._folder)  # a history that cannot be read is not written on
        _append(self._folder / HISTORY, entry.model_dump_json().encode() + b"\n")
        replace_file(self._folder / CURRENT, f"{version}\n".encode())
        return entry

    @contextmanager
    def _open(self) -> Iterator[None]:
        if not self._folder.is_dir():
            raise FileError(f"there is no store {self._folder}: make one with `evenhand model add DIR`")
        with _errors(self._folder), _locked(self._folder):
            yield


def _copy_reports(source: Path, target: Path) -> None:
    """Copy the files of a folder that may not be there."""
    if not source.is_dir():
        return
    target.mkdir(exist_ok=True)
    for path in sorted(source.iterdir()):
        if path.is_file():
            replace_file(target / path.name, path.read_bytes())


def _is_whole(store: Path, version: str) -> bool:
    """True where a version is there, byte for byte."""
    try:
        read_artefact(artefact_of(store, version))
    except ArtefactError:
        return False
    return True


@contextmanager
def _errors(store: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileError(f"the store {store} cannot be written: {error.strerror}") from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One writer at a time; the system frees the lock of a process that dies."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _append(path: Path, line: bytes) -> None:
    """Add a line; what a crash left of one without its end is cut off first, because it was never carried out."""
    with path.open("ab+") as file:
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
