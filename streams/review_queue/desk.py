"""The desk over Kafka: what a reviewer asks goes to the journal, and what came of it is waited for."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from models.contracts.taxonomy import Category
from streams.clock import Clock
from streams.console.desk.contract import (
    SHOWN,
    Answered,
    DeskError,
    Place,
    Preview,
    Progress,
    Standing,
    Task,
    Undone,
    Why,
)
from streams.review_queue.entries import Ask, Outcome
from streams.review_queue.journal import JournalWriter
from streams.review_queue.state.people import Reviewer, day_of, everyone
from streams.review_queue.state.queue import Queue
from streams.review_queue.tasks import like_of, task_of

_SAY = {
    Why.UNKNOWN: "no such request is open",
    Why.ANSWERED: "it has been answered, or has expired",
    Why.TAKEN: "another reviewer has it",
    Why.NOTHING: "there is no answer that can be taken back",
    Why.INVALID: "this cannot be asked: see the names, ids and texts that were given",
    Why.ELSEWHERE: "another process keeps the queue",
    Why.STARTING: "the queue is about to be read; try again in a moment",
    Why.SILENT: "Kafka has not confirmed it in time; try again",
}


class KafkaDesk:
    """Serves reviewers in the process that keeps the queue, and says in the others where that is.

    Args:
        journal: Takes what is asked.
        where: Says which process keeps the queue, where it is another one; empty where that is not known.
        clock: The time of day, timezone-aware.
    """

    def __init__(self, journal: JournalWriter, *, where: Callable[[], str], clock: Clock) -> None:
        self._journal = journal
        self._where = where
        self._clock = clock
        self._queue: Queue | None = None

    @property
    def queue(self) -> Queue | None:
        """The queue, where it is kept here."""
        return self._queue

    def restored(self, queue: Queue) -> None:
        """The lane here keeps this queue from now on."""
        self._queue = queue

    def released(self) -> None:
        """The lane here keeps no queue any more."""
        self._queue = None

    def due(self) -> bool:
        """Whether the clock has brought something to the queue that is kept here."""
        return self._queue is not None and self._queue.due(self._now_ms())

    def _now_ms(self) -> int:
        return int(self._clock().timestamp() * 1000)

    @property
    def state(self) -> Place:
        """Where the queue is kept."""
        if self._queue is not None:
            return Place(Standing.HERE if self._journal.connected else Standing.STARTING)
        where = self._where()
        return Place(Standing.ELSEWHERE, where) if where else Place(Standing.STARTING)

    async def next(self, reviewer: str) -> Task | None:
        """Take the request that should be answered next; None where nothing waits that this reviewer may have."""
        outcome = await self._ask(Ask.NEXT, reviewer)
        return self._task(outcome.request_ids[0]) if outcome.request_ids else None

    async def claim(self, request_id: str, reviewer: str) -> Task:
        """Take a request, or keep it for longer."""
        await self._ask(Ask.CLAIM, reviewer, (request_id,))
        return self._task(request_id)

    async def release(self, request_id: str, reviewer: str, *, skip: bool = False) -> None:
        """Give a request back; nothing happens where nobody has it."""
        await self._ask(Ask.SKIP if skip else Ask.RELEASE, reviewer, (request_id,))

    async def answer(
        self, request_id: str, category: Category | None, reviewer: str, reason: str | None = None
    ) -> Answered:
        """Answer a request that this reviewer or nobody has."""
        return _answered(await self._ask(Ask.ANSWER, reviewer, (request_id,), category, reason), category)

    async def answer_similar(
        self, request_id: str, category: Category, reviewer: str, ids: Sequence[str], reason: str | None = None
    ) -> Answered:
        """Answer a request and others like it at once."""
        if len(ids) > SHOWN:
            raise _error(Why.INVALID)
        return _answered(await self._ask(Ask.ANSWER, reviewer, (request_id, *ids), category, reason), category)

    async def undo(self, reviewer: str) -> Undone:
        """Take back the newest answer of this reviewer that is not taken back yet."""
        outcome = await self._ask(Ask.UNDO, reviewer)
        known = self._here().items
        tasks = tuple(self._task(request_id) for request_id in outcome.request_ids if request_id in known)
        return Undone(tasks, outcome.category, outcome.amends)

    async def similar(self, request_id: str) -> Preview:
        """Other open requests of the same merchant."""
        queue = self._here()
        item = queue.items.get(request_id)
        if item is None:
            raise _error(Why.ANSWERED if request_id in queue.done else Why.UNKNOWN)
        others, now_ms = list(queue.others(item)), self._now_ms()
        return Preview(len(others), tuple(like_of(other, asked=item, now_ms=now_ms) for other in others[:SHOWN]))

    def progress(self, reviewer: str) -> Progress:
        """The day of this reviewer, and the queue."""
        queue, now_ms = self._here(), self._now_ms()
        person = queue.reviewers.get(reviewer) or Reviewer()
        today = person.day == day_of(now_ms)
        oldest = queue.oldest_ms()
        return Progress(
            answered=person.answered.total() if today else 0,
            unknown=person.unknown if today else 0,
            everyone=everyone(queue.reviewers, now_ms),
            open=queue.waiting,
            oldest=None if oldest is None else datetime.fromtimestamp(oldest / 1000, UTC),
            undoable=len(person.recent),
        )

    def _here(self) -> Queue:
        if self._queue is None or not self._journal.connected:
            place = self.state
            raise _error(Why.ELSEWHERE if place.standing is Standing.ELSEWHERE else Why.STARTING, place.where)
        return self._queue

    def _task(self, request_id: str) -> Task:
        queue = self._here()
        item = queue.items.get(request_id)
        if item is None:  # answered by somebody in the meantime
            raise _error(Why.ANSWERED)
        return task_of(item, similar=queue.alike.count(item))

    async def _ask(
        self,
        ask: Ask,
        reviewer: str,
        request_ids: Sequence[str] = (),
        category: Category | None = None,
        reason: str | None = None,
    ) -> Outcome:
        self._here()
        outcome = await self._journal.ask(ask, reviewer, request_ids, category, reason)
        if outcome.why is not None:
            raise _error(outcome.why)
        return outcome


def _error(why: Why, where: str = "") -> DeskError:
    return DeskError(why, f"{_SAY[why]}{f': {where}' if where else ''}", where)


def _answered(outcome: Outcome, category: Category | None) -> Answered:
    final_at = datetime.fromtimestamp(outcome.final_ms / 1000, UTC)
    return Answered(outcome.request_ids, category, final_at, dict(outcome.refused), outcome.repeated)
