"""The metrics of a monitor. The registry is a parameter; labels come from closed sets only."""

from collections.abc import Callable, Iterable, Sequence
from math import log10

from prometheus_client import CollectorRegistry, Counter, Gauge, Metric

from models.contracts.alerts import FairnessAlert, Severity
from monitors.base.contract import Reading, ReadingState
from streams.lanes.counts import SECONDS, LaneCounts
from streams.monitor.handler import EVEN, UNEVEN, MonitorResult

_SUBJECT = ["monitor", "category", "group"]
_READING = [*_SUBJECT, "window"]
_STATES = {
    ReadingState.NOT_ENOUGH_DATA: 0,
    ReadingState.OK: 1,
    ReadingState.WARNING: 2,
    ReadingState.PAGE: 3,
}


class _Drawn(Gauge):
    """A gauge whose series are made when it is collected: commits come more often than Prometheus does."""

    draw: Callable[[], None] | None = None

    def collect(self) -> Iterable[Metric]:
        """Its series."""
        if self.draw is not None:
            self.draw()
        return super().collect()


class MonitorMetrics:
    """Counters and gauges of one monitor. A label that a figure has no value for is empty."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._told: tuple[Sequence[Reading], Sequence[FairnessAlert]] | None = None
        self._register_readings(registry)
        self._register_intake(registry)
        self._register_state(registry)

    def _register_readings(self, registry: CollectorRegistry) -> None:
        self._value = _gauge("evenhand_reading", "The figure of a monitor.", _READING, registry)
        self._low = _gauge("evenhand_reading_low", "Lower bound of the figure.", _READING, registry)
        self._high = _gauge("evenhand_reading_high", "Upper bound of the figure.", _READING, registry)
        self._threshold = _gauge("evenhand_reading_threshold", "What the figure is held against.", _READING, registry)
        self._state = _gauge(
            "evenhand_reading_state", "0 not enough data, 1 ok, 2 warning, 3 page.", _READING, registry
        )
        self._evidence = _gauge(
            "evenhand_reading_evidence", "Decimal logarithm of the statistic of a sequential test.", _READING, registry
        )
        self._count = _gauge(
            "evenhand_reading_count", "What was counted for the figure.", [*_READING, "counted"], registry
        )
        self._ratio = _gauge(
            "evenhand_reading_ratio", "Ratios of a comparison, in both directions.", [*_READING, "of"], registry
        )
        self._alert = _gauge(
            "evenhand_alert_open", "1 for each open alert.", [*_SUBJECT, "window", "severity"], registry
        )
        figures = (self._value, self._low, self._high, self._threshold, self._state, self._evidence)
        self._drawn = (*figures, self._count, self._ratio, self._alert)
        for gauge in self._drawn:
            gauge.draw = self._draw

    def _register_intake(self, registry: CollectorRegistry) -> None:
        self.decisions = Counter(
            "evenhand_observed_decisions",
            "Decisions observed, by whether an alert was open for their category or amount band.",
            ["treatment"],
            registry=registry,
        )
        for treatment in (EVEN, UNEVEN):
            self.decisions.labels(treatment)  # create the series at 0, so that rate() is 0 and not absent
        self.observations = Counter("evenhand_observations", "Summaries taken.", registry=registry)
        self.repeated = Counter(
            "evenhand_observations_repeated",
            "Summaries that had been taken before and changed nothing.",
            registry=registry,
        )
        self.dead_letters = Counter(
            "evenhand_observations_dead_letters",
            "Summaries that could not be read.",
            ["stage", "reason"],
            registry=registry,
        )
        self.lane = LaneCounts.register(
            registry,
            "evenhand_observations",
            lag="Summaries not yet taken.",
            partitions="1 on the monitor that judges, 0 on those that stand by.",
            batch_seconds="Seconds from taking a batch of summaries to its commit: taking them, judging, writing.",
            buckets=SECONDS,
        )

    def _register_state(self, registry: CollectorRegistry) -> None:
        self.info = Gauge(
            "evenhand_monitor_info", "Always 1; says what runs.", ["version", "model_version"], registry=registry
        )
        self.observed = Gauge(
            "evenhand_observed_records", "Records that the summaries taken account for.", ["topic"], registry=registry
        )
        self.late = Gauge("evenhand_late_records", "Records that came after their watermark.", registry=registry)
        self.expired = Gauge(
            "evenhand_expired_records", "Late records that no window holds any more.", registry=registry
        )
        self.newest = Gauge(
            "evenhand_newest_event_seconds", "End of the newest bucket of event time, Unix seconds.", registry=registry
        )
        self.alerts = Counter("evenhand_alerts", "Steps of alerts published.", ["state", "severity"], registry=registry)
        self.unencodable = Counter(
            "evenhand_console_unencodable", "States that could not be told as JSON.", registry=registry
        )
        self.broken = Gauge(
            "evenhand_console_broken", "1 while the present state cannot be told as JSON.", registry=registry
        )
        self.posts = Counter("evenhand_alertmanager_posts", "Posts to Alertmanager.", ["outcome"], registry=registry)

    def committed(self, result: MonitorResult) -> None:
        """Count a batch after its commit."""
        self.observations.inc(result.taken)
        self.repeated.inc(result.repeated)
        for (stage, reason), count in result.dead_letters.items():
            self.dead_letters.labels(stage, reason).inc(count)
        for treatment, count in result.treatment.items():
            self.decisions.labels(treatment).inc(count)
        for alert in result.steps:
            self.alerts.labels(alert.state.value, alert.severity.value).inc()

    def encoded(self, told: bool) -> None:
        """Count a state of the console that could not be told."""
        self.broken.set(0 if told else 1)
        if not told:
            self.unencodable.inc()

    def show(self, readings: Iterable[Reading], alerts: Iterable[FairnessAlert]) -> None:
        """Show what the monitors say now, in place of what they said before.

        Args:
            readings: Of all monitors.
        """
        self._told = tuple(readings), tuple(alerts)

    def _draw(self) -> None:
        # The first gauge that is collected draws for all nine.
        told, self._told = self._told, None
        if told is None:
            return
        readings, alerts = told
        for gauge in self._drawn:
            # A reading that is gone must not stay as it was.
            gauge.clear()
        for reading in readings:
            self._show(reading)
        for alert in alerts:
            labels = (alert.monitor, alert.category or "", alert.group or "", alert.window.name)
            self._alert.labels(*labels, Severity(alert.severity).value).set(1)

    def _show(self, reading: Reading) -> None:
        labels = (*(part or "" for part in reading.subject), reading.window.value)
        self._state.labels(*labels).set(_STATES[reading.state])
        self._threshold.labels(*labels).set(reading.threshold)
        if reading.value is not None:
            self._value.labels(*labels).set(reading.value)
        if reading.interval is not None:
            self._low.labels(*labels).set(reading.interval[0])
            self._high.labels(*labels).set(reading.interval[1])
        if reading.evidence is not None:
            # The statistic may be 0, which has no logarithm.
            self._evidence.labels(*labels).set(log10(max(reading.evidence, 1e-300)))
        for counted, count in reading.counts.items():
            self._count.labels(*labels, counted).set(count)
        for of, ratio in reading.ratios.items():
            self._ratio.labels(*labels, of).set(ratio)


def _gauge(name: str, help_text: str, labels: list[str], registry: CollectorRegistry) -> _Drawn:
    return _Drawn(name, help_text, labels, registry=registry)
