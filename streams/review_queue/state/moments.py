"""When something is to happen to which request."""

import heapq
from collections.abc import Callable, Mapping

from streams.review_queue.state.item import Item

SPARE = 4
"""Entries of a heap for each request, at most; beyond it those that do not count any more are taken out."""

ROOM = 64
"""The same beside requests, so that short queues are not cleared at every step."""


class Moments:
    """A heap of requests by a moment of each. One that has another moment by now is left out when it comes to the top.

    Args:
        items: All requests of the queue.
        moment: The moment of a request, Unix milliseconds; None where it has none.
    """

    def __init__(self, items: Mapping[str, Item], moment: Callable[[Item], int | None]) -> None:
        self._items = items
        self._moment = moment
        self._heap: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._heap)

    def put(self, item: Item) -> None:
        """Put a request in, by the moment that it has now."""
        at_ms = self._moment(item)
        if at_ms is None:
            return
        heapq.heappush(self._heap, (at_ms, item.request_id))
        if len(self._heap) > SPARE * (len(self._items) + ROOM):
            self._heap = [entry for entry in dict.fromkeys(self._heap) if self._counts(entry)]
            heapq.heapify(self._heap)

    def first(self) -> Item | None:
        """The request with the earliest moment."""
        while self._heap and not self._counts(self._heap[0]):
            heapq.heappop(self._heap)
        return self._items[self._heap[0][1]] if self._heap else None

    def due(self, now_ms: int) -> bool:
        """Whether a moment has come."""
        return self.first() is not None and self._heap[0][0] <= now_ms

    def pop(self) -> Item:
        """Take the first out; there is one."""
        return self._items[heapq.heappop(self._heap)[1]]

    def _counts(self, entry: tuple[int, str]) -> bool:
        item = self._items.get(entry[1])
        return item is not None and self._moment(item) == entry[0]
