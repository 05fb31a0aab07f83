"""A journal of reviews in memory, and the lane that reads it: what Kafka does, compaction and death included."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from models.contracts.taxonomy import Category
from streams.messages.records import Headers, Output
from streams.messages.roles import Role
from streams.review_queue.copying import Copied, CopyHandler
from streams.review_queue.entries import Ask, Entry, Outcome, entry_record
from streams.review_queue.handler import QueueHandler, QueueResult
from streams.review_queue.outputs import Outputs
from streams.review_queue.state.parts import Limits
from streams.review_queue.state.queue import Queue
from streams.review_queue.state.records import Entered, Restoring
from tests.harness.monitoring import Clock
from tests.harness.review import request_message

PARTITIONS = 4
MINUTE_MS = 60_000
LIMITS = Limits(claim_ms=2 * MINUTE_MS, grace_ms=MINUTE_MS // 2, expiry_ms=600 * MINUTE_MS, expires=True, open=50)


class Kept(NamedTuple):
    """A record of the journal."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


@dataclass
class MemoryJournal:
    """The journal, its lane, and what came out of it.

    Args:
        committed: Offset of the first record that the lane has not taken.
    """

    limits: Limits = LIMITS
    clock: Clock = field(default_factory=Clock)
    records: list[Kept] = field(default_factory=list)
    end: int = 0
    committed: int = 0
    outputs: list[Output] = field(default_factory=list)
    entries: int = 0

    def __post_init__(self) -> None:
        self.queue = Queue(self.limits)
        self.handler = QueueHandler(
            Outputs("/evenhand/test", lambda key: len(key) % PARTITIONS), partitions=PARTITIONS, clock=self.clock
        )

    def came(self, number: int, *, partition: int = 0, unaided: bool = False, **changed: Any) -> None:
        """A request comes in on `transactions.review`, where it is said so to be asked without suggestions."""
        message = request_message(number, **changed)
        record = StampedRecord(message.value, number, partition, message.headers, self.now_ms)
        self.write(CopyHandler(float(unaided))([record], Copied()).written)

    @property
    def now_ms(self) -> int:
        """The clock, Unix milliseconds."""
        return int(self.clock().timestamp() * 1000)

    def write(self, outputs: Iterable[Output]) -> None:
        """Write records behind the last; those of other topics are what came out."""
        for output in outputs:
            if output.role is Role.REVIEW_JOURNAL:
                self.records.append(Kept(self.end, output.key, output.value, output.headers))
                self.end += 1
            else:
                self.outputs.append(output)

    def enter(
        self,
        ask: Ask,
        reviewer: str | None = None,
        ids: Iterable[str] = (),
        category: str | None = None,
        *,
        entry_id: str = "",
    ) -> str:
        """Write an entry; the lane has not taken it yet."""
        self.entries += 1
        entry = Entry(
            entry_id=entry_id or f"e-{self.entries}",
            ask=ask,
            request_ids=tuple(ids),
            category=None if category is None else Category(category),
            reviewer=reviewer,
            at=self.clock(),
        )
        self.write([entry_record(entry, source="/evenhand/test")])
        return entry.entry_id

    def taken(self, *, most: int = 1_000_000, lost: bool = False) -> QueueResult:
        """The lane takes what it has not taken; where it is lost, it dies before the commit."""
        batch = [record for record in self.records if record.offset >= self.committed][:most]
        result = self.handler([StampedRecord(r.value, r.offset, 0, r.headers, 0, r.key) for r in batch], self.queue)
        if lost:
            self.restart()
        elif batch:
            self.committed = batch[-1].offset + 1
            self.write(result.written)
        return result

    def ask(
        self, ask: Ask, reviewer: str | None = None, ids: Iterable[str] = (), category: str | None = None
    ) -> Outcome:
        """Ask something, and what comes of it."""
        entry = self.enter(ask, reviewer, ids, category)
        return self.taken().outcomes[entry]

    def tick(self, **passed: float) -> QueueResult:
        """Let time pass, and the lane look at the clock."""
        self.clock.now += timedelta(**passed)
        self.enter(Ask.TICK)
        return self.taken()

    def restored(self) -> Queue:
        """The queue, as another process restores it."""
        restoring = Restoring(committed=self.committed)
        for record in self.records:
            restoring.take(Entered(*record))
        return restoring.queue(self.limits)

    def restart(self) -> None:
        """The process dies, and another takes over."""
        self.queue = self.restored()

    def compact(self, seed: int) -> None:
        """Take away records that a later one of their key replaces, up to some offset; some stay, as in Kafka."""
        chance = random.Random(seed)
        limit = chance.randint(0, self.end)
        newest = {record.key: record.offset for record in self.records if record.offset < limit}
        self.records = [
            record
            for record in self.records
            if record.offset >= limit or newest[record.key] == record.offset or chance.random() < 0.3
        ]

    def written(self, role: Role) -> list[Output]:
        """What came out to a topic."""
        return [output for output in self.outputs if output.role is role]


@dataclass(frozen=True)
class StampedRecord:
    """A record as a lane gets it."""

    value: bytes | None
    offset: int
    partition: int
    headers: Headers
    timestamp: int
    key: bytes | None = b"a-1"
    topic: str = "transactions.review"


def state_of(queue: Queue) -> dict[str, Any]:
    """All that a queue knows, to compare it with another."""
    return {
        "items": {
            name: (item.packed, item.like, item.claimed_by, item.claimed_ms, item.unknown_to, item.given, item.emitted)
            for name, item in sorted(queue.items.items())
        },
        "alike": {like: sorted(alike) for like, alike in sorted(queue.alike.items())},
        "done": dict(sorted(queue.done.items())),
        "reviewers": {name: person.written() for name, person in sorted(queue.reviewers.items())},
        "early": queue.early,
        "waiting": queue.waiting,
        "oldest": queue.oldest_ms(),
    }
