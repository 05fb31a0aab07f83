"""Time from a message's writing until its outcome can be read, at rates that are offered.

    producer, paced ---> [ contender, a process of its own ] ---> consumer, read_committed
        |                                                             |
        +------------------ this process, one clock ------------------+

A warm-up comes first and is waited for, so that no start counts; then one rate after the other.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from models.contracts.events import Transaction
from models.errors import DeliveryError
from streams.kafka.clients import consumer_options, producer_options
from streams.kafka.topics import topic_name
from streams.messages.records import Output
from streams.messages.roles import Role
from streams.settings.settings import Settings
from streams.trials.bench.contenders.feed import laid_out
from streams.trials.bench.job import PARTITIONS, Job
from streams.trials.bench.stream import OUTPUTS, check, run_contender
from streams.trials.bench.topics import fresh_topics

RATES = (500, 2_000)
"""Messages offered a second."""

WARM_UP = 1_000
"""Messages before the first rate."""

SETTLING = 0.25
"""Share of a rate's messages, its first ones, that are not measured: the rate before is still felt."""

_TICK = 0.005
_POLL_MS = 200
_ID = b'"transaction_id":"'


@dataclass(frozen=True, slots=True)
class Latency:
    """Latencies at one rate, in milliseconds.

    Args:
        offered: Messages a second that were to be written.
        written: Messages a second that were; fewer where this machine was too busy.
    """

    offered: int
    written: float
    messages: int
    p50: float
    p99: float


def messages_for(seconds: float) -> int:
    """Messages of one run: the warm-up, and every rate for so long."""
    return WARM_UP + sum(int(rate * seconds) for rate in RATES)


class _Probe:
    """When each message was written, and when its outcome was seen."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._topic = topic_name(settings, Role.TRANSACTIONS)
        self.written: dict[bytes, float] = {}
        self.seen: dict[bytes, float] = {}
        self.news = asyncio.Event()
        self.finished = False

    async def send(self, producer: AIOKafkaProducer, records: Sequence[tuple[int, Output]], *, rate: float) -> float:
        """Write records at a rate, as far as the machine allows; gives the rate that it was."""
        start, sent = time.perf_counter(), 0
        while sent < len(records):
            due = min(len(records), int((time.perf_counter() - start) * rate) + 1)
            for partition, record in records[sent:due]:
                self.written[_id_of(record.value)] = time.perf_counter()
                await producer.send(self._topic, record.value, key=record.key, partition=partition)
            sent = due
            await asyncio.sleep(_TICK)
        return sent / (time.perf_counter() - start)

    async def watch(self, consumer: AIOKafkaConsumer) -> None:
        """Note what becomes visible, until all has been seen."""
        while not self.finished:
            fetched = await consumer.getmany(timeout_ms=_POLL_MS)
            now = time.perf_counter()
            for records in fetched.values():
                self.seen.update((_id_of(record.value), now) for record in records)
            self.news.set()

    async def all_seen(self, seconds: float) -> None:
        """Wait for the outcome of all that was written.

        Raises:
            DeliveryError: Nothing more came for so long.
        """
        while len(self.seen) < len(self.written):
            before, until = len(self.seen), time.perf_counter() + seconds
            while len(self.seen) == before:
                if time.perf_counter() > until:
                    raise DeliveryError(f"{len(self.written) - before:,} messages had no outcome in {seconds:.0f} s")
                self.news.clear()
                await self.news.wait()


async def run_latency(
    job: Job, transactions: Sequence[Transaction], *, seconds: float, interpreter: Path
) -> list[Latency]:
    """Run a contender and measure its latency at each rate; the job has `messages_for(seconds)` messages.

    Raises:
        VoidError: It did not write as many records as it read.
        DeliveryError: It failed, or left messages without an outcome.
    """
    settings, records = job.settings(), list(laid_out(transactions, job.messages))
    async with (
        fresh_topics(settings),
        AIOKafkaProducer(**producer_options(settings)) as producer,
        AIOKafkaConsumer(**consumer_options(settings)) as consumer,
    ):
        consumer.assign([TopicPartition(topic_name(settings, role), p) for role in OUTPUTS for p in range(PARTITIONS)])
        await consumer.seek_to_beginning()
        probe = _Probe(settings)
        contender = asyncio.ensure_future(run_contender(job, interpreter))
        writing = asyncio.ensure_future(_phases(probe, producer, records, seconds, job))
        watching = asyncio.ensure_future(probe.watch(consumer))
        try:
            # Not as a group of tasks: the first failure is to be raised as the kind that it is.
            measurement, phases, _ = await asyncio.gather(contender, writing, watching)
        finally:
            for task in (contender, writing, watching):
                task.cancel()
            await asyncio.gather(contender, writing, watching, return_exceptions=True)
        check(job, measurement, len(probe.seen))
    return phases


async def _phases(
    probe: _Probe, producer: AIOKafkaProducer, records: Sequence[tuple[int, Output]], seconds: float, job: Job
) -> list[Latency]:
    """Write all records, the warm-up first; latencies are known when the last outcome has been seen."""
    await probe.send(producer, records[:WARM_UP], rate=max(RATES))
    await probe.all_seen(job.first_seconds)
    first, phases = WARM_UP, []
    for rate in RATES:
        part = records[first : first + int(rate * seconds)]
        phases.append((rate, part, await probe.send(producer, part, rate=rate)))
        first += len(part)
    await probe.all_seen(job.stall_seconds)
    probe.finished = True
    return [_latency(probe, rate, part[int(len(part) * SETTLING) :], written) for rate, part, written in phases]


def _latency(probe: _Probe, rate: int, part: Iterable[tuple[int, Output]], written: float) -> Latency:
    names = [_id_of(record.value) for _, record in part]
    cuts = quantiles((1e3 * (probe.seen[name] - probe.written[name]) for name in names), n=100, method="inclusive")
    return Latency(rate, written, len(names), p50=cuts[49], p99=cuts[98])


def _id_of(value: bytes | None) -> bytes:
    """The transaction's id, which every input and every outcome carries."""
    assert value is not None
    first = value.index(_ID) + len(_ID)
    return value[first : value.index(b'"', first)]
