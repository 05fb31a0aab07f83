"""The window in which a repeated delivery is recognised: one per input partition."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta


class DuplicateWindow:
    """Remembers the digests of the last transaction ids, bounded by count and by age.

    >>> from datetime import UTC
    >>> window = DuplicateWindow(max_ids=2, max_age=timedelta(hours=1))
    >>> noon = datetime(2020, 1, 1, 12, tzinfo=UTC)
    >>> window.add({"a": b"1", "b": b"2"}, at=noon)
    >>> window.add({"c": b"3"}, at=noon)
    >>> window.digest("a"), window.digest("c")
    (None, b'3')
    >>> window.add({}, at=noon + timedelta(hours=2))
    >>> len(window)
    0
    """

    def __init__(self, *, max_ids: int, max_age: timedelta) -> None:
        self._max_ids = max_ids
        self._max_age = max_age
        self._digests: dict[str, bytes] = {}
        self._order: deque[tuple[datetime, str]] = deque()

    def __len__(self) -> int:
        return len(self._digests)

    def __str__(self) -> str:
        return f"{len(self)} ids in the duplicate window"

    def digest(self, transaction_id: str) -> bytes | None:
        """The digest under which an id was seen, or None."""
        return self._digests.get(transaction_id)

    def add(self, digests: Mapping[str, bytes], *, at: datetime) -> None:
        """Remember ids of committed outputs, oldest first, and forget what has become too old or too many.

        Args:
            digests: Transaction id to digest; ids that are already known are not moved.
            at: When they were committed; not earlier than in the call before.
        """
        for transaction_id, value in digests.items():
            # A known id keeps its age: moving it in a deque would cost a search.
            if transaction_id not in self._digests:
                self._digests[transaction_id] = value
                self._order.append((at, transaction_id))
        horizon = at - self._max_age
        while self._order and (len(self._order) > self._max_ids or self._order[0][0] < horizon):
            del self._digests[self._order.popleft()[1]]
