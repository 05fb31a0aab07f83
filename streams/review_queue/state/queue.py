"""The state of the queue, and what may happen to it; without Kafka, clock and environment.

    waiting --claim--> claimed --answer--> answered --grace passes--> with the ledger --a day, or ten others--> done
       ^                  |                   |                            |
       +--release, time---+<-----undo---------+<-----------undo------------+

What happens is noted, so that the newest record of each key can be written (`streams.review_queue.state.records`).
"""

import heapq
from collections.abc import Iterator, Sequence

from streams.console.desk.contract import Why
from streams.review_queue.entries import Outcome
from streams.review_queue.state.alike import Alike
from streams.review_queue.state.item import Given, Item
from streams.review_queue.state.moments import Moments
from streams.review_queue.state.order import Order
from streams.review_queue.state.parts import Done, Limits, Noted, Settled, put_last, shed
from streams.review_queue.state.people import REVIEWERS, UNDOABLE_MS, Recent, Reviewer
from streams.review_queue.state.skips import Skips

ENTRIES = 10_000
"""Entries whose outcome is remembered, so that one that comes twice is done once."""

EARLY = 10_000
"""Answers of case tools that wait for their request; the oldest is forgotten first, since most are of no request."""

UNKNOWN_TO = 20
"""Reviewers of whom it is remembered that they do not know an answer."""

CLAIMS = 3
"""Requests that a reviewer takes at most; beyond it the one that was taken first is free again."""


class Queue:
    """The queue.

    `left_out` counts records of the journal that this release cannot read.

    Args:
        now_ms: The clock, Unix milliseconds, wherever it is a parameter.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.items: dict[str, Item] = {}
        self.alike = Alike()
        self.done: dict[str, Done] = {}
        self.reviewers: dict[str, Reviewer] = {}
        self.entries: dict[str, Outcome] = {}
        self.early: dict[str, Given] = {}
        self.waiting = 0
        self.left_out = 0
        self.order = Order(self.items, self.alike)
        self.noted = Noted()
        self._skips = Skips()
        self._claimed: dict[str, Item] = {}
        self._finals = Moments(self.items, lambda item: item.given.final_ms if item.given is not None else None)
        self._opened = Moments(self.items, lambda item: self._aged_ms(item) if item.given is None else None)

    def __str__(self) -> str:
        return f"{self.waiting} open requests"

    def open(self, item: Item) -> bool:
        """Take a request in; one that comes again takes the place of the first, and what people said of it stays.

        Returns:
            Whether it is new.
        """
        known = self.items.get(item.request_id)
        if known is not None:
            item.claimed_by, item.claimed_ms, item.unknown_to = known.claimed_by, known.claimed_ms, known.unknown_to
            item.given, item.emitted = known.given, known.emitted
            if known.given is None:
                self._wait_no_more(known)
            self.put(item)
            return False
        if item.request_id in self.done:
            self.noted.gone[item.request_id] = None
            return False
        self.put(item)
        if (given := self.early.pop(item.request_id, None)) is not None:
            self.noted.early[item.request_id] = None
            self._give(item, given)
        return True

    def put(self, item: Item) -> None:
        """Put an item in its place, by what it says of itself."""
        self.items[item.request_id] = item
        if item.given is None:
            self._wait(item)
            self.order.came(item)
            self._opened.put(item)
            if item.claimed_by:
                self._claimed[item.request_id] = item
        else:
            self._finals.put(item)

    def _wait(self, item: Item) -> None:
        self.waiting += 1
        if self.alike.add(item):
            self.order.grown(self.alike.of(item))

    def _wait_no_more(self, item: Item) -> None:
        self.waiting -= 1
        self.alike.remove(item)
        self._claimed.pop(item.request_id, None)

    def others(self, item: Item) -> Iterator[Item]:
        """Open requests like this one, oldest first."""
        return (self.items[request_id] for request_id in self.alike.others(item))

    def free(self, now_ms: int) -> int:
        """How many open requests nobody has."""
        return sum(item.given is None and not item.holder(now_ms) for item in self.items.values())

    def in_order(self) -> list[Item]:
        """Open requests as they should be answered."""
        return self.order.sorted(item for item in self.items.values() if item.given is None)

    def oldest_ms(self) -> int | None:
        """When the oldest open request came."""
        first = self._opened.first()
        return None if first is None else first.opened_ms

    def _aged_ms(self, item: Item) -> int:
        """When it came; where somebody has it longer than its time lasts, such that its time lasts as long."""
        return max(item.opened_ms, item.claimed_ms - self.limits.expiry_ms)

    # Who has it

    def next(self, reviewer: str, now_ms: int) -> Outcome:
        """Give the first request to a reviewer: one that they have not skipped, as long as there is one."""
        self._lapse(now_ms)
        skipped = self._skips.of(reviewer, now_ms)
        item = self.order.first(lambda item: item.request_id not in skipped and item.is_for(reviewer, now_ms))
        again = (self.items[name] for name in skipped if name in self.items)
        item = item or next((one for one in again if one.is_for(reviewer, now_ms)), None)
        if item is None:
            return Outcome()
        self._claim(item, reviewer, now_ms)
        self._keep(reviewer)
        return Outcome(request_ids=(item.request_id,))

    def claim(self, request_id: str, reviewer: str, now_ms: int) -> Outcome:
        """Give a certain request to a reviewer, or leave it with them for longer."""
        self._lapse(now_ms)
        if why := self._hindrance(request_id, reviewer, now_ms):
            return Outcome(why)
        self._claim(self.items[request_id], reviewer, now_ms)
        self._keep(reviewer)
        return Outcome(request_ids=(request_id,))

    def release(self, request_id: str, reviewer: str, now_ms: int, *, skip: bool = False) -> Outcome:
        """Take a request from the reviewer who has it; nothing happens where nobody has.

        Args:
            skip: Whether others come first for this reviewer until the day is over.
        """
        if why := self._hindrance(request_id, reviewer, now_ms):
            return Outcome(why)
        if skip:
            self._skips.put(reviewer, request_id, now_ms)
        if self.items[request_id].holder(now_ms):
            self._let_go(self.items[request_id])
        return Outcome(request_ids=(request_id,))

    def _claim(self, item: Item, reviewer: str, now_ms: int) -> None:
        item.claimed_by, item.claimed_ms = reviewer, now_ms + self.limits.claim_ms
        self._claimed.pop(item.request_id, None)  # put behind the others: their order is their age
        self._claimed[item.request_id] = item
        self._opened.put(item)
        self.noted.items[item.request_id] = None

    def _keep(self, reviewer: str) -> None:
        """Leave a reviewer who has too many the newest."""
        held = [item for item in self._claimed.values() if item.claimed_by == reviewer]
        for item in sorted(held, key=lambda one: one.claimed_ms)[:-CLAIMS]:
            self._let_go(item)

    def _let_go(self, item: Item) -> None:
        item.claimed_by, item.claimed_ms = "", 0
        self._claimed.pop(item.request_id, None)
        self._opened.put(item)
        self.order.put(item)
        self.noted.items[item.request_id] = None

    def _lapse(self, now_ms: int) -> None:
        """Take back what was kept for somebody for too long."""
        for item in [item for item in self._claimed.values() if item.claimed_ms <= now_ms]:
            self._let_go(item)

    def _hindrance(self, request_id: str, reviewer: str, now_ms: int) -> Why | None:
        """Why a reviewer cannot have or answer a request."""
        item = self.items.get(request_id)
        if item is None:
            return Why.ANSWERED if request_id in self.done else Why.UNKNOWN
        if item.given is not None:
            return Why.ANSWERED
        return Why.TAKEN if item.holder(now_ms) not in ("", reviewer) else None

    def answer(self, given: Given, request_ids: Sequence[str], now_ms: int) -> Outcome:
        """Answer a request, and others like it."""
        first = request_ids[0]
        if why := self._hindrance(first, given.reviewer, now_ms):
            if why is Why.ANSWERED and self._said(first, given):
                return Outcome(request_ids=(first,), final_ms=self._final(first), repeated=True)
            return Outcome(why)
        alike, accepted, refused = self.alike.of(self.items[first]), [first], {}
        for request_id in dict.fromkeys(request_ids[1:]):
            why = self._hindrance(request_id, given.reviewer, now_ms)
            if why is None and (request_id not in alike):
                why = Why.INVALID
            if why is not None:
                refused[request_id] = why
            elif request_id != first:
                accepted.append(request_id)
        for request_id in accepted:
            self._give(self.items[request_id], given)
        self._remember(given.reviewer, Recent(given.entry_id, tuple(accepted), given.category, now_ms))
        return Outcome(request_ids=tuple(accepted), refused=refused, final_ms=given.final_ms)

    def told(self, given: Given, request_id: str) -> Outcome:
        """Somebody has answered in a case tool, whoever has the request here; before it has come, the answer waits."""
        item = self.items.get(request_id)
        if request_id in self.done if item is None else item.given is not None:
            return Outcome(Why.ANSWERED)
        if item is not None:
            self._give(item, given)
            return Outcome(request_ids=(request_id,), final_ms=given.final_ms)
        for name in (request_id, *put_last(self.early, request_id, given, most=EARLY)):
            self.noted.early[name] = None
        return Outcome(Why.UNKNOWN)

    def _give(self, item: Item, given: Given) -> None:
        self._wait_no_more(item)
        item.given, item.claimed_by, item.claimed_ms = given, "", 0
        self._finals.put(item)
        self.noted.items[item.request_id] = None

    def unknown(self, entry_id: str, request_id: str, reviewer: str, now_ms: int) -> Outcome:
        """A reviewer does not know: others are asked."""
        item = self.items.get(request_id)
        if item is not None and item.given is None and reviewer in item.unknown_to:
            self.release(request_id, reviewer, now_ms)
            return Outcome(request_ids=(request_id,), final_ms=now_ms, repeated=True)
        if (why := self._hindrance(request_id, reviewer, now_ms)) or item is None:
            return Outcome(why)
        item.unknown_to = (*item.unknown_to, reviewer)[-UNKNOWN_TO:]
        self._let_go(item)
        self._remember(reviewer, Recent(entry_id, (request_id,), None, now_ms))
        return Outcome(request_ids=(request_id,), final_ms=now_ms)

    def undo(self, reviewer: str, now_ms: int) -> tuple[Outcome, list[tuple[Item, Given]]]:
        """Take the newest answer of a reviewer back.

        Returns:
            What came of it, and the answers that are taken back, with their requests as they are now.
        """
        person = self.reviewers.get(reviewer)
        if person is None or not person.recent:
            return Outcome(Why.NOTHING), []
        recent = person.unsaid(now_ms)
        self.noted.reviewers[reviewer] = None
        again, taken = [], []
        for request_id in recent.request_ids:
            item = self.items.get(request_id)
            if item is None:
                continue
            if recent.category is None:
                item.unknown_to = tuple(name for name in item.unknown_to if name != reviewer)
                self.noted.items[request_id] = None
                if item.given is not None or item.holder(now_ms) not in ("", reviewer):
                    continue
            elif item.given is not None and item.given.entry_id == recent.entry_id:
                taken.append((item, item.given))
                item.given = None
                self._wait(item)
                self.order.put(item)
            else:
                continue
            again.append(request_id)
            self._claim(item, reviewer, now_ms)
        amends = any(item.emitted for item, _ in taken)
        return Outcome(request_ids=tuple(again), category=recent.category, amends=amends), taken

    def _said(self, request_id: str, given: Given) -> bool:
        item, done = self.items.get(request_id), self.done.get(request_id)
        if item is not None and item.given is not None:
            return (item.given.reviewer, item.given.category) == (given.reviewer, given.category)
        return done is not None and (done.reviewer, done.category) == (given.reviewer, given.category)

    def _final(self, request_id: str) -> int:
        item = self.items.get(request_id)
        return item.given.final_ms if item is not None and item.given is not None else self.done[request_id].at_ms

    def _remember(self, reviewer: str, recent: Recent) -> None:
        person = self.reviewers.pop(reviewer, None) or Reviewer()
        self.reviewers[reviewer] = person  # now the last in the order of the dict
        self.noted.reviewers[reviewer] = None
        for gone in person.said(recent):
            self._close(gone)
        while len(self.reviewers) > REVIEWERS:
            longest_away = next(iter(self.reviewers))
            for gone in self.reviewers.pop(longest_away).recent:
                self._close(gone)
            self.noted.reviewers[longest_away] = None

    def _close(self, recent: Recent) -> None:
        """Nobody can take this answer back any more: what the ledger has is let go."""
        for request_id in recent.request_ids:
            item = self.items.get(request_id)
            if item is not None and item.given is not None and item.given.entry_id == recent.entry_id and item.emitted:
                self._drop(item)

    def _drop(self, item: Item) -> None:
        del self.items[item.request_id]
        self.noted.gone[item.request_id] = None

    # What time brings

    def due(self, now_ms: int) -> bool:
        """Whether there is something to do for `tick`."""
        limits = self.limits
        return (
            self._finals.due(now_ms)
            or (limits.expires and self._opened.due(now_ms - limits.expiry_ms))
            or self.waiting > limits.open
            or len(self.done) > limits.open
        )

    def tick(self, now_ms: int, *, most: int) -> list[Settled]:
        """Bring the queue up to the clock.

        Args:
            most: Requests that are settled at once; the rest is left to the next call.

        Returns:
            What the ledger is to get, in the order in which it became due; never one that it has.
        """
        settled: list[Settled] = []
        while self._finals.due(now_ms) and len(settled) < most:
            item = self._finals.pop()
            if item.given is not None:
                self._settle(item, item.given, settled)
        while self.limits.expires and self._opened.due(now_ms - self.limits.expiry_ms) and len(settled) < most:
            self._expire(self._opened.pop(), now_ms, settled)
        if len(settled) < most:
            self._overflow(now_ms, most - len(settled), settled)
        self._forget(now_ms)
        return settled

    def _settle(self, item: Item, given: Given, settled: list[Settled]) -> None:
        if not item.emitted:
            item.emitted = True
            settled.append(Settled(item, given))
        self._finish(item, Done(given.category, given.reviewer, given.final_ms))
        person = self.reviewers.get(given.reviewer)
        if person is not None and any(recent.entry_id == given.entry_id for recent in person.recent):
            self.noted.items[item.request_id] = None
        else:
            self._drop(item)

    def _expire(self, item: Item, now_ms: int, settled: list[Settled]) -> None:
        if not item.emitted:
            settled.append(Settled(item, None))
        self._wait_no_more(item)
        self._finish(item, Done(None, "", now_ms))
        self._drop(item)

    def _finish(self, item: Item, done: Done) -> None:
        self.done.pop(item.request_id, None)
        self.done[item.request_id] = done
        self.noted.done[item.request_id] = None

    def _overflow(self, now_ms: int, most: int, settled: list[Settled]) -> None:
        """Let the least uncertain go where more wait than may."""
        excess = self.waiting - self.limits.open
        if excess <= 0:
            return
        # A hundredth more than must: looking through all for each one that comes would take too long.
        free = (item for item in self.items.values() if item.given is None and not item.holder(now_ms))
        count = min(most, excess + self.limits.open // 100)
        # Blind ones by where they stand: by their own they would go first, and labels would lack when most is asked.
        for item in heapq.nsmallest(count, free, key=lambda one: (one.standing or one).uncertainty):
            self._expire(item, now_ms, settled)

    def _forget(self, now_ms: int) -> None:
        for name, person in self.reviewers.items():
            if person.recent and (old := person.forget(now_ms - UNDOABLE_MS)):
                self.noted.reviewers[name] = None
                for recent in old:
                    self._close(recent)
        self.noted.done |= dict.fromkeys(shed(self.done, self.limits.open))

    def remember(self, entry_id: str, outcome: Outcome) -> None:
        """Remember what came of an entry."""
        put_last(self.entries, entry_id, outcome, most=ENTRIES)
