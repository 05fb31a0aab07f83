"""Quarantine: corrections that wait for an approver, why, and whose."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from models.learned.online.entries import Held, Limits, Reason, Said

_OWN = (Reason.RATE, Reason.DOUBTED, Reason.LATE)
"""Reasons that say nothing about whether a correction is right."""


class Quarantine:
    """Corrections by id, in the order in which they came in, and how many of each actor are doubtful.

    An actor more of whose corrections are held back than were learned is doubted: the next ones are held back, too.
    """

    def __init__(self, limits: Limits) -> None:
        self._limit = limits.doubted
        self._held: dict[str, Held] = {}
        self._doubtful: Counter[str] = Counter()
        self._learned: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[Held]:
        return iter(self._held.values())

    def put(self, said: Said, reason: Reason) -> None:
        """Hold a correction back."""
        self.take(said.correction_id)
        self._held[said.correction_id] = Held(said, reason)
        if reason not in _OWN:
            self._doubtful[said.actor] += 1

    def take(self, correction_id: str) -> Held | None:
        """Take a correction out; None where it is not there."""
        held = self._held.pop(correction_id, None)
        if held is not None and held.reason not in _OWN:
            self._doubtful[held.said.actor] -= 1
            if not self._doubtful[held.said.actor]:
                del self._doubtful[held.said.actor]
        return held

    def get(self, correction_id: str) -> Held | None:
        """Look at a correction; None where it is not there."""
        return self._held.get(correction_id)

    def newest(self, most: int) -> list[Held]:
        """The last that came in, newest first."""
        return list(islice(reversed(self._held.values()), most))

    def reasons(self) -> dict[str, int]:
        """How many wait for which reason, by name."""
        return dict(sorted(Counter(held.reason.value for held in self._held.values()).items()))

    def learned(self, actor: str) -> None:
        """Note that one of an actor's corrections was learned."""
        self._learned[actor] += 1

    def is_doubted(self, actor: str) -> bool:
        """Tell whether many of an actor's corrections wait, and more than were learned."""
        doubtful = self._doubtful[actor]
        return doubtful >= self._limit and doubtful > self._learned[actor]

    def like(self, held: Held) -> list[Held]:
        """Others that wait as part of the same crowd; none where it is of none."""
        if held.reason is not Reason.CROWD:
            return []
        return [
            other
            for other in self._held.values()
            if other.reason is Reason.CROWD
            and (other.said.merchant, other.said.category) == (held.said.merchant, held.said.category)
            and other.said.correction_id != held.said.correction_id
        ]

    def canonical(self) -> Iterable[object]:
        """All that waits, and the counts, sorted."""
        yield list(self._held.values())
        yield sorted(self._doubtful.items())
        yield sorted(self._learned.items())
