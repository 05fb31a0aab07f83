"""What `evenhand evidence` measures itself; apart, since it loads what evaluates, and `verify` need not wait for it."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from models.artefacts.store import resolve
from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.evaluation.data.labelled_file import LabelledFile
from models.evaluation.data.labels import labels_for
from models.evaluation.measures.splits import keys_of
from models.explanation.case import case_of
from models.explanation.explanation import explain
from models.explanation.texts import shipped_texts
from models.learned.text_files import MEMORY_FILE
from monitors.audits.bias.limits import BiasLimits
from monitors.audits.bias.report import NAME, AuditedRun, bias_data, bias_document, bias_json
from monitors.audits.counterfactual import report as counterfactual
from monitors.audits.counterfactual.limits import CounterfactualLimits
from monitors.audits.evidence.facts import AuditReport, Example
from monitors.audits.limits import read_limits
from streams.categorizer.ensemble import ensemble_for
from streams.cli.audit_bias import Audited, audited
from streams.cli.audit_counterfactual import twins_decided
from streams.cli.labelled import policy_words
from streams.files.audits import report_files
from streams.files.evidence import Asked, Audit
from streams.settings.settings import Settings

_LINE = "TESCO STORES 3124 LONDON"
"""Statement text of the example, which is of no customer."""


def measured(settings: Settings, asked: Asked) -> tuple[list[Audit], Example]:
    """The audits that were asked for, and an example of a decision."""
    ensemble = ensemble_for(settings)
    return list(_audits(settings, ensemble, asked)), _example(ensemble, asked.at)


def _audits(settings: Settings, ensemble: Ensemble, asked: Asked) -> Iterator[Audit]:
    if asked.data and asked.labels:
        yield _bias(settings, ensemble, asked, asked.data, asked.labels)
    if asked.people:
        yield _counterfactual(ensemble, asked)


def _bias(settings: Settings, ensemble: Ensemble, asked: Asked, data: Path, labels: str) -> Audit:
    columns = tuple(dict.fromkeys(name.casefold() for name in asked.by))
    rows = LabelledFile(data, labels, labels_for(labels, asked.label_map), asked.selection, groups=columns)
    run, findings = audited(
        rows,
        ensemble,
        read_limits(asked.limits, "bias", BiasLimits),
        Audited(
            asked.command,
            data.name,
            f"column {labels}{f' through {asked.label_map.name}' if asked.label_map else ''}",
            asked.limits.name if asked.limits else "",
        ),
        known=keys_of(resolve(settings.model) / MEMORY_FILE),
        columns=columns,
        seed=asked.selection.seed,
        at=asked.at,
    )
    files = report_files(NAME, bias_document(run, findings), bias_json(run, findings))
    return Audit(AuditReport(NAME, bias_data(run, findings), list(files)), files)


def _counterfactual(ensemble: Ensemble, asked: Asked) -> Audit:
    held = read_limits(asked.limits, "counterfactual", CounterfactualLimits)
    findings = twins_decided(ensemble, held, now=asked.at, people=asked.people, seed=asked.selection.seed)
    run = AuditedRun(
        command=asked.command,
        data=counterfactual.DATA,
        truth="",
        model_version=ensemble.model_version,
        policy=policy_words(ensemble.policy),
        at=asked.at,
        limits=asked.limits.name if asked.limits else "",
    )
    document, text = (
        counterfactual.counterfactual_document(run, findings),
        counterfactual.counterfactual_json(run, findings),
    )
    files = report_files(counterfactual.NAME, document, text)
    data = counterfactual.counterfactual_data(run, findings)
    return Audit(AuditReport(counterfactual.NAME, data, list(files)), files)


def _example(ensemble: Ensemble, at: datetime) -> Example:
    """A decision on a payment that nobody made, in the words for customers."""
    transaction = Transaction(
        transaction_id="example",
        account_id="example",
        description=_LINE,
        amount=Decimal("23.40"),
        currency="GBP",
        timestamp=at,
    )
    decision = ensemble.categorize([transaction], now=at)[0]
    told = explain(case_of(decision, transaction), shipped_texts(), "en")
    return Example(_LINE, decision.category, [(answer.heading, " ".join(answer.sentences)) for answer in told.answers])
