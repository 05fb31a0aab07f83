"""Runs the contenders in turns on one broker, checks that none lost a record, and sums up."""

import asyncio
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from models.contracts.events import Transaction
from models.errors import ConfigurationError, DeliveryError
from streams.local.broker import LocalBroker
from streams.messages.roles import Role
from streams.settings.settings import load_settings
from streams.trials.bench.child import run_child
from streams.trials.bench.contenders.feed import InputRecords
from streams.trials.bench.job import Contender, Job, Measurement
from streams.trials.bench.rounds import CaseRounds, Progress, take_turns
from streams.trials.bench.topics import fresh_topics, read_topics

OF_BARE = 0.88
"""Evenhand's bar: at least this share of the bare loop's messages per CPU second."""

OF_NAIVE = 11.0
"""Evenhand's bar: at least so many times the naive agent's messages per CPU second."""

LEAST_TO_JUDGE = 20_000
"""Messages below which the bars are not judged: a few batches more or less in work would decide."""

MARGIN = 0.1
"""Share of the messages before the clock is read first, and after it is read last."""

STALL_SECONDS = 60.0
"""Time without a commit after which a run is given up."""

COMPARED = (Contender.EVENHAND, Contender.BARE, Contender.COPY, Contender.NAIVE)
"""Who is compared unless others are named."""

OTHERS = (Contender.QUIXSTREAMS, Contender.BYTEWAX)
"""Contenders that run in an environment of their own."""

INTERPRETER = Path("build/contenders/bin/python")
"""Python of that environment, where `make bench` makes it."""

OUTPUTS = (Role.CATEGORIZED, Role.REVIEW, Role.DEAD_LETTER)

_NAIVE_SHARE = 6
_LEAST_NAIVE = 1_000


class VoidError(DeliveryError):
    """A contender lost or doubled records: its speed means nothing."""


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """Size of the comparison.

    Args:
        messages: Messages of each run; the naive agent, which is slow, gets a sixth of them, but at least 1,000.
        rounds: Runs of each contender; they take turns.
        own_broker: The broker was started for the benchmark.
        interpreter: Python of the environment that has the others.
    """

    messages: int
    rounds: int
    own_broker: bool = True
    interpreter: Path = INTERPRETER
    contenders: tuple[Contender, ...] = COMPARED

    def messages_of(self, contender: Contender) -> int:
        """Messages of one run."""
        if contender is not Contender.NAIVE:
            return self.messages
        return min(self.messages, max(_LEAST_NAIVE, self.messages // _NAIVE_SHARE))

    def job(self, contender: Contender, messages: int, *, bootstrap_servers: str) -> Job:
        """A job under names that no other has."""
        return Job(
            contender=contender,
            bootstrap_servers=bootstrap_servers,
            prefix=f"bench-{secrets.token_hex(4)}-{contender}",
            messages=messages,
            margin=int(messages * MARGIN),
            stall_seconds=STALL_SECONDS,
            own_broker=self.own_broker,
        )

    @property
    def judged(self) -> bool:
        """True where the runs are long enough to compare with the bars."""
        return self.messages >= LEAST_TO_JUDGE


Standing = CaseRounds[Contender, Measurement]
"""All rounds of one contender."""


def ratio(standings: Sequence[Standing], contender: Contender, other: Contender) -> float | None:
    """Messages per CPU second of one by those of another; None where one of them did not run."""
    rates = {standing.case: standing.rate for standing in standings}
    return rates[contender] / rates[other] if {contender, other} <= rates.keys() else None


def run_stream(
    options: StreamOptions, transactions: Sequence[Transaction], *, bootstrap_servers: str, progress: Progress
) -> list[Standing]:
    """Run every contender, round by round, on the same transactions; what is created on the broker is deleted again.

    Raises:
        VoidError: A contender did not write as many records as it read.
        DeliveryError: A contender failed; the message has the end of what it said.
        ConfigurationError: A contender cannot run here, as `check_contenders` says.
    """
    check_contenders(options)
    run = each_run(options, transactions, bootstrap_servers=bootstrap_servers)
    return take_turns(options.contenders, run, rounds=options.rounds, progress=progress)


def each_run(
    options: StreamOptions, transactions: Sequence[Transaction], *, bootstrap_servers: str
) -> Callable[[Contender], Measurement]:
    """Give the function that runs one contender once; the input is laid out before."""
    inputs = {
        count: InputRecords.of(transactions, count) for count in set(map(options.messages_of, options.contenders))
    }

    def run(contender: Contender) -> Measurement:
        messages = options.messages_of(contender)
        job = options.job(contender, messages, bootstrap_servers=bootstrap_servers)
        return asyncio.run(run_one(job, inputs[messages], interpreter=options.interpreter))

    return run


def check_contenders(options: StreamOptions) -> None:
    """Refuse contenders that cannot run.

    Raises:
        ConfigurationError: One is to speak to a broker with TLS or SASL, which only the application and the loops are
            set up for; or it is not installed.
    """
    plain = [each for each in options.contenders if each in (Contender.NAIVE, *OTHERS)]
    if plain and not options.own_broker and load_settings().security_protocol != "PLAINTEXT":
        raise ConfigurationError(f"{', '.join(plain)}: plaintext only; name the others with --contender")
    if missing := [each for each in options.contenders if each in OTHERS and not options.interpreter.exists()]:
        raise ConfigurationError(f"{', '.join(missing)}: not installed in {options.interpreter}; `make bench` does so")


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


async def run_one(job: Job, records: InputRecords, *, interpreter: Path = INTERPRETER) -> Measurement:
    """Fill fresh topics, run one contender in a process of its own, check what it wrote, and delete the topics."""
    settings = job.settings()
    async with fresh_topics(settings):
        await records.write(settings)
        measurement = await run_contender(job, interpreter)
        check(job, measurement, sum([1 async for _ in read_topics(settings, OUTPUTS)]))
    return measurement


async def run_contender(job: Job, interpreter: Path) -> Measurement:
    """Run one contender in a process of its own, on topics that are there.

    Args:
        interpreter: Python of the others' environment.
    """
    other = job.contender in OTHERS
    measured = await run_child(
        f"streams.trials.bench.contenders.{'others' if other else 'contender'}",
        asdict(job),
        name=job.contender,
        seconds=job.longest_seconds,
        interpreter=interpreter if other else None,
    )
    return Measurement(**measured)


def check(job: Job, measurement: Measurement, written: int) -> None:
    """Refuse a run that lost or doubled records.

    Args:
        job: Names the contender and the messages that it was given.

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
