"""What happened: the monitors' history for the period, changes of the promoted model, and overrides."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import JsonValue

from models.evaluation.reports.tables import TextTable
from models.evaluation.reports.wording import NONE
from models.statistics.counting import several
from monitors.audits.evidence.facts import Facts, overrides
from monitors.audits.evidence.statements import NOT_MEASURED, Chapter, Part, Statement, figure, repository, says

LISTED = 50
"""Most steps of alerts that a page lists; figures.json has all."""


def monitoring(facts: Facts) -> Chapter:
    """The monitors' history."""
    data = facts.monitors
    measured = data is not None
    return Chapter(
        name="monitoring",
        title="Monitors' history",
        about="What the fairness monitors said in the period, from a file that a monitor's console or topic gave.",
        parts=[*(_history(facts, data) if data is not None else [_nothing()]), _how()],
        state="measured" if measured else NOT_MEASURED,
    )


def _nothing() -> Part:
    return Part(
        "History",
        [says(f"Monitors' history: {NOT_MEASURED}.", figure("/monitors/state"))],
        notes=["Give it with --alerts FILE: values of fairness.alerts, or the /api/state of a monitor's console."],
    )


def _history(facts: Facts, data: Mapping[str, Any]) -> list[Part]:
    versions = list(data["model_versions"])
    own = facts.manifest.model_version
    statements = [
        says(
            f"From {data['file']}: {data['kind']}, {_period(data['since'], data['until'])}; newest event"
            f" {data['newest'] or NONE}.",
            figure("/monitors"),
        ),
        says(_versions(versions, own), figure("/monitors/model_versions"), figure("/run/model_version")),
        says(
            f"{several(len(data['steps']), 'step')} of alerts; {len(data['open']):,} alerts open at its end.",
            figure("/monitors/steps"),
            figure("/monitors/open"),
        ),
    ]
    statements += [
        says(
            f"Window {window['name']}: {window['decisions']:,} decisions, {window['start'] or NONE} to"
            f" {window['end'] or NONE}.",
            figure(f"/monitors/windows/{place}"),
        )
        for place, window in enumerate(data["windows"])
    ]
    if data["readings_by_state"]:
        said = ", ".join(f"{count:,} {state.replace('_', ' ')}" for state, count in data["readings_by_state"].items())
        statements.append(says(f"Readings by state: {said}.", figure("/monitors/readings_by_state")))
    counts = [
        (monitor.replace("_", " "), f"{each['opened']:,}", f"{each['paged']:,}")
        for monitor, each in data["steps_by_monitor"].items()
    ]
    tables = [TextTable("Alerts by monitor", ("monitor", "opened", "steps that paged"), counts)] if counts else []
    return [
        Part("History", statements, tables=tables),
        _steps("Open at the end", data["open"]),
        _steps("Steps", data["steps"]),
    ]


def _period(since: str | None, until: str | None) -> str:
    if not since and not until:
        return "all that the file holds"
    return f"{since or 'from its beginning'} to {until or 'its end'}"


def _versions(versions: Sequence[str], own: str) -> str:
    if not versions:
        return "The file names no model."
    if list(versions) == [own]:
        return f"All of it is about model {own}."
    others = ", ".join(version for version in versions if version != own)
    return f"It is about other models as well: {others}; this evidence is about {own}."


def _steps(heading: str, steps: Sequence[Mapping[str, Any]]) -> Part:
    newest = list(reversed(steps[-LISTED:]))
    rows = [(f"{step['at']}: {step['summary']}", str(step["state"]), str(step["severity"])) for step in newest]
    more = [f"The newest {LISTED} of {len(steps):,}; figures.json has all."] if len(steps) > LISTED else []
    if not rows:
        return Part(heading, about=["None in the file."])
    return Part(heading, tables=[TextTable(heading, ("alert", "state", "severity"), rows)], notes=more)


def _how() -> Part:
    return Part(
        "How the monitors work",
        [
            says(
                "Each monitor has a runbook and a limit that the bank can set; false alarms and delays are measured by"
                " simulation, not in this run.",
                repository("docs/monitors.md"),
                repository("docs/simulation.md"),
                repository("tests/monitors/test_evaluator.py"),
            )
        ],
    )


def changes(facts: Facts) -> Chapter:
    """Changes of the promoted model, and every override."""
    history = facts.history
    if history is None:
        said = says(
            "The model of this run is of no store: nothing was promoted or overridden.", figure("/history/state")
        )
        parts = [Part("Overrides", [said])]
        state = "no store"
    else:
        places = overrides(history)
        parts = [Part("Overrides", _overrides(history, places)), _entries(history)]
        state = f"{several(len(places), 'override')} in {several(len(history), 'change')}"
    return Chapter(
        name="overrides",
        title="Changes of the promoted model, and overrides",
        about="Promotions and rollbacks that were carried out, and each one that went past a gate, with its reason.",
        parts=parts,
        state=state,
    )


def _overrides(history: Sequence[Mapping[str, JsonValue]], places: Sequence[int]) -> list[Statement]:
    if not places:
        return [says("No entry of the store's history has an override.", figure("/history/overrides"))]
    return [
        says(
            f"{history[place].get('at')}: {history[place].get('version')} was promoted past the gate"
            f" ({history[place].get('gate') or 'which said nothing'}). Reason given: {history[place]['override']}",
            figure(f"/history/entries/{place}"),
        )
        for place in places
    ]


def _entries(history: Sequence[Mapping[str, JsonValue]]) -> Part:
    rows = [
        (
            f"{entry.get('at')}: {entry.get('reason') or 'no reason given'}",
            str(entry.get("action")),
            str(entry.get("version")),
            "yes" if entry.get("override") else "no",
        )
        for entry in history
    ]
    if not rows:
        return Part("All changes", about=["The store has none."])
    return Part("All changes", tables=[TextTable("Changes", ("when, and why", "change", "version", "override"), rows)])
