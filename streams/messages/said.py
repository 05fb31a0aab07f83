"""Corrections as people sent them, many together: those that can be read, and how many cannot."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.contracts.corrections import Correction, check_scope
from models.contracts.wire import parse
from models.errors import ContractError


@dataclass(frozen=True, slots=True)
class Said:
    """Corrections, in the order in which they were read.

    Args:
        unreadable: Those that break the contract.
        sha256: Of the file, hex; empty where there is none.
        taken_back: Ids of those that count no more; nothing is known of it where there is a file.
    """

    corrections: Sequence[Correction]
    unreadable: int
    sha256: str = ""
    taken_back: frozenset[str] = frozenset()


def read_all(messages: Iterable[bytes], *, sha256: str = "") -> Said:
    """Read messages, and count those that break the contract."""
    corrections, unreadable = [], 0
    for message in messages:
        try:
            correction, _ = parse(Correction, message)
            check_scope(correction)
        except ContractError:
            unreadable += 1
        else:
            corrections.append(correction)
    return Said(corrections, unreadable, sha256)
