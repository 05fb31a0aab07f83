"""Guards against people who say too much, and against many new people who say the same of one merchant at once."""

from collections.abc import Iterable
from datetime import datetime

from models.learned.online.entries import Limits, Said
from models.learned.online.keys import MerchantKey

_HOUR = 3600


class Rates:
    """How much each actor has said in the hour of event time that is its newest."""

    def __init__(self, limits: Limits) -> None:
        self._limit = limits.actor_rate
        self._counts: dict[str, tuple[int, int]] = {}

    def is_over(self, actor: str, at: datetime) -> bool:
        """Count one more, and tell whether it is too much.

        Time does not go back for an actor: what is said late counts in the newest hour.
        """
        before, count = self._counts.get(actor, (0, 0))
        hour = int(at.timestamp()) // _HOUR
        hour, count = (hour, 1) if hour > before else (before, count + 1)
        self._counts[actor] = hour, count
        return count > self._limit

    def canonical(self) -> Iterable[object]:
        """All counts, sorted."""
        return sorted(self._counts.items())


class Crowds:
    """New people who contradict what is known of one merchant, all in the same way, within a short time."""

    def __init__(self, limits: Limits) -> None:
        self._limit, self._window, self._newcomer = limits.crowd, limits.crowd_window, limits.newcomer
        self._learned: dict[str, set[MerchantKey]] = {}
        self._recent: dict[tuple[MerchantKey, str], dict[str, datetime]] = {}
        self._decided: dict[MerchantKey, str] = {}

    def learned(self, actor: str, key: MerchantKey) -> None:
        """Note that something an actor said of a merchant was learned."""
        held = self._learned.setdefault(actor, set())
        # More need not be known of anybody.
        if len(held) <= self._newcomer:
            held.add(key)

    def is_new(self, actor: str, key: MerchantKey) -> bool:
        """Tell whether nothing, or little, was learned from an actor about other merchants."""
        return len(self._learned.get(actor, set()) - {key}) < self._newcomer

    def expected(self, key: MerchantKey, decided: str | None) -> str | None:
        """What is known of a merchant that was not seen in training: what had been decided when it first came up.

        Later decisions may be what the crowd has made of it.
        """
        if decided is not None:
            self._decided.setdefault(key, decided)
        return self._decided.get(key)

    def joined(self, said: Said, key: MerchantKey) -> tuple[str, ...]:
        """Count a new actor's contradiction in.

        Returns:
            The crowd it makes, or belongs to; empty where there is none.
        """
        recent = self._recent.setdefault((key, said.category), {})
        recent.pop(said.actor, None)
        recent[said.actor] = said.at
        # The last ones are enough to tell a crowd, however many come after them.
        if len(recent) > self._limit + 1:
            del recent[next(iter(recent))]
        times = recent.values()
        is_crowd = len(recent) > self._limit and max(times) - min(times) <= self._window
        return tuple(recent) if is_crowd else ()

    def canonical(self) -> Iterable[object]:
        """All there is, sorted."""
        yield sorted((actor, sorted(keys)) for actor, keys in self._learned.items())
        yield sorted((about, list(recent.items())) for about, recent in self._recent.items())
        yield sorted(self._decided.items())

    def dissolve(self, key: MerchantKey, category: str) -> None:
        """Forget a crowd: what it said was released."""
        self._recent.pop((key, category), None)
