"""A bounded memory in two generations of a dictionary: what recurs stays, and a hit costs one look-up."""

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Generations(Generic[K, V]):
    """Values by key, at most twice `size` of them.

    A generation is full at `size`; then the one before it is forgotten. What is found in the older one moves to the
    younger. An order of use would have to be kept up with every hit.

    >>> memory = Generations[str, int](size=1)
    >>> memory.put("a", 1); memory.put("b", 2); memory.put("c", 3)
    >>> memory.find(["a", "b", "c"])
    [None, 2, 3]

    Args:
        size: Values in a generation; 0 to remember none.
    """

    def __init__(self, *, size: int) -> None:
        self._size = size
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def find(self, keys: Iterable[K]) -> list[V | None]:
        """The value of each key, in the order given; None for one that is not remembered."""
        keys = list(keys)
        found = list(map(self._young.get, keys))
        if self._old:
            for place, value in enumerate(found):
                if value is not None:
                    continue
                if (older := self._old.pop(keys[place], None)) is not None:
                    self.put(keys[place], older)
                # Also where an equal key before it has just moved to the younger one.
                found[place] = self._young.get(keys[place])
        return found

    def put(self, key: K, value: V) -> None:
        """Remember a value."""
        if len(self._young) >= self._size:
            self._old, self._young = (self._young, {}) if self._size else ({}, {})
        if self._size:
            self._young[key] = value

    def mapped(self, change: Callable[[K, V], V]) -> "Generations[K, V]":
        """Another memory of the same keys; this one may be used meanwhile by another thread.

        Args:
            change: Gives the value there of a key and its value here.
        """
        other = Generations[K, V](size=self._size)
        for mine, theirs in ((self._young, other._young), (self._old, other._old)):
            # Copied in one step, as entries come and go meanwhile.
            theirs.update({key: change(key, value) for key, value in mine.copy().items()})
        return other
