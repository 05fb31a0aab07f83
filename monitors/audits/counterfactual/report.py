"""The counterfactual report: findings in words and tables, and as data."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from models.contracts.taxonomy import TAXONOMY_VERSION
from models.evaluation.reports.document import Document, Section
from models.evaluation.reports.json import plain
from models.evaluation.reports.tables import TextTable
from models.evaluation.reports.wording import NONE
from models.statistics.shares import Share
from monitors.audits.checks import checks_table, verdict
from monitors.audits.counterfactual.audit import AttributeFindings, CounterfactualFindings
from monitors.audits.counterfactual.deciding import Said
from monitors.audits.counterfactual.flips import Flips
from monitors.audits.counterfactual.limits import CounterfactualLimits
from monitors.audits.counterfactual.pulls import Pull, WorstPair
from monitors.audits.limits import Limit

NAME: Final = "counterfactual_report"
"""Name of the report's files, without their endings."""

FLIP_HEAD: Final = (
    "group",
    "pairs",
    "bases",
    "another category",
    "another review",
    "waits more / less",
    "review change, points",
    "confidence change",
    "p",
)
"""Columns of the tables of flips."""

_HOW: Final = (
    "A pair is two lines that are alike but for the attribute. Nobody in them exists. The compared side is always set"
    " beside the reference, which is no measure of what is right: only where a difference starts.",
    "A check fails where its figure is beyond the limit and its interval lies above the goal. Intervals are 95%; pairs"
    " of one base (a name, a merchant, a word) flip together, so bases are drawn anew (cluster bootstrap). Where one"
    " group is picked for being highest, its interval is widened for that.",
    "Waits more: pairs of which only the compared side waits for a person. p: McNemar's exact test of that direction,"
    " each base counted once, adjusted for the number of groups (Holm).",
)


@dataclass(frozen=True, slots=True)
class AuditedModel:
    """What was audited. It has no time: the same model and seed give the same report, byte for byte.

    Args:
        command: Gives the same figures again.
        policy: In words.
        limits: Name of the limits file; empty for the defaults.
    """

    command: str
    model_version: str
    policy: str
    limits: str = ""


def counterfactual_data(run: AuditedModel, findings: CounterfactualFindings) -> dict[str, JsonValue]:
    """The report as plain data."""
    return {
        "run": plain(run),
        "taxonomy_version": TAXONOMY_VERSION,
        "outcome": findings.outcome.value,
        "checks": plain(tuple(findings.checks)),
        "attributes": [_plain_attribute(each) for each in findings.attributes],
        "limits": findings.limits.model_dump(mode="json"),
        "seed": findings.seed,
        "pairs_asked_for": findings.asked,
    }


def _plain_attribute(found: AttributeFindings) -> dict[str, JsonValue]:
    return {
        "name": found.attribute.name,
        "about": found.attribute.about,
        "base": found.attribute.base,
        "lines": found.lines,
        "flips": plain(tuple(found.flips)),
        "worst_pairs": [_plain_pair(pair) for pair in found.pairs],
        "worst_words": plain(tuple(found.pulls)),
    }


def _plain_pair(pair: WorstPair) -> dict[str, JsonValue]:
    def side(text: str, amount: str, said: Said) -> dict[str, JsonValue]:
        return {"text": text, "amount": amount, "currency": pair.currency, **said._asdict()}

    return {
        "kind": pair.kind,
        "other": side(pair.text, pair.amount, pair.said),
        "reference": side(pair.reference, pair.reference_amount, pair.reference_said),
    }


def counterfactual_json(run: AuditedModel, findings: CounterfactualFindings) -> str:
    """The report as a JSON document."""
    return json.dumps(counterfactual_data(run, findings), ensure_ascii=False, indent=2) + "\n"


def counterfactual_document(run: AuditedModel, findings: CounterfactualFindings) -> Document:
    """The report as a document."""
    return Document(
        title="Counterfactual report",
        verdict=verdict(findings.checks),
        paragraphs=[
            f"Model {run.model_version}, taxonomy {TAXONOMY_VERSION}, policy {run.policy}. Limits:"
            f" {run.limits or 'the defaults'}. Seed {findings.seed}."
        ],
        command=run.command,
        headline=[
            (each.attribute.name, shown(each.all.category), f"another category, of {each.all.pairs:,} pairs")
            for each in findings.attributes
        ],
        sections=[
            Section(
                "Verdicts",
                tables=[checks_table(findings.checks, "Each share of pairs beside its limit")],
                notes=_HOW,
            ),
            Section("All attributes", tables=[overview(findings.attributes)]),
            *(_section(each) for each in findings.attributes),
            Section(
                "Limits",
                tables=[_limits_table(findings.limits)],
                notes=[
                    f"Names pass from {findings.limits.least_name_pairs:,} pairs on. Bootstrap:"
                    f" {findings.limits.rounds:,} samples, seed {findings.seed}."
                ],
            ),
        ],
    )


def overview(found: Sequence[AttributeFindings]) -> TextTable:
    """All attributes, each with all its pairs."""
    return TextTable("By attribute", FLIP_HEAD, [flip_cells(each.all, each.attribute.name) for each in found])


def _section(found: AttributeFindings) -> Section:
    attribute = found.attribute
    return Section(
        f"By {attribute.name}",
        paragraphs=[
            f"What differs: {attribute.about}. {found.all.pairs:,} pairs of {found.lines:,} lines; a base is a"
            f" {attribute.base}."
        ],
        tables=list(_flip_tables(found)),
        folded=[_pairs_table(found.pairs), _pulls_table(found.pulls)] if found.pairs else (),
        notes=(
            [
                "A word is odd in a line that is decided otherwise than most lines of its setting. Two words of one"
                " name are counted alike, whichever of them pulls."
            ]
            if found.pairs
            else ["No pair flips."]
        ),
    )


def _flip_tables(found: AttributeFindings) -> Iterator[TextTable]:
    for by in dict.fromkeys(each.by for each in found.flips[1:]):
        rows = [flip_cells(each, each.name) for each in found.flips if each.by == by]
        yield TextTable(f"By {by}", FLIP_HEAD, rows)


def flip_cells(one: Flips, name: str) -> tuple[str, ...]:
    """A row of a table of flips."""
    return (
        name,
        f"{one.pairs:,}",
        f"{one.bases:,}",
        shown(one.category),
        shown(one.review),
        f"{one.waits_more:,} / {one.waits_less:,}",
        f"{100 * one.review_change:+.2f} {_points(one.review_change_interval)}",
        f"{one.confidence_change:+.4f} [{one.confidence_change_interval[0]:+.4f},"
        f" {one.confidence_change_interval[1]:+.4f}]",
        f"{one.p:.2g}",
    )


def shown(share: Share) -> str:
    """A share of flips with its interval; two digits, as they are rare."""
    return f"{100 * share.value:.2f}% {_points(share.interval)}"


def _points(bounds: tuple[float, float]) -> str:
    return f"[{100 * bounds[0]:.2f}, {100 * bounds[1]:.2f}]"


def _pairs_table(pairs: Sequence[WorstPair]) -> TextTable:
    rows = [
        (
            pair.text,
            pair.reference,
            f"{pair.amount} {pair.currency}"
            if pair.amount == pair.reference_amount
            else f"{pair.amount} / {pair.reference_amount} {pair.currency}",
            _said(pair.said),
            _said(pair.reference_said),
        )
        for pair in pairs
    ]
    head = ("compared", "reference", "amount", "decided", "reference decided")
    return TextTable("Worst pairs", head, rows)


def _said(said: Said) -> str:
    return f"{said.category} {said.confidence:.3f}{', for a person' if said.reviewed else ''}"


def _pulls_table(found: Sequence[Pull]) -> TextTable:
    rows = [
        (
            pull.word,
            pull.group,
            f"{pull.odd:,} of {pull.lines:,}",
            f"{pull.category:,}",
            f"{pull.review:,}",
            pull.becomes,
            pull.example,
        )
        for pull in found
    ]
    head = ("word", "group", "odd lines", "another category", "another review", "mostly become", "such as")
    return TextTable("Words that pull most", head, rows)


def _limits_table(limits: CounterfactualLimits) -> TextTable:
    rows = [
        (name, _limit(limit.limit), _limit(limit.goal), "yes" if limit.needed else "")
        for name, limit in limits
        if isinstance(limit, Limit)
    ]
    return TextTable("Limits in points", ("check", "limit", "goal", "needed"), rows)


def _limit(value: float | None) -> str:
    return NONE if value is None else f"{100 * value:g}"
