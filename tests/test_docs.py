"""Documentation says what the code does: settings, topics, metrics."""

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from streams.categorizer.metrics import WorkerMetrics
from streams.corrections.metrics import CorrectionsMetrics
from streams.kafka.topics import NAMES
from streams.monitor.metrics import MonitorMetrics
from streams.settings.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
METRICS = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")


def test_settings_are_documented_and_exist() -> None:
    """docs/settings.md has a row for each setting, with its default and meaning, and no other."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "(none)" if field.default is None or not str(field.default) else field.default
        rows.append(f"| `{PREFIX}{name.upper()}` | `{default}` | {field.description} |")
    documented = [line for line in SETTINGS.splitlines() if line.startswith(f"| `{PREFIX}")]

    assert sorted(rows) == sorted(documented)


@pytest.mark.parametrize("topic", NAMES)
def test_readme_has_every_topic(topic: str) -> None:
    """Each topic stands in the README."""
    assert f"| `{topic}` |" in README


def worker_metrics() -> CollectorRegistry:
    """What a worker shows."""
    registry = CollectorRegistry()
    WorkerMetrics(registry)
    return registry


def monitor_metrics() -> CollectorRegistry:
    """What a monitor shows."""
    registry = CollectorRegistry()
    MonitorMetrics(registry)
    CorrectionsMetrics(registry)
    return registry


def rows(section: str) -> dict[str, str]:
    """Name to type, as a section of docs/metrics.md has them."""
    _, _, text = METRICS.partition(f"\n## {section}\n")
    table = [line.split(" | ") for line in text.partition("\n## ")[0].splitlines() if line.startswith("| `evenhand_")]
    return {name.strip("| `"): kind for name, kind, *_ in table}


@pytest.mark.parametrize(("section", "registry"), [("Worker", worker_metrics()), ("Monitor", monitor_metrics())])
def test_metrics_are_documented_and_exist(section: str, registry: CollectorRegistry) -> None:
    """The tables in docs/metrics.md and the registries name the same metrics, with their types."""
    exist = {family.name + ("_total" if family.type == "counter" else ""): family.type for family in registry.collect()}

    assert exist == rows(section)


def test_no_section_of_metrics_is_left_over() -> None:
    """Every documented name is in one of the two tables."""
    documented = [line for line in METRICS.splitlines() if line.startswith("| `evenhand_")]

    assert len(documented) == len(rows("Worker")) + len(rows("Monitor"))
