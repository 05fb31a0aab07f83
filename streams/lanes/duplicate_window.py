"""The window in which a repeated delivery is recognised: one per input partition."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta

from models.statistics.counting import several


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
        # Ids that were committed together in one entry: an entry for each would take a tuple per transaction.
        self._order: deque[tuple[datetime, list[str]]] = deque()

    def __len__(self) -> int:
        return len(self._digests)

    def __str__(self) -> str:
        return f"{several(len(self), 'id')} in the duplicate window"

    def digest(self, transaction_id: str) -> bytes | None:
        """The digest under which an id was seen, or None."""
        return self._digests.get(transaction_id)

    def add(self, digests: Mapping[str, bytes], *, at: datetime) -> None:
        """Remember ids of committed outputs, oldest first, and forget what has become too old or too many.

        Args:
            digests: Transaction id to digest; ids that are already known are not moved.
            at: When they were committed; not earlier than in the call before.
        """
        known = self._digests
        if known.keys().isdisjoint(digests):
            new = digests
        else:
            # A known id keeps its age: moving it in the order would cost a search.
            new = {transaction_id: value for transaction_id, value in digests.items() if transaction_id not in known}
        if new:
            known.update(new)
            self._order.append((at, list(new)))
        self._forget(at - self._max_age)

    def _forget(self, horizon: datetime) -> None:
        while self._order:
            at, ids = self._order[0]
            excess = len(self._digests) - self._max_ids
            if at >= horizon and excess <= 0:
                return
            leaving = ids if at < horizon else ids[:excess]
            for transaction_id in leaving:
                del self._digests[transaction_id]
            if len(leaving) == len(ids):
                self._order.popleft()
            else:
                del ids[: len(leaving)]
