"""Figures of worker and monitor about themselves, from their `/metrics`."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from models.contracts.alerts import AlertState

SLOWEST_SHARE = 0.99


@dataclass(frozen=True, slots=True)
class CommittedBatches:
    """Batches that the worker committed.

    Args:
        seconds_mean: Seconds from taking one to its commit, on average.
        seconds_p99: Seconds within which 99% were committed: the bound of the histogram's bucket, None if that is open.
        aborted: Batches whose commit failed and which were read again.
        delivery: `transactional` or `at_least_once`.
    """

    count: int
    records: int
    seconds_mean: float
    seconds_p99: float | None
    aborted: int
    model_version: str
    delivery: str

    @property
    def records_mean(self) -> float:
        """Records of a batch."""
        return self.records / max(1, self.count)


def read_batches(exposition: str) -> CommittedBatches:
    """Read a worker's batches from the text of its `/metrics`."""
    samples = list(_samples(exposition))
    value = {sample.name: sample.value for sample in samples if not sample.labels}
    buckets = sorted(
        (float(sample.labels["le"]), sample.value)
        for sample in samples
        if sample.name == "evenhand_batch_seconds_bucket"
    )
    about = next((sample.labels for sample in samples if sample.name == "evenhand_build_info"), {})
    timed = value.get("evenhand_batch_seconds_count", 0.0)
    within = next((bound for bound, below in buckets if below >= SLOWEST_SHARE * timed), 0.0)
    return CommittedBatches(
        count=int(value.get("evenhand_batch_records_count", 0.0)),
        records=int(value.get("evenhand_batch_records_sum", 0.0)),
        seconds_mean=value.get("evenhand_batch_seconds_sum", 0.0) / max(1.0, timed),
        seconds_p99=within if isfinite(within) else None,
        aborted=int(value.get("evenhand_transactions_aborted_total", 0.0)),
        model_version=about.get("model_version", ""),
        delivery=about.get("delivery", ""),
    )


@dataclass(frozen=True, slots=True)
class Observed:
    """Counts of the monitor.

    Args:
        records: Records of the input that the summaries it took account for.
        raised: Alerts that it opened, those that were resolved since included.
    """

    records: int
    raised: int


def read_observed(exposition: str, topic: str) -> Observed:
    """Read from the text of a monitor's `/metrics` how much of a topic it has observed."""
    samples = list(_samples(exposition))

    def total(name: str, label: str, wanted: str) -> int:
        return int(sum(one.value for one in samples if one.name == name and one.labels[label] == wanted))

    return Observed(
        records=total("evenhand_observed_records", "topic", topic),
        raised=total("evenhand_alerts_total", "state", AlertState.OPEN.value),
    )


def _samples(exposition: str) -> Iterator[Sample]:
    for family in text_string_to_metric_families(exposition):
        yield from family.samples
