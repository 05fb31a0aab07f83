"""Runs the contenders in turns on one broker, checks that none lost a record, and sums up."""

import asyncio
import json
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median

from models.contracts.events import Transaction
from models.errors import ConfigurationError, DeliveryError
from streams.kafka.topics import create_topics, delete_topics
from streams.local.broker import LocalBroker
from streams.settings.settings import load_settings
from streams.trials.bench.feed import Feed, count_outputs
from streams.trials.bench.job import Contender, Job, Measurement

Progress = Callable[[str], None]

OF_BARE = 0.85
"""Evenhand's bar: at least this share of the bare loop's messages per CPU second."""

OF_NAIVE = 10.0
"""Evenhand's bar: at least so many times the naive agent's messages per CPU second."""

LEAST_TO_JUDGE = 20_000
"""Messages below which the bars are not judged: a few batches more or less in work would decide."""

MARGIN = 0.1
"""Share of the messages before the clock is read first, and after it is read last."""

STALL_SECONDS = 60.0
"""How long a contender may commit nothing before its run is given up."""

_START_SECONDS = 60.0
_SLOWEST_SECONDS = 0.01
_NAIVE_SHARE = 6
_LEAST_NAIVE = 1_000


class VoidError(DeliveryError):
    """A contender lost or doubled records: its speed means nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run.

    Args:
        messages: Messages of each run.
        naive_messages: Messages of each run of the naive agent, which is slow.
        rounds: How often each contender runs; they take turns.
        own_broker: Whether the broker was started for the benchmark.
        contenders: Who takes part.
    """

    messages: int
    naive_messages: int
    rounds: int
    own_broker: bool = True
    contenders: tuple[Contender, ...] = tuple(Contender)

    def messages_of(self, contender: Contender) -> int:
        """Messages of one run."""
        return self.naive_messages if contender is Contender.NAIVE else self.messages


@dataclass(frozen=True, slots=True)
class Standing:
    """All rounds of one contender.

    Args:
        contender: Who.
        rounds: What each round measured.
    """

    contender: Contender
    rounds: tuple[Measurement, ...]

    @property
    def cpu_seconds(self) -> tuple[float, float, float]:
        """CPU time of the measured messages of a round: median, least and most over the rounds."""
        each = [one.cpu_seconds for one in self.rounds]
        return median(each), min(each), max(each)

    @property
    def microseconds(self) -> float:
        """CPU time per message in microseconds, the median over the rounds."""
        return median(1e6 * one.cpu_seconds / one.measured for one in self.rounds)

    @property
    def rate(self) -> float:
        """Messages per CPU second, the median over the rounds."""
        return 1e6 / self.microseconds


@dataclass(frozen=True, slots=True)
class StreamReport:
    """The outcome.

    Args:
        plan: What was run.
        standings: In the plan's order.
    """

    plan: Plan
    standings: tuple[Standing, ...]

    def ratio(self, contender: Contender, other: Contender) -> float | None:
        """Messages per CPU second of one by those of another; None where one of them did not run."""
        rates = {standing.contender: standing.rate for standing in self.standings}
        if contender not in rates or other not in rates:
            return None
        return rates[contender] / rates[other]

    @property
    def judged(self) -> bool:
        """Whether the runs are long enough to compare with the bars."""
        return self.plan.messages >= LEAST_TO_JUDGE


def run_stream(
    plan: Plan, transactions: Sequence[Transaction], *, bootstrap_servers: str, progress: Progress
) -> StreamReport:
    """Run every contender, round by round.

    Args:
        plan: What to run.
        transactions: The input's content, the same for all.
        bootstrap_servers: A broker; what is created there is deleted again.
        progress: Told, in one line, what starts.

    Raises:
        VoidError: A contender did not write as many records as it read.
        DeliveryError: A contender failed; the message has the end of what it said.
        ConfigurationError: The naive agent is to speak to a broker with TLS or SASL, which it is not set up for.
    """
    if Contender.NAIVE in plan.contenders and not plan.own_broker and load_settings().security_protocol != "PLAINTEXT":
        raise ConfigurationError("the naive agent speaks plaintext only: name the others with --contender")
    feeds = {count: Feed.of(transactions, count) for count in {plan.messages_of(each) for each in plan.contenders}}
    measured: dict[Contender, list[Measurement]] = {contender: [] for contender in plan.contenders}
    name = f"bench-{secrets.token_hex(4)}"
    for turn in range(plan.rounds):
        for contender in plan.contenders:
            progress(f"round {turn + 1} of {plan.rounds}: {contender}")
            job = _job(plan, contender, bootstrap_servers, f"{name}-{turn}-{contender}")
            measured[contender].append(run_one(job, feeds[job.messages]))
    return StreamReport(plan, tuple(Standing(contender, tuple(each)) for contender, each in measured.items()))


@contextmanager
def open_broker(servers: str | None, *, progress: Progress) -> Iterator[str]:
    """Addresses of a broker: those that are given, or those of one that is started, and stopped at the end.

    Raises:
        ToolError: None is given, and Java or Maven is missing.
    """
    if servers is not None:
        yield servers
        return
    with LocalBroker(progress=progress) as local:
        yield local.bootstrap_servers


def _job(plan: Plan, contender: Contender, bootstrap_servers: str, prefix: str) -> Job:
    messages = plan.messages_of(contender)
    return Job(
        contender=contender,
        bootstrap_servers=bootstrap_servers,
        prefix=prefix,
        messages=messages,
        margin=int(messages * MARGIN),
        stall_seconds=STALL_SECONDS,
        own_broker=plan.own_broker,
    )


def run_one(job: Job, feed: Feed) -> Measurement:
    """Fill fresh topics, run one contender in a process of its own, check what it wrote, and delete the topics."""
    settings = job.settings()
    asyncio.run(create_topics(settings))
    try:
        asyncio.run(feed.write(settings))
        measurement = _in_a_process(job)
        check(job, measurement, asyncio.run(count_outputs(settings)))
    finally:
        asyncio.run(delete_topics(settings))
    return measurement


def check(job: Job, measurement: Measurement, written: int) -> None:
    """Refuse a run that lost or doubled records.

    Args:
        job: What was to be done.
        measurement: What the contender says it did.
        written: Committed records in its output topics.

    Raises:
        VoidError: The three do not agree, or all was one batch.
    """
    if not job.messages == measurement.handled == written:
        raise VoidError(
            f"void: {job.contender} was given {job.messages:,} messages, says that it handled "
            f"{measurement.handled:,}, and its topics hold {written:,}"
        )
    if not measurement.measured:
        raise VoidError(f"void: {job.messages:,} messages are too few to measure {job.contender}; ask for more")


def _in_a_process(job: Job) -> Measurement:
    command = [sys.executable, "-m", "streams.trials.bench.contender"]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(asdict(job)),
            capture_output=True,
            text=True,
            check=False,
            timeout=_START_SECONDS + job.stall_seconds + job.messages * _SLOWEST_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise DeliveryError(f"{job.contender} did not end in time") from None
    if done.returncode != 0:
        raise DeliveryError(f"{job.contender} failed:\n{done.stderr.strip()[-2000:]}")
    return Measurement(**json.loads(done.stdout))


def naive_messages(messages: int) -> int:
    """How many messages the naive agent gets where nothing else is said: a sixth, but at least 1,000."""
    return min(messages, max(_LEAST_NAIVE, messages // _NAIVE_SHARE))
