"""The gate on the model that is shipped: what its training found, and lines generated anew."""

import json

import pytest

from models.artefacts.artefact import DEFAULT_MODEL, read_manifest
from models.artefacts.audits import REPORTS, Outcome
from models.contracts.events import Transaction
from models.decisions.loading import load_ensemble
from models.evaluation.data.labelled_file import LabelledRow
from models.evaluation.judged import judge
from models.training.balance.balance import BalanceConfig, balance
from models.training.balance.parts import Part
from monitors.audits.bias.gate import bias_checks
from monitors.audits.bias.limits import BiasLimits
from monitors.audits.bias.report import NAME
from monitors.audits.checks import overall
from monitors.audits.counterfactual.audit import counterfactual_findings
from monitors.audits.counterfactual.limits import CounterfactualLimits
from monitors.audits.counterfactual.pairs import Attribute
from streams.clock import wall_clock


def test_its_training_passed_the_gate() -> None:
    """The report that is shipped is of this model, and it passed: whoever promotes it needs no override."""
    report = json.loads((DEFAULT_MODEL / REPORTS / f"{NAME}.json").read_text(encoding="utf-8"))
    assert read_manifest(DEFAULT_MODEL).model_version == report["run"]["model_version"]
    assert Outcome.PASS == report["outcome"]


@pytest.mark.slow
def test_it_passes_on_lines_generated_anew() -> None:
    """Equally many of each category, in wordings and phrases that its training held out, drawn with another seed."""
    made = balance(BalanceConfig(60, part=Part.TEST, seed=12))
    rows = [
        LabelledRow(
            place,
            Transaction.model_validate(
                {
                    "transaction_id": row.transaction_id,
                    "account_id": "-",
                    "description": row.description,
                    "amount": row.amount,
                    "currency": row.currency,
                    "timestamp": row.timestamp,
                }
            ),
            frozenset({row.category}),
        )
        for place, row in enumerate(made)
    ]
    checks = bias_checks(judge(load_ensemble(), rows, now=wall_clock()), BiasLimits(rounds=200))
    assert Outcome.PASS is overall(checks), [check.why for check in checks if check.outcome is Outcome.FAIL]


@pytest.mark.slow
def test_names_of_people_move_its_decisions_no_further_than_the_limits() -> None:
    """By origin and gender, over fewer people than the audit itself asks."""
    findings = counterfactual_findings(
        load_ensemble(),
        CounterfactualLimits(least_named=4_000, rounds=100),
        now=wall_clock(),
        attributes=(Attribute.NAME_ORIGIN, Attribute.NAME_GENDER),
        people_each=12,
        seed=5,
    )
    assert Outcome.PASS is findings.outcome, [check.why for check in findings.checks]
