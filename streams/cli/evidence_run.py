"""What `evenhand evidence` measures itself; apart, since it loads what evaluates, and `verify` need not wait for it."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.explanation.case import case_of
from models.explanation.explanation import explain
from models.explanation.texts import shipped_texts
from monitors.audits.bias.limits import BiasLimits
from monitors.audits.bias.report import NAME, bias_data, bias_document, bias_json
from monitors.audits.counterfactual import report as counterfactual
from monitors.audits.counterfactual.limits import CounterfactualLimits
from monitors.audits.evidence.facts import AuditReport, Example
from monitors.audits.limits import read_limits
from streams.categorizer.ensemble import ensemble_for
from streams.cli.audit_bias import Labelled, audited
from streams.cli.audit_counterfactual import run_of, twins_decided
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
    labelled = Labelled(data, labels, asked.label_map, asked.by, asked.selection)
    held = read_limits(asked.limits, "bias", BiasLimits)
    run, findings = audited(
        labelled, labelled.open(), settings, ensemble, held, asked.command, asked.limits, at=asked.at
    )
    files = report_files(NAME, bias_document(run, findings), bias_json(run, findings))
    return Audit(AuditReport(NAME, bias_data(run, findings), list(files)), files)


def _counterfactual(ensemble: Ensemble, asked: Asked) -> Audit:
    held = read_limits(asked.limits, "counterfactual", CounterfactualLimits)
    findings = twins_decided(ensemble, held, now=asked.at, people=asked.people, seed=asked.selection.seed)
    run = run_of(asked.command, ensemble, asked.limits, at=asked.at)
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
