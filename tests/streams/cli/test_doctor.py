"""`evenhand doctor`: findings, not failures."""

import json
from pathlib import Path

import pytest

from streams.local.broker import LocalBroker
from streams.operate.doctor import State, core_works, examine
from tests.streams.cli.conftest import Invoke

NOWHERE = "127.0.0.1:1"


def findings(result: object) -> dict[str, dict[str, str]]:
    """The findings of a run with --json, by name."""
    return {finding["name"]: finding for finding in json.loads(result.stdout)["findings"]}  # type: ignore[attr-defined]


def test_the_core_works_without_a_broker(evenhand: Invoke) -> None:
    """An unreachable broker is a note with a hint, and the exit code is 0."""
    result = evenhand("doctor", "--json", bootstrap_servers=NOWHERE)
    broker = findings(result)["broker"]
    assert 0 == result.exit_code
    assert ("note", f"no Kafka broker answers at {NOWHERE}") == (broker["state"], broker["detail"])
    assert broker["hint"]


def test_a_model_that_is_not_there_is_missing(evenhand: Invoke, tmp_path: Path) -> None:
    """The core cannot work: exit code 4, with all other findings still there."""
    result = evenhand("doctor", "--json", bootstrap_servers=NOWHERE, model=str(tmp_path))
    assert 4 == result.exit_code
    assert "missing" == findings(result)["model"]["state"]
    assert {"python", "packages", "java", "maven", "node", "disk"} <= set(findings(result))


def test_house_rules_are_read(evenhand: Invoke, tmp_path: Path) -> None:
    """Where the settings name them; without those that are meant nothing is categorized."""
    file = tmp_path / "rules.csv"
    result = evenhand("doctor", "--json", bootstrap_servers=NOWHERE, house_rules=str(file))
    found = findings(result)["house rules"]
    assert (4, "missing", f"evenhand rules check --rules {file}") == (result.exit_code, found["state"], found["hint"])
    file.write_text("id,text,category,who,why\nR-1,pier,pets,ops,said\n")
    result = evenhand("doctor", "--json", bootstrap_servers=NOWHERE, house_rules=str(file))
    found = findings(result)["house rules"]
    assert (0, "ok", True) == (result.exit_code, found["state"], found["detail"].startswith(f"1 of {file}, version "))
    assert "house rules" not in findings(evenhand("doctor", "--json", bootstrap_servers=NOWHERE))


def test_wrong_settings_are_a_finding(evenhand: Invoke) -> None:
    """The variable is named; the report goes on."""
    result = evenhand("doctor", web_port="99999999")
    assert 4 == result.exit_code
    assert "EVENHAND_WEB_PORT" in result.stdout
    assert "disk" in result.stdout


def test_misspelt_settings_are_named(evenhand: Invoke) -> None:
    """Each with the setting that was meant, where one is close, and never with its value; the core works."""
    result = evenhand("doctor", "--json", bootstrap_servers=NOWHERE, web_tokn="hunter2", fizz="1", foo="1")
    found = findings(result)
    assert 0 == result.exit_code
    assert ("note", "did you mean EVENHAND_WEB_TOKEN?") == (
        found["EVENHAND_WEB_TOKN"]["state"],
        found["EVENHAND_WEB_TOKN"]["hint"],
    )
    assert all("unset it" in found[name]["hint"] for name in ("EVENHAND_FIZZ", "EVENHAND_FOO"))
    assert "hunter2" not in result.stdout + result.stderr


def test_secrets_are_not_shown(evenhand: Invoke) -> None:
    """A password is named, never printed."""
    result = evenhand("doctor", bootstrap_servers=NOWHERE, sasl_password="hunter2", web_token="sesame")
    assert "EVENHAND_SASL_PASSWORD=(secret)" in result.stdout
    assert "hunter2" not in result.stdout + result.stderr
    assert "sesame" not in result.stdout + result.stderr


def test_programs_that_are_not_there_are_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each with what it is for and how to get it; the core works without them."""
    monkeypatch.setenv("EVENHAND_BOOTSTRAP_SERVERS", NOWHERE)
    found = examine({"PATH": str(tmp_path)})
    missing = {finding.name: finding for finding in found if finding.state is State.MISSING}
    assert {"java", "maven", "node"} == set(missing)
    assert all(finding.hint.startswith("apt install") for finding in missing.values())
    assert core_works(found)


def test_an_old_java_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A Java that cannot run the broker does not count."""
    monkeypatch.setenv("EVENHAND_BOOTSTRAP_SERVERS", NOWHERE)
    for version, state in (('"1.8.0_392"', State.MISSING), ('"21" 2023-09-19', State.OK)):
        (tmp_path / "java").write_text(f"#!/bin/sh\necho 'openjdk version {version}' >&2\n")
        (tmp_path / "java").chmod(0o755)
        found = {finding.name: finding.state for finding in examine({"PATH": str(tmp_path)})}
        assert state is found["java"]


@pytest.mark.kafka
def test_a_broker_with_topics_is_ok(evenhand: Invoke, kafka: dict[str, str], broker: LocalBroker) -> None:
    """First the topics are missing, with what to do; then all is well."""
    before = findings(evenhand("doctor", "--json", **kafka))["broker"]
    assert 0 == evenhand("topics", "create", **kafka).exit_code
    after = findings(evenhand("doctor", "--json", **kafka))["broker"]
    assert ("note", "evenhand topics create") == (before["state"], before["hint"])
    assert f"{broker.bootstrap_servers} answers; topics with 2 partitions" == after["detail"]
    assert "ok" == after["state"]
