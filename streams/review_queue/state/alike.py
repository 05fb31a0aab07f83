"""The open requests of each merchant and direction of money, which one answer can settle together.

What is asked without suggestions is none of them, blind or not: its label is to be a judgement of its own, and nothing
that others are shown, or may do, tells a blind request from an unsure one.
"""

from collections.abc import Iterator

from streams.review_queue.state.item import Item


class Alike(dict[str, dict[str, None]]):
    """What requests that are alike share, to the ids of those that are open, oldest first."""

    def add(self, item: Item) -> bool:
        """Take an open request in; whether it is one of several now."""
        if item.like is None or item.unaided:
            return False
        self.setdefault(item.like, {})[item.request_id] = None
        return len(self[item.like]) > 1

    def remove(self, item: Item) -> None:
        """Take a request out that is not open any more."""
        if item.like is None or item.unaided:
            return
        del self[item.like][item.request_id]
        if not self[item.like]:
            del self[item.like]

    def of(self, item: Item) -> dict[str, None]:
        """Ids of those that are like this one, itself among them where it is one."""
        return {} if item.like is None else self.get(item.like, {})

    def others(self, item: Item) -> Iterator[str]:
        """Ids of those that are like this one, without it."""
        return (request_id for request_id in self.of(item) if request_id != item.request_id)

    def count(self, item: Item) -> int:
        """How many `others` there are."""
        alike = self.of(item)
        return len(alike) - (item.request_id in alike)
