"""The snapshot of now: the state at the last commit, with the lag, the throughput and the time of the moment."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitors.counts.cells import Table, table
from monitors.counts.history import Changes
from monitors.counts.observation import BUCKET_SECONDS
from monitors.counts.windows import Window
from monitors.hours import Hours, label_count
from monitors.snapshot import Snapshot
from streams.clock import Clock
from streams.messages.observations import topic_of
from streams.messages.roles import Role
from streams.monitor.handler import Memory

RATE_SECONDS = 60.0
SECOND = timedelta(seconds=1)


class LiveSnapshot:
    """Keeps the snapshot that the console shows.

    Args:
        clock: The time of day, timezone-aware.
        lag: Records of the input not yet observed, or None.
        kafka_silent: Since when Kafka does not answer, or None.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        model_version: str,
        lag: Callable[[], int | None],
        kafka_silent: Callable[[], datetime | None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._model_version = model_version
        self._lag = lag
        self._kafka_silent = kafka_silent
        self._rates: deque[tuple[datetime, int]] = deque()
        self._hours = Hours()
        self._judging = False
        self.observed: Mapping[str, int] = {}
        """Source to the first offset that was not observed."""
        self.snapshot = Snapshot(at=clock(), model_version=model_version)

    def latest(self) -> Snapshot:
        """The snapshot at the last commit, brought up to the moment: a commit may be long ago.

        The same object as long as nothing of it has changed and no second has passed.
        """
        now = self._clock()
        # `abs`, because a clock may be set back.
        changes: dict[str, Any] = {"at": now} if abs(now - self.snapshot.at) >= SECOND else {}
        current: dict[str, Any] = {"waiting": self._waiting(), "kafka_silent": self._kafka_silent()}
        # A monitor that stands by has observed nothing: its lag would be all of the input.
        if self.observed:
            current |= {"per_second": self._per_second(now), "lag": self._lag()}
        changes |= {name: value for name, value in current.items() if getattr(self.snapshot, name) != value}
        if changes:
            self.snapshot = replace(self.snapshot, **changes)
        return self.snapshot

    def clear(self) -> None:
        """Forget everything: another monitor judges now."""
        self._judging = False
        self._hours.clear()
        self._rates.clear()
        self.observed = {}
        self.snapshot = Snapshot(at=self._clock(), model_version=self._model_version)

    def restored(self, memory: Memory) -> None:
        """Take a state that was read back."""
        self._judging = True
        self._hours.clear()
        self._take(memory)

    def committed(self, memory: Memory, changes: Changes, decisions: int) -> None:
        """Take the state after a batch.

        Args:
            changes: Of the history; hours without one are not added up again.
            decisions: Observed with the batch, for the throughput.
        """
        self._rates.append((self._clock(), decisions))
        self._hours.forget(changes)
        self._take(memory)

    def _take(self, memory: Memory) -> None:
        self.observed = {source: mark.next_offset for source, mark in memory.history.sources.items()}
        history, now, newest = memory.history, self._clock(), memory.history.newest
        windows = memory.evaluator.windows
        self._hours.look(history)
        self.snapshot = Snapshot(
            at=now,
            model_version=self._model_version,
            newest=None if newest is None else datetime.fromtimestamp((newest + 1) * BUCKET_SECONDS, UTC),
            readings=tuple(memory.readings),
            alerts=tuple(memory.alerts.values()),
            decisions={window: int(table(counts, Table.DECISIONS).sum()) for window, counts in windows.items()},
            # `tolist` and `int`: JSON refuses numpy's numbers, and a state that cannot be told is an outage.
            confidence={window: table(counts, Table.CONFIDENCE).tolist() for window, counts in windows.items()},
            trend=self._hours.trend,
            late=history.late,
            expired=history.expired,
            per_second=self._per_second(now),
            lag=self._lag(),
            waiting=self._waiting(),
            reported=memory.reported,
            reporting=sum(topic_of(source).endswith(Role.TRANSACTIONS.value) for source in self.observed),
            labels=label_count(windows[Window.WEEK]) if windows else 0,
            last_label=self._hours.last_label,
            steps=tuple(memory.recent(now)),
            lines=self._hours.lines,
            kafka_silent=self._kafka_silent(),
        )

    def _waiting(self) -> int | None:
        # Of a broker that is silent the last answer is old: it says nothing of what waits now.
        return self._lag() if self._judging and self._kafka_silent() is None else None

    def _per_second(self, now: datetime) -> float:
        while self._rates and (now - self._rates[0][0]).total_seconds() > RATE_SECONDS:
            self._rates.popleft()
        return sum(count for _, count in self._rates) / RATE_SECONDS
