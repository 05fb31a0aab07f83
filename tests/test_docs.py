"""Documentation says what the code does: settings, topics, metrics; and where it is: paths, rooms, links."""

import re
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from streams.apps.gathering import ProcessMetrics
from streams.categorizer.metrics import WorkerMetrics
from streams.corrections.metrics import CorrectionsMetrics
from streams.kafka.topics import NAMES
from streams.learner.metrics import LearnerMetrics
from streams.monitor.metrics import MonitorMetrics
from streams.review_queue.metrics import ReviewMetrics
from streams.settings.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
METRICS = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
GUIDES = [page for page in PAGES if page.stem in ("architecture", "CONTRIBUTING", "glossary")]
"""Pages for those who change the code: every path on them is one of the tree."""

_PATH = re.compile(
    r"`((?:docs|models|monitors|ops|schemas|streams|tests|\.ci)/[\w./-]+|[A-Z]\w+\.md|pyproject\.toml|[\w-]+\.lock)`"
)
_TEST = re.compile(r"\btests/[\w/]+\.py\b")
_LINK = re.compile(r"\]\((?!https?:)([^)\s]+)\)")


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


def process_metrics() -> CollectorRegistry:
    """What a worker of several processes shows beside."""
    registry = CollectorRegistry()
    ProcessMetrics(registry)
    return registry


def monitor_metrics() -> CollectorRegistry:
    """What a monitor shows."""
    registry = CollectorRegistry()
    MonitorMetrics(registry)
    CorrectionsMetrics(registry)
    return registry


def review_metrics() -> CollectorRegistry:
    """What a process of the review queue shows."""
    registry = CollectorRegistry()
    ReviewMetrics(registry)
    return registry


def learner_metrics() -> CollectorRegistry:
    """What a learner shows."""
    registry = CollectorRegistry()
    LearnerMetrics(registry)
    return registry


def rows(section: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Name to type and labels, as a section of docs/metrics.md has them."""
    _, _, text = METRICS.partition(f"\n## {section}\n")
    table = [line.split("|") for line in text.partition("\n## ")[0].splitlines() if line.startswith("| `evenhand_")]
    return {name.strip(" `"): (kind.strip(), labels_of(labels)) for _, name, kind, labels, *_ in table}


def labels_of(cell: str) -> tuple[str, ...]:
    """The labels that a cell names; their values stand in brackets behind them."""
    return tuple(sorted(re.findall(r"\w+", re.sub(r"\([^)]*\)", "", cell))))


def labels_in(registry: CollectorRegistry) -> dict[str, tuple[str, ...]]:
    """Name of a metric, without its suffix, to its labels."""
    made = {metric for metric in registry._collector_to_names if isinstance(metric, MetricWrapperBase)}
    return {metric._name: tuple(sorted(metric._labelnames)) for metric in made}


SECTIONS = {
    "Worker": worker_metrics(),
    "Several processes": process_metrics(),
    "Monitor": monitor_metrics(),
    "Review queue": review_metrics(),
    "Learner": learner_metrics(),
}
"""Section of docs/metrics.md with a table, to what it is about."""


@pytest.mark.parametrize(("section", "registry"), SECTIONS.items())
def test_metrics_are_documented_and_exist(section: str, registry: CollectorRegistry) -> None:
    """The tables in docs/metrics.md and the registries name the same metrics, with their types and labels."""
    labels = labels_in(registry)
    exist = {
        family.name + ("_total" if family.type == "counter" else ""): (family.type, labels[family.name])
        for family in registry.collect()
    }

    assert exist == rows(section)


def test_no_section_of_metrics_is_left_over() -> None:
    """Every documented name is in one of the tables."""
    documented = [line for line in METRICS.splitlines() if line.startswith("| `evenhand_")]

    assert len(documented) == sum(len(rows(section)) for section in SECTIONS)


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_every_path_exists(page: Path) -> None:
    """Files and folders between back-ticks on the pages for those who change the code."""
    named = set(_PATH.findall(page.read_text(encoding="utf-8")))

    assert len(named) > 5
    assert [] == sorted(path for path in named if not (ROOT / path).exists())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    """Also in commands."""
    assert [] == [path for path in _TEST.findall(page.read_text(encoding="utf-8")) if not (ROOT / path).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_leads_somewhere(page: Path) -> None:
    """To a file or folder, and to a heading of it."""
    lost = []
    for target, _, anchor in (link.partition("#") for link in _LINK.findall(page.read_text(encoding="utf-8"))):
        there = (page.parent / target) if target else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(f"{target}#{anchor}")
    assert [] == lost


def anchors(page: Path) -> set[str]:
    """The addresses of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_every_room_is_on_the_plan() -> None:
    """docs/architecture.md names each package below `streams`, `monitors` and `models`."""
    tops = ("streams", "monitors", "models")
    rooms = {file.parent.relative_to(ROOT).as_posix() for top in tops for file in (ROOT / top).rglob("__init__.py")}
    named = set(_PATH.findall(ARCHITECTURE))

    assert [] == sorted(rooms - named - set(tops))


def test_every_page_is_in_the_index() -> None:
    """docs/README.md links each page of docs/, once."""
    docs = ROOT / "docs"
    linked = _LINK.findall((docs / "README.md").read_text(encoding="utf-8"))
    pages = [page.relative_to(docs).as_posix() for page in docs.rglob("*") if page.is_file()]

    assert sorted(pages) == sorted(["README.md", *(link for link in linked if not link.startswith("../"))])
