"""The full ensemble without a stream: decisions per CPU second, in a fresh process for every case."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.decisions.loading import load_ensemble
from models.voters.contract import Ballot, LineVoter, Method
from models.voters.line import Line
from streams.apps.garbage import calm_collector
from streams.trials.bench.against import TreeRun
from streams.trials.bench.child import run_child, serve
from streams.trials.bench.rounds import CaseRounds, Progress, take_turns
from streams.trials.bench.sample import transactions_for

BATCH = 500
"""Transactions decided on at once, as the worker does."""

BAR = 5_000.0
"""Decisions per CPU second on rows in their order; a description that is new is slower."""


@dataclass(frozen=True, slots=True)
class ModelCase:
    """Rows that are decided on.

    Args:
        each_once: Every description once, so that no cache of the voters holds it; else all rows in their order.
    """

    with_mcc: bool
    each_once: bool

    def __str__(self) -> str:
        rows = "each description once" if self.each_once else "all rows"
        return f"{rows}, {'with MCC' if self.with_mcc else 'text only'}"

    def select(self, transactions: Sequence[Transaction]) -> list[Transaction]:
        """Take the transactions of this case, in order."""
        if self.each_once:
            first: dict[str, Transaction] = {}
            for transaction in transactions:
                first.setdefault(transaction.description, transaction)
            transactions = list(first.values())
        if self.with_mcc:
            return list(transactions)
        return [transaction.model_copy(update={"mcc": None}) for transaction in transactions]


CASES = tuple(
    ModelCase(with_mcc=with_mcc, each_once=each_once) for each_once in (False, True) for with_mcc in (True, False)
)


@dataclass(frozen=True, slots=True)
class Timing:
    """The measurement of one process.

    Args:
        cpu_seconds: User and system time of all decisions.
        load_seconds: Wall time of loading the model and the tables.
        by_method: Method to the CPU seconds of its voter; what is left of `cpu_seconds` is the ensemble's own, with
            the reading of lines, which all voters share.
        middle_rate: Decisions per CPU second between the first and the last tenth, as the stream is measured.
    """

    decisions: int
    cpu_seconds: float
    load_seconds: float
    by_method: Mapping[str, float]
    middle_rate: float = 0.0

    @property
    def rate(self) -> float:
        """Decisions per CPU second."""
        return self.decisions / self.cpu_seconds

    @property
    def shares(self) -> dict[str, float]:
        """Share of the CPU time per method, and `ensemble` for the rest; they sum to 1."""
        shares = {method: seconds / self.cpu_seconds for method, seconds in self.by_method.items()}
        return shares | {"ensemble": 1 - sum(shares.values())}


def run_model(
    *, source: Path | None, model: Path | None, rows: int | None, rounds: int, progress: Progress
) -> list[CaseRounds[ModelCase, Timing]]:
    """Measure every case, in turns.

    Args:
        source: File of transactions, or None for the shipped sample.
        model: Folder of the artefact, or None for the shipped one.
        rows: Transactions at most, or None for all.

    Raises:
        DataError: The file has no row that can be used.
        ArtefactError: The model cannot be used.
    """
    return take_turns(CASES, in_child(source=source, model=model, rows=rows), rounds=rounds, progress=progress)


def in_child(*, source: Path | None, model: Path | None, rows: int | None) -> TreeRun[ModelCase, Timing]:
    """Measure a case in a process of its own; the arguments are those of `run_model`."""
    paths = {"source": source and str(source), "model": model and str(model)}

    def run(case: ModelCase, tree: Path | None = None) -> Timing:
        job = asdict(case) | paths | {"rows": rows}
        return Timing(**asyncio.run(run_child("streams.trials.bench.model", job, name=str(case), tree=tree)))

    return run


class TimedVoter(LineVoter):
    """A voter that adds up the CPU time of its calls."""

    def __init__(self, voter: LineVoter) -> None:
        self._voter = voter
        self.looks_further = voter.looks_further
        self.cpu_seconds = 0.0

    @property
    def method(self) -> Method:
        """The voter's own."""
        return self._voter.method

    def vote_lines(self, lines: Sequence[Line]) -> list[Ballot | None]:
        """Ask the voter."""
        start = time.process_time()
        try:
            return self._voter.vote_lines(lines)
        finally:
            self.cpu_seconds += time.process_time() - start

    def otherwise(self, line: Line, transaction: Transaction) -> Ballot | None:
        """Ask the voter; what this takes counts as the ensemble's, as reading the clock would cost more."""
        return self._voter.otherwise(line, transaction)


def measure(ensemble: Ensemble, transactions: Sequence[Transaction], *, load_seconds: float) -> Timing:
    """Decide on all, batch by batch; the caches of the ensemble and its voters start as they are."""
    voters = [TimedVoter(voter) for voter in ensemble.voters if isinstance(voter, LineVoter)]
    timed = replace(ensemble, voters=voters)
    now = datetime.now(UTC)
    calm_collector()
    readings = [(0, time.process_time())]
    for first in range(0, len(transactions), BATCH):
        timed.categorize(transactions[first : first + BATCH], now=now)
        readings.append((min(first + BATCH, len(transactions)), time.process_time()))
    cpu_seconds = readings[-1][1] - readings[0][1]
    by_method = {voter.method.value: voter.cpu_seconds for voter in voters}
    return Timing(len(transactions), cpu_seconds, load_seconds, by_method, _middle_rate(readings))


def _middle_rate(readings: Sequence[tuple[int, float]]) -> float:
    """Decisions per CPU second between the first reading after a tenth and the first after nine tenths."""
    total = readings[-1][0]
    early, late = (next(each for each in readings if each[0] >= total * share) for share in (0.1, 0.9))
    return (late[0] - early[0]) / (late[1] - early[1]) if late > early else 0.0


def _measured(job: dict[str, Any]) -> dict[str, Any]:
    """Load everything in this process, then measure."""
    case = ModelCase(with_mcc=job["with_mcc"], each_once=job["each_once"])
    source, model = (Path(job[key]) if job[key] else None for key in ("source", "model"))
    transactions = case.select(transactions_for(source, rows=job["rows"]))
    start = time.perf_counter()
    ensemble = load_ensemble(model)
    return asdict(measure(ensemble, transactions, load_seconds=time.perf_counter() - start))


if __name__ == "__main__":
    serve(_measured)
