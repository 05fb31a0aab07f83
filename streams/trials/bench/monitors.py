"""What the monitors cost: their handler part by part, and the process as `evenhand monitor` runs it.

Each run is a process of its own that reads its own CPU clock (`streams.trials.bench.watch`). What it is given is made
here,
once: a week of history, and summaries as workers write them.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from statistics import median
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.errors import DeliveryError
from monitors.counts.history import Changes
from monitors.counts.observation import BUCKET_SECONDS
from streams.kafka.clients import consumer_options, producer_options
from streams.kafka.read_to_end import read_to
from streams.kafka.topics import create_topics, delete_topics, topic_name
from streams.messages.roles import Role
from streams.monitor.changelog import changelog, restore
from streams.settings.settings import Settings
from streams.trials.bench.job import Contender, Job, Measurement
from streams.trials.bench.stream import MARGIN, STALL_SECONDS, VoidError
from streams.trials.bench.summaries import PER_SECOND, TRANSACTIONS, Summary, Traffic

DECISIONS = 5_000
"""Transactions that are decided on; the traffic is made of them."""

BATCH, SMALL_BATCH = 500, 50
"""Transactions of a summary: a full batch of a worker, and one of a worker that is hardly busy."""

MOST_POLLS = 100
"""Polls of a run of the handler, from the middle of the traffic."""

LIVE_SECONDS = 20
"""Longest live run of the process."""

LEAST_BACKLOG = 5 * BATCH
"""Summaries below which a backlog is a poll or two, and is measured together with the start of the process."""

BAR = float(PER_SECOND)
"""Transactions per CPU second that the monitors must keep up with."""

_START_SECONDS = 60.0

Progress = Callable[[str], None]
State = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Poll:
    """How summaries come to the handler.

    Args:
        name: For the report.
        seconds: A poll holds what came within this time.
        most: At most so many.
    """

    name: str
    seconds: float
    most: int

    def cut(self, summaries: Sequence[Summary]) -> list[list[Summary]]:
        """The polls, in the order of time."""
        polls: list[list[Summary]] = []
        for summary in summaries:
            if polls and len(polls[-1]) < self.most and summary.seconds < polls[-1][0].seconds + self.seconds:
                polls[-1].append(summary)
            else:
                polls.append([summary])
        return polls


POLLS = (
    Poll("every 0.5 s", 0.5, BATCH),
    Poll("one by one", 0.0, 1),
    Poll("500 at once", float("inf"), 500),
)
"""What live traffic comes to when each poll waits a little; the worst case; and after a pause of the monitor."""


@dataclass(frozen=True, slots=True)
class Case:
    """A run of the handler, or of the process.

    Args:
        name: For the report.
        batch: Transactions of a summary.
        live: Whether the process gets them at the pace of the traffic; else all are there before it starts.
    """

    name: str
    batch: int
    live: bool = False


HANDLER = {Case(poll.name, batch): (batch, poll) for batch in (BATCH, SMALL_BATCH) for poll in POLLS}
PROCESS = (
    Case("backlog", BATCH),
    Case("live", BATCH, live=True),
    Case("live", SMALL_BATCH, live=True),
)


@dataclass(frozen=True, slots=True)
class Run:
    """What one process measured.

    Args:
        transactions: Transactions behind the summaries that were handled between two readings of the clock.
        summaries: Number of these.
        cpu_seconds: User and system time between the readings.
        polls: Polls of the handler; None for the process.
        parts: Part of the handler to its CPU seconds; None for the process.
        behind_seconds: Time from the last record's writing to its commit, of a live run; else None.
    """

    transactions: int
    summaries: int
    cpu_seconds: float
    polls: int | None = None
    parts: Mapping[str, float] | None = None
    behind_seconds: float | None = None

    @property
    def rate(self) -> float:
        """Transactions per CPU second."""
        return self.transactions / self.cpu_seconds

    @property
    def load(self) -> float:
        """CPU seconds per second of traffic."""
        return PER_SECOND / self.rate

    @property
    def shares(self) -> dict[str, float]:
        """Share of the CPU time by part; they sum to 1."""
        return {part: seconds / self.cpu_seconds for part, seconds in (self.parts or {}).items()}


@dataclass(frozen=True, slots=True)
class CaseReport:
    """All rounds of one case.

    Args:
        case: What was run.
        rounds: What each round measured.
    """

    case: Case
    rounds: tuple[Run, ...]

    @property
    def typical(self) -> Run:
        """The round with the median rate (the lower one of two)."""
        return sorted(self.rounds, key=lambda run: run.rate)[(len(self.rounds) - 1) // 2]

    @property
    def met(self) -> bool:
        """Whether the median reaches the bar."""
        return median(run.rate for run in self.rounds) >= BAR


@dataclass(frozen=True, slots=True)
class Given:
    """What all runs are given.

    Args:
        begin: First moment of event time.
        state: Key and value of the records of the changelog that hold a week.
        summaries: Transactions of a summary to all summaries.
    """

    begin: datetime
    state: State
    summaries: Mapping[int, Sequence[Summary]]

    @classmethod
    def of(cls, ensemble: Ensemble, transactions: Sequence[Transaction], *, count: int, now: datetime) -> "Given":
        """Decide, and make traffic of it.

        Args:
            ensemble: Decides.
            transactions: Some of them, from all over, are decided on.
            count: Transactions of the traffic; where a summary has `SMALL_BATCH`, for `LIVE_SECONDS` at most.
            now: The clock. The traffic crosses the last edge of a bucket before it half way.
        """
        edge = now.timestamp() // BUCKET_SECONDS * BUCKET_SECONDS
        begin = datetime.fromtimestamp(edge, UTC) - timedelta(seconds=min(count / PER_SECOND, LIVE_SECONDS) / 2)
        traffic = Traffic.of(ensemble, transactions[:: max(1, len(transactions) // DECISIONS)], begin=begin)
        totals = {BATCH: count, SMALL_BATCH: min(count, LIVE_SECONDS * PER_SECOND)}
        summaries = {batch: list(traffic.summaries(total, batch=batch)) for batch, total in totals.items()}
        return cls(begin, _state(traffic), summaries)


def run_handler(given: Given, *, rounds: int, progress: Progress) -> list[CaseReport]:
    """Measure the handler, each case in turns.

    Args:
        given: What it handles.
        rounds: How often each case runs.
        progress: Told, in one line, what starts.

    Raises:
        DeliveryError: A run failed; the message has the end of what it said.
    """
    cases = [poll.cut(given.summaries[batch]) for batch, poll in HANDLER.values()]
    middles = [polls[max(0, (len(polls) - MOST_POLLS) // 2) :][:MOST_POLLS] for polls in cases]
    job = {"kind": "handler", "begin": given.begin.isoformat(), "state": given.state, "cases": middles}
    turns = []
    for turn in range(rounds):
        progress(f"round {turn + 1} of {rounds}: the handler")
        turns.append([_run(polls, parts) for polls, parts in zip(middles, _handled(job), strict=True)])
    return [CaseReport(case, runs) for case, runs in zip(HANDLER, zip(*turns, strict=True), strict=True)]


def _handled(job: Mapping[str, Any]) -> list[dict[str, float]]:
    done = subprocess.run(_COMMAND, input=json.dumps(job), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise DeliveryError(f"the handler failed:\n{done.stderr.strip()[-2000:]}")
    answer: list[dict[str, float]] = json.loads(done.stdout)
    return answer


def _run(polls: Sequence[Sequence[Summary]], parts: Mapping[str, float]) -> Run:
    each = [summary for poll in polls for summary in poll]
    transactions = sum(summary.transactions for summary in each)
    return Run(transactions, len(each), sum(parts.values()), len(polls), parts)


_COMMAND = [sys.executable, "-m", "streams.trials.bench.watch"]


def run_process(
    given: Given, *, rounds: int, bootstrap_servers: str, own_broker: bool, progress: Progress
) -> list[CaseReport]:
    """Measure the process, each case in turns.

    Args:
        given: What it reads.
        rounds: How often each case runs.
        bootstrap_servers: A broker; what is created there is deleted again.
        own_broker: Whether it was started for the benchmark.
        progress: Told, in one line, what starts.

    Raises:
        VoidError: The process did not take all that it was given, or took some twice.
        DeliveryError: A run failed; the message has the end of what it said.
    """
    runs: dict[Case, list[Run]] = {case: [] for case in PROCESS}
    name = f"bench-{token_hex(4)}"
    for turn in range(rounds):
        for number, case in enumerate(PROCESS):
            progress(f"round {turn + 1} of {rounds}: process, {case.batch} a summary, {case.name}")
            summaries = [one for one in given.summaries[case.batch] if not case.live or one.seconds <= LIVE_SECONDS]
            job = Job(
                contender=Contender.EVENHAND,
                bootstrap_servers=bootstrap_servers,
                prefix=f"{name}-{turn}-{number}",
                messages=len(summaries),
                margin=int(len(summaries) * MARGIN) if case.live or len(summaries) >= LEAST_BACKLOG else 0,
                stall_seconds=STALL_SECONDS,
                own_broker=own_broker,
            )
            runs[case].append(asyncio.run(_watched(job, given.state, summaries, live=case.live)))
    return [CaseReport(case, tuple(each)) for case, each in runs.items()]


async def _watched(job: Job, state: State, summaries: Sequence[Summary], *, live: bool) -> Run:
    """Fill fresh topics, run the process, check what it stored, and delete the topics."""
    settings = job.settings()
    await create_topics(settings)
    try:
        await _write(settings, Role.STATE, [(0.0, *record) for record in state], live=False)
        records = [(summary.seconds, summary.source, summary.value) for summary in summaries]
        if not live:
            await _write(settings, Role.OBSERVATIONS, records, live=False)
        measured, behind = await _in_a_process(job, settings, records if live else ())
        transactions = sum(summary.transactions for summary in summaries)
        check(job, measured, transactions, await _observed(settings))
    finally:
        await delete_topics(settings)
    share = measured.measured / job.messages
    seconds = behind if live else None
    return Run(round(transactions * share), measured.measured, measured.cpu_seconds, behind_seconds=seconds)


async def _in_a_process(
    job: Job, settings: Settings, records: Sequence[tuple[float, str, str]]
) -> tuple[Measurement, float]:
    """Start it; feed it when it is ready; what it measured, and how long after the last record it was done."""
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryFile() as said:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=pipe, stdout=pipe, stderr=said)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps({"kind": "process"} | asdict(job)).encode())
            process.stdin.write_eof()
            async with asyncio.timeout(_START_SECONDS):
                ready = await process.stdout.readline()
            if ready:
                await _write(settings, Role.OBSERVATIONS, records, live=True)
            written = loop.time()
            answer = await process.stdout.readline()
            seconds = loop.time() - written
            await process.wait()
        except TimeoutError:
            answer = b""
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if not answer:
            said.seek(0)
            raise DeliveryError(f"the monitor failed:\n{said.read().decode(errors='replace').strip()[-2000:]}")
    return Measurement(**json.loads(answer)), seconds


async def _write(settings: Settings, role: Role, records: Sequence[tuple[float, str, str]], *, live: bool) -> None:
    """Write records (seconds, key, value) to the one partition of a topic, live ones each at its time."""
    loop = asyncio.get_running_loop()
    async with AIOKafkaProducer(**producer_options(settings)) as producer:
        began = loop.time()
        for seconds, key, value in records:
            if live and (early := began + seconds - loop.time()) > 0:
                await asyncio.sleep(early)
            await producer.send(topic_name(settings, role), key=key.encode(), value=value.encode(), partition=0)
        await producer.flush()


async def _observed(settings: Settings) -> int:
    """Transactions that the stored state accounts for."""
    source = TopicPartition(topic_name(settings, Role.STATE), 0)
    async with AIOKafkaConsumer(**consumer_options(settings)) as consumer:
        consumer.assign([source])
        await consumer.seek_to_beginning(source)
        ends = await consumer.end_offsets([source])
        history = restore([(one.key, one.value) async for one in read_to(consumer, ends)], lateness=0).history
    return sum(mark.next_offset for name, mark in history.sources.items() if name.startswith(f"{TRANSACTIONS}:"))


def check(job: Job, measured: Measurement, transactions: int, observed: int) -> None:
    """Refuse a run that lost or doubled summaries.

    Args:
        job: What was to be done.
        measured: What the process says it did.
        transactions: Transactions behind the summaries that it was given.
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


def _state(traffic: Traffic) -> State:
    week = traffic.week()
    changes = Changes(buckets=set(week.buckets), sources=set(week.sources))
    return [
        (output.key.decode(), output.value.decode())
        for output in changelog(week, changes)
        if output.key is not None and output.value is not None
    ]
