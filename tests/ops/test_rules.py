"""The rules that Prometheus runs: what their own unit tests say, and that they agree with the monitors."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from monitors.alerts import wording
from monitors.alerts.wording import WORDS
from monitors.base.contract import LEVEL, MonitorName
from monitors.catalogue.registry import DESCRIPTIONS
from tests.ops.test_ops import ROOT, run, tool

PROMETHEUS = ROOT / "ops" / "prometheus"
UNIT_TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))
FORMATS = {wording.share: "humanizePercentage", wording.points: 'humanizePercentage | reReplaceAll "%$" " points"'}
"""Unit of a figure to how a template writes it; the others are numbers."""


def load(path: Path) -> Any:
    """A YAML file, anchors resolved."""
    return YAML(typ="safe").load(path)


def alerts(name: str) -> list[dict[str, Any]]:
    """The alerting rules of a file of `ops/prometheus/rules`."""
    groups = load(PROMETHEUS / "rules" / f"{name}.yml")["groups"]
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def monitor_of(rule: dict[str, Any]) -> MonitorName:
    """The monitor whose alert a fairness rule is."""
    found = re.fullmatch(r'evenhand:alert_reading\{monitor="(\w+)"\}', rule["expr"])
    assert found is not None, rule["expr"]
    return MonitorName(found[1])


@pytest.mark.slow
@pytest.mark.parametrize("file", UNIT_TESTS, ids=lambda file: file.stem)
def test_rules_do_what_their_unit_tests_say(file: Path) -> None:
    """Each alert fires when it should, with its exact labels and annotations, and ends when it should."""
    done = run(tool("promtool"), "test", "rules", file)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_is_seen_to_fire() -> None:
    """No alerting rule is without a unit test in which it fires."""
    cases = [case for file in UNIT_TESTS for test in load(file)["tests"] for case in test.get("alert_rule_test", [])]
    fired = {case["alertname"] for case in cases if case["exp_alerts"]}
    names = {rule["alert"] for file in ("fairness", "operations", "slo") for rule in alerts(file)}
    assert names == fired


def test_a_wrong_expectation_fails(tmp_path: Path) -> None:
    """The check is able to fail: with another figure in an annotation promtool refuses."""
    wrong = tmp_path / "fairness.yml"
    text = (PROMETHEUS / "tests" / "fairness.yml").read_text()
    wrong.write_text(text.replace("../rules", str(PROMETHEUS / "rules")).replace("31.5%", "31.6%"))
    done = run(tool("promtool"), "test", "rules", wrong)
    assert done.returncode == 1
    assert "31.6%" in done.stderr


def test_each_monitor_has_one_alert_with_its_name() -> None:
    """`review_rate` alerts as EvenhandReviewRate, and no monitor is left out."""
    expected = {name: "Evenhand" + "".join(part.capitalize() for part in name.split("_")) for name in MonitorName}
    assert expected == {monitor_of(rule): rule["alert"] for rule in alerts("fairness")}
    assert len(MonitorName) == len(alerts("fairness"))


def test_a_fairness_alert_has_only_the_labels_of_the_monitor() -> None:
    """A label that the monitor does not post itself would make two alerts of one."""
    assert [] == [rule["alert"] for rule in alerts("fairness") if "labels" in rule or "for" in rule]
    labels = {"monitor", "category", "group", "window", "severity"}
    recording = load(PROMETHEUS / "rules" / "fairness.yml")["groups"][0]["rules"][0]["expr"]
    kept = [set(re.split(r",\s*", found)) for found in re.findall(r"by \(([^)]+)\) \(evenhand_alert_open\)", recording)]
    assert [labels, labels] == kept


@pytest.mark.parametrize("name", list(MonitorName))
def test_a_rule_says_what_the_monitor_says(name: MonitorName) -> None:
    """Description, hint and unit are the monitors' own, so that an alert tells the same whichever way it comes."""
    told = next(rule["annotations"] for rule in alerts("fairness") if monitor_of(rule) == name)
    assert (DESCRIPTIONS[name], WORDS[name].hint) == (told["description"], told["hint"])
    expected = FORMATS.get(WORDS[name].unit, 'printf "%.4g"')
    for key in ("summary", "interval"):
        formats = set(re.findall(r"(?:\$value|\.Value) \| (.+?) *\}\}", told[key]))
        assert {expected} == formats, key
    assert f" ({wording.share(LEVEL)})" in told["interval"]


@pytest.mark.parametrize("file", ["fairness", "operations", "slo"])
def test_each_alert_says_what_to_do_and_where_to_read_on(file: str) -> None:
    """Summary, description and hint, a severity that Alertmanager routes, and a runbook below the one address."""
    for rule in alerts(file):
        told = rule["annotations"]
        assert {"summary", "description", "hint", "runbook_url"} <= told.keys(), rule["alert"]
        assert told["runbook_url"].startswith("{{ $externalLabels.runbooks }}/"), rule["alert"]
        if file != "fairness":
            assert rule["labels"]["severity"] in ("page", "warning"), rule["alert"]


def test_each_alert_has_its_runbook() -> None:
    """The page that it names exists, and no page is left without an alert."""
    runbooks = ROOT / "streams" / "console" / "runbooks"
    named = {monitor_of(rule).value for rule in alerts("fairness")}
    for file in ("operations", "slo"):
        named |= {Path(rule["annotations"]["runbook_url"]).stem for rule in alerts(file)}
    assert named == {page.stem for page in runbooks.glob("*.md")} - {"README"}


def test_the_address_of_the_runbooks_stays_out_of_the_labels() -> None:
    """Prometheus puts external labels on every alert; all of them are dropped again."""
    config = load(PROMETHEUS / "prometheus.yml")
    assert ["runbooks"] == list(config["global"]["external_labels"])
    assert [{"regex": "runbooks", "action": "labeldrop"}] == config["alerting"]["alert_relabel_configs"]


def test_burn_rates_are_those_of_the_workbook() -> None:
    """Burn rate, long and short window and severity of each alert (Beyer et al. 2018, chapter 5)."""
    found = []
    for rule in alerts("slo"):
        rates = re.findall(r"ratio_rate(\w+) > ([\d.]+) \* \(1 - scalar", rule["expr"])
        (long, rate), (short, same) = rates
        assert (rate, long) == (same, rule["labels"]["window"])
        found.append((float(rate), long, short, rule["labels"]["severity"]))
    expected = [
        (14.4, "1h", "5m", "page"),
        (6.0, "6h", "30m", "page"),
        (3.0, "1d", "2h", "warning"),
        (1.0, "3d", "6h", "warning"),
    ]
    assert expected == found
