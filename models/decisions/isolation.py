"""Deciding on a batch whatever a voter does: one transaction that trips a voter costs that one, not the batch."""

import logging
from collections.abc import Sequence
from datetime import datetime

from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.decisions.verdict import Decided
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
    try:
        return list(ensemble.decide(transactions, now=now))
    except Exception as error:  # noqa: BLE001  # a bug in a voter must not stall the stream: find what it trips over
        log.error("categorizing a batch failed (%s); trying its transactions one by one", type(error).__name__)
        return [_decide_alone(ensemble, transaction, now) for transaction in transactions]


def _decide_alone(ensemble: Ensemble, transaction: Transaction, now: datetime) -> Decided | ContractError:
    try:
        return ensemble.decide([transaction], now=now)[0]
    except Exception:  # noqa: BLE001  # ends in a dead letter or a refused row, which people see
        return ContractError(CATEGORIZER_FAILED)
