"""Metrics of several processes as those of one."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.registry import Collector

from streams.apps.merging import Family, families_of, lasting, merge, metric_of
from streams.categorizer.metrics import WorkerMetrics


def worker(
    *,
    decided: int,
    seconds: float,
    partition: int,
    lag: int,
    category: str = "groceries",
    breaker: str = "closed",
) -> CollectorRegistry:
    """The registry of a worker that has done something and serves one partition."""
    registry = CollectorRegistry()
    metrics = WorkerMetrics(registry)
    metrics.info.labels("1", "model", "transactional").set(1)
    metrics.decisions.labels(category, "categorized").inc(decided)
    metrics.lane.batch_seconds.observe(seconds)
    metrics.lane.lag.labels(str(partition)).set(lag)
    metrics.lane.partitions.set(1)
    for state in ("closed", "half_open", "open"):
        metrics.llm_breaker.labels(state).set(state == breaker)
    return registry


class Shows(Collector):
    """Families as a registry takes them."""

    def __init__(self, families: list[Family]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        """All of them."""
        return [metric_of(family) for family in self._families]


def shown(families: list[Family]) -> CollectorRegistry:
    """A registry that shows just these."""
    registry = CollectorRegistry()
    registry.register(Shows(families))
    return registry


def value(families: list[Family], name: str, **labels: str) -> float | None:
    """The value of one sample; None where it is not there."""
    return shown(families).get_sample_value(name, labels)


@pytest.mark.parametrize("write", [generate_latest, generate_openmetrics])
def test_one_process_is_shown_as_it_shows_itself(write: Callable[[CollectorRegistry], bytes]) -> None:
    """Names, help, types, labels, order and figures: to the byte, in both formats."""
    registry = worker(decided=3, seconds=0.03, partition=0, lag=7)

    assert write(registry) == write(shown(merge([families_of(registry)])))


def test_counters_and_histograms_are_added_up() -> None:
    """Sample by sample; a label that only one has seen stands beside the others."""
    first = worker(decided=3, seconds=0.03, partition=0, lag=7)
    second = worker(decided=4, seconds=0.3, partition=1, lag=2, category="rent")
    merged = merge(families_of(each) for each in (first, second, first))

    assert 6 == value(merged, "evenhand_decisions_total", category="groceries", decision="categorized")
    assert 4 == value(merged, "evenhand_decisions_total", category="rent", decision="categorized")
    assert 3 == value(merged, "evenhand_batch_seconds_count")
    assert pytest.approx(0.36) == value(merged, "evenhand_batch_seconds_sum")
    assert 2 == value(merged, "evenhand_batch_seconds_bucket", le="0.05")
    assert 3 == value(merged, "evenhand_batch_seconds_bucket", le="+Inf")


def test_gauges_mean_what_they_mean() -> None:
    """A lag belongs to who serves the partition, served partitions are added up, what runs is told once."""
    merged = merge(
        [
            families_of(worker(decided=1, seconds=1, partition=0, lag=7)),
            families_of(worker(decided=1, seconds=1, partition=1, lag=2, breaker="open")),
        ]
    )

    assert (7, 2) == tuple(value(merged, "evenhand_lag_records", partition=str(partition)) for partition in (0, 1))
    assert 2 == value(merged, "evenhand_partitions_open")
    assert 1 == value(merged, "evenhand_build_info", version="1", model_version="model", delivery="transactional")
    assert (1, 0, 1) == tuple(
        value(merged, "evenhand_llm_breaker", state=state) for state in ("closed", "half_open", "open")
    )


def test_of_two_that_serve_a_partition_the_larger_lag_is_shown() -> None:
    """At a handover the old owner may still show it: rather too much than an end that is none."""
    merged = merge(families_of(worker(decided=1, seconds=1, partition=0, lag=lag)) for lag in (2, 7, 3))

    assert 7 == value(merged, "evenhand_lag_records", partition="0")


def test_a_counter_began_with_the_first() -> None:
    """The time since which is counted is the earliest of all."""
    families = [families_of(worker(decided=1, seconds=1, partition=0, lag=0)) for _ in range(2)]
    began = [value(each, "evenhand_duplicates_created") for each in families]

    assert min(filter(None, began)) == value(merge(families), "evenhand_duplicates_created")
    assert (began[0] or 0) > datetime(2020, 1, 1, tzinfo=UTC).timestamp()


def test_what_has_ended_leaves_its_counts_and_not_its_state() -> None:
    """Its counters go on; the partition that it served is somebody else's now."""
    kept = lasting(families_of(worker(decided=3, seconds=0.03, partition=0, lag=7)))
    merged = merge([families_of(worker(decided=4, seconds=0.3, partition=1, lag=2)), kept])

    assert 7 == value(merged, "evenhand_decisions_total", category="groceries", decision="categorized")
    assert 1 == value(merged, "evenhand_partitions_open")
    assert value(merged, "evenhand_lag_records", partition="0") is None
