"""Every error that Evenhand raises on purpose, but for those of its trials, which stand there (`streams.trials`).

EvenhandError
├── ContractError        a message or row breaks its contract; it becomes a dead letter
├── ArtefactError        a model artefact is missing, altered or of another format
├── DataError            training or evaluation data cannot be used
├── FileError            a file that was named cannot be read, or cannot be written
│   └── EmptyFileError   it has no rows
├── ConfigurationError   a setting is missing, contradictory or unsafe
├── UnauditedError       a model may not be promoted: no audit speaks for it, or one against it
├── ToolError            something the command needs is not on this machine
├── RefusedAddressError  a host is at an address that may not be called
└── DeliveryError        a batch could not be committed; its partition is opened again
    └── FencedError      another worker has taken the partition over

A message says what was wrong, where, and what to do. It never carries a transaction's text.
"""

import csv
import zipfile
import zlib

MALFORMED = (
    KeyError,
    ValueError,
    TypeError,
    OSError,
    EOFError,
    RuntimeError,
    StopIteration,
    csv.Error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the libraries raise on JSON, CSV, gzip and npz that is none, or is damaged."""


class EvenhandError(Exception):
    """Base of all errors of this project."""


class ContractError(EvenhandError):
    """A message breaks its contract.

    Args:
        reason: Code of what is wrong, from a closed set (see `models.contracts.wire`), safe as a metric label.
        field: Name of the contract's field at fault, or None where the message as a whole is at fault.
    """

    def __init__(self, reason: str, field: str | None = None) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.reason = reason
        self.field = field


class ArtefactError(EvenhandError):
    """A model artefact is missing, altered or of another format."""


class DataError(EvenhandError):
    """Training or evaluation data cannot be used."""


class FileError(EvenhandError):
    """A file as a whole cannot be used: missing, unreadable, without a required column, not to be written."""


class EmptyFileError(FileError):
    """A file has no rows, so there is nothing to say about it."""


class ConfigurationError(EvenhandError):
    """A setting is missing, contradictory or unsafe."""


class UnauditedError(EvenhandError):
    """A model may not be promoted: an audit speaks against it, or none speaks for it."""


class ToolError(EvenhandError):
    """Something the command needs is not on this machine."""


class RefusedAddressError(EvenhandError, OSError):
    """A host is at an address that may not be called. It is an OSError because aiohttp expects one of a connection."""


class DeliveryError(EvenhandError):
    """A batch could not be committed; its partition must be opened again."""


class FencedError(DeliveryError):
    """Another worker has taken the partition over."""
