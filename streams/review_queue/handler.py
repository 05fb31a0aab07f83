"""The work on one batch of the journal, without Kafka: what is asked is done, and what follows from it is written.

Everything that follows is in the transaction that takes the entries, so an answer goes out once or is asked again.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.contracts.taxonomy import Category
from models.contracts.wire import parse
from models.errors import ContractError
from streams.clock import Clock
from streams.console.desk.contract import SHOWN, Why
from streams.messages.cloudevents import dead_letter
from streams.messages.records import Output, Received
from streams.review_queue.entries import ANSWER_SECONDS, ENTRY, REQUEST, Ask, Entry, Outcome, outcome_record
from streams.review_queue.outputs import Outputs
from streams.review_queue.state.item import Given, Item, item_of
from streams.review_queue.state.queue import Queue
from streams.review_queue.state.records import changed

GIVEN_UP = frozenset({Ask.NEXT, Ask.CLAIM, Ask.UNDO})
"""What is not done where nobody waits for it any more: asked again, it would be done twice. An answer counts once.

Judged by the clock when it is taken, once: a start reads from the journal what came of it, and does nothing again.
"""

AT_ONCE = 500
"""Requests that are settled in one batch at most; the rest follows in the next."""


@dataclass(slots=True)
class QueueResult:
    """All that a batch of the journal becomes.

    Args:
        outcomes: What came of each entry.
        opened: Requests that are new, by whether they are blind.
        answers: Answers by category.
        asked: Entries by what was asked, and what came of it.
        expired: Requests that nobody answered in time.
        settled: Requests that are done with: answered for good, or expired.
        waited: Seconds from its arrival to its answer, of each request that was answered.
    """

    written: list[Output] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    dead_letters: Counter[tuple[str, str]] = field(default_factory=Counter)
    opened: Counter[bool] = field(default_factory=Counter)
    answers: Counter[Category] = field(default_factory=Counter)
    asked: Counter[tuple[Ask, str]] = field(default_factory=Counter)
    expired: int = 0
    settled: int = 0
    waited: list[float] = field(default_factory=list)

    def answered(self, item: Item, given: Given, now_ms: int) -> None:
        """Count an answer."""
        self.answers[given.category] += 1
        self.waited.append(max(0, now_ms - item.opened_ms) / 1000)


class QueueHandler:
    """Turns a batch of the journal into what follows from it. No input makes it raise.

    Args:
        partitions: Of `transactions.review`, and of the topics for what becomes of a request.
        clock: The time of day, timezone-aware.
    """

    def __init__(self, outputs: Outputs, *, partitions: int, clock: Clock) -> None:
        self._outputs = outputs
        self._partitions = partitions
        self._clock = clock

    def __call__(self, records: Sequence[Received], queue: Queue) -> QueueResult:
        """Handle one batch; the queue is changed."""
        result, now = QueueResult(), self._clock()
        now_ms = int(now.timestamp() * 1000)
        for record in records:
            kind, _, name = (record.key or b"").decode("utf-8", "replace").partition(":")
            # Of what it writes itself it takes nothing: that is in the state already.
            if record.value is not None and f"{kind}:" == REQUEST:
                self._open(record, name, queue, result)
            elif record.value is not None and f"{kind}:" == ENTRY:
                self._do(record, name, queue, result, now)
        for item, given in queue.tick(now_ms, most=AT_ONCE):
            result.expired += given is None
            result.settled += 1
            # The decision that a blind request is a copy of stands, whatever people say.
            if not item.blind:
                result.written.append(self._outputs.decision(item, given, now))
        result.written += changed(queue)
        return result

    def _open(self, record: Received, name: str, queue: Queue, result: QueueResult) -> None:
        try:
            item = item_of(name, record.value or b"", record.headers)
            if item.partition >= self._partitions:
                raise ContractError("refused")
        except ContractError as error:
            self._refuse(record, error, result)
            queue.noted.gone[name] = None
            return
        if queue.open(item):
            result.opened[item.blind] += 1

    def _do(self, record: Received, name: str, queue: Queue, result: QueueResult, now: datetime) -> None:
        try:
            entry, _ = parse(Entry, record.value or b"")
        except ContractError as error:
            self._refuse(record, error, result)
            result.written.append(outcome_record(name, Outcome(Why.INVALID)))
            return
        outcome = queue.entries.get(name)
        if outcome is None:
            outcome = self._ask(entry, queue, result, now)
            queue.remember(name, outcome)
            result.asked[entry.ask, outcome.why.value if outcome.why else "done"] += 1
        result.outcomes[name] = outcome
        result.written.append(outcome_record(name, outcome))

    def _ask(self, entry: Entry, queue: Queue, result: QueueResult, now: datetime) -> Outcome:
        now_ms, reviewer, ids = int(now.timestamp() * 1000), entry.reviewer, entry.request_ids
        if entry.ask is Ask.TICK:
            return Outcome()
        needs = 0 if entry.ask in (Ask.NEXT, Ask.UNDO) else 1
        if reviewer is None or not needs <= len(ids) <= needs + SHOWN:
            return Outcome(Why.INVALID)
        if entry.ask in GIVEN_UP and now - entry.at > timedelta(seconds=ANSWER_SECONDS):
            return Outcome(Why.SILENT)
        match entry.ask:
            case Ask.NEXT:
                return queue.next(reviewer, now_ms)
            case Ask.CLAIM:
                return queue.claim(ids[0], reviewer, now_ms)
            case Ask.RELEASE | Ask.SKIP:
                return queue.release(ids[0], reviewer, now_ms, skip=entry.ask is Ask.SKIP)
            case Ask.UNDO:
                return self._undo(reviewer, queue, result, now)
        if entry.ask is Ask.TOLD:
            return self._told(entry, reviewer, queue, result, now_ms)
        if entry.category is None:
            return queue.unknown(entry.entry_id, ids[0], reviewer, now_ms)
        return self._answer(entry, reviewer, entry.category, queue, result, now_ms)

    def _answer(
        self, entry: Entry, reviewer: str, category: Category, queue: Queue, result: QueueResult, now_ms: int
    ) -> Outcome:
        given = _given(entry, reviewer, category, queue, now_ms)
        outcome = queue.answer(given, entry.request_ids, now_ms)
        if outcome.why is None and not outcome.repeated:
            for request_id in outcome.request_ids:
                item = queue.items[request_id]
                result.written.append(self._outputs.correction(item, given))
                result.answered(item, given, now_ms)
        return outcome

    def _told(self, entry: Entry, reviewer: str, queue: Queue, result: QueueResult, now_ms: int) -> Outcome:
        """What somebody said elsewhere is a correction already."""
        if entry.category is None:
            return Outcome(Why.INVALID)
        given = _given(entry, reviewer, entry.category, queue, now_ms)
        outcome = queue.told(given, entry.request_ids[0])
        for request_id in outcome.request_ids:
            result.answered(queue.items[request_id], given, now_ms)
        return outcome

    def _undo(self, reviewer: str, queue: Queue, result: QueueResult, now: datetime) -> Outcome:
        outcome, taken = queue.undo(reviewer, int(now.timestamp() * 1000))
        result.written += (self._outputs.forget(item, given, now) for item, given in taken)
        return outcome

    def _refuse(self, record: Received, error: ContractError, result: QueueResult) -> None:
        result.written.append(dead_letter(record, error, "queue"))
        result.dead_letters["queue", error.reason] += 1


def _given(entry: Entry, reviewer: str, category: Category, queue: Queue, now_ms: int) -> Given:
    # By the lane's clock where theirs is ahead: nobody speaks from the future.
    at_ms = min(int(entry.at.timestamp() * 1000), now_ms)
    return Given(entry.entry_id, reviewer, category, entry.reason, at_ms, now_ms + queue.limits.grace_ms)
