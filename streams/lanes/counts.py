"""Counts that every lane has, whatever it reads. The registry is a parameter; the only label is the partition."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the buckets of `batch_seconds` for lanes of few records."""


@dataclass(frozen=True, slots=True)
class LaneCounts:
    """The metrics of the lanes of one topic.

    Args:
        lag: Records of the topic that are not yet committed, by partition.
        batch_seconds: Seconds from taking a batch to its commit.
        aborted: Batches whose commit failed and which were read again.
        batch_records: Records in a committed batch; None where that says nothing.
    """

    lag: Gauge
    partitions: Gauge
    batch_seconds: Histogram
    aborted: Counter
    batch_records: Histogram | None = None

    @classmethod
    def register(
        cls,
        registry: CollectorRegistry,
        prefix: str,
        *,
        lag: str,
        partitions: str,
        batch_seconds: str,
        buckets: Sequence[float],
        aborted: Counter | None = None,
        batch_records: Histogram | None = None,
    ) -> Self:
        """Make the metrics under their usual names.

        Args:
            prefix: First part of their names, such as `evenhand_corrections`.
            lag: Help text; so are `partitions` and `batch_seconds`.
            buckets: Upper bounds of the buckets of `batch_seconds`.
            aborted: Counts also the aborted batches of these lanes; None for a counter of their own.
        """
        return cls(
            lag=Gauge(f"{prefix}_lag_records", lag, ["partition"], registry=registry),
            partitions=Gauge(f"{prefix}_partitions_open", partitions, registry=registry),
            batch_seconds=Histogram(f"{prefix}_batch_seconds", batch_seconds, buckets=buckets, registry=registry),
            aborted=aborted
            or Counter(
                f"{prefix}_aborted", "Batches whose commit failed and which were read again.", registry=registry
            ),
            batch_records=batch_records,
        )
