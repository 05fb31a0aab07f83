"""Every alert has its runbook, and what a runbook tells an engineer to type exists."""

import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from prometheus_client import CollectorRegistry
from ruamel.yaml import YAML

from monitors.alerts.lifecycle import runbook
from monitors.alerts.wording import WORDS
from monitors.base.contract import MonitorName, Rules
from monitors.counts.windows import LENGTHS, Window
from streams.apps.gathering import ProcessMetrics
from streams.categorizer.metrics import WorkerMetrics
from streams.console.handbook import CONSOLE
from streams.corrections.metrics import CorrectionsMetrics
from streams.learner.metrics import LearnerMetrics
from streams.monitor.alerting.payload import alertname
from streams.monitor.metrics import MonitorMetrics
from streams.review_queue.metrics import ReviewMetrics
from streams.settings.settings import PREFIX, Settings, load_settings
from tests.ops.test_ops import ROOT, run, tool
from tests.streams.console.serving import get, serving
from tests.streams.console.snapshots import nothing

FOLDER = ROOT / "streams" / "console" / "runbooks"
CLI = (ROOT / "docs" / "cli.md").read_text()
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
TEXTS = sorted(FOLDER.glob("*.md"))
SECTIONS = ["What it means", "What to look at", "What to do", "When it is nothing"]

_FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_SERIES = re.compile(r"\b(evenhand[_:][a-z0-9_:]+)")
LIMITS = {
    MonitorName.REVIEW_RATE: Rules().review_rate,
    MonitorName.REVIEW_RISE: Rules().review_rise,
    MonitorName.REVIEW_PARITY: Rules().review_gap,
    MonitorName.SURE_PARITY: Rules().sure_review_gap,
    MonitorName.CONFIDENCE_MEDIAN: Rules().confidence_median,
    MonitorName.CONFIDENCE_DRIFT: Rules().confidence_psi,
    MonitorName.METHOD_USAGE: Rules().llm_share,
    MonitorName.AMOUNT_PARITY: Rules().tolerance,
    MonitorName.CATEGORY_PARITY: Rules().tolerance,
    MonitorName.MINORITY_RECALL: Rules().minority_recall,
    MonitorName.ABSTENTION: Rules().abstention,
    MonitorName.UNKNOWN_MERCHANTS: Rules().unknown_merchants,
    MonitorName.DEAD_LETTERS: Rules().dead_letters,
    MonitorName.PROBE_FLIPS: Rules().probe_flips,
    MonitorName.CORRECTIONS: Rules().corrections,
    MonitorName.MODEL_AGE: Rules().model_age_days,
}
"""Monitor to its limit; the one that is missing has a limit of its own, which is no setting."""


def rules() -> list[dict[str, Any]]:
    """All rules of Prometheus."""
    files = [YAML(typ="safe").load(path) for path in (ROOT / "ops" / "prometheus" / "rules").glob("*.yml")]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


def page_of(alert: str) -> str:
    """EvenhandReviewRate is explained in review_rate.md."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", alert.removeprefix("Evenhand")).lower() + ".md"


def alerts() -> set[str]:
    """Names of all alerts, of the monitors and of the rules."""
    return {alertname(monitor) for monitor in MonitorName} | {rule["alert"] for rule in rules() if "alert" in rule}


def blocks(path: Path, language: str) -> list[str]:
    """The fenced blocks of a page in one language."""
    return [text for name, text in _FENCE.findall(path.read_text()) if name == language]


def prose(path: Path) -> str:
    """A page without its fenced blocks, in one line."""
    return " ".join(_FENCE.sub("", path.read_text()).split())


def commands(path: Path) -> list[str]:
    """The commands of ours that a page tells to type, in blocks and in sentences."""
    lines = [line.strip() for text in blocks(path, "sh") for line in text.splitlines()]
    return [line for line in [*lines, *re.findall(r"`([^`]+)`", prose(path))] if re.match(r"evenhand [a-z]", line)]


def metrics() -> set[str]:
    """Names of all series that our processes expose, and of all recording rules."""
    names = {rule["record"] for rule in rules() if "record" in rule}
    ours = (WorkerMetrics, ProcessMetrics, MonitorMetrics, CorrectionsMetrics, LearnerMetrics, ReviewMetrics)
    for made in ours:
        registry = CollectorRegistry()
        made(registry)
        for family in registry.collect():
            suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(family.type, [""])
            names |= {family.name + suffix for suffix in suffixes}
    return names


def test_each_alert_has_its_page_and_each_page_its_alert() -> None:
    """Those of the monitors, and those of the rules."""
    assert sorted({page_of(alert) for alert in alerts()}) == [path.name for path in PAGES]


@pytest.mark.parametrize("monitor", list(MonitorName))
async def test_the_link_of_an_alert_is_a_page(monitor: MonitorName) -> None:
    """What the life cycle writes into an alert is a page that the console serves, if no other address is set."""
    async with serving(nothing()) as console:
        port = urlsplit(console.url).port
        link = runbook(load_settings(monitor_port=port).runbooks, monitor)
        answer = await get(link)
    assert (200, "text/html; charset=utf-8") == (answer.status, answer.headers["Content-Type"])
    assert f'<h1 id="{alertname(monitor).lower()}">{alertname(monitor)}</h1>' in answer.body.decode()


def test_another_address_of_the_runbooks_wins() -> None:
    """Else it is the monitor's own, as the settings of its web server say it."""
    assert "https://wiki.bank.example/e" == load_settings(runbook_base_url="https://wiki.bank.example/e").runbooks
    assert "http://127.0.0.1:9465/runbooks" == load_settings().runbooks
    assert "/runbooks" == load_settings(monitor_port=0).runbooks
    tls = {"web_certificate_location": "c.pem", "web_key_location": "k.pem", "web_token": "t"}
    assert "https://[::1]:9000/runbooks" == load_settings(web_host="::1", monitor_port=9000, **tls).runbooks


def test_the_links_of_the_rules_are_pages() -> None:
    """And the page is that of the alert."""
    links = {
        rule["alert"]: rule["annotations"]["runbook_url"].rpartition("/")[2]
        for rule in rules()
        if "alert" in rule and "$labels" not in rule["annotations"]["runbook_url"]
    }
    assert links
    assert {alert: page_of(alert) for alert in links} == links


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_has_its_sections(path: Path) -> None:
    """Named after its alert; four sections, none of them empty."""
    title, *sections = re.split(r"^##? ", path.read_text(), flags=re.MULTILINE)[1:]
    assert title.strip() in alerts()
    assert path.name == page_of(title.strip())
    assert SECTIONS == [section.partition("\n")[0] for section in sections]
    assert all(section.partition("\n")[2].strip() for section in sections)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_has_something_to_look_at(path: Path) -> None:
    """At least one query."""
    assert blocks(path, "promql")


def test_the_index_lists_every_page() -> None:
    """With the name of its alert."""
    listed = re.findall(r"^\| \[(\w+)\]\((\w+\.md)\) \| .+ \|$", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert sorted((alert, page_of(alert)) for alert in alerts()) == sorted(listed)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_queries_name_metrics_that_exist(path: Path) -> None:
    """Of the worker, the monitor or a rule; so do monitors and windows that they ask for."""
    for query in blocks(path, "promql"):
        assert set(_SERIES.findall(query)) - metrics() == set(), query
        monitors = {name for names in re.findall(r'monitor=~?"([^"]+)"', query) for name in names.split("|")}
        assert monitors <= set(MonitorName), query
        assert set(re.findall(r'window="([^"]+)"', query)) <= set(Window), query
    assert set(re.findall(r"`(evenhand_[a-z_]+)`", prose(path))) <= metrics()


def test_prometheus_takes_the_queries(tmp_path: Path) -> None:
    """All of them, as the expressions of rules."""
    queries = [query for path in TEXTS for query in blocks(path, "promql")]
    group = {"name": "runbooks", "rules": [{"record": f"q{n}", "expr": query} for n, query in enumerate(queries)]}
    file = tmp_path / "queries.yml"
    YAML(typ="safe").dump({"groups": [group]}, file)
    done = run(tool("promtool"), "check", "rules", file)
    assert done.returncode == 0, done.stdout + done.stderr
    file.write_text(file.read_text().replace("evenhand_reading", "evenhand reading"))
    assert run(tool("promtool"), "check", "rules", file).returncode != 0


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_commands_exist(path: Path) -> None:
    """Each is documented in docs/cli.md, which the tests of the CLI hold to the CLI, and has these options there."""
    sections = {section.partition("\n")[0]: section for section in CLI.split("\n## ")}
    for command in commands(path):
        words = shlex.split(command)
        name = max((name for name in sections if words[: len(name.split())] == name.split()), key=len, default="")
        assert name.startswith("evenhand"), command
        for option in (word for word in words if word.startswith("--")):
            assert f"`{option}" in sections[name], command


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_settings_exist(path: Path) -> None:
    """A misspelt variable would be ignored in silence."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {f"{PREFIX}LOG_LEVEL"}
    assert set(re.findall(rf"\b{PREFIX}\w+", path.read_text())) <= known


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    """To a file, and to a heading of it."""
    for target, _, anchor in (link.partition("#") for link in re.findall(r"\]\((?!http)([^)]+)\)", path.read_text())):
        there = (path.parent / target).read_text()
        headings = {
            re.sub(r"[^\w -]", "", text).lower().replace(" ", "-") for text in re.findall(r"^#+ (.+)$", there, re.M)
        }
        assert not anchor or anchor in headings, (target, anchor)


@pytest.mark.parametrize("monitor", list(LIMITS))
def test_a_page_says_the_limit(monitor: MonitorName) -> None:
    """That of `Rules`, in the unit of the monitor."""
    means = prose(FOLDER / page_of(alertname(monitor))).partition("## What to look at")[0]
    assert re.search(rf"(?<![\d.]){re.escape(WORDS[monitor].unit(LIMITS[monitor]))}(?![\d.]\d)", means), means


def test_the_index_says_what_evidence_is_needed() -> None:
    """And how many cases, and how long a severity is kept."""
    text = prose(FOLDER / "README.md")
    limits = Rules()
    assert f"{limits.warn_evidence:,.0f} warns, {limits.page_evidence:,.0f} pages" in text
    assert f"fewer than {limits.minimum_count} decisions" in text
    assert list(LENGTHS) == ["1h", "24h", "7d"]


def test_ports_are_the_defaults() -> None:
    """The console's is the monitor's, that of people is the review queue's."""
    ports = {port for path in TEXTS for port in re.findall(r"127\.0\.0\.1:(\d+)", path.read_text())}
    fields = Settings.model_fields
    own = {str(fields[f"{name}_port"].default) for name in ("web", "monitor", "learner", "review")}
    assert own | {"9092"} == ports
    assert f"http://{fields['web_host'].default}:{fields['monitor_port'].default}/" == CONSOLE
