"""The state of a replay: counts of what went in and came out, rates, and the few decisions that are shown."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from models.contracts.events import Decision
from monitors.counts.tally import Tally
from streams.messages.dead_letters import DeadLetter
from streams.trials.demo.fairness import MonitorWatch

RATE_SECONDS = 3.0
"""Span over which a rate is taken."""

SHOW_SECONDS = 0.5
"""Time between two decisions shown: as they come, they would be too fast to read."""

REVIEW_EVERY = 3
"""Every so many-th decision shown is the newest that went to review; the others are the newest of all."""

HISTORY_SECONDS = 0.5
"""Time between two points of the sparkline of the throughput."""

SHOWN = 40
HISTORY = 60


class Phase(StrEnum):
    """Part of the replay."""

    REPLAY = "replaying"
    DRAIN = "draining"
    ANSWER = "answering"
    NEXT = "going on"


@dataclass(slots=True)
class Board:
    """Counts what goes in and comes out. Times are seconds of one monotonic clock.

    Args:
        descriptions: Transaction id to description, of the demo's own input.
        timestamps: Timestamps of the transactions in the order of sending.
        tally: Decisions read back, by category and outcome; of a reviewed transaction its request.
        reviewed: Final decisions read back with which reviews ended.
        most_waiting: Most messages that were sent and not answered at one time.
        wanted: Ids of the transactions whose decisions are kept.
        kept: Those decisions, by id.
        paced: Messages of the replay, those that come after the lesson left out; 0 until it is over.
        send_seconds: From the start to the last acknowledgement of the replay; 0 until then.
        answer_seconds: From the start until every answer to it was read back; 0 until then.
        rate_in: Messages sent per second, lately.
        rate_out: Messages answered per second, lately.
        shown: Decisions to show, the newest last.
        history: `rate_out` over time, the newest last.
    """

    descriptions: Mapping[str, str]
    timestamps: Sequence[datetime]
    total: int
    console: str
    started: float = 0.0
    phase: Phase = Phase.REPLAY
    elapsed: float = 0.0
    transactions_sent: int = 0
    planted_sent: int = 0
    tally: Tally = field(default_factory=Tally)
    reviewed: int = 0
    letters: list[DeadLetter] = field(default_factory=list)
    watch: MonitorWatch = field(default_factory=MonitorWatch)
    wanted: frozenset[str] = frozenset()
    kept: dict[str, Decision] = field(default_factory=dict)
    paced: int = 0
    most_waiting: int = 0
    send_seconds: float = 0.0
    answer_seconds: float = 0.0
    rate_in: float = 0.0
    rate_out: float = 0.0
    shown: deque[Decision] = field(default_factory=lambda: deque(maxlen=SHOWN))
    history: deque[float] = field(default_factory=lambda: deque(maxlen=HISTORY))
    _newest: Decision | None = None
    _newest_review: Decision | None = None
    _shown_at: float = float("-inf")
    _shown_count: int = 0
    _samples: deque[tuple[float, int, int]] = field(default_factory=deque)
    _history_at: float = float("-inf")

    @property
    def sent(self) -> int:
        """Messages that the broker has taken."""
        return self.transactions_sent + self.planted_sent

    @property
    def answered(self) -> int:
        """Messages whose one terminal record has been read back."""
        return self.tally.total + len(self.letters)

    @property
    def waiting(self) -> int:
        """Messages sent and not answered yet: the lag as a consumer of the outputs sees it."""
        return max(0, self.sent - self.answered)

    @property
    def stream_time(self) -> datetime:
        """Timestamp of the transaction that went last."""
        return self.timestamps[min(max(self.transactions_sent, 1), len(self.timestamps)) - 1]

    def count_sent(self, count: int) -> None:
        """Count transactions that the broker has taken."""
        self.transactions_sent += count

    def decided(self, decisions: Sequence[Decision]) -> None:
        """Count decisions that were read back."""
        self.tally = self.tally.merge(Tally.of(decisions))
        for decision in decisions:
            if decision.transaction_id in self.wanted:
                self.kept[decision.transaction_id] = decision
            self._newest = decision
            if decision.requires_review:
                self._newest_review = decision

    def tick(self, now: float) -> None:
        """Take the rates, and pick a decision to show when it is time for one."""
        self.elapsed = now - self.started
        self.most_waiting = max(self.most_waiting, self.waiting)
        self._samples.append((now, self.sent, self.answered))
        while len(self._samples) > 2 and self._samples[1][0] <= now - RATE_SECONDS:
            self._samples.popleft()
        then, sent, answered = self._samples[0]
        if now > then:
            self.rate_in, self.rate_out = (self.sent - sent) / (now - then), (self.answered - answered) / (now - then)
        if now - self._history_at >= HISTORY_SECONDS:
            self.history.append(self.rate_out)
            self._history_at = now
        self._pick(now)

    def _pick(self, now: float) -> None:
        turn = self._shown_count % REVIEW_EVERY == REVIEW_EVERY - 1
        decision = (self._newest_review if turn else None) or self._newest
        if decision is None or now - self._shown_at < SHOW_SECONDS:
            return
        self.shown.append(decision)
        self._shown_at, self._shown_count = now, self._shown_count + 1
        self._newest = None
        if decision.requires_review:
            self._newest_review = None
