"""The reports of audits, as the evidence takes them over."""

from collections.abc import Mapping
from typing import Any, Final

from models.evaluation.reports.document import Verdict
from models.evaluation.reports.tables import TextTable
from models.evaluation.reports.wording import NONE
from models.statistics.counting import several
from monitors.audits.checks import TONES, WORDS, Outcome
from monitors.audits.evidence.facts import AuditReport, Facts
from monitors.audits.evidence.figures import AUDITS
from monitors.audits.evidence.statements import NOT_MEASURED, Chapter, Part, Statement, figure, says

TITLES: Final = {"bias_report": "Bias report", "counterfactual_report": "Counterfactual report"}
"""Reports by their file's name."""


def audits(facts: Facts) -> Chapter:
    """What the audits said, check by check."""
    measured = [name for name in AUDITS if name in facts.reports]
    return Chapter(
        name="audits",
        title="Audits of this run",
        about="What the reports in this folder say, check by check; the reports themselves say how it was measured.",
        parts=[_audit(facts, name) for name in AUDITS],
        state=f"{len(measured)} of {len(AUDITS)} measured",
        verdict=audits_verdict(facts),
    )


def outcome_of(report: AuditReport) -> Outcome | None:
    """What a report ends with; None where it does not say."""
    said = report.data.get("outcome")
    return Outcome(said) if said in list(Outcome) else None


def audits_verdict(facts: Facts) -> Verdict:
    """The worst of the audits: failed, else not measured, else passed."""
    outcomes = [outcome_of(facts.reports[name]) if name in facts.reports else None for name in AUDITS]
    worst = Outcome.FAIL if Outcome.FAIL in outcomes else Outcome.NOT_MEASURED
    if all(outcome is Outcome.PASS for outcome in outcomes):
        worst = Outcome.PASS
    named = "; ".join(f"{TITLES[name].lower()}: {audit_state(facts, name)}" for name in AUDITS)
    return Verdict(TONES[worst], f"Audits {WORDS[worst]}.", f"{named[0].upper()}{named[1:]}.")


def audit_state(facts: Facts, name: str) -> str:
    """An audit in a few words."""
    report = facts.reports.get(name)
    if report is None:
        return NOT_MEASURED
    outcome = outcome_of(report)
    return WORDS[outcome] if outcome else "the report names no outcome"


def _audit(facts: Facts, name: str) -> Part:
    report = facts.reports.get(name)
    if report is None:
        return Part(
            TITLES[name],
            [says(f"{TITLES[name]}: {NOT_MEASURED}.", figure(f"/audits/{name}/state"))],
            notes=[f"What makes `evenhand evidence` measure it: {AUDITS[name]}."],
        )
    file = f"{name}.json"
    statements = [
        says(
            f"The {TITLES[name].lower()} on model {facts.manifest.model_version} {audit_state(facts, name)};"
            f" its files: {', '.join(report.files)}.",
            figure(f"/audits/{name}", "figures.json"),
            figure("", file),
        )
    ]
    checks = report.data.get("checks")
    rows = []
    for place, check in enumerate(checks if isinstance(checks, list) else []):
        if isinstance(check, Mapping):
            statements += _failed(check, place, file)
            rows.append((str(check.get("about")), _outcome(check), _points(check, "value"), _points(check, "limit")))
    counted = [TextTable(several(len(rows), "check"), ("check", "outcome", "points", "limit"), rows)] if rows else []
    return Part(TITLES[name], statements, tables=counted)


def _failed(check: Mapping[str, Any], place: int, file: str) -> list[Statement]:
    if check.get("outcome") != Outcome.FAIL.value:
        return []
    return [says(f"Failed: {check.get('why')}", figure(f"/checks/{place}", file))]


def _outcome(check: Mapping[str, Any]) -> str:
    said = check.get("outcome")
    return WORDS[Outcome(said)] if said in list(Outcome) else str(said)


def _points(check: Mapping[str, Any], name: str) -> str:
    value = check.get(name)
    return f"{100 * value:.2f}" if isinstance(value, int | float) else NONE
