"""The metrics of several processes as those of one: counters and histograms added up, gauges by what they mean."""

from collections.abc import Iterable, Sequence

import msgspec
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric

SUMMED = frozenset({"evenhand_partitions_open", "evenhand_slow_partitions_open"})
"""Gauges that count what a process has for itself.

Of all others the largest is taken: the lag of a partition is told by the one that serves it (and, for the moment of a
handover, by two), a state is the state of one of them, what runs is the same for all.
"""

Labels = tuple[tuple[str, str], ...]

_CREATED = "_created"


class Family(msgspec.Struct, frozen=True, array_like=True):
    """A metric with its samples, as it goes from one process to another.

    Args:
        samples: Name, labels and value of each.
    """

    name: str
    documentation: str
    type: str
    samples: list[tuple[str, dict[str, str], float]]


def families_of(registry: CollectorRegistry) -> list[Family]:
    """What a registry shows now."""
    return [
        Family(
            metric.name,
            metric.documentation,
            metric.type,
            [(sample.name, sample.labels, sample.value) for sample in metric.samples],
        )
        for metric in registry.collect()
    ]


def merge(reports: Iterable[Sequence[Family]]) -> list[Family]:
    """Add up what several processes show; the order is that of the first who shows something."""
    families: dict[str, Family] = {}
    values: dict[str, dict[tuple[str, Labels], float]] = {}
    for family in (family for report in reports for family in report):
        families.setdefault(family.name, family)
        own = values.setdefault(family.name, {})
        for name, labels, value in family.samples:
            key = (name, tuple(labels.items()))
            own[key] = _combined(family, name, own[key], value) if key in own else value
    return [
        Family(
            name,
            family.documentation,
            family.type,
            [(sample, dict(labels), value) for (sample, labels), value in values[name].items()],
        )
        for name, family in families.items()
    ]


def _combined(family: Family, name: str, first: float, second: float) -> float:
    if family.type == "gauge":
        return first + second if family.name in SUMMED else max(first, second)
    # When a counter began: with the first of those who count.
    return min(first, second) if name.endswith(_CREATED) else first + second


def lasting(report: Sequence[Family]) -> list[Family]:
    """What stays true of a process that has ended: what it counted, not the state that it was in."""
    return [family for family in report if family.type != "gauge"]


def metric_of(family: Family) -> Metric:
    """The family as `/metrics` writes it."""
    metric = Metric(family.name, family.documentation, family.type)
    for name, labels, value in family.samples:
        metric.add_sample(name, labels, value)
    return metric
