"""What a monitor shows after each commit: metrics, the console's snapshot, posts to Alertmanager."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from models.contracts.alerts import AlertState, FairnessAlert
from streams.messages.observations import topic_of
from streams.monitor.alerting.client import AlertmanagerClient
from streams.monitor.handler import Memory, MonitorResult
from streams.monitor.live_snapshot import LiveSnapshot
from streams.monitor.metrics import MonitorMetrics


class Publisher:
    """Tells everybody what was committed; called by the lane that owns the state.

    Args:
        live: What the console shows.
        watched: Looks after each change, so that a state that cannot be shown is noticed though nobody watches.
        poster: Posts to Alertmanager, where one is configured.
    """

    def __init__(
        self,
        metrics: MonitorMetrics,
        live: LiveSnapshot,
        *,
        watched: Callable[[], object] = lambda: None,
        poster: AlertmanagerClient | None = None,
    ) -> None:
        self._metrics = metrics
        self._live = live
        self._watched = watched
        self._poster = poster

    def released(self) -> None:
        """Show nothing: another monitor judges now, and figures of the past would stand beside its own."""
        self._live.clear()
        self._metrics.show((), ())
        self._metrics.observed.clear()
        if self._poster is not None:
            self._poster.forget()
        self._watched()

    def restored(self, memory: Memory) -> None:
        """Show a state that was read back."""
        self._live.restored(memory)
        self._show(memory, ())

    def committed(self, memory: Memory, result: MonitorResult) -> None:
        """Show the state after a batch."""
        self._live.committed(memory, result.changes, result.treatment.total())
        self._show(memory, [step for step in result.steps if step.state is AlertState.RESOLVED])

    def _show(self, memory: Memory, resolved: Sequence[FairnessAlert]) -> None:
        alerts = list(memory.alerts.values())
        self._metrics.show(memory.readings, alerts)
        for topic, records in _by_topic(self._live.observed).items():
            self._metrics.observed.labels(topic).set(records)
        self._metrics.late.set(memory.history.late)
        self._metrics.expired.set(memory.history.expired)
        if self._live.snapshot.newest is not None:
            self._metrics.newest.set(self._live.snapshot.newest.timestamp())
        if self._poster is not None:
            self._poster.publish(alerts, resolved)
        self._watched()


def _by_topic(observed: Mapping[str, int]) -> Counter[str]:
    """Records by topic.

    >>> _by_topic({"transactions:0": 7, "transactions:1": 5})
    Counter({'transactions': 12})
    """
    records: Counter[str] = Counter()
    for source, count in observed.items():
        records[topic_of(source)] += count
    return records
