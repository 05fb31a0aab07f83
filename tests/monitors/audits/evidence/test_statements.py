"""What the evidence says: each statement rests on something that is there, and its figures are those that it names."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from pydantic import JsonValue

from models.artefacts.artefact import DEFAULT_MODEL, read_manifest
from models.contracts.alerts import FairnessAlert
from models.errors import DataError
from monitors.audits.checks import Outcome
from monitors.audits.evidence.facts import AuditReport, Example, Facts, Run
from monitors.audits.evidence.figures import AUDITS
from monitors.audits.evidence.law import DATES, LOOKED_UP
from monitors.audits.evidence.monitoring import monitors_data
from monitors.audits.evidence.pages import chapters, texts
from monitors.audits.evidence.statements import NOT_MEASURED, SourceKind, Statement, resolved
from streams.files.evidence import shown_settings, tables_of
from streams.settings.settings import Settings
from tests.harness.alerts import NOW, alert, over
from tests.streams.console.documents import told
from tests.streams.console.snapshots import working_day

ROOT = Path(__file__).parents[4]
RUN = Run("evenhand evidence --out DIR", date(2026, 11, 30), "evenhand 0.1.0", "calibrated", 0.95)
CHECK: JsonValue = {
    "about": "accuracy by amount band",
    "outcome": "fail",
    "value": 0.1234,
    "limit": 0.1,
    "why": "Accuracy by amount band: 12.34 points.",
}
REPORT = AuditReport(
    "bias_report", {"outcome": "fail", "checks": [CHECK]}, ["bias_report.html", "bias_report.md", "bias_report.json"]
)
HISTORY: list[dict[str, JsonValue]] = [
    {"at": "2026-11-01T09:00:00Z", "action": "promote", "version": "a" * 12, "reason": "first"},
    {
        "at": "2026-11-02T09:00:00Z",
        "action": "promote",
        "version": "b" * 12,
        "reason": "",
        "gate": "failed bias_report",
        "override": "one <merchant> only",
    },
]


def lines_of(*alerts: FairnessAlert) -> str:
    """Alerts as the topic has them, one a line."""
    return "".join(f"{each.model_dump_json()}\n" for each in alerts)


@cache
def bare() -> Facts:
    """A run of the shipped model that measured nothing."""
    manifest = read_manifest(DEFAULT_MODEL)
    settings = shown_settings(Settings())
    return Facts(run=RUN, manifest=manifest, tables=tables_of(manifest), settings=settings, reports={})


@cache
def full() -> Facts:
    """The same run with a failed audit, a history of alerts, and a store with an override."""
    first = alert()
    text = lines_of(first, over(first, NOW + timedelta(hours=5)), alert(category="fuel"))
    return replace(
        bare(),
        reports={REPORT.name: REPORT},
        monitors=monitors_data(text, "alerts.jsonl"),
        history=HISTORY,
        example=Example("TESCO STORES", "groceries", [("Why", "We know the business.")]),
    )


def documents(facts: Facts) -> dict[str, JsonValue]:
    """Every JSON file that statements may point into."""
    return {
        "figures.json": json.loads(texts(facts)["figures.json"]),
        **{f"{name}.json": dict(report.data) for name, report in facts.reports.items()},
    }


def statements(facts: Facts) -> list[Statement]:
    """All of them."""
    return [statement for chapter in chapters(facts) for statement in chapter.statements]


def pointed(files: dict[str, JsonValue], statement: Statement) -> list[JsonValue]:
    """What a statement's figures are."""
    places = [source.place.partition("#") for source in statement.sources if source.kind is SourceKind.FIGURE]
    return [resolved(files[file], pointer) for file, _, pointer in places]


def shown(value: JsonValue) -> Iterator[str]:
    """Every way in which a figure may stand in a sentence."""
    if isinstance(value, dict | list):
        yield f"{len(value):,}"
        for inner in value.values() if isinstance(value, dict) else value:
            yield from shown(inner)
    elif isinstance(value, str):
        yield from re.findall(NUMBER, value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from (f"{value:,}", str(value), f"{100 * value:.1f}", f"{100 * value:.2f}", f"{value:.3f}")


NUMBER = r"(?<![\w.])[0-9](?:[0-9,]*[0-9])?(?:\.[0-9]+)?(?!\w)"


@pytest.mark.parametrize("facts", [bare, full])
def test_whatever_stands_behind_a_statement_is_there(facts: Callable[[], Facts]) -> None:
    """Files, functions of tests, and pointers into the figures of this very folder."""
    files = documents(facts())
    for statement in statements(facts()):
        assert len(pointed(files, statement)) <= len(statement.sources)  # each pointer names something
        for source in statement.sources:
            if source.kind is SourceKind.REPOSITORY:
                path, _, name = source.place.partition("::")
                assert (ROOT / path).is_file(), source.place
                if name:
                    names = [
                        each.name for each in ast.walk(ast.parse((ROOT / path).read_text())) if hasattr(each, "name")
                    ]
                    assert name in names, source.place


@pytest.mark.parametrize("facts", [bare, full])
def test_figures_of_a_statement_are_those_that_it_points_to(facts: Callable[[], Facts]) -> None:
    """Every number in a statement that names figures is one of them, however it is written."""
    checked, files = 0, documents(facts())
    for statement in statements(facts()):
        figures = pointed(files, statement)
        if not figures or any(source.kind is SourceKind.PUBLICATION for source in statement.sources):
            continue
        said = re.findall(NUMBER, statement.text)
        known = {text for figure in figures for text in shown(figure)} | set(re.findall(NUMBER, ABOUT_SOURCES))
        assert [] == [number for number in said if number not in known], statement.text
        checked += len(said)
    assert checked > 30


ABOUT_SOURCES = "City of Toronto 2010 to 2020 ; licence v3.0 ; ISO 18245 ; BSD-3-Clause"
"""Numbers in names of sources, which are no figures."""


def test_what_was_not_measured_is_said_so_and_not_passed() -> None:
    """On the index, and in each chapter that could have had it."""
    found = texts(bare())
    assert all(
        f"{title}: not measured in this run" in found["index.md"] for title in ("Bias report", "Monitors' history")
    )
    for name in AUDITS:
        assert NOT_MEASURED == resolved(documents(bare())["figures.json"], f"/audits/{name}/state")
    assert "Audits not measured." in found["audits.md"]
    assert "passed" not in found["audits.md"] + found["index.md"]
    assert "of no store" in found["overrides.md"]
    assert "Not signed" in found["index.md"]


def test_a_failed_audit_is_failed_though_another_is_missing() -> None:
    """The worst stands first, with the check that failed."""
    found = texts(full())
    assert "**Audits failed.**" in found["index.md"]
    assert "Failed: Accuracy by amount band: 12.34 points." in found["audits.md"]
    assert "| accuracy by amount band | failed | 12.34 | 10.00 |" in found["audits.md"]


def test_one_audit_that_passed_is_not_all_of_them() -> None:
    """The other one is not measured, and so is the whole."""
    passed = replace(REPORT, data={"outcome": Outcome.PASS.value, "checks": []})
    found = texts(replace(bare(), reports={REPORT.name: passed}))
    assert "**Audits not measured.** Bias report: passed; counterfactual report: not measured" in found["index.md"]


def test_every_override_stands_with_what_the_gate_said_and_why() -> None:
    """As text: what somebody typed is no markup."""
    found = texts(full())
    assert "1 override in 2 changes" in found["index.md"]
    assert f"{'b' * 12} was promoted past the gate (failed bias_report)" in found["overrides.html"]
    assert "Reason given: one &lt;merchant&gt; only" in found["overrides.html"]
    assert "<merchant>" not in "".join(found[name] for name in found if name.endswith(".html"))


def test_alerts_of_the_period_are_told_and_others_are_not() -> None:
    """Days are whole and of UTC; what was open at the end of the period is open."""
    first = alert(at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    text = lines_of(first, over(first, datetime(2026, 3, 2, 0, 30, tzinfo=UTC)))
    both = monitors_data(text, "a")
    day = monitors_data(text, "a", since=date(2026, 3, 1), until=date(2026, 3, 1))
    after = monitors_data(text, "a", since=date(2026, 3, 3))
    counts = [(len(each["steps"]), len(each["open"])) for each in (both, day, after)]  # type: ignore[arg-type]
    assert [(2, 0), (1, 1), (0, 0)] == counts
    assert {"review_rate": {"opened": 1, "paged": 1}} == day["steps_by_monitor"]


def test_the_state_of_a_console_is_a_history() -> None:
    """The document that the monitor serves, with its windows, its readings and what is open."""
    document = told(working_day())
    found = monitors_data(json.dumps(document), "state.json")
    assert (len(document["alerts"]), len(document["history"])) == (len(found["open"]), len(found["steps"]))  # type: ignore[arg-type]
    assert sum(found["readings_by_state"].values()) == len(document["readings"])  # type: ignore[union-attr,misc,arg-type]
    page = texts(replace(bare(), monitors=found))["monitoring.md"]
    assert f"{len(document['alerts'])} alerts open at its end" in page
    assert [] == [window["name"] for window in document["windows"] if f"Window {window['name']}: " not in page]


def test_the_map_of_regulation_names_the_same_dates_and_documents() -> None:
    """docs/regulation.md says no other day than the memo, and no document that is not in the folder."""
    page = (ROOT / "docs/regulation.md").read_text(encoding="utf-8")
    days = {day for each in DATES for day in re.findall(r"[0-9]{1,2} [A-Z][a-z]+ 20[0-9]{2}", each.text)}
    assert {"2 August 2026", "2 December 2027"} <= days
    spaced = " ".join(page.split())
    assert [] == sorted(day for day in days - {"1 August 2024"} if day not in spaced)
    assert LOOKED_UP in page
    documents = set(re.findall(r"`(\w+)\.html`", page))
    assert documents
    assert documents <= {chapter.name for chapter in chapters(bare())}
    assert [] == [path for path in re.findall(r"`((?:docs|ops)/[\w./]+)`", page) if not (ROOT / path).exists()]


@pytest.mark.parametrize("text", ["no alert", "[1]", '{"readings": 3}', '{"fingerprint": "x"}', "{}\n{}"])
def test_what_is_no_history_is_refused(text: str) -> None:
    """With how to export one, and without its content."""
    with pytest.raises(DataError, match=r"fairness\.alerts|state of a monitor"):
        monitors_data(text, "alerts.jsonl")


def test_a_statement_rests_on_something() -> None:
    """One without a source cannot be made."""
    with pytest.raises(ValueError, match="nothing stands behind: it is good"):
        Statement("it is good", ())


def test_equal_facts_give_equal_texts() -> None:
    """No clock and no order of a set is in them."""
    assert texts(full()) == texts(full())


def test_pages_load_nothing() -> None:
    """No script, and no address but files of the folder."""
    found = texts(full())
    names = {*found, *REPORT.files, "manifest.json"}
    for name, text in found.items():
        if name.endswith(".html"):
            assert "<script" not in text
            assert set(re.findall(r'(?:src|href)="([^"]*)"', text)) <= names, name
