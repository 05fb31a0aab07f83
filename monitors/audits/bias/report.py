"""The bias report: findings in words and tables, and as data."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from models.artefacts.audits import BIAS_REPORT
from models.contracts.taxonomy import TAXONOMY_VERSION
from models.evaluation.reports.document import Document, Section
from models.evaluation.reports.json import plain
from models.evaluation.reports.tables import TextTable
from models.evaluation.reports.wording import NONE, group_name, percent, share_text
from monitors.audits.bias.gate import BiasFindings
from monitors.audits.bias.limits import BiasLimits
from monitors.audits.bias.table import GroupRow, GroupTable
from monitors.audits.checks import checks_table, verdict
from monitors.audits.limits import Limit

NAME: Final = BIAS_REPORT

_HOW: Final = (
    "A gap is the better off group less the worse off. A check fails where its gap is beyond the limit and its interval"
    " is above 0; a gap beyond the limit that could be chance is not measured, which is no pass.",
    "Intervals of gaps are 95%, from a bootstrap over merchants: rows of one merchant are right or wrong together, and"
    " are no independent evidence. They are widened for the number of groups that the pair was picked from and for the"
    " number of checks. Intervals beside shares are 95% Wilson intervals of rows.",
    "Acceptance at equal confidence compares each decision with all others of the same confidence, to a hundredth:"
    " where it is 0, who waits for a person is settled by how sure the model is and by nothing else.",
    "A row is right when its category is one of those that its label allows. Figures by category are of the rows whose"
    " label allows one only.",
)

_BALANCED: Final = (
    "Amount disparity is the largest difference of accuracy between amount bands, category disparity that of recall"
    " between categories, each among groups of 30 rows or more, in points with 95% interval. Both models were trained"
    " alike, on equally many rows, and measured on the same rows of merchants that neither learned from.",
)


@dataclass(frozen=True, slots=True)
class AuditedRun:
    """What was audited.

    Args:
        command: Gives the same figures again.
        data: Name of the file, or what stands for it.
        truth: Where the truth comes from, in words.
        at: Timezone-aware.
        limits: Name of the limits file; empty for the defaults.
        left_out: Rows of the data that were not audited, with why; empty where there are none.
    """

    command: str
    data: str
    truth: str
    model_version: str
    policy: str
    at: datetime
    limits: str = ""
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands in a report beside the findings.

    Args:
        compared: Imbalanced beside balanced training, where that was measured.
        heading: Of other decisions, on which nothing hangs.
        others: What was found on these.
    """

    compared: TextTable | None = None
    heading: str = ""
    others: BiasFindings | None = None


NOTHING: Final = Beside()


def bias_data(run: AuditedRun, findings: BiasFindings, beside: Beside = NOTHING) -> dict[str, JsonValue]:
    """The report as plain data; arguments are those of `bias_document`."""
    scores = findings.scores
    return {
        "run": plain(run),
        "taxonomy_version": TAXONOMY_VERSION,
        "outcome": findings.outcome.value,
        "checks": plain(tuple(findings.checks)),
        "scores": plain(scores),
        "groups": plain(tuple(_plain_table(each) for each in findings.tables)),
        "categories": plain(_plain_table(findings.categories)),
        "minorities": plain(tuple(findings.minorities)),
        "chi_square_p": findings.chi_square_p,
        "limits": findings.limits.model_dump(mode="json"),
        "seed": findings.seed,
        "balance": plain(beside.compared) if beside.compared else None,
        "beside": _plain_others(beside),
    }


def bias_json(run: AuditedRun, findings: BiasFindings, beside: Beside = NOTHING) -> str:
    """The report as a JSON document; arguments are those of `bias_document`."""
    return json.dumps(bias_data(run, findings, beside), ensure_ascii=False, indent=2) + "\n"


def _plain_others(beside: Beside) -> JsonValue:
    if beside.others is None:
        return None
    return {
        "heading": beside.heading,
        "checks": plain(tuple(beside.others.checks)),
        "scores": plain(beside.others.scores),
        "groups": plain(tuple(_plain_table(each) for each in beside.others.tables)),
        "categories": plain(_plain_table(beside.others.categories)),
    }


def _plain_table(table: GroupTable) -> dict[str, object]:
    return {
        "by": table.by,
        "rows": tuple(table.rows),
        "demographic_parity": table.demographic_parity,
        "equalized_odds": table.equalized_odds,
    }


def bias_document(run: AuditedRun, findings: BiasFindings, beside: Beside = NOTHING) -> Document:
    """The report as a document."""
    scores, limits = findings.scores, findings.limits
    accepted = scores.accepted_precision
    return Document(
        title=f"Bias report on {run.data}",
        verdict=verdict(findings.checks),
        paragraphs=[
            f"Model {run.model_version}, taxonomy {TAXONOMY_VERSION}, policy {run.policy}. Truth: {run.truth}."
            f" Limits: {run.limits or 'the defaults'}. Measured on {run.at:%Y-%m-%d %H:%M} UTC.",
            *([f"Not audited: {run.left_out}."] if run.left_out else []),
        ],
        command=run.command,
        headline=[
            ("accuracy", percent(scores.accuracy.value), share_text(scores.accuracy).partition(" ")[2]),
            ("for a person", percent(1 - scores.coverage.value), f"of {scores.coverage.rows:,}"),
            (
                "right of the accepted",
                percent(accepted.value) if accepted else NONE,
                share_text(accepted).partition(" ")[2],
            ),
            ("merchants", f"{scores.merchants:,}", "distinct"),
        ],
        sections=[
            Section("Verdicts", tables=[checks_table(findings.checks, "Each gap beside its limit")], notes=_HOW),
            *_groups(findings),
            _balance(beside.compared),
            *_others(beside),
            Section(
                "Limits",
                tables=[_limits_table(limits)],
                notes=[
                    f"Groups are compared from {limits.least_rows} rows and {limits.least_merchants} merchants on."
                    f" Bootstrap: {limits.rounds:,} samples, seed {findings.seed}."
                ],
            ),
        ],
    )


def _balance(compared: TextTable | None) -> Section:
    heading = "Imbalanced and balanced training"
    if compared is None:
        return Section(heading, paragraphs=["Not measured in this run: `evenhand train --compare` measures it."])
    return Section(heading, tables=[compared], notes=_BALANCED)


def _others(beside: Beside) -> Iterator[Section]:
    others = beside.others
    if others is not None:
        tables = [checks_table(others.checks, "The same gaps, which decide nothing")]
        tables += [_group_table(each) for each in (*others.tables, others.categories)]
        yield Section(beside.heading, tables=tables)


def _groups(findings: BiasFindings) -> Iterator[Section]:
    for table in findings.tables:
        heading = "Performance by transaction amount" if table.by == "amount band" else f"Performance by {table.by}"
        yield Section(heading, tables=[_group_table(table)], notes=list(_parity_notes(table, findings)))
    rare = [row for row in findings.categories.rows if row.name in set(findings.minorities)]
    count = findings.limits.minority_count
    if rare:
        named = GroupTable("category", sorted(rare, key=lambda row: (row.accuracy.value, row.name)))
        yield Section(
            "Performance by minority category",
            paragraphs=[f"Categories with fewer than {count} rows, the worst first."],
            tables=[_group_table(named)],
        )
    else:
        yield Section("Performance by minority category", paragraphs=[f"No category has fewer than {count} rows here."])
    yield Section("Performance by category", tables=[_group_table(findings.categories)])


def _parity_notes(table: GroupTable, findings: BiasFindings) -> Iterator[str]:
    if table.by == "amount band" and findings.chi_square_p is not None:
        yield (
            f"Chi-square test of independence of being right from the band: p {findings.chi_square_p:.2g} of"
            f" {findings.scores.accuracy.rows:,} rows. At volume everything is significant, so it decides nothing."
        )
    if table.demographic_parity is not None and table.equalized_odds is not None:
        yield (
            f"Demographic parity difference of acceptance {100 * table.demographic_parity:.1f} points, equalized odds"
            f" difference {100 * table.equalized_odds:.1f} points (fairlearn)."
        )


def _group_table(table: GroupTable) -> TextTable:
    head = (table.by, "rows", "merchants", "accuracy", "mean confidence", "for a person", "right of the accepted")
    return TextTable(f"By {table.by}", head, [_cells(row) for row in table.rows])


def _cells(row: GroupRow) -> tuple[str, ...]:
    return (
        group_name(row.name),
        f"{row.accuracy.rows:,}",
        f"{row.merchants:,}",
        share_text(row.accuracy, count=False),
        f"{row.confidence:.3f}",
        share_text(row.reviewed, count=False),
        share_text(row.precision),
    )


def _limits_table(limits: BiasLimits) -> TextTable:
    rows = [
        (name, _points(limit.limit), _points(limit.goal), "yes" if limit.needed else "")
        for name, limit in limits
        if isinstance(limit, Limit)
    ]
    return TextTable("Limits in points", ("check", "limit", "goal", "needed"), rows)


def _points(value: float | None) -> str:
    return NONE if value is None else f"{100 * value:g}"
