"""What reviewers have skipped today: others come first. In memory alone, since it is a wish and no answer."""

from collections.abc import Collection

from streams.review_queue.state.parts import put_last
from streams.review_queue.state.people import REVIEWERS, day_of

MOST = 200
"""Requests of one reviewer that are remembered; what was skipped longest ago is forgotten first."""


class Skips:
    """Requests that a reviewer has skipped, by reviewer, until the UTC day is over."""

    def __init__(self) -> None:
        self._day = ""
        self._of: dict[str, dict[str, None]] = {}

    def put(self, reviewer: str, request_id: str, now_ms: int) -> None:
        """A reviewer has skipped a request, perhaps once more."""
        if self._day != day_of(now_ms):
            self._day, self._of = day_of(now_ms), {}
        skipped = self._of.get(reviewer, {})
        put_last(skipped, request_id, None, most=MOST)
        put_last(self._of, reviewer, skipped, most=REVIEWERS)

    def of(self, reviewer: str, now_ms: int) -> Collection[str]:
        """What a reviewer has skipped today, longest ago first."""
        return self._of.get(reviewer, {}).keys() if self._day == day_of(now_ms) else ()
