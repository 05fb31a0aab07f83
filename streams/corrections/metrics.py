"""Metrics of the lanes that read corrections."""

from prometheus_client import CollectorRegistry, Counter

from streams.corrections.handler import CorrectionsResult
from streams.lanes.counts import SECONDS, LaneCounts


class CorrectionsMetrics:
    """Counters, gauges and a histogram of the lanes of `transactions.corrections`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.lane = LaneCounts.register(
            registry,
            "evenhand_corrections",
            lag="Corrections not yet summed up.",
            partitions="Partitions of corrections that are served.",
            batch_seconds="Seconds from taking a batch of corrections to its commit.",
            buckets=SECONDS,
        )
        self.corrections = Counter("evenhand_corrections", "Corrections read.", registry=registry)
        self.duplicates = Counter("evenhand_corrections_duplicates", "Repeats of corrections.", registry=registry)
        self.refused = Counter(
            "evenhand_corrections_refused",
            "Corrections left out of the counts; their dead letters are the learner's.",
            ["reason"],
            registry=registry,
        )

    def committed(self, result: CorrectionsResult) -> None:
        """Count a batch after its commit."""
        self.corrections.inc(result.records)
        self.duplicates.inc(result.duplicates)
        for reason, count in result.refused.items():
            self.refused.labels(reason).inc(count)
