"""What a monitor shows after each commit: metrics, the console's snapshot, posts to Alertmanager."""

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from models.contracts.alerts import AlertState, FairnessAlert
from models.contracts.taxonomy import CATEGORIES
from monitors.counts.cells import OUTCOMES, Outcome, Table, table
from monitors.counts.history import HOUR, Changes, History
from monitors.counts.observation import BUCKET_SECONDS
from monitors.counts.windows import KEPT
from monitors.snapshot import Hour, Snapshot
from streams.clock import Clock
from streams.monitor.alerting.client import AlertmanagerClient
from streams.monitor.handler import Memory, MonitorResult
from streams.monitor.metrics import MonitorMetrics

RATE_SECONDS = 60.0
_REVIEW = OUTCOMES.index(Outcome.REVIEW.value)


class Publisher:
    """Shows what the monitor knows; called by the lane that owns the state.

    Args:
        metrics: Shown to Prometheus.
        clock: The time of day, timezone-aware.
        model_version: The present model.
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
        self._trend: dict[int, list[tuple[str, Hour]]] = {}
        self.observed: Mapping[str, int] = {}
        self.snapshot = Snapshot(at=clock(), model_version=model_version)

    def latest(self) -> Snapshot:
        """What is known at the last commit, with the lag and the throughput of now: a commit may be long ago."""
        if self.observed:
            now = {"per_second": self._per_second(self._clock()), "lag": self._lag()}
            if any(getattr(self.snapshot, name) != value for name, value in now.items()):
                self.snapshot = replace(self.snapshot, **now)  # type: ignore[arg-type]  # of two types
        return self.snapshot

    def released(self) -> None:
        """Show nothing: another monitor judges now, and figures of the past would stand beside its own."""
        self._trend.clear()
        self._rates.clear()
        self.observed = {}
        self.snapshot = Snapshot(at=self._clock(), model_version=self._model_version)
        self._metrics.show((), ())
        self._metrics.observed.clear()
        if self._poster is not None:
            self._poster.forget()

    def restored(self, memory: Memory) -> None:
        """Show a state that was read back."""
        self._trend.clear()
        self._show(memory, ())

    def committed(self, memory: Memory, result: MonitorResult) -> None:
        """Show the state after a batch."""
        self._rates.append((self._clock(), result.treatment.total()))
        self._forget(result.changes)
        self._show(memory, [step for step in result.steps if step.state is AlertState.RESOLVED])

    def _forget(self, changes: Changes) -> None:
        for bucket in changes.buckets | changes.expired:
            self._trend.pop(bucket // HOUR, None)

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

    def _snapshot(self, memory: Memory) -> Snapshot:
        history, now, newest = memory.history, self._clock(), memory.history.newest
        windows = memory.evaluator.windows
        return Snapshot(
            at=now,
            model_version=self._model_version,
            newest=None if newest is None else datetime.fromtimestamp((newest + 1) * BUCKET_SECONDS, UTC),
            readings=tuple(memory.readings),
            alerts=tuple(memory.alerts.values()),
            decisions={window: int(table(counts, Table.DECISIONS).sum()) for window, counts in windows.items()},
            confidence={window: table(counts, Table.CONFIDENCE).tolist() for window, counts in windows.items()},
            trend={} if newest is None else self._hours(history, newest),
            late=history.late,
            expired=history.expired,
            per_second=self._per_second(now),
            lag=self._lag(),
        )

    def _hours(self, history: History, newest: int) -> dict[str, list[Hour]]:
        known, kept = self._trend, range((newest - KEPT + 1) // HOUR, newest // HOUR + 1)
        self._trend = {hour: known[hour] if hour in known else _by_category(history, hour) for hour in kept}
        trend: dict[str, list[Hour]] = {}
        for figures in self._trend.values():
            for category, figure in figures:
                trend.setdefault(category, []).append(figure)
        return trend

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
        records[source.rpartition(":")[0]] += count
    return records


def _by_category(history: History, hour: int) -> list[tuple[str, Hour]]:
    start = datetime.fromtimestamp(hour * HOUR * BUCKET_SECONDS, UTC)
    decided = table(history.between(hour * HOUR, (hour + 1) * HOUR - 1), Table.DECISIONS).sum(axis=(1, 2))
    figures = zip(CATEGORIES, decided.sum(axis=1).tolist(), decided[:, _REVIEW].tolist(), strict=True)
    return [(category, Hour(start, decisions, review)) for category, decisions, review in figures if decisions]
