"""Where a message's CPU time goes in a running worker on Kafka, stage by stage, by sampling."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from models.contracts.events import Transaction
from streams.trials.bench.contenders.feed import InputRecords
from streams.trials.bench.job import Contender, Measurement
from streams.trials.bench.rounds import CaseRounds, Progress, take_turns
from streams.trials.bench.stream import StreamOptions, run_one

WORKERS = (Contender.EVENHAND, Contender.FULL)
"""The worker with the model that costs nothing, and with the full ensemble."""


@dataclass(frozen=True, slots=True)
class WorkerStages:
    """Where the time of one worker went.

    Args:
        microseconds: Of CPU time per message.
        shares: Stage to its share of that; they sum to 1.
        samples: How many the shares are from, all rounds together.
    """

    worker: Contender
    microseconds: float
    shares: Mapping[str, float]
    samples: int


def run_worker_stages(
    transactions: Sequence[Transaction],
    *,
    bootstrap_servers: str,
    own_broker: bool,
    rounds: int,
    progress: Progress,
    workers: Sequence[Contender] = WORKERS,
) -> list[WorkerStages]:
    """Run each worker on all transactions, in turns, in a process of its own, and sample it.

    Raises:
        VoidError: A worker did not write as many records as it read.
        DeliveryError: A worker failed; the message has the end of what it said.
    """
    messages = len(transactions)
    records, options = InputRecords.of(transactions, messages), StreamOptions(messages, rounds, own_broker=own_broker)

    def run(worker: Contender) -> Measurement:
        job = options.job(worker, messages, bootstrap_servers=bootstrap_servers)
        return asyncio.run(run_one(replace(job, sampled=True), records))

    return [stages_of(each) for each in take_turns(workers, run, rounds=rounds, progress=progress)]


def stages_of(runs: CaseRounds[Contender, Measurement]) -> WorkerStages:
    """Sum the samples of all rounds up; the cost of a message is the median's."""
    counts = {stage: sum(run.samples[stage] for run in runs.rounds) for stage in runs.rounds[0].samples}
    total = sum(counts.values())
    shares = {stage: count / total if total else 0.0 for stage, count in counts.items()}
    return WorkerStages(runs.case, 1e6 / runs.rate, shares, total)
