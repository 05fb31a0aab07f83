"""The counterfactual report: findings in words and tables, and as data."""

import json
from collections.abc import Iterator
from typing import Final

from pydantic import JsonValue

from models.contracts.taxonomy import TAXONOMY_VERSION
from models.evaluation.reports.document import Document, Section
from models.evaluation.reports.json import plain
from models.evaluation.reports.tables import TextTable
from models.evaluation.reports.wording import NONE
from monitors.audits.bias.ratios import ALL
from monitors.audits.bias.report import AuditedRun
from monitors.audits.checks import checks_table, points, verdict
from monitors.audits.counterfactual.audit import CounterfactualFindings
from monitors.audits.counterfactual.flips import AttributeFlips, Decision, GroupFlips, Interval
from monitors.audits.counterfactual.pairs import WORDS, Attribute

NAME: Final = "counterfactual_report"
"""Name of the report's files, without their endings."""

DATA: Final = "made-up pairs of lines"

_HOW: Final = (
    "Each pair is one line twice, with one thing changed. People, shops and places are made up; which group a line is"
    " of is known to the audit alone: what decides sees text, amount, currency, other side and time.",
    "Intervals are 95%: the widest of Wilson's and of two bootstraps, over wordings and over what differs, as pairs of"
    " one wording or of one name are no independent evidence. Where no pair flips, names count and not pairs.",
    "McNemar's exact p says whether flips of the review decision go to one side by chance; it decides nothing here.",
    "The difference of waiting is the share of the second group's lines that wait for a person, less the first's.",
)


def counterfactual_data(run: AuditedRun, findings: CounterfactualFindings) -> dict[str, JsonValue]:
    """The report as plain data."""
    return {
        "run": plain(run),
        "taxonomy_version": TAXONOMY_VERSION,
        "outcome": findings.outcome.value,
        "checks": plain(findings.checks),
        "attributes": plain(findings.attributes),
        "lines": findings.lines,
        "people_each": findings.people_each,
        "limits": findings.limits.model_dump(mode="json"),
        "seed": findings.seed,
    }


def counterfactual_json(run: AuditedRun, findings: CounterfactualFindings) -> str:
    """The report as a JSON document."""
    return json.dumps(counterfactual_data(run, findings), ensure_ascii=False, indent=2) + "\n"


def counterfactual_document(run: AuditedRun, findings: CounterfactualFindings) -> Document:
    """The report as a document."""
    pairs = sum(each.every.category.rows for each in findings.attributes)
    return Document(
        title="Counterfactual report",
        verdict=verdict(findings.checks),
        paragraphs=[
            f"Model {run.model_version}, taxonomy {TAXONOMY_VERSION}, policy {run.policy}. {DATA.capitalize()};"
            f" {findings.people_each:,} people of each origin and gender, seed {findings.seed}. Limits:"
            f" {run.limits or 'the defaults'}. Measured on {run.at:%Y-%m-%d %H:%M} UTC."
        ],
        command=run.command,
        headline=[
            ("pairs", f"{pairs:,}", f"of {findings.lines:,} distinct lines"),
            *(
                (WORDS[each.attribute], f"{points(each.every.category.value)}%", "of pairs get another category")
                for each in findings.attributes
                if each.attribute in (Attribute.NAME_ORIGIN, Attribute.NAME_GENDER)
            ),
        ],
        sections=[
            Section("Verdicts", tables=[checks_table(findings.checks, "What differs, beside its limit")], notes=_HOW),
            Section("All attributes", tables=[attributes_table(findings)]),
            *(section for each in findings.attributes for section in _attribute(each)),
        ],
    )


def attributes_table(findings: CounterfactualFindings) -> TextTable:
    """One row for each attribute."""
    rows = [(WORDS[each.attribute], *_cells(each.every)) for each in findings.attributes]
    return TextTable("In points of pairs", ("attribute", *_HEAD), rows)


_HEAD: Final = (
    "pairs", "another category", "one waits", "only first / only second waits", "difference of waiting", "McNemar p",
    "change of confidence",
)  # fmt: skip


def _attribute(found: AttributeFlips) -> Iterator[Section]:
    words = WORDS[found.attribute]
    rows = [(f"{each.against} / {each.name}", *_cells(each)) for each in found.groups]
    tables = [TextTable("First / second group, the worst first", ("groups", *_HEAD), rows)]
    if found.worst_pairs:
        tables.append(
            TextTable(
                "Worst pairs",
                ("groups", "first", "decided", "second", "decided"),
                [
                    (
                        " / ".join(each.groups),
                        each.texts[0],
                        _said(each.decisions[0]),
                        each.texts[1],
                        _said(each.decisions[1]),
                    )
                    for each in found.worst_pairs
                ],
            )
        )
    if found.worst_words:
        tables.append(
            TextTable(
                "Worst words of the second line",
                ("word", "pairs that flip", "of", "share"),
                [
                    (each.word, f"{each.flips:,}", f"{each.pairs:,}", f"{100 * each.flips / each.pairs:.1f}%")
                    for each in found.worst_words
                ],
            )
        )
    nothing = [] if found.worst_pairs else ["No pair is decided otherwise."]
    yield Section(f"By {words}", tables=tables, paragraphs=nothing)


def _cells(each: GroupFlips) -> tuple[str, ...]:
    return (
        f"{each.category.rows:,}",
        f"{points(each.category.value)} {_bounds(each.category_interval)}",
        f"{points(each.review.value)} {_bounds(each.review_interval)}",
        f"{each.only_first:,} / {each.only_second:,}",
        f"{100 * each.gap:+.2f} {_bounds(each.gap_interval)}" if each.name != ALL else NONE,
        f"{each.p:.2g}",
        f"{100 * each.confidence:+.2f} {_bounds(each.confidence_interval)}",
    )


def _bounds(bounds: Interval) -> str:
    return f"[{100 * bounds[0]:.2f}, {100 * bounds[1]:.2f}]"


def _said(decision: Decision) -> str:
    return f"{decision.category} {decision.confidence:.2f}{', waits' if decision.review else ''}"
