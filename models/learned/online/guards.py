"""Guards against people who say too much, and against many new people who say the same of one merchant at once."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

from models.learned.online.entries import Limits, Said
from models.learned.online.keys import MerchantKey

_HOUR = 3600


class Rates:
    """What each actor has said in the hour of event time that ends with the newest of it."""

    def __init__(self, limits: Limits) -> None:
        self._limit = limits.actor_rate
        # Unix seconds of what was let pass within that hour, oldest first: as many as the limit at most.
        self._passed: dict[str, list[int]] = {}

    def is_over(self, actor: str, at: datetime) -> bool:
        """Count one more, and tell whether it is too much; then it does not count.

        Time does not go back for an actor: what is said late counts as said with the newest.
        """
        passed = self._passed.setdefault(actor, [])
        now = max(int(at.timestamp()), passed[-1]) if passed else int(at.timestamp())
        del passed[: bisect_right(passed, now - _HOUR)]
        if len(passed) >= self._limit:
            return True
        passed.append(now)
        return False

    def canonical(self) -> Iterable[object]:
        """All times, sorted."""
        return sorted(self._passed.items())


class Crowds:
    """New people who say the same of one merchant within a short time, which the model does not know of it."""

    def __init__(self, limits: Limits) -> None:
        self._limit, self._window, self._newcomer = limits.crowd, limits.crowd_window, limits.newcomer
        self._learned: dict[str, set[MerchantKey]] = {}
        self._recent: dict[tuple[MerchantKey, str], dict[str, datetime]] = {}

    def learned(self, actor: str, key: MerchantKey) -> None:
        """Note that something an actor said of a merchant was learned."""
        held = self._learned.setdefault(actor, set())
        # More need not be known of anybody.
        if len(held) <= self._newcomer:
            held.add(key)

    def is_new(self, actor: str, key: MerchantKey) -> bool:
        """Tell whether nothing, or little, was learned from an actor about other merchants."""
        return len(self._learned.get(actor, set()) - {key}) < self._newcomer

    def joined(self, said: Said, key: MerchantKey) -> tuple[str, ...]:
        """Count a new actor's word in.

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

    def dissolve(self, key: MerchantKey, category: str) -> None:
        """Forget a crowd: what it said was released."""
        self._recent.pop((key, category), None)
