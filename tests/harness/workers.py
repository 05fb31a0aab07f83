"""A stage for fault tests: topics of its own on the shared broker, workers as real processes, and what came out."""

import asyncio
import csv
import gzip
import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zlib import crc32

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import GroupCoordinatorNotAvailableError
from aiokafka.structs import ConsumerRecord

from streams.kafka.clients import admin_client, consumer_options, producer_options
from streams.kafka.topics import SINGLE, create_topics, topic_name
from streams.local.broker import LocalBroker, free_ports
from streams.messages.headers import BLIND_HEADER
from streams.messages.roles import Role
from streams.operate.verification import Verification
from streams.operate.verify import verify
from streams.settings.settings import Settings
from tests.harness.nursery import nursery

ROOT = Path(__file__).parents[2]
PORTS = ("WEB", "MONITOR", "REVIEW", "LEARNER")
"""Settings that name the port of a process, of whatever kind."""
SAMPLE = ROOT / "models" / "data" / "sample_transactions.csv.gz"
QUICK = {"session_timeout_ms": 2000, "heartbeat_interval_ms": 300}
"""Group settings that make a killed worker's partitions free again within two seconds."""


PATIENCE = 240.0
"""Seconds after which a wait is given up that no promise is about: other tests run at the same time.

Where a time is promised, such as the end of a worker that is asked to stop, the test names it.
"""


@dataclass(frozen=True, slots=True)
class Message:
    """A record for the input topic; `route` decides on the partition, the key is only carried."""

    value: bytes | None
    key: bytes | None
    route: bytes
    headers: tuple[tuple[str, bytes], ...] = ()

    def partition(self, partitions: int) -> int:
        """The partition that it goes to."""
        return crc32(self.route) % partitions


def sample_messages(count: int, *, start: int = 0) -> Iterator[Message]:
    """Rows of the shipped sample of real transactions, in its order, keyed by account."""
    with gzip.open(SAMPLE, "rt", encoding="utf-8", newline="") as lines:
        for row in islice(csv.DictReader(lines), start, start + count):
            account = row["account_id"].encode()
            yield Message(json.dumps(row).encode(), account, account)


async def until(check: Callable[[], Awaitable[bool]], *, within: float = PATIENCE, every: float = 0.05) -> None:
    """Ask until the answer is yes.

    Raises:
        TimeoutError: It is not in time.
    """
    async with asyncio.timeout(within):
        while True:
            if await check():
                return
            await asyncio.sleep(every)


def free_port() -> int:
    """A port on loopback that nothing listens on now."""
    (port,) = free_ports(1)
    return port


class Worker:
    """A worker process with a log file and a web port."""

    def __init__(self, options: Sequence[str], environ: dict[str, str], log: Path) -> None:
        self.port = free_port()
        self.log_file = log
        log.touch()
        ports = {f"EVENHAND_{name}_PORT": str(self.port) for name in PORTS}
        self.process = nursery().start(options, environ | ports, log)

    @property
    def alive(self) -> bool:
        """Whether the process has not ended."""
        return self.process.poll() is None

    @property
    def log(self) -> str:
        """What it has written so far."""
        return self.log_file.read_text(errors="replace")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, to a process that is there."""
        assert self.alive, f"the worker has ended by itself ({self.process.returncode}):\n{self.log[-3000:]}"
        self.process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def terminate(self) -> None:
        """SIGTERM; does not wait."""
        self.signal(signal.SIGTERM)

    async def ended(self, *, within: float = PATIENCE) -> int:
        """Wait for the end and give the exit code.

        Raises:
            TimeoutError: It is still there.
        """
        return await asyncio.wait_for(asyncio.to_thread(self.process.wait, within + 1), within)

    async def died(self) -> None:
        """Wait until it has ended itself by SIGKILL; one that ended otherwise shows its log."""
        code = await self.ended()
        assert -signal.SIGKILL == code, f"the worker has ended ({code}):\n{self.log[-3000:]}"

    async def ready(self, *, within: float = PATIENCE) -> None:
        """Wait until `/readyz` says so.

        Raises:
            TimeoutError: It does not in time.
        """

        async def is_ready() -> bool:
            assert self.alive, f"the worker has ended ({self.process.returncode}):\n{self.log[-3000:]}"
            return await self.get("/readyz") == "ready\n"

        await until(is_ready, within=within)

    async def get(self, path: str) -> str | None:
        """What the worker answers, or None when it does not answer with 200."""
        return await asyncio.to_thread(self._get, path)

    def _get(self, path: str) -> str | None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
                return answer.read().decode()  # type: ignore[no-any-return]
        except urllib.error.HTTPError as error:
            error.close()
            return None
        except OSError:
            return None


@dataclass
class Stage:
    """Topics, settings and workers of one test; ends all workers when it is left."""

    broker: LocalBroker
    prefix: str
    folder: Path
    overrides: dict[str, Any] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.settings = Settings(
            bootstrap_servers=self.broker.bootstrap_servers,
            topic_prefix=self.prefix,
            app_id=f"{self.prefix}app",
            group_id=f"{self.prefix}group",
            **self.overrides,
        )

    async def __aenter__(self) -> Self:
        await create_topics(self.settings)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self.workers:
            if worker.alive:
                worker.process.send_signal(signal.SIGCONT)
                worker.process.kill()
            worker.process.wait(PATIENCE)

    def worker(self, *options: str, **overrides: Any) -> Worker:
        """Start a worker; `options` are the runner's, `overrides` are settings."""
        given = {
            name: getattr(self.settings, name)
            for name in ("bootstrap_servers", "topic_prefix", "app_id", "group_id", "partitions")
        } | {**self.overrides, **overrides}
        environ = {name: value for name, value in os.environ.items() if not name.startswith("EVENHAND_")}
        environ |= {f"EVENHAND_{name.upper()}": str(value) for name, value in given.items()}
        log = self.folder / f"worker-{len(self.workers)}.log"
        started = Worker(options, environ, log)
        self.workers.append(started)
        return started

    def monitor(self, *options: str, **overrides: Any) -> Worker:
        """Start a monitor; `options` are the runner's, `overrides` are settings."""
        return self.worker("--monitor", *options, **overrides)

    def review(self, *options: str, **overrides: Any) -> Worker:
        """Start a review queue; `options` are the runner's, `overrides` are settings."""
        return self.worker("--review", *options, **overrides)

    def learner(self, *options: str, **overrides: Any) -> Worker:
        """Start a learner; `options` are the runner's, `overrides` are settings."""
        return self.worker("--learner", *options, **overrides)

    async def send(self, messages: Iterable[Message], *, role: Role = Role.TRANSACTIONS) -> list[tuple[int, int]]:
        """Write messages to an input topic, whole batches at a time.

        Returns:
            For each message its partition and offset; the topic must have no other writer meanwhile.
        """
        topic, partitions = topic_name(self.settings, role), self._partitions(role)
        ends = await self.ends(role)
        places = []
        producer = AIOKafkaProducer(**producer_options(self.settings))
        await producer.start()
        try:
            batches = [producer.create_batch() for _ in range(partitions)]
            for message in messages:
                partition = message.partition(partitions)
                places.append((partition, ends[partition]))
                ends[partition] += 1
                fields: dict[str, Any] = {
                    "key": message.key,
                    "value": message.value,
                    "headers": list(message.headers),
                    "timestamp": None,
                }
                if batches[partition].append(**fields) is None:
                    await (await producer.send_batch(batches[partition], topic, partition=partition))
                    batches[partition] = producer.create_batch()
                    batches[partition].append(**fields)
            for partition, batch in enumerate(batches):
                if batch.record_count():
                    await (await producer.send_batch(batch, topic, partition=partition))
        finally:
            await producer.stop()
        return places

    def _partitions(self, role: Role) -> int:
        return 1 if role in SINGLE else self.settings.partitions

    async def ends(self, role: Role) -> list[int]:
        """End of each partition of a topic."""
        consumer = AIOKafkaConsumer(**consumer_options(self.settings))
        await consumer.start()
        try:
            sources = [TopicPartition(topic_name(self.settings, role), p) for p in range(self._partitions(role))]
            found = await consumer.end_offsets(sources)
        finally:
            await consumer.stop()
        return [found[source] for source in sources]

    @asynccontextmanager
    async def group(self) -> AsyncIterator[Callable[[], Awaitable[list[int]]]]:
        """Gives a function that asks for the committed offset of each input partition."""
        topic = topic_name(self.settings, Role.TRANSACTIONS)
        consumer = AIOKafkaConsumer(**consumer_options(self.settings), group_id=self.settings.group_id)

        async def ask() -> list[int]:
            sources = [TopicPartition(topic, partition) for partition in range(self.settings.partitions)]
            return [await consumer.committed(source) or 0 for source in sources]

        await consumer.start()
        try:
            yield ask
        finally:
            await consumer.stop()

    async def committed(self) -> list[int]:
        """Committed offset of each input partition."""
        async with self.group() as ask:
            return await ask()

    async def progress(self, records: int, *, within: float = PATIENCE) -> None:
        """Wait until that many input records are committed, over all partitions.

        Raises:
            TimeoutError: They are not in time.
        """
        async with self.group() as ask:

            async def is_there() -> bool:
                return sum(await ask()) >= records

            await until(is_there, within=within, every=0.02)

    async def drained(self, *, within: float = PATIENCE) -> float:
        """Wait until every input record is committed, and give the seconds that it took.

        Raises:
            TimeoutError: They are not in time; the message has the end of the last worker's log.
        """
        started = time.monotonic()
        try:
            await self.progress(sum(await self.ends(Role.TRANSACTIONS)), within=within)
        except TimeoutError:
            log = self.workers[-1].log[-3000:] if self.workers else "no worker"
            raise TimeoutError(f"committed {await self.committed()} after {within} s:\n{log}") from None
        return time.monotonic() - started

    async def verify(self) -> Verification:
        """What the topics hold now."""
        return await verify(self.settings)

    async def verified(self) -> Verification:
        """Check every invariant at rest, and give the counts."""
        found = await self.verify()
        assert () == found.problems
        assert 0 == found.lag
        return found

    async def members(self) -> list[str]:
        """Client ids of the group's members, one for each."""
        admin = admin_client(self.settings)
        await admin.start()
        try:
            responses = await admin.describe_consumer_groups([self.settings.group_id])
        except GroupCoordinatorNotAvailableError:
            return []  # a broker that has just started is making the topic of the groups
        finally:
            await admin.close()
        return [member[1] for response in responses for group in response.groups for member in group[5]]

    async def joined(self, workers: int, *, within: float = PATIENCE) -> None:
        """Wait until the group has so many members, all of them served by workers that are ready.

        Raises:
            TimeoutError: It has not in time.
        """

        async def is_complete() -> bool:
            return len(await self.members()) == workers

        await until(is_complete, within=within, every=0.1)
        for worker in self.workers:
            if worker.alive:
                await worker.ready()

    async def read(self, role: Role, *, blind: bool = False) -> list[ConsumerRecord]:
        """Every committed record of a topic; blind copies of accepted decisions, or all but those."""
        topic = topic_name(self.settings, role)
        consumer = AIOKafkaConsumer(**consumer_options(self.settings))
        await consumer.start()
        records: list[ConsumerRecord] = []
        try:
            sources = [TopicPartition(topic, partition) for partition in range(self._partitions(role))]
            consumer.assign(sources)
            ends = await consumer.end_offsets(sources)
            while behind := [source for source in sources if await consumer.position(source) < ends[source]]:
                for found in (await consumer.getmany(*behind, timeout_ms=500)).values():
                    records += found
        finally:
            await consumer.stop()
        return [record for record in records if (BLIND_HEADER in record.headers) is blind]
