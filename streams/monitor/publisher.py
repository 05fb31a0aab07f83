"""What a monitor shows after each commit: metrics, the console's snapshot, posts to Alertmanager."""

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from models.contracts.alerts import AlertState, FairnessAlert
from monitors.counts.cells import Table, table
from monitors.counts.observation import BUCKET_SECONDS
from monitors.counts.windows import Window
from monitors.hours import Hours, label_count
from monitors.snapshot import Snapshot
from streams.clock import Clock
from streams.messages.roles import Role
from streams.monitor.alerting.client import AlertmanagerClient
from streams.monitor.handler import Memory, MonitorResult
from streams.monitor.metrics import MonitorMetrics

RATE_SECONDS = 60.0
SECOND = timedelta(seconds=1)


class Publisher:
    """Shows what the monitor knows; called by the lane that owns the state.

    Args:
        clock: The time of day, timezone-aware.
        lag: Records of the input not yet observed, or None.
        poster: Posts to Alertmanager, where one is configured.
    """

    def __init__(
        self,
        metrics: MonitorMetrics,
        clock: Clock,
        *,
        model_version: str,
        lag: Callable[[], int | None] = lambda: None,
        poster: AlertmanagerClient | None = None,
    ) -> None:
        self._metrics = metrics
        self._clock = clock
        self._model_version = model_version
        self._lag = lag
        self._poster = poster
        self._rates: deque[tuple[datetime, int]] = deque()
        self._hours = Hours()
        self._judging = False
        self.watched: Callable[[], object] = lambda: None
        """Looks at what is shown, after each change of it: so that one that cannot be shown is noticed unwatched."""
        self.observed: Mapping[str, int] = {}
        self.snapshot = Snapshot(at=clock(), model_version=model_version)

    def latest(self) -> Snapshot:
        """What is known at the last commit, with the lag, the throughput and the time of now: a commit may be long ago.

        The same object as long as nothing of it has changed and no second has passed.
        """
        now = self._clock()
        # `abs`, because a clock may be set back.
        changes: dict[str, Any] = {"at": now} if abs(now - self.snapshot.at) >= SECOND else {}
        current: dict[str, Any] = {"waiting": self._waiting()}
        # A monitor that stands by has observed nothing: its lag would be all of the input.
        if self.observed:
            current |= {"per_second": self._per_second(now), "lag": self._lag()}
        changes |= {name: value for name, value in current.items() if getattr(self.snapshot, name) != value}
        if changes:
            self.snapshot = replace(self.snapshot, **changes)
        return self.snapshot

    def released(self) -> None:
        """Show nothing: another monitor judges now, and figures of the past would stand beside its own."""
        self._judging = False
        self._hours.clear()
        self._rates.clear()
        self.observed = {}
        self.snapshot = Snapshot(at=self._clock(), model_version=self._model_version)
        self._metrics.show((), ())
        self._metrics.observed.clear()
        if self._poster is not None:
            self._poster.forget()
        self.watched()

    def restored(self, memory: Memory) -> None:
        """Show a state that was read back."""
        self._judging = True
        self._hours.clear()
        self._show(memory, ())

    def committed(self, memory: Memory, result: MonitorResult) -> None:
        """Show the state after a batch."""
        self._rates.append((self._clock(), result.treatment.total()))
        self._hours.forget(result.changes)
        self._show(memory, [step for step in result.steps if step.state is AlertState.RESOLVED])

    def _show(self, memory: Memory, resolved: Sequence[FairnessAlert]) -> None:
        history, alerts = memory.history, list(memory.alerts.values())
        self.observed = {source: mark.next_offset for source, mark in history.sources.items()}
        self._metrics.show(memory.readings, alerts)
        for topic, records in _by_topic(self.observed).items():
            self._metrics.observed.labels(topic).set(records)
        self._metrics.late.set(history.late)
        self._metrics.expired.set(history.expired)
        self.snapshot = self._snapshot(memory)
        if self.snapshot.newest is not None:
            self._metrics.newest.set(self.snapshot.newest.timestamp())
        if self._poster is not None:
            self._poster.publish(alerts, resolved)
        self.watched()

    def _snapshot(self, memory: Memory) -> Snapshot:
        history, now, newest = memory.history, self._clock(), memory.history.newest
        windows = memory.evaluator.windows
        self._hours.look(history)
        return Snapshot(
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
            reporting=sum(_topic(source).endswith(Role.TRANSACTIONS.value) for source in self.observed),
            labels=label_count(windows[Window.WEEK]) if windows else 0,
            last_label=self._hours.last_label,
            steps=tuple(memory.recent(now)),
            lines=self._hours.lines,
        )

    def _waiting(self) -> int | None:
        return self._lag() if self._judging else None

    def _per_second(self, now: datetime) -> float:
        while self._rates and (now - self._rates[0][0]).total_seconds() > RATE_SECONDS:
            self._rates.popleft()
        return sum(count for _, count in self._rates) / RATE_SECONDS


def _by_topic(observed: Mapping[str, int]) -> Counter[str]:
    """Records by topic.

    >>> _by_topic({"transactions:0": 7, "transactions:1": 5})
    Counter({'transactions': 12})
    """
    records: Counter[str] = Counter()
    for source, count in observed.items():
        records[_topic(source)] += count
    return records


def _topic(source: str) -> str:
    return source.rpartition(":")[0]
