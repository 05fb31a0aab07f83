"""Where a message's CPU time goes in the worker's handler, stage by stage, without Kafka and without a model."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple, TypeVar

from models.contracts.events import Transaction
from models.contracts.wire import dump
from models.decisions.verdict import Decided
from monitors.counts.summarise import BatchCounts
from monitors.labels.blind_sample import BlindSample
from streams.apps.garbage import calm_collector
from streams.categorizer.handler import CategorizeHandler
from streams.clock import wall_clock
from streams.lanes.duplicate_window import DuplicateWindow
from streams.messages.cloudevents import Codec, Stamp, digest
from streams.messages.observations import encode_observation, span_of
from streams.messages.records import Headers
from streams.trials.bench.child import run_child, serve
from streams.trials.bench.contenders.noop import noop_ensemble
from streams.trials.bench.rounds import Progress
from streams.trials.bench.sample import transactions_for

BATCH = 500
"""Records handled at once, as the worker does."""

STAGES = ("parse", "duplicate window", "vote and judge", "serialise", "blind sample", "summarise", "glue")
"""What a batch goes through; `glue` is what the handler takes beyond the others."""

_BLIND_SHARE = 0.01
_HANDLER = "handler"

T = TypeVar("T")


class StageRecord(NamedTuple):
    """A consumed record."""

    value: bytes
    offset: int
    key: bytes
    timestamp: int
    topic: str = "transactions"
    partition: int = 0
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Microseconds of CPU time per message, one per round, at least one."""

    stage: str
    rounds: tuple[float, ...]

    @property
    def typical(self) -> float:
        """The median."""
        return median(self.rounds)


@dataclass(frozen=True, slots=True)
class StageReport:
    """Where the time went.

    Args:
        handler: Of a message, as the worker calls the handler.
        stages: One for each of `STAGES`.
    """

    messages: int
    handler: StageTimes
    stages: tuple[StageTimes, ...]


def run_stages(
    *, source: Path | None, rows: int | None, rounds: int, progress: Progress, against: Path | None = None
) -> list[StageReport]:
    """Measure in a process of its own; beside other code, in a process of each for every round, in turns.

    Args:
        source: File of transactions, or None for the shipped sample.
        rows: Transactions at most, or None for all.
        against: Checkout of other code, which is measured too.

    Returns:
        The report of this code, then that of the other.

    Raises:
        DataError: The file has no row that can be used.
    """
    job = {"source": source and str(source), "rows": rows, "rounds": 1 if against else rounds}

    def run(tree: Path | None) -> dict[str, Any]:
        found: dict[str, Any] = asyncio.run(run_child("streams.trials.bench.stages", job, name="stages", tree=tree))
        return found

    if against is None:
        progress(f"{rounds} rounds of {len(STAGES)} stages")
        return [_report([run(None)])]
    trees: tuple[Path | None, ...] = (None, against)
    found: dict[Path | None, list[dict[str, Any]]] = {tree: [] for tree in trees}
    for turn in range(rounds):
        for tree in trees:
            progress(f"round {turn + 1} of {rounds}: {'the other code' if tree else 'this code'}")
            found[tree].append(run(tree))
    return [_report(each) for each in found.values()]


def _report(found: Sequence[Mapping[str, Any]]) -> StageReport:
    """Put the answers of one child or of several together."""
    times = {
        stage: StageTimes(stage, tuple(time for one in found for time in one["times"][stage]))
        for stage in found[0]["times"]
    }
    handler = times.pop(_HANDLER)
    return StageReport(found[0]["messages"], handler, tuple(times.values()))


class _Stages:
    """The parts of the handler, each called and timed apart on the batch that the handler is given.

    Args:
        now: The clock, timezone-aware.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._ensemble, self._codec = noop_ensemble(), Codec("/evenhand/bench")
        self._blind = BlindSample(share=_BLIND_SHARE, seed="bench")
        self._handler = CategorizeHandler(self._ensemble, self._codec, lambda: now, blind=self._blind)
        # Two of them, filled alike: the handler must not meet the ids of the stage before it.
        self._own, self._window = (DuplicateWindow(max_ids=100_000, max_age=timedelta(days=1)) for _ in range(2))
        self.spent = dict.fromkeys((_HANDLER, *STAGES[:-1]), 0.0)

    def take(self, records: Sequence[StageRecord]) -> None:
        """Time one batch on both ways."""
        timed = self._timed
        timed(_HANDLER, lambda: self._handle(records))
        transactions = timed("parse", lambda: [self._codec.decode(record)[0] for record in records])
        times, digests = timed("duplicate window", lambda: self._digests(transactions))
        decided = timed("vote and judge", lambda: self._decisions(transactions, times))
        stamp = self._codec.stamp(self._now)
        pairs = list(zip(decided, digests, strict=True))
        timed("serialise", lambda: [stamp.encode(decision, contents, ()) for decision, contents in pairs])
        timed("blind sample", lambda: self._draw(pairs, stamp))
        timed("summarise", lambda: self._summary(decided, times, records))

    def _handle(self, records: Sequence[StageRecord]) -> object:
        result = self._handler(records, self._window)
        result.settled(self._window, at=self._now)
        return result.written

    def _digests(self, transactions: Sequence[Transaction]) -> tuple[list[float], list[bytes]]:
        times, digests = [], {}
        for transaction in transactions:
            at = transaction.timestamp.timestamp()
            times.append(at)
            if self._own.digest(transaction.transaction_id) is None:
                digests[transaction.transaction_id] = digest(transaction, at)
        self._own.add(digests, at=self._now)
        return times, list(digests.values())

    def _decisions(self, transactions: Sequence[Transaction], times: Sequence[float]) -> list[Decided]:
        horizon = self._now.timestamp()
        return [
            Decided(verdict, transaction, at > horizon, merchant)
            for (verdict, merchant), transaction, at in zip(
                self._ensemble.findings(transactions), transactions, times, strict=True
            )
        ]

    def _draw(self, pairs: Sequence[tuple[Decided, bytes]], stamp: Stamp) -> object:
        return [
            stamp.encode_blind(decided.verdict.blind_copy(decided.transaction, probability=_BLIND_SHARE), contents, ())
            for decided, contents in pairs
            if self._blind.takes(decided.transaction.transaction_id)
        ]

    def _summary(self, decided: Sequence[Decided], times: Sequence[float], records: Sequence[StageRecord]) -> object:
        counts = BatchCounts()
        for decision, at in zip(decided, times, strict=True):
            counts.count(decision.verdict, at, ahead=decision.ahead)
        observation = counts.observation(records=span_of(records), model_version=self._ensemble.model_version)
        return encode_observation(observation)

    def _timed(self, stage: str, work: Callable[[], T]) -> T:
        start = time.thread_time()
        result = work()
        self.spent[stage] += time.thread_time() - start
        return result


def measure(batches: Sequence[Sequence[StageRecord]], *, now: datetime) -> Mapping[str, float]:
    """Microseconds per message of the handler and of each stage, over all batches."""
    stages = _Stages(now)
    for batch in batches:
        stages.take(batch)
    messages = sum(map(len, batches))
    per_message = {stage: 1e6 * seconds / messages for stage, seconds in stages.spent.items()}
    handler = per_message[_HANDLER]
    return per_message | {"glue": handler - (sum(per_message.values()) - handler)}


def batches_of(transactions: Sequence[Transaction]) -> list[list[StageRecord]]:
    """The transactions as records of one partition, in batches."""
    records = [
        StageRecord(dump(one), offset, one.account_id.encode(), int(one.timestamp.timestamp() * 1000))
        for offset, one in enumerate(transactions)
    ]
    return list(_cut(records))


def _cut(records: list[StageRecord]) -> Iterator[list[StageRecord]]:
    for first in range(0, len(records), BATCH):
        yield records[first : first + BATCH]


def _measured(job: dict[str, Any]) -> dict[str, Any]:
    """Load everything in this process, then measure."""
    batches = batches_of(transactions_for(Path(job["source"]) if job["source"] else None, rows=job["rows"]))
    now = wall_clock()
    measure(batches[:2], now=now)  # tables that are built at the first use are no part of a message
    calm_collector()
    rounds = [measure(batches, now=now) for _ in range(job["rounds"])]
    return {
        "messages": sum(map(len, batches)),
        "times": {stage: [each[stage] for each in rounds] for stage in rounds[0]},
    }


if __name__ == "__main__":
    serve(_measured)
