"""The report of an audit of any model: findings in words and tables, and as data."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from models.evaluation.reports.document import Document, Section
from models.evaluation.reports.json import plain
from models.evaluation.reports.tables import TextTable
from models.evaluation.reports.wording import NONE, interval, percent, share_text
from models.statistics.counting import several
from monitors.audits.anymodel.audit import ModelFindings
from monitors.audits.anymodel.flips import CloneRow, PairFindings, VariationFindings
from monitors.audits.anymodel.profiles import Profile
from monitors.audits.checks import checks_table, verdict

NAME: Final = "model_audit"
"""Name of the report's files, without their endings."""

LISTED: Final = 1_000
"""Most profiles of a variation whose clones the report lists; all are counted."""

_HOW: Final = (
    "A profile flips when its clones, which differ in nothing but what is varied, are not all decided alike. Intervals"
    " beside shares are 95% Wilson intervals of profiles.",
    "The difference of two values is of approval on the same profiles; its 95% interval (Newcombe 1998) rests on the"
    " profiles that only one of the two gets approved, and is widened for the number of pairs. McNemar's test is exact:"
    " p is how often chance alone would divide the flips so unevenly; beside it adjusted for all pairs of this audit"
    " (Holm 1979). Flips that go both ways evenly have no difference, and are flips all the same.",
    "Clones show what a model does with the varied field itself. They do not show what it does with other fields that"
    " go with it among real people, such as a career break with a gender.",
)


@dataclass(frozen=True, slots=True)
class AuditedModelRun:
    """What was audited.

    Args:
        command: Gives the same figures again.
        model: Name of the model.
        kind: Of its file, in words.
        profiles: Name of the file.
        count: Profiles in it.
        at: Timezone-aware.
        limits: Name of the limits file; empty for the defaults.
    """

    command: str
    model: str
    kind: str
    profiles: str
    count: int
    at: datetime
    limits: str = ""


def model_data(run: AuditedModelRun, findings: ModelFindings) -> dict[str, JsonValue]:
    """The report as plain data; equal audits give equal data but for the time."""
    return {
        "run": plain(run),
        "outcome": findings.outcome.value,
        "approval": findings.positive,
        "checks": plain(findings.checks),
        "variations": [_variation_data(each) for each in findings.variations],
        "notes": plain(findings.notes),
        "limits": findings.limits.model_dump(mode="json"),
    }


def model_json(run: AuditedModelRun, findings: ModelFindings) -> str:
    """The report as a JSON document."""
    return json.dumps(model_data(run, findings), ensure_ascii=False, indent=2) + "\n"


def model_document(run: AuditedModelRun, findings: ModelFindings) -> Document:
    """The report as a document."""
    return Document(
        title=f"Counterfactual audit of {run.model}",
        verdict=verdict(findings.checks),
        paragraphs=[
            f"Model {run.model} ({run.kind}) on {several(run.count, 'profile')} of {run.profiles}. Approval is the"
            f" decision {findings.positive}. Limits: {run.limits or 'the defaults'}."
            f" Measured on {run.at:%Y-%m-%d %H:%M} UTC."
        ],
        command=run.command,
        headline=[
            (f"flips with {each.field}", percent(each.flips.value), share_text(each.flips).partition(" ")[2])
            for each in findings.variations
        ],
        sections=[
            Section("Verdicts", tables=[checks_table(findings.checks, "Each figure beside its limit")],
                    items=findings.notes),
            *(_section(each, findings.positive) for each in findings.variations),
            Section("How to read this", notes=_HOW),
        ],
    )  # fmt: skip


def clones_table(found: VariationFindings, *, most: int) -> TextTable:
    """Clones side by side, flipped profiles first, then by how far the probabilities are apart.

    Args:
        most: Rows.
    """
    rows = [_clone_cells(row) for row in listed(found.rows, most)]
    labels = [value.value for value in found.values]
    caption = f"Clones side by side: {len(rows):,} of {several(len(found.rows), 'profile')}, flipped ones first"
    head = ("profile", *(f"{found.field}={label}" for label in labels), "probability apart", "flip")
    return TextTable(caption, head, rows)


def values_table(found: VariationFindings) -> TextTable:
    """Approval with each value, on the same profiles."""
    rows = [
        (each.value, share_text(each.approved), NONE if each.probability is None else f"{each.probability:.3f}")
        for each in found.values
    ]
    return TextTable(f"Approval by {found.field}", (found.field, "approved", "mean probability"), rows)


def pairs_table(found: VariationFindings) -> TextTable:
    """Each two values."""
    head = (
        "first / other", "only first approved", "only other approved", "difference in points", "95% interval",
        "McNemar p", "adjusted p", "change of probability",
    )  # fmt: skip
    return TextTable("Two values on the same profiles", head, [_pair_cells(pair) for pair in found.pairs])


def listed(rows: Sequence[CloneRow], most: int) -> list[CloneRow]:
    """The rows that are shown: flipped ones first, then those whose probabilities are furthest apart."""
    return sorted(rows, key=lambda row: (not row.flipped, -(row.apart or 0.0), row.number))[:most]


def profile_text(profile: Profile) -> str:
    """A profile in words: `Income 52000, Age 41`."""
    return ", ".join(f"{name} {value}" for name, value in profile.items())


def p_text(p: float) -> str:
    """A p-value in words.

    >>> p_text(0.0312), p_text(1e-9)
    ('0.031', 'under 0.001')
    """
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def _section(found: VariationFindings, positive: str) -> Section:
    return Section(
        f"Varied: {found.field}",
        paragraphs=[
            f"{share_text(found.flips)} profiles flip between {' and '.join(value.value for value in found.values)}."
            f" Approved: decision {positive}."
        ],
        tables=[values_table(found), pairs_table(found), clones_table(found, most=20)],
        folded=[clones_table(found, most=LISTED)] if len(found.rows) > 20 else [],
    )


def _clone_cells(row: CloneRow) -> tuple[str, ...]:
    chances = [f" ({chance:.2f})" for chance in row.probabilities] or [""] * len(row.decisions)
    return (
        f"{row.number}: {profile_text(row.profile)}",
        *(f"{decision}{chance}" for decision, chance in zip(row.decisions, chances, strict=True)),
        NONE if row.apart is None else f"{row.apart:.2f}",
        "flip" if row.flipped else "",
    )


def _pair_cells(pair: PairFindings) -> tuple[str, ...]:
    return (
        f"{pair.first} / {pair.other}",
        f"{pair.only_first:,}",
        f"{pair.only_other:,}",
        f"{100 * pair.difference:+.1f}",
        interval(pair.interval),
        p_text(pair.p),
        p_text(pair.holm),
        NONE if pair.change is None else f"{pair.change:+.3f}",
    )


def _variation_data(found: VariationFindings) -> dict[str, JsonValue]:
    data = {each.name: plain(getattr(found, each.name)) for each in fields(found) if each.name != "rows"}
    return data | {"clones": plain(tuple(listed(found.rows, LISTED)))}
