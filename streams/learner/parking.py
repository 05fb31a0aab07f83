"""Corrections of transactions that nobody knows yet: they wait, some hours and so many at most.

One that says neither its transaction (`about`) nor the merchant (`answers.merchant_key`) can only be learned once
another correction of the same transaction does: one of the same person, or of the review queue, which knows the
transaction. Anybody else could put words into its author's mouth.
Time is that of the journal's records, so a replay gives the same.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from models.contracts.corrections import Correction
from streams.messages.headers import REVIEWED_HEADER
from streams.messages.learning import for_account
from streams.messages.records import Received


@dataclass(frozen=True, slots=True)
class Parked:
    """A correction that waits.

    Args:
        record: Its entry in the journal.
        at: When it began to wait, Unix milliseconds of the journal.
    """

    correction: Correction
    record: Received
    at: int


def says_nothing(correction: Correction) -> bool:
    """Whether it says neither its transaction nor the merchant."""
    return correction.about is None and (correction.answers is None or correction.answers.merchant_key is None)


class Parking:
    """What waits, in the order in which it came.

    Args:
        most: Corrections that wait at most, and corrections that are remembered for those to come at most.
        longest: How long one waits.
    """

    def __init__(self, *, most: int, longest: timedelta) -> None:
        self._most = most
        self._longest_ms = int(longest / timedelta(milliseconds=1))
        self._waiting: OrderedDict[bytes, Parked] = OrderedDict()
        self._of: defaultdict[str, list[bytes]] = defaultdict(list)
        # By transaction and by who says so; None for the queue.
        self._known: OrderedDict[tuple[str, str | None], Correction] = OrderedDict()
        self._now = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def due(self, at: int) -> bool:
        """Whether something has waited too long at a time, Unix milliseconds."""
        return bool(self._waiting) and next(iter(self._waiting.values())).at + self._longest_ms <= at

    def expire(self, at: int) -> list[Parked]:
        """Let time pass, and give what has waited too long.

        Args:
            at: Time of a record of the journal, Unix milliseconds; time never runs backwards.
        """
        self._now = max(self._now, at)
        expired = []
        while self.due(self._now):
            expired.append(self._leave(next(iter(self._waiting))))
        return expired

    def take(self, correction: Correction, record: Received) -> Iterator[Correction]:
        """What can be learned now that this has come: it, if it says enough, and those that waited for what it says."""
        key, transaction = record.key or b"", correction.transaction_id
        if says_nothing(correction):
            knows = self._known.get((transaction, None)) or self._known.get((transaction, correction.actor))
            if knows is not None:
                yield _completed(correction, knows)
            else:
                self._waiting[key] = Parked(correction, record, self._now)
                self._of[transaction].append(key)
            return
        yield correction
        is_queues = REVIEWED_HEADER in record.headers
        if not for_account(correction):  # what one account said stays with it
            self._known[transaction, None if is_queues else correction.actor] = correction
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        for waiting in tuple(self._of.get(transaction, ())):
            if is_queues or self._waiting[waiting].correction.actor == correction.actor:
                yield _completed(self._leave(waiting).correction, correction)

    def overflow(self) -> list[Parked]:
        """Give those that are too many, the oldest."""
        return [self._leave(next(iter(self._waiting))) for _ in range(len(self._waiting) - self._most)]

    def forget(self, is_meant: Callable[[Correction], bool]) -> None:
        """Drop some corrections, those that wait and those that are remembered."""
        for key in [key for key, parked in self._waiting.items() if is_meant(parked.correction)]:
            self._leave(key)
        for about in [about for about, known in self._known.items() if is_meant(known)]:
            del self._known[about]

    def _leave(self, key: bytes) -> Parked:
        parked = self._waiting.pop(key)
        transaction = parked.correction.transaction_id
        self._of[transaction].remove(key)
        if not self._of[transaction]:
            del self._of[transaction]
        return parked


def _completed(correction: Correction, knows: Correction) -> Correction:
    """A correction with what another says of the same transaction."""
    return correction.model_copy(
        update={
            "about": knows.about,
            "answers": knows.answers or correction.answers,
            "account_token": correction.account_token or knows.account_token,
        }
    )
