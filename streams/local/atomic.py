"""Replacing files and folders as a whole: under a name there is the old content or the new, whatever happens.

A file is written beside its place under a hidden name, synced, renamed, and the folder is synced. A process that is
killed cannot take its hidden file away: each is locked by its writer, and the next one to write the same file removes
those that nobody holds.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from models.errors import FileError

SUFFIX = ".partial"


class Replacement:
    """A new content for a file, which takes the file's name when it is published; a context manager.

    Left without `publish`, as by an error or a signal that became an exception, it leaves nothing behind and the file
    as it was.

    Args:
        path: The file; where it is a link, what it points to is replaced.

    Raises:
        FileError: From every method: the folder is missing, the disk is full, and the like.

    Example::

        with Replacement(Path("decisions.jsonl")) as replacement:
            replacement.file.write(b"...")
            replacement.publish()
    """

    def __init__(self, path: Path) -> None:
        # Through a link: renaming onto it would replace the link, not the file.
        self._target = path.resolve()
        self._partial: Path | None = None

    def __enter__(self) -> Self:
        try:
            with _errors(self._target):
                remove_abandoned(self._target)
                self.file = self._begin()
        except BaseException:
            self._discard()
            raise
        return self

    def _begin(self) -> BinaryIO:
        """The hidden file, open and locked."""
        while True:
            self._partial = self._target.with_name(f".{self._target.name}.{secrets.token_hex(8)}{SUFFIX}")
            file = self._partial.open("xb")
            with suppress(OSError):  # a file system without locks: there nobody can tell what is abandoned
                fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file.fileno()).st_nlink:
                return file
            file.close()  # another writer took it for abandoned before it was locked

    def write(self, content: bytes) -> None:
        """Add to the content."""
        with _errors(self._target):
            self.file.write(content)

    def publish(self) -> None:
        """Make the content durable under the file's name."""
        assert self._partial is not None
        with _errors(self._target):
            self.file.flush()
            os.fsync(self.file.fileno())
            self._partial.replace(self._target)
            self._partial = None
            sync_folder(self._target.parent)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._discard()
        with suppress(OSError):  # what could not be written was reported when it was
            self.file.close()

    def _discard(self) -> None:
        partial, self._partial = self._partial, None
        if partial is not None:
            partial.unlink(missing_ok=True)


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file as a whole, or make it.

    Raises:
        FileError: It cannot be written; it is then as it was.
    """
    with Replacement(path) as replacement:
        replacement.write(content)
        replacement.publish()


def replace_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """Replace a folder as a whole, or make it. Writers of one folder must keep each other out.

    The old folder is removed before the new one takes its name: a crash between the two leaves none.

    Args:
        fill: Makes and fills the folder that it is given; what an earlier run left of it is gone.
    """
    partial = target.with_name(f".{target.name}{SUFFIX}")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        fill(partial)
        for path in sorted(partial.rglob("*")):
            _sync(path)
        sync_folder(partial)
        shutil.rmtree(target, ignore_errors=True)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    sync_folder(target.parent)


def remove_file(path: Path) -> None:
    """See that there is no file of this name.

    Raises:
        FileError: It cannot be removed.
    """
    with _errors(path):
        path.resolve().unlink(missing_ok=True)


def remove_abandoned(target: Path) -> None:
    """Remove hidden files of earlier writers of `target` that no process holds any more."""
    start = f".{target.name}."
    with suppress(OSError):  # a folder that may be written and not listed
        for partial in target.parent.iterdir():
            token = partial.name[len(start) : -len(SUFFIX)]  # with a dot in it, it is of a file with a longer name
            if partial.name.startswith(start) and partial.name.endswith(SUFFIX) and "." not in token:
                _remove_unless_held(partial)


def _remove_unless_held(partial: Path) -> None:
    with suppress(OSError), partial.open("rb") as file:  # gone meanwhile, or held
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        partial.unlink()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync(path: Path) -> None:
    if path.is_dir():
        sync_folder(path)
    else:
        with path.open("rb") as file:
            os.fsync(file.fileno())


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}") from error
