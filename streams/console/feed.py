"""The present state, encoded once for everybody who looks at it."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter

from monitors.base.contract import Rules
from monitors.snapshot import Snapshot
from streams.console.state import Json, document, dump

log = logging.getLogger(__name__)

_FAULTS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)
"""Errors of turning figures into JSON where one of them has a wrong type or value."""

_FIGURES = attrgetter(*(field.name for field in fields(Snapshot) if field.name != "at"))


@dataclass(frozen=True, slots=True)
class Frame:
    """One state, ready to be sent.

    Args:
        number: Grows when something other than the clock changed.
        at: The moment of the look, as JSON.
        body: The state as JSON; where it cannot be told, an object that says why.
        fault: Why the state cannot be told, in one line; empty where it can.
    """

    number: int
    at: bytes
    body: bytes
    fault: str = ""


class Feed:
    """Encodes the snapshot when its figures changed, and keeps the last frame only.

    A snapshot that cannot be encoded takes the place of the one before all the same: figures of the past would pass for
    those of now.

    Args:
        latest: The present snapshot; cheap, as it is asked at every look.
        encoded: Told of every snapshot with other figures whether it could be encoded.
    """

    def __init__(
        self, latest: Callable[[], Snapshot], *, rules: Rules, encoded: Callable[[bool], None] = lambda _told: None
    ) -> None:
        self._latest = latest
        self._rules = rules
        self._encoded = encoded
        self._snapshot: Snapshot | None = None
        self._document: Json | None = None
        self._figures = b""
        self._frame = Frame(0, b"", b"")

    def current(self) -> Frame:
        """The frame of the snapshot as it is now."""
        snapshot = self._latest()
        if snapshot is self._snapshot:
            return self._frame
        at = dump({"at": snapshot.at.isoformat(timespec="seconds")})
        number, fault = self._frame.number, self._frame.fault
        if self._snapshot is None or _FIGURES(snapshot) != _FIGURES(self._snapshot):
            number, fault = self._encode(snapshot)
        self._snapshot = snapshot
        self._frame = Frame(number, at, at[:-1] + b"," + self._figures[1:], fault)
        return self._frame

    def _encode(self, snapshot: Snapshot) -> tuple[int, str]:
        """Number and fault of the frame of other figures."""
        before, number = self._document, self._frame.number
        try:
            known = document(snapshot, self._rules)
            figures = dump(known)
        except _FAULTS as error:
            fault = f"the state cannot be written as JSON ({type(error).__name__}: {' '.join(str(error).split())})"
            log.error("console: %s", fault)
            self._document, self._figures = None, json.dumps({"reason": fault}).encode()
            self._encoded(False)
            return number + (fault != self._frame.fault), fault
        self._document, self._figures = known, figures
        self._encoded(True)
        return number + (known != before), ""
