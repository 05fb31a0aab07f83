"""Corrections of a file: JSON Lines, one as it stands on `transactions.corrections` in each."""

import hashlib
from pathlib import Path

from models.contracts.csv_rows import without_rows
from models.errors import FileError
from streams.messages.said import Said, read_all


def read_corrections(path: Path) -> Said:
    """Read a file of corrections; empty lines are passed over.

    Raises:
        FileError: It cannot be read.
        EmptyFileError: It has no lines.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from None
    lines = [line for line in content.split(b"\n") if line.strip()]
    if not lines:
        raise without_rows(path)
    return read_all(lines, sha256=hashlib.sha256(content).hexdigest())
