"""The dashboard and the rules ask only for what exists: metrics, labels, windows and counts of the code."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase
from ruamel.yaml import YAML

from models.contracts.alerts import Severity
from monitors.base.contract import MonitorName, Reading, Reference, Rules
from monitors.catalogue.registry import MONITORS
from monitors.counts.history import History
from monitors.counts.windows import Window
from monitors.evaluator import Evaluator
from streams.apps.gathering import ProcessMetrics
from streams.categorizer.metrics import WorkerMetrics
from streams.clock import wall_clock
from streams.corrections.metrics import CorrectionsMetrics
from streams.learner.metrics import LearnerMetrics
from streams.monitor.metrics import MonitorMetrics
from streams.review_queue.metrics import ReviewMetrics
from tests.ops.test_ops import ROOT, run, services, tool

GRAFANA = ROOT / "ops" / "grafana"
DASHBOARDS = sorted((GRAFANA / "dashboards").glob("*.json"))
RULES = sorted((ROOT / "ops" / "prometheus" / "rules").glob("*.yml"))

SUFFIXES: Mapping[str, tuple[str, ...]] = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
"""What is put behind a metric's name for its samples, where they are not named like it."""

TARGET = {"job", "instance"}
"""Labels that Prometheus adds to all that it scrapes."""

_WORDS = {
    "and",
    "or",
    "unless",
    "bool",
    "offset",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "NaN",
}
_STRING = re.compile(r'"[^"]*"|\'[^\']*\'')
_NAME = re.compile(r"(?<![\w:.])([A-Za-z_:][\w:]*+)\s*+(\{[^}]*\})?+(?!\s*\()")
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')


@dataclass(frozen=True)
class Selector:
    """A metric in an expression.

    Args:
        metric: Its name.
        matchers: (label, operator, value).
    """

    metric: str
    matchers: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Query:
    """An expression and where it stands.

    Args:
        where: File and panel, or file and rule.
        expression: PromQL, the dashboard's variable filled in.
    """

    where: str
    expression: str

    def selectors(self) -> list[Selector]:
        """What it asks for."""
        text = _GROUPING.sub(" ", re.sub(r"\[[^\]]*\]|\boffset\s+\w+", " ", self.expression))
        return [
            Selector(name, tuple(_MATCHER.findall(braces or "")))
            for name, braces in _NAME.findall(text)
            if name not in _WORDS
        ]

    def grouped(self) -> set[str]:
        """Labels that it groups or matches by."""
        lists = _GROUPING.findall(_STRING.sub("", self.expression))
        return {label.strip() for found in lists for label in found.split(",") if label.strip()}


def panels() -> Iterator[tuple[str, dict[str, Any]]]:
    """(where, panel) of all dashboards."""
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text())["panels"]:
            yield f"{path.name}: {panel['title']}", panel


def rules() -> Iterator[tuple[str, dict[str, Any]]]:
    """(where, rule) of all rules."""
    for path in RULES:
        for group in YAML(typ="safe").load(path)["groups"]:
            for rule in group["rules"]:
                yield f"{path.name}: {rule.get('alert') or rule['record']}", rule


def asked() -> list[Query]:
    """The dashboards' queries, the rules' expressions, and the queries in the rules' annotations."""
    found = [
        Query(where, target["expr"].replace("$window", "24h"))
        for where, panel in panels()
        for target in panel.get("targets", [])
    ]
    for where, rule in rules():
        found.append(Query(where, rule["expr"]))
        for text in rule.get("annotations", {}).values():
            written = re.findall(r'query "((?:[^"\\]|\\.)*)"|printf "((?:[^"\\]|\\.)*)"\s+\$\w+', text)
            texts = [(plain or formatted).replace("%s", '{monitor="review_rate"}', 1) for plain, formatted in written]
            found += [
                Query(where, one.replace('[{monitor="review_rate"}]', "[1h]")) for one in texts if "evenhand" in one
            ]
    return found


def recorded() -> dict[str, set[str]]:
    """Recording rule to the labels of its series."""
    labels = {}
    for _, rule in rules():
        if "record" in rule:
            kept = Query("", rule["expr"]).grouped() | set(rule.get("labels", {}))
            labels[rule["record"]] = kept | ({"window"} if "remaining" in rule["record"] else set())
    return labels


def exposed() -> dict[str, set[str]]:
    """Sample to the labels that it has, as the registries of all processes have them."""
    # Apart: worker and learner both tell how much there is of what was learned.
    registry, learner = CollectorRegistry(), CollectorRegistry()
    for metrics in (WorkerMetrics, ProcessMetrics, MonitorMetrics, CorrectionsMetrics):
        metrics(registry)
    ReviewMetrics(registry, wall_clock)
    LearnerMetrics(learner)
    samples = {"up": set[str]()}
    for collector in (*registry._collector_to_names, *learner._collector_to_names):
        assert isinstance(collector, MetricWrapperBase)
        (family,) = collector.describe()
        for suffix in SUFFIXES.get(family.type, ("",)):
            samples[family.name + suffix] = {*collector._labelnames, *(("le",) if suffix == "_bucket" else ())}
    return samples


def known() -> dict[str, set[str]]:
    """All that can be asked for."""
    return {name: labels | TARGET for name, labels in exposed().items()} | recorded()


def readings() -> list[Reading]:
    """What all monitors say of nothing: each subject and window that they ever speak of."""
    now = datetime(2026, 3, 1, tzinfo=UTC)
    reference = Reference(trained_on=now.date())
    evaluator = Evaluator(MONITORS, rules=Rules(), reference=reference, model_version="m1")
    return evaluator.readings(History(lateness=0), today=now.date())


def test_the_parser_finds_what_is_asked() -> None:
    """Names and matchers are found; functions, words, labels to group by, durations and strings are not."""
    query = Query(
        "", 'sum by (a, b) (rate(x_total{c="d e",f!~"g"}[5m] offset 1h)) / on (a) group_left (b) y:z or NaN * 1e3'
    )
    expected = [Selector("x_total", (("c", "=", "d e"), ("f", "!~", "g"))), Selector("y:z", ())]
    assert expected == query.selectors()
    assert {"a", "b"} == query.grouped()


def test_promtool_can_read_every_query(tmp_path: Path) -> None:
    """All queries as rules of one file."""
    file = tmp_path / "queries.yml"
    queries = [{"record": f"query:{at}", "expr": query.expression} for at, query in enumerate(asked())]
    assert len(queries) > 80
    file.write_text(json.dumps({"groups": [{"name": "queries", "rules": queries}]}))
    done = run(tool("promtool"), "check", "rules", file)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_metric_asked_for_exists() -> None:
    """In a registry, or as a recording rule."""
    metrics = known()
    missing = {(query.where, one.metric) for query in asked() for one in query.selectors() if one.metric not in metrics}
    assert set() == missing


def test_every_label_asked_for_is_one_of_the_metric() -> None:
    """Of the metric that it selects by, and among those of the expression where it groups by."""
    metrics, wrong = known(), []
    for query in asked():
        selectors = query.selectors()
        wrong += [
            (query.where, one) for one in selectors for label, *_ in one.matchers if label not in metrics[one.metric]
        ]
        theirs = {label for one in selectors for label in metrics[one.metric]}
        wrong += [(query.where, label) for label in query.grouped() - theirs]
    assert [] == wrong


def test_every_label_of_a_legend_is_left_in_the_result() -> None:
    """Else the legend would show its name only."""
    wrong = []
    for where, panel in panels():
        for target in panel.get("targets", []):
            named = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            wrong += [(where, label) for label in named - Query(where, target["expr"]).grouped()]
    assert [] == wrong


@pytest.mark.parametrize("window", [Window.HOUR, Window.DAY, Window.WEEK])
def test_a_monitor_has_what_the_dashboard_asks_of_it(window: Window) -> None:
    """Each selector of a monitor fits a reading, by window, category, group and what was counted."""
    said, wrong = readings(), []
    for where, panel in panels():
        for target in panel.get("targets", []):
            for selector in Query(where, target["expr"].replace("$window", window)).selectors():
                of_a_monitor = any(label == "monitor" for label, *_ in selector.matchers)
                if of_a_monitor and not any(fits(selector, reading) for reading in said):
                    wrong.append((where, selector))
    assert [] == wrong


def fits(selector: Selector, reading: Reading) -> bool:
    """Whether a series of the reading would be selected."""
    monitor, category, group = reading.subject
    labels = {"monitor": monitor, "category": category or "", "group": group or "", "window": reading.window.value}
    for label, operator, value in selector.matchers:
        had = {label: [labels[label]] if label in labels else list(reading.counts)}[label]
        equal = any(re.fullmatch(value, one) if "~" in operator else value == one for one in had)
        if equal is operator.startswith("!"):
            return False
    return True


def test_every_monitor_is_on_the_dashboard() -> None:
    """But the one whose alert is all that there is to see."""
    text = DASHBOARDS[0].read_text()
    missing = {name.value for name in MonitorName if name.value not in text}
    assert {"confidence_change"} == missing


def test_severities_of_rules_and_dashboard_are_those_of_alerts() -> None:
    """A misspelt severity would be routed nowhere, or shown as none."""
    severities = {severity.value for severity in Severity}
    labelled = {rule["labels"]["severity"] for _, rule in rules() if "severity" in rule.get("labels", {})}
    matched = {
        value
        for query in asked()
        for one in query.selectors()
        for label, _, value in one.matchers
        if label == "severity"
    }
    assert severities == labelled == matched


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_dashboard_is_one(path: Path) -> None:
    """A schema version, a uid, ids that occur once, panels that do not overlap and say what they show."""
    board = json.loads(path.read_text())
    assert 41 == board["schemaVersion"]
    assert re.fullmatch(r"[a-z-]{1,40}", board["uid"])
    ids = [panel["id"] for panel in board["panels"]]
    assert sorted(set(ids)) == ids
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells


def test_every_panel_says_its_window_and_its_count() -> None:
    """A figure without its time and its number of cases says little."""
    for where, panel in panels():
        if panel["type"] != "row":
            assert re.search(r"[Ww]indow|of the clock|Now\.|last 5 minutes|not closed", panel["description"]), where
            assert re.search(
                r"[Cc]ounts?:|[Dd]ecisions|[Ll]abels|[Cc]orrections|[Rr]ecords|letters|counted|Alerts|alert|[Ss]ummaries|batches|commits",
                panel["description"],
            ), where


def test_panels_use_the_data_source_that_is_provisioned() -> None:
    """Its uid is fixed, so that the dashboard finds it."""
    source = YAML(typ="safe").load(GRAFANA / "provisioning" / "datasources" / "prometheus.yml")["datasources"][0]
    expected = {"type": source["type"], "uid": source["uid"]}
    for where, panel in panels():
        used = [one["datasource"] for one in (panel, *panel.get("targets", [])) if "datasource" in one]
        assert [expected] * len(used) == used, where


def test_dashboards_are_where_grafana_looks() -> None:
    """The provider's path is what docker compose mounts the folder to."""
    provider = YAML(typ="safe").load(GRAFANA / "provisioning" / "dashboards" / "evenhand.yml")["providers"][0]
    assert f"./ops/grafana/dashboards:{provider['options']['path']}:ro" in services()["grafana"]["volumes"]
    assert not provider["allowUiUpdates"]
