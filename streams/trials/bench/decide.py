"""The process of one case of the model benchmark: a job as JSON on stdin, its timing as JSON on stdout."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.decisions.loading import load_ensemble
from models.errors import EvenhandError
from models.voters.contract import Ballot, Method, Voter
from streams.apps.garbage import calm_collector
from streams.trials.bench.model import BATCH, Case, Timing
from streams.trials.bench.sample import transactions_for


class TimedVoter:
    """A voter that adds up the CPU time of its calls.

    Args:
        voter: Does the work.
    """

    def __init__(self, voter: Voter) -> None:
        self._voter = voter
        self.cpu_seconds = 0.0

    @property
    def method(self) -> Method:
        """The voter's own."""
        return self._voter.method

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """Ask the voter."""
        start = time.process_time()
        try:
            return self._voter.vote(transactions)
        finally:
            self.cpu_seconds += time.process_time() - start


def select(transactions: Sequence[Transaction], case: Case) -> list[Transaction]:
    """The transactions of a case, in order."""
    if case.each_once:
        first: dict[str, Transaction] = {}
        for transaction in transactions:
            first.setdefault(transaction.description, transaction)
        transactions = list(first.values())
    if case.with_mcc:
        return list(transactions)
    return [transaction.model_copy(update={"mcc": None}) for transaction in transactions]


def measure(ensemble: Ensemble, transactions: Sequence[Transaction], *, load_seconds: float) -> Timing:
    """Decide on all, batch by batch; the caches of the ensemble and its voters start as they are."""
    voters = [TimedVoter(voter) for voter in ensemble.voters]
    timed = replace(ensemble, voters=voters)
    now = datetime.now(UTC)
    calm_collector()
    start = time.process_time()
    for first in range(0, len(transactions), BATCH):
        timed.categorize(transactions[first : first + BATCH], now=now)
    cpu_seconds = time.process_time() - start
    by_method = {voter.method.value: voter.cpu_seconds for voter in voters}
    return Timing(len(transactions), cpu_seconds, load_seconds, by_method)


def run(job: dict[str, Any]) -> Timing:
    """Load everything, then measure."""
    case = Case(job["name"], with_mcc=job["with_mcc"], each_once=job["each_once"])
    source, model = (Path(job[key]) if job[key] else None for key in ("source", "model"))
    transactions = select(transactions_for(source, rows=job["rows"]), case)
    start = time.perf_counter()
    ensemble = load_ensemble(model)
    return measure(ensemble, transactions, load_seconds=time.perf_counter() - start)


def main() -> None:
    """Read a job, run it, write the timing, or the error that the caller is to raise."""
    try:
        answer = asdict(run(json.load(sys.stdin)))
    except EvenhandError as error:
        answer = {"error": str(error), "kind": type(error).__name__}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
