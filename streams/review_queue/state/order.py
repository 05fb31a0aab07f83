"""The requests that wait for somebody, in the order in which they are asked.

A heap by `models.decisions.review_order.priority`. Time counts the same for all, so a place rests on when a request
came and not on now; what one answer settles counts by steps of two (1, 2, 4, 8), and a request is put in anew where it
has come to another step. What has gone, or stands elsewhere by now, is left out when it comes to the top.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Mapping

from models.decisions.review_order import HOURS_PER_POINT, MOST_SETTLED, Standing, priority, stand_in
from streams.review_queue.state.alike import Alike
from streams.review_queue.state.item import Item
from streams.review_queue.state.moments import ROOM, SPARE

HOUR_MS = 3_600_000
DRAWN_FROM = 64
"""Unsure requests, those that came last, that the place of one without suggestions is drawn from."""


def step(settles: int) -> int:
    """What one answer settles, by steps.

    >>> step(1), step(3), step(4), step(5000)
    (1, 2, 4, 256)
    """
    return min(1 << (settles.bit_length() - 1), MOST_SETTLED)


class Order:
    """A heap of requests.

    Args:
        items: All requests of the queue.
        alike: The open ones that are alike.
    """

    def __init__(self, items: Mapping[str, Item], alike: Alike) -> None:
        self._items = items
        self._alike = alike
        self._heap: list[tuple[float, int, str]] = []
        self._latest: deque[Standing] = deque(maxlen=DRAWN_FROM)

    def __len__(self) -> int:
        return len(self._heap)

    def came(self, item: Item) -> None:
        """Put a new request in."""
        own = Standing(item.uncertainty, self._settles(item))
        # Blind or not: a place that follows from what was decided would tell which of the two it is.
        if item.unaided:
            item.standing = stand_in(item.request_id, list(self._latest))
        if not item.blind:
            self._latest.append(own)
        self.put(item)

    def put(self, item: Item) -> None:
        """Put a request in where it stands now; it may stand elsewhere, too."""
        heapq.heappush(self._heap, self._entry(item))
        if len(self._heap) > SPARE * (len(self._items) + ROOM):
            self._heap = [self._entry(item) for item in self._items.values() if item.given is None]
            heapq.heapify(self._heap)

    def grown(self, alike: Mapping[str, None]) -> None:
        """Put requests that are alike in anew, where there are twice as many of them as at the last time."""
        if 1 < len(alike) <= MOST_SETTLED and len(alike).bit_count() == 1:
            for request_id in alike:
                self.put(self._items[request_id])

    def first(self, allowed: Callable[[Item], bool]) -> Item | None:
        """Take out the first request that is allowed; the others keep their places."""
        left: list[tuple[float, int, str]] = []
        found = None
        while found is None and self._heap:
            entry = heapq.heappop(self._heap)
            item = self._items.get(entry[2])
            if item is None or item.given is not None:
                continue
            place = -self._place(item)
            if place > entry[0]:
                heapq.heappush(self._heap, (place, *entry[1:]))
            elif place == entry[0] and allowed(item):
                found = item
            elif place == entry[0]:
                left.append(entry)
        # One that stands twice would come back as often as it is passed over.
        for entry in dict.fromkeys(left):
            heapq.heappush(self._heap, entry)
        return found

    def sorted(self, items: Iterable[Item]) -> list[Item]:
        """These requests, the first first."""
        return sorted(items, key=self._entry)

    def _entry(self, item: Item) -> tuple[float, int, str]:
        return -self._place(item), item.opened_ms, item.request_id

    def _place(self, item: Item) -> float:
        uncertainty, settles = item.standing or Standing(item.uncertainty, self._settles(item))
        return priority(uncertainty, 0.0, step(settles)) - item.opened_ms / HOUR_MS / HOURS_PER_POINT

    def _settles(self, item: Item) -> int:
        return max(1, len(self._alike.of(item)))
