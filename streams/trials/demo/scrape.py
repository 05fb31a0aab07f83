"""What worker and monitor say about themselves: batches, latency and what was observed, from their `/metrics`."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from prometheus_client.parser import text_string_to_metric_families

from models.contracts.alerts import AlertState


@dataclass(frozen=True, slots=True)
class Batches:
    """Batches that the worker committed.

    Args:
        count: How many.
        records_mean: Records in one, on average.
        seconds_mean: Seconds from taking one to its commit, on average.
        seconds_p50: The median, estimated within the histogram's bucket.
        seconds_p99: The 99th percentile, estimated within the histogram's bucket.
        aborted: Batches whose commit failed and which were read again.
        model_version: Version of the model that decided.
        delivery: `transactional` or `at_least_once`.
    """

    count: int
    records_mean: float
    seconds_mean: float
    seconds_p50: float
    seconds_p99: float
    aborted: int
    model_version: str
    delivery: str


def read_batches(exposition: str) -> Batches:
    """Read a worker's batches from the text of its `/metrics`."""
    samples = [sample for family in text_string_to_metric_families(exposition) for sample in family.samples]
    value = {sample.name: sample.value for sample in samples if not sample.labels}
    buckets = [
        (float(sample.labels["le"]), sample.value)
        for sample in samples
        if sample.name == "evenhand_batch_seconds_bucket"
    ]
    about = next((sample.labels for sample in samples if sample.name == "evenhand_build_info"), {})
    count = value.get("evenhand_batch_records_count", 0.0)
    timed = value.get("evenhand_batch_seconds_count", 0.0)
    return Batches(
        count=int(count),
        records_mean=value.get("evenhand_batch_records_sum", 0.0) / max(1.0, count),
        seconds_mean=value.get("evenhand_batch_seconds_sum", 0.0) / max(1.0, timed),
        seconds_p50=quantile(buckets, 0.50),
        seconds_p99=quantile(buckets, 0.99),
        aborted=int(value.get("evenhand_transactions_aborted_total", 0.0)),
        model_version=about.get("model_version", ""),
        delivery=about.get("delivery", ""),
    )


@dataclass(frozen=True, slots=True)
class Observed:
    """What the monitor has seen.

    Args:
        records: Records of the input that the summaries it took account for.
        raised: Alerts that it opened, those that were resolved since included.
    """

    records: int
    raised: int


def read_observed(exposition: str, topic: str) -> Observed:
    """Read from the text of a monitor's `/metrics` how much of a topic it has observed."""
    samples = [sample for family in text_string_to_metric_families(exposition) for sample in family.samples]

    def total(name: str, label: str, wanted: str) -> int:
        return int(sum(one.value for one in samples if one.name == name and one.labels[label] == wanted))

    return Observed(
        records=total("evenhand_observed_records", "topic", topic),
        raised=total("evenhand_alerts_total", "state", AlertState.OPEN.value),
    )


def quantile(buckets: Iterable[tuple[float, float]], share: float) -> float:
    """Estimate a quantile from cumulative buckets (upper bound, count), linear within one, as PromQL's does.

    In the last, unbounded bucket it is the highest finite bound; without observations it is 0.

    >>> quantile([(0.1, 50), (0.2, 100), (float("inf"), 100)], 0.25)
    0.05
    """
    ordered = [(0.0, 0.0), *sorted(buckets)]
    wanted = share * ordered[-1][1]
    for (low, below), (high, up_to) in pairwise(ordered):
        if up_to >= wanted and up_to > below:
            return low if high == float("inf") else low + (high - low) * (wanted - below) / (up_to - below)
    return 0.0
