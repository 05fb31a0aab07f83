"""The metrics of a monitor: what is exposed is what it said last."""

from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry

from monitors.base.contract import ReadingState
from streams.monitor.metrics import MonitorMetrics
from tests.harness.readings import review_rate

FIGURE = review_rate(state=ReadingState.WARNING, value=0.3125, interval=(0.25, 0.375))
LABELS = {"monitor": "review_rate", "category": "pets", "group": "", "window": "24h"}


@pytest.fixture
def metrics() -> MonitorMetrics:
    """Of a monitor that has said nothing."""
    return MonitorMetrics(CollectorRegistry())


def exposed(metrics: MonitorMetrics) -> dict[str, list[float]]:
    """Values of the series of readings, by name."""
    families = [family for family in metrics.registry.collect() if family.name.startswith("evenhand_reading")]
    return {family.name: [sample.value for sample in family.samples] for family in families if family.samples}


def test_a_reading_is_exposed_with_its_labels(metrics: MonitorMetrics) -> None:
    """Each part of it under a name of its own; what has no value has no series."""
    metrics.show([FIGURE], [])

    expected = {"": 0.3125, "_low": 0.25, "_high": 0.375, "_threshold": 0.25, "_state": 2.0, "_evidence": None}
    assert expected == {
        suffix: metrics.registry.get_sample_value(f"evenhand_reading{suffix}", LABELS) for suffix in expected
    }
    counted = LABELS | {"counted": "decisions"}
    assert 540.0 == metrics.registry.get_sample_value("evenhand_reading_count", counted)


def test_what_is_exposed_is_what_was_said_last(metrics: MonitorMetrics) -> None:
    """Whoever collects, and however often: the last readings, and nothing of those before."""
    metrics.show([FIGURE, replace(FIGURE, category="travel")], [])
    metrics.show([replace(FIGURE, value=0.5)], [])

    assert [0.5] == exposed(metrics)["evenhand_reading"]
    assert exposed(metrics) == exposed(metrics)
    metrics.show([], [])
    assert {} == exposed(metrics)
