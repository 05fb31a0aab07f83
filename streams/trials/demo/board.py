"""The state of the live view: what has been counted so far, and the frozen picture that is drawn of it."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from models.contracts.events import Decision
from monitors.counts.tally import Tally
from streams.trials.demo.fairness import Look, Watch
from streams.trials.demo.words import Told, tell

RATE_SECONDS = 3.0
"""Span over which a rate is taken."""

TELL_SECONDS = 0.5
"""Time between two decisions shown: as they come, they would be too fast to read."""

REVIEW_EVERY = 3
"""Every so many-th decision shown is the newest that went to review; the others are the newest of all."""

HISTORY_SECONDS = 0.5
"""Time between two points of the course of the throughput."""

SHOWN = 40
HISTORY = 60


class Phase(StrEnum):
    """What the demo is doing."""

    REPLAY = "replaying"
    DRAIN = "draining"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of the replay.

    Args:
        phase: What the demo is doing.
        elapsed: Seconds since the replay began.
        total: Messages that will go in.
        sent: Messages that the broker has taken.
        tally: Decisions read back, by category and outcome.
        dead_letters: Dead letters read back.
        rate_in: Messages sent per second, lately.
        rate_out: Messages answered per second, lately.
        stream_time: Timestamp of the transaction that went last.
        console: Address of the fairness console.
        look: What the monitor said last.
        told: Decisions in words, the newest last.
        history: `rate_out` over time, the newest last.
    """

    phase: Phase
    elapsed: float
    total: int
    sent: int
    tally: Tally
    dead_letters: int
    rate_in: float
    rate_out: float
    stream_time: datetime
    console: str
    look: Look
    told: tuple[Told, ...] = ()
    history: tuple[float, ...] = ()

    @property
    def answered(self) -> int:
        """Messages whose one terminal record has been read back."""
        return self.tally.total + self.dead_letters

    @property
    def waiting(self) -> int:
        """Messages sent and not answered yet: the lag as a consumer of the outputs sees it."""
        return max(0, self.sent - self.answered)


@dataclass(slots=True)
class Board:
    """Counts what goes in and comes out. Times are seconds of one monotonic clock.

    Args:
        descriptions: Transaction id to description, of the demo's own input.
        timestamps: Timestamps of the transactions in the order of sending.
        total: Messages that will go in.
        console: Address of the fairness console.
        started: When the replay began.
    """

    descriptions: Mapping[str, str]
    timestamps: Sequence[datetime]
    total: int
    console: str
    started: float
    phase: Phase = Phase.REPLAY
    transactions_sent: int = 0
    planted_sent: int = 0
    dead_letters: int = 0
    most_waiting: int = 0
    tally: Tally = field(default_factory=Tally)
    watch: Watch = field(default_factory=Watch)
    _newest: Decision | None = None
    _newest_review: Decision | None = None
    _told: deque[Told] = field(default_factory=lambda: deque(maxlen=SHOWN))
    _told_at: float = float("-inf")
    _told_count: int = 0
    _samples: deque[tuple[float, int, int]] = field(default_factory=deque)
    _history: deque[float] = field(default_factory=lambda: deque(maxlen=HISTORY))
    _history_at: float = float("-inf")

    @property
    def sent(self) -> int:
        """Messages that the broker has taken."""
        return self.transactions_sent + self.planted_sent

    @property
    def answered(self) -> int:
        """Messages whose terminal record has been read back."""
        return self.tally.total + self.dead_letters

    def count_sent(self, count: int) -> None:
        """Count transactions that the broker has taken."""
        self.transactions_sent += count

    def decided(self, decisions: Sequence[Decision]) -> None:
        """Count decisions that were read back."""
        self.tally = self.tally.merge(Tally.of(decisions))
        for decision in decisions:
            self._newest = decision
            if decision.requires_review:
                self._newest_review = decision

    def tick(self, now: float) -> Snapshot:
        """Take the rates, pick a decision to show when it is time for one, and give the picture of now."""
        self._samples.append((now, self.sent, self.answered))
        while len(self._samples) > 2 and self._samples[1][0] <= now - RATE_SECONDS:
            self._samples.popleft()
        self._pick(now)
        rate_in, rate_out = self._rates()
        if now - self._history_at >= HISTORY_SECONDS:
            self._history.append(rate_out)
            self._history_at = now
        self.most_waiting = max(self.most_waiting, self.sent - self.answered)
        return Snapshot(
            phase=self.phase,
            elapsed=now - self.started,
            total=self.total,
            sent=self.sent,
            tally=self.tally,
            dead_letters=self.dead_letters,
            rate_in=rate_in,
            rate_out=rate_out,
            stream_time=self.timestamps[min(max(self.transactions_sent, 1), len(self.timestamps)) - 1],
            console=self.console,
            look=self.watch.last,
            told=tuple(self._told),
            history=tuple(self._history),
        )

    def _rates(self) -> tuple[float, float]:
        (first, sent, answered), (last, sent_now, answered_now) = self._samples[0], self._samples[-1]
        seconds = last - first
        return ((sent_now - sent) / seconds, (answered_now - answered) / seconds) if seconds > 0 else (0.0, 0.0)

    def _pick(self, now: float) -> None:
        turn = self._told_count % REVIEW_EVERY == REVIEW_EVERY - 1
        decision = (self._newest_review if turn else None) or self._newest
        if decision is None or now - self._told_at < TELL_SECONDS:
            return
        self._told.append(tell(decision, self.descriptions.get(decision.transaction_id, "")))
        self._told_at, self._told_count = now, self._told_count + 1
        self._newest = None
        if decision.requires_review:
            self._newest_review = None
