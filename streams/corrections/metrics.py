"""Metrics of the lanes that read corrections."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from streams.corrections.handler import CorrectionsResult

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class CorrectionsMetrics:
    """What the lanes of `transactions.corrections` count."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.lag = Gauge(
            "evenhand_corrections_lag_records", "Corrections not yet summed up.", ["partition"], registry=registry
        )
        self.partitions = Gauge(
            "evenhand_corrections_partitions_open", "Partitions of corrections that are served.", registry=registry
        )
        self.batch_seconds = Histogram(
            "evenhand_corrections_batch_seconds",
            "Seconds from taking a batch of corrections to its commit.",
            buckets=SECONDS,
            registry=registry,
        )
        self.aborted = Counter(
            "evenhand_corrections_aborted", "Batches whose commit failed and which were read again.", registry=registry
        )
        self.corrections = Counter("evenhand_corrections", "Corrections read.", registry=registry)
        self.duplicates = Counter("evenhand_corrections_duplicates", "Repeats of corrections.", registry=registry)
        self.dead_letters = Counter(
            "evenhand_corrections_dead_letters", "Corrections refused.", ["stage", "reason"], registry=registry
        )

    def committed(self, result: CorrectionsResult, records: int) -> None:
        """Count a batch after its commit."""
        self.corrections.inc(records)
        self.duplicates.inc(result.duplicates)
        for (stage, reason), count in result.dead_letters.items():
            self.dead_letters.labels(stage, reason).inc(count)
