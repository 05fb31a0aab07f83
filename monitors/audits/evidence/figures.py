"""Every figure of the run as one JSON document, which the statements point into."""

from collections.abc import Sequence

from pydantic import JsonValue

from monitors.audits.evidence.facts import Facts, overrides
from monitors.audits.evidence.statements import NOT_MEASURED, Chapter, statements_data

AUDITS = {"bias_report": "evenhand audit bias", "counterfactual_report": "evenhand audit counterfactual"}
"""Reports of audits that the evidence takes over, each with the command that writes it."""


def figures(facts: Facts) -> dict[str, JsonValue]:
    """The figures, without the statements that rest on them."""
    manifest, run = facts.manifest, facts.run
    return {
        "run": {
            "command": run.command,
            "day": run.day.isoformat(),
            "project": run.project,
            "model_version": manifest.model_version,
            "taxonomy_version": manifest.taxonomy_version,
            "policy": run.policy,
            "precision": run.precision,
            "signer": run.signer or None,
        },
        "model": {
            "trained_on": manifest.trained_on.isoformat() if manifest.trained_on else None,
            "command": manifest.command,
            "config": dict(manifest.config),
            "files": dict(manifest.files),
            "metrics": dict(manifest.metrics),
            "reference_rows": manifest.reference.rows if manifest.reference else None,
        },
        "data": {
            table.name: {
                "sha256": table.sha256,
                "at_hand": table.state.value,
                "rows": table.rows,
                "by_category": dict(table.by_category) if table.by_category else None,
            }
            for table in facts.tables
        },
        "data_totals": _totals(facts),
        "settings": dict(facts.settings),
        "audits": {name: _audit(facts, name) for name in AUDITS},
        "monitors": dict(facts.monitors) if facts.monitors is not None else {"state": NOT_MEASURED},
        "history": _history(facts),
    }


def with_statements(data: dict[str, JsonValue], chapters: Sequence[Chapter]) -> dict[str, JsonValue]:
    """The figures with every statement that rests on them."""
    return {**data, "statements": statements_data(chapters)}


def _totals(facts: Facts) -> JsonValue:
    states = [table.state.value for table in facts.tables]
    categories: dict[str, int] = {}
    for table in facts.tables:
        for category, rows in (table.by_category or {}).items():
            categories[category] = categories.get(category, 0) + rows
    counts: JsonValue = {state: states.count(state) for state in sorted(set(states))}
    ranked: JsonValue = dict(sorted(categories.items(), key=lambda item: (-item[1], item[0])))
    return {
        "tables": len(states),
        "at_hand": counts,
        "rows": sum(table.rows or 0 for table in facts.tables),
        "by_category": ranked,
    }


def _audit(facts: Facts, name: str) -> JsonValue:
    report = facts.reports.get(name)
    if report is None:
        return {"state": NOT_MEASURED}
    return {"state": "measured", "outcome": report.data.get("outcome"), "files": list(report.files)}


def _history(facts: Facts) -> JsonValue:
    if facts.history is None:
        return {"state": "the model is of no store"}
    entries: list[JsonValue] = [dict(entry) for entry in facts.history]
    places: list[JsonValue] = [*overrides(facts.history)]
    return {"state": "read", "entries": entries, "overrides": places}
