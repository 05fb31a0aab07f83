"""Prequential accuracy: how often the system would have said what people then said, before it learned that.

River's ADWIN (Bifet and Gavaldà 2007) tells when that changes. It stays on the learner's side.
"""

from collections import deque
from typing import Any

from river.drift import ADWIN

RECENT = 500
"""Corrections of the recent share."""


class Progress:
    """Counts hits, and finds drifts among them.

    >>> progress = Progress()
    >>> for right in (True, False, True): progress.score(right)
    >>> progress.report()["share"]
    0.6667
    """

    def __init__(self) -> None:
        self._adwin = ADWIN()
        self._recent: deque[bool] = deque(maxlen=RECENT)
        self._scored = self._right = self._drifts = 0
        self._last_drift = -1

    def score(self, right: bool, *, offset: int = -1) -> None:
        """Take one more in.

        Args:
            offset: Of the correction, in the journal.
        """
        self._scored += 1
        self._right += right
        self._recent.append(right)
        self._adwin.update(int(right))
        if self._adwin.drift_detected:
            self._drifts += 1
            self._last_drift = offset

    def report(self) -> dict[str, Any]:
        """Counts and shares, rounded to four digits; shares are None where nothing was scored.

        `drifts` counts changes that ADWIN found, `last_drift` is the offset at which it found the last, or -1.
        """
        recent = len(self._recent)
        return {
            "scored": self._scored,
            "right": self._right,
            "share": round(self._right / self._scored, 4) if self._scored else None,
            "recent": recent,
            "recent_share": round(sum(self._recent) / recent, 4) if recent else None,
            "window": int(self._adwin.width),
            "window_share": round(float(self._adwin.estimation), 4) if self._scored else None,
            "drifts": self._drifts,
            "last_drift": self._last_drift,
        }
