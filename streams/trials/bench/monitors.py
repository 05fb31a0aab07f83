"""The cost of the monitors: their handler alone, and the process as `evenhand monitor` runs it.

Each run is a process of its own that reads its own CPU clock (`streams.trials.bench.monitor_process`). Its input is
made here,
once: a week of history, and summaries as workers write them.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from secrets import token_hex

from aiokafka import AIOKafkaProducer

from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from monitors.counts.history import Changes
from monitors.counts.observation import BUCKET_SECONDS
from streams.kafka.clients import producer_options
from streams.kafka.topics import topic_name
from streams.kafka.write_batches import write_batches
from streams.messages.records import Output
from streams.messages.roles import Role
from streams.monitor.changelog import changelog, restore
from streams.settings.settings import Settings
from streams.trials.bench.child import run_child
from streams.trials.bench.job import Contender, Job, Measurement
from streams.trials.bench.rounds import CaseRounds, Progress, take_turns
from streams.trials.bench.stream import MARGIN, STALL_SECONDS, VoidError
from streams.trials.bench.summaries import PER_SECOND, TRANSACTIONS, MonitorTraffic, TimedSummary
from streams.trials.bench.topics import fresh_topics, read_topics

DECISIONS = 5_000
"""Transactions that are decided on; the traffic is made of them."""

BATCH, SMALL_BATCH = 500, 50
"""Transactions of a summary: a full batch of a worker, and one of a worker that is hardly busy."""

LIVE_SECONDS = 20
"""Longest live traffic."""

LEAST_BACKLOG = 5 * BATCH
"""Summaries below which a backlog is a poll or two, and is measured together with the start of the process."""

BAR = float(PER_SECOND)
"""Transactions per CPU second that the monitors must keep up with."""

_MODULE = "streams.trials.bench.monitor_process"


class Way(StrEnum):
    """The way that summaries come."""

    HANDLER = "handler"
    """To the handler alone, without Kafka."""
    BACKLOG = "backlog"
    """To the process; all are there before it starts."""
    LIVE = "live"
    """To the process, at the pace of the traffic."""


@dataclass(frozen=True, slots=True)
class MonitorCase:
    """A run of the handler, or of the process; `batch` is the transactions of a summary."""

    way: Way
    batch: int

    def __str__(self) -> str:
        return f"{self.way}, {self.batch} a summary"


CASES = (
    MonitorCase(Way.HANDLER, BATCH),
    MonitorCase(Way.HANDLER, SMALL_BATCH),
    MonitorCase(Way.BACKLOG, BATCH),
    MonitorCase(Way.LIVE, BATCH),
    MonitorCase(Way.LIVE, SMALL_BATCH),
)


@dataclass(frozen=True, slots=True)
class MonitorRun:
    """The measurement of one process.

    Args:
        transactions: Transactions behind the summaries that were handled between two readings of the clock.
        cpu_seconds: User and system time between the readings.
        behind_seconds: Time from the last record's writing to its commit, of a live run; else None.
    """

    transactions: int
    summaries: int
    cpu_seconds: float
    behind_seconds: float | None = None

    @property
    def rate(self) -> float:
        """Transactions per CPU second."""
        return self.transactions / self.cpu_seconds

    @property
    def load(self) -> float:
        """CPU seconds per second of traffic."""
        return PER_SECOND / self.rate


MonitorRounds = CaseRounds[MonitorCase, MonitorRun]


@dataclass(frozen=True, slots=True)
class MonitorInput:
    """The input of all runs.

    Args:
        begin: First moment of event time.
        state: Key and value of the records of the changelog that hold a week.
        summaries: Transactions of a summary to all summaries.
    """

    begin: datetime
    state: Sequence[tuple[str, str]]
    summaries: Mapping[int, Sequence[TimedSummary]]

    @classmethod
    def of(
        cls, ensemble: Ensemble, transactions: Sequence[Transaction], *, count: int, now: datetime
    ) -> "MonitorInput":
        """Decide, and make traffic of it.

        Args:
            transactions: Some of them, from all over, are decided on.
            count: Transactions of the traffic; where a summary has `SMALL_BATCH`, for `LIVE_SECONDS` at most.
            now: The clock. The traffic crosses the last edge of a bucket before it half way.
        """
        edge = now.timestamp() // BUCKET_SECONDS * BUCKET_SECONDS
        begin = datetime.fromtimestamp(edge, UTC) - timedelta(seconds=min(count / PER_SECOND, LIVE_SECONDS) / 2)
        traffic = MonitorTraffic.of(ensemble, transactions[:: max(1, len(transactions) // DECISIONS)], begin=begin)
        totals = {BATCH: count, SMALL_BATCH: min(count, LIVE_SECONDS * PER_SECOND)}
        summaries = {batch: list(traffic.summaries(total, batch=batch)) for batch, total in totals.items()}
        return cls(begin, _state(traffic), summaries)

    def of_case(self, case: MonitorCase) -> list[TimedSummary]:
        """The summaries of a case: all of them for a backlog, else those of `LIVE_SECONDS`."""
        every = self.summaries[case.batch]
        return [one for one in every if case.way is Way.BACKLOG or one.seconds <= LIVE_SECONDS]


def run_monitors(
    given: MonitorInput, *, rounds: int, bootstrap_servers: str, own_broker: bool, progress: Progress
) -> list[MonitorRounds]:
    """Measure the handler and the process, each case in turns.

    Args:
        given: Read by all of them.
        bootstrap_servers: A broker; what is created there is deleted again.

    Raises:
        VoidError: The process did not take all that it was given, or took some twice.
        DeliveryError: A run failed; the message has the end of what it said.
    """

    def run(case: MonitorCase) -> MonitorRun:
        summaries = given.of_case(case)
        if case.way is Way.HANDLER:
            return asyncio.run(_handled(given, summaries))
        job = Job(
            contender=Contender.EVENHAND,
            bootstrap_servers=bootstrap_servers,
            prefix=f"bench-{token_hex(4)}",
            messages=len(summaries),
            margin=int(len(summaries) * MARGIN) if case.way is Way.LIVE or len(summaries) >= LEAST_BACKLOG else 0,
            stall_seconds=STALL_SECONDS,
            own_broker=own_broker,
        )
        return asyncio.run(_processed(job, given.state, summaries, live=case.way is Way.LIVE))

    return take_turns(CASES, run, rounds=rounds, progress=progress)


async def _handled(given: MonitorInput, summaries: Sequence[TimedSummary]) -> MonitorRun:
    job = {"begin": given.begin.isoformat(), "state": given.state, "summaries": summaries}
    seconds = await run_child(_MODULE, job, name="the monitors' handler")
    return MonitorRun(sum(summary.transactions for summary in summaries), len(summaries), seconds)


async def _processed(
    job: Job, state: Sequence[tuple[str, str]], summaries: Sequence[TimedSummary], *, live: bool
) -> MonitorRun:
    """Fill fresh topics, run the process, check what it stored, and delete the topics."""
    settings, written_at = job.settings(), 0.0

    async def feed() -> None:
        nonlocal written_at
        if live:
            await _write_live(settings, summaries)
        written_at = time.time()

    async with fresh_topics(settings):
        await _write(settings, Role.STATE, state)
        if not live:
            await _write(settings, Role.OBSERVATIONS, [(one.source, one.value) for one in summaries])
        answer = await run_child(_MODULE, asdict(job), name="the monitor", seconds=job.longest_seconds, when_ready=feed)
        measured = Measurement(**answer["measurement"])
        transactions = sum(summary.transactions for summary in summaries)
        check(job, measured, transactions, await _observed(settings))
    return MonitorRun(
        transactions=round(transactions * measured.measured / job.messages),
        summaries=measured.measured,
        cpu_seconds=measured.cpu_seconds,
        behind_seconds=max(0.0, answer["finished_at"] - written_at) if live else None,
    )


async def _write(settings: Settings, role: Role, records: Sequence[tuple[str, str]]) -> None:
    """Write records (key, value) to the one partition of a topic."""
    async with AIOKafkaProducer(**producer_options(settings)) as producer:
        outputs = (Output(role, key.encode(), value.encode(), []) for key, value in records)
        await write_batches(producer, topic_name(settings, role), 0, outputs)


async def _write_live(settings: Settings, summaries: Sequence[TimedSummary]) -> None:
    """Write each summary at its time."""
    loop = asyncio.get_running_loop()
    topic = topic_name(settings, Role.OBSERVATIONS)
    async with AIOKafkaProducer(**producer_options(settings)) as producer:
        began = loop.time()
        for one in summaries:
            if (early := began + one.seconds - loop.time()) > 0:
                await asyncio.sleep(early)
            await producer.send(topic, key=one.source.encode(), value=one.value.encode(), partition=0)
        await producer.flush()


async def _observed(settings: Settings) -> int:
    """Transactions that the stored state accounts for."""
    records = [(one.key, one.value) async for one in read_topics(settings, [Role.STATE])]
    sources = restore(records, lateness=0).history.sources
    return sum(mark.next_offset for name, mark in sources.items() if name.startswith(f"{TRANSACTIONS}:"))


def check(job: Job, measured: Measurement, transactions: int, observed: int) -> None:
    """Refuse a run that lost or doubled summaries.

    Args:
        job: Has the number of summaries that the process was given.
        observed: Transactions that the state that it stored accounts for.

    Raises:
        VoidError: They do not agree, or there was too little to measure.
    """
    if measured.handled != job.messages or observed != transactions:
        raise VoidError(
            f"void: the monitor was given {job.messages:,} summaries of {transactions:,} transactions, says that it "
            f"handled {measured.handled:,}, and its state accounts for {observed:,}"
        )
    if not measured.measured:
        raise VoidError(f"void: {job.messages:,} summaries are too few to measure the monitor; ask for more")


def _state(traffic: MonitorTraffic) -> list[tuple[str, str]]:
    week = traffic.week()
    changes = Changes(buckets=set(week.buckets), sources=set(week.sources))
    return [
        (output.key.decode(), output.value.decode())
        for output in changelog(week, changes)
        if output.key is not None and output.value is not None
    ]
