"""Every figure of the run as one JSON document, which the statements point into."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from models.contracts.taxonomy import CATEGORIES
from monitors.audits.evidence.facts import Facts, groups_of, overrides
from monitors.audits.evidence.statements import NOT_MEASURED, Chapter, statements_data

AUDITS = {"bias_report": "--data and --labels", "counterfactual_report": "--people of 1 or more"}
"""Audits that belong into the evidence, each with what makes `evenhand evidence` run it."""


PHRASES = "statement_phrases.json"
"""Table of the templates of generated lines."""

KNOWLEDGE = "knowledge/"
"""What the names of tables of the knowledge base begin with."""


def figures(facts: Facts) -> dict[str, JsonValue]:
    """The figures, without the statements that rest on them."""
    manifest = facts.manifest
    return {
        "run": run_data(facts),
        "model": {
            "categories": len(CATEGORIES),
            "trained_on": manifest.trained_on.isoformat() if manifest.trained_on else None,
            "command": manifest.command,
            "config": dict(manifest.config),
            "files": dict(manifest.files),
            "metrics": dict(manifest.metrics),
            "groups_measured": len(groups_of(manifest)),
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
        "example": _example(facts),
    }


def run_data(facts: Facts) -> dict[str, JsonValue]:
    """What is said of the run itself."""
    manifest, run = facts.manifest, facts.run
    return {
        "command": run.command,
        "day": run.day.isoformat(),
        "project": run.project,
        "model_version": manifest.model_version,
        "taxonomy_version": manifest.taxonomy_version,
        "policy": run.policy,
        "precision": run.precision,
        "signer": run.signer or None,
    }


def with_statements(data: dict[str, JsonValue], chapters: Sequence[Chapter]) -> dict[str, JsonValue]:
    """The figures with every statement that rests on them."""
    return {**data, "statements": statements_data(chapters)}


def ranked_categories(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Categories with their counts, the largest first."""

    def place(item: tuple[str, int]) -> tuple[int, str]:
        return -item[1], item[0]

    return sorted(counts.items(), key=place)


def _totals(facts: Facts) -> JsonValue:
    states = [table.state.value for table in facts.tables]
    categories: dict[str, int] = {}
    for table in facts.tables:
        for category, rows in (table.by_category or {}).items():
            categories[category] = categories.get(category, 0) + rows
    counts: JsonValue = {state: states.count(state) for state in sorted(set(states))}
    ranked: JsonValue = dict(ranked_categories(categories))
    knowledge = [table for table in facts.tables if table.name.startswith(KNOWLEDGE)]
    return {
        "tables": len(states),
        "at_hand": counts,
        "rows": sum(table.rows or 0 for table in facts.tables),
        "knowledge": {"tables": len(knowledge), "rows": sum(table.rows or 0 for table in knowledge)},
        "by_category": ranked,
        "generated": _generated(facts),
    }


def _generated(facts: Facts) -> JsonValue:
    """Lines that the training made from templates: how many a category, and how many categories have templates."""
    templates = next((table.by_category for table in facts.tables if table.name == PHRASES), None)
    return {"per_category": facts.manifest.config.get("generated"), "categories": len(templates) if templates else None}


def _audit(facts: Facts, name: str) -> JsonValue:
    report = facts.reports.get(name)
    if report is None:
        return {"state": NOT_MEASURED}
    return {"state": "measured", "outcome": report.data.get("outcome"), "files": list(report.files)}


def _example(facts: Facts) -> JsonValue:
    if facts.example is None:
        return {"state": NOT_MEASURED}
    answers: list[JsonValue] = [{"question": question, "answer": answer} for question, answer in facts.example.answers]
    return {"line": facts.example.line, "category": facts.example.category, "answers": answers}


def _history(facts: Facts) -> JsonValue:
    if facts.history is None:
        return {"state": "the model is of no store"}
    entries: list[JsonValue] = [dict(entry) for entry in facts.history]
    places: list[JsonValue] = [*overrides(facts.history)]
    return {"state": "read", "entries": entries, "overrides": places}
