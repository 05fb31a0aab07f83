"""Documentation says what the code does: settings, topics, metrics."""

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from streams.metrics import WorkerMetrics
from streams.settings import PREFIX, Settings
from streams.topics import NAMES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
METRICS = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")


def configuration_rows() -> list[str]:
    """The README's configuration table, as the settings have it."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.default if field.default not in (None, "") else "(none)"
        rows.append(f"| `{PREFIX}{name.upper()}` | `{default}` | {field.description} |")
    return rows


@pytest.mark.parametrize("row", configuration_rows())
def test_readme_has_every_setting(row: str) -> None:
    """Each setting stands in the README with its default and meaning."""
    assert row in README.splitlines()


def test_readme_has_no_other_setting() -> None:
    """A setting that is gone is gone from the README too."""
    documented = [line for line in README.splitlines() if line.startswith(f"| `{PREFIX}")]

    assert len(configuration_rows()) == len(documented)


@pytest.mark.parametrize("topic", NAMES)
def test_readme_has_every_topic(topic: str) -> None:
    """Each topic stands in the README."""
    assert f"| `{topic}` |" in README


def test_metrics_are_documented_and_exist() -> None:
    """The table in docs/metrics.md and the registry name the same metrics."""
    registry = CollectorRegistry()
    WorkerMetrics(registry)
    exist = {family.name + ("_total" if family.type == "counter" else "") for family in registry.collect()}
    documented = {line.split("`")[1] for line in METRICS.splitlines() if line.startswith("| `evenhand_")}

    assert exist == documented
