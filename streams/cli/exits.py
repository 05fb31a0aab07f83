"""Exit codes: one table for the program, its help and its tests."""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from models.errors import (
    ArtefactError,
    ConfigurationError,
    ContractError,
    DataError,
    DeliveryError,
    EmptyFileError,
    EvenhandError,
    FileError,
    RefusedAddressError,
    ToolError,
    UnauditedError,
)


class ExitCode(IntEnum):
    """Endings that a shell script can tell apart."""

    OK = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3
    ENVIRONMENT = 4
    MODEL = 5
    TOPICS = 6
    EMPTY = 7


MEANINGS: Mapping[ExitCode, str] = MappingProxyType(
    {
        ExitCode.OK: "done",
        ExitCode.FAILED: "unexpected failure, or a verification or a limit did not hold",
        ExitCode.USAGE: "wrong use: an option, a name that is not known, or a file that cannot be used",
        ExitCode.REFUSED: "refused: some rows, while the others are done, or an instruction",
        ExitCode.ENVIRONMENT: "configuration or environment: a setting, a tool, no broker; too little to audit",
        ExitCode.MODEL: "model artefact or data",
        ExitCode.TOPICS: "looked at, and topics are missing or do not fit together",
        ExitCode.EMPTY: "the input has no rows, or too few to tell",
    }
)
"""Exit code to what it says, as the help prints it; a command that signal N ended gives 128 + N."""

_ERRORS: tuple[tuple[type[EvenhandError], ExitCode], ...] = (
    (ConfigurationError, ExitCode.ENVIRONMENT),
    (ToolError, ExitCode.ENVIRONMENT),
    (DeliveryError, ExitCode.ENVIRONMENT),
    (RefusedAddressError, ExitCode.ENVIRONMENT),
    (UnauditedError, ExitCode.REFUSED),
    (ArtefactError, ExitCode.MODEL),
    (DataError, ExitCode.MODEL),
    (ContractError, ExitCode.USAGE),
    (EmptyFileError, ExitCode.EMPTY),
    (FileError, ExitCode.USAGE),
)


def exit_code(error: EvenhandError) -> ExitCode:
    """The exit code for an error.

    >>> int(exit_code(ToolError("java was not found")))
    4
    """
    return next((code for kind, code in _ERRORS if isinstance(error, kind)), ExitCode.FAILED)
