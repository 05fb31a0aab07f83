"""Deciding on a batch whatever a voter does: one transaction that trips a voter costs that one, not the batch."""

import logging
from collections.abc import Sequence
from datetime import datetime

from models.contracts.events import Transaction
from models.decisions.ensemble import CLOCK_TOLERANCE, Ensemble
from models.decisions.verdict import Decided, Finding
from models.errors import ContractError

log = logging.getLogger(__name__)

CATEGORIZER_FAILED = "categorizer_failed"
"""Reason of a transaction that the ensemble raised for."""


def decide_each(
    ensemble: Ensemble, transactions: Sequence[Transaction], *, now: datetime
) -> list[Decided | ContractError]:
    """Decide on each transaction of a batch.

    Args:
        now: The clock, timezone-aware.

    Returns:
        For each transaction, in order, the decision, or the refusal of one that the ensemble raised for.
    """
    horizon, versions = now + CLOCK_TOLERANCE, ensemble.versions
    return [
        one
        if isinstance(one, ContractError)
        else Decided(one.verdict, transaction, transaction.timestamp > horizon, one.merchant, versions)
        for transaction, one in zip(transactions, judge_each(ensemble, transactions), strict=True)
    ]


def judge_each(ensemble: Ensemble, transactions: Sequence[Transaction]) -> list[Finding | ContractError]:
    """The same without the clock: findings, for who compares the times himself."""
    try:
        return list(ensemble.findings(transactions))
    except Exception as error:  # noqa: BLE001  # a bug in a voter must not stall the stream: find what it trips over
        log.error("categorizing a batch failed (%s); trying its transactions one by one", type(error).__name__)
        return [_judge_alone(ensemble, transaction) for transaction in transactions]


def _judge_alone(ensemble: Ensemble, transaction: Transaction) -> Finding | ContractError:
    try:
        return ensemble.findings([transaction])[0]
    except Exception:  # noqa: BLE001  # ends in a dead letter or a refused row, which people see
        return ContractError(CATEGORIZER_FAILED)
