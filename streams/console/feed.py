"""The present state, encoded once for everybody who looks at it."""

from collections.abc import Callable
from dataclasses import dataclass

from monitors.base.contract import Rules
from monitors.snapshot import Snapshot
from streams.console.state import Json, document, dump


@dataclass(frozen=True, slots=True)
class Frame:
    """One state, ready to be sent.

    Args:
        number: Grows when something other than the clock changed.
        at: The moment the state stands for, as JSON.
        body: The state, as JSON.
    """

    number: int
    at: bytes
    body: bytes


class Feed:
    """Looks at the snapshot, at most once per period, and keeps the last frame only.

    Args:
        latest: The present snapshot; asked again when the period is over.
        rules: Limits of the monitors.
        clock: Monotonic seconds.
        period: Seconds between two looks.
    """

    def __init__(
        self, latest: Callable[[], Snapshot], *, rules: Rules, clock: Callable[[], float], period: float
    ) -> None:
        self._latest = latest
        self._rules = rules
        self._clock = clock
        self._period = period
        self._looked = float("-inf")
        self._snapshot: Snapshot | None = None
        self._document: Json = {}
        self._frame = Frame(0, b"", b"")

    def current(self) -> Frame:
        """The present frame."""
        now = self._clock()
        if now - self._looked >= self._period:
            self._looked = now
            self._look()
        return self._frame

    def _look(self) -> None:
        snapshot = self._latest()
        if snapshot is self._snapshot:
            return
        known = document(snapshot, self._rules)
        at = {"at": snapshot.at.isoformat(timespec="seconds")}
        changed = known != self._document
        self._snapshot, self._document = snapshot, known
        self._frame = Frame(self._frame.number + changed, dump(at), dump({**at, **known}))
