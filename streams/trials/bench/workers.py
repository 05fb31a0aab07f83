"""Several worker processes in one group: messages a second, per CPU second, and memory.

The input is written in a transaction that stays open until the group has all its members and their partitions: only
then does it become visible, all at once, and nobody is ahead. Progress is what the group has committed.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import IO

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError

from models.errors import DeliveryError
from streams.kafka.clients import admin_client, producer_options
from streams.local.guarded_child import GuardedChild
from streams.local.memory import process_tree, stat_fields, tree_memory
from streams.settings.settings import PREFIX, Settings
from streams.trials.bench.child import OWN_TREE, environment
from streams.trials.bench.contenders.feed import InputRecords
from streams.trials.bench.job import Job, Measurement
from streams.trials.bench.stream import OUTPUTS, check
from streams.trials.bench.topics import fresh_topics, read_topics

OPENING_SECONDS = 1.0
"""Time that the lanes have to open, once the group is complete."""

START_SECONDS = 120.0
"""Time in which the group must be complete."""

_FEED_TIMEOUT_MS = 600_000
_LOOK_SECONDS = 0.02
_STOP_SECONDS = 20.0
_LAST_CHARACTERS = 2_000
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class _Reading:
    committed: int
    cpu_seconds: float
    wall_seconds: float


class _Processes:
    """`evenhand worker --processes` with the settings of a job, and what the whole tree has taken so far."""

    def __init__(self, count: int, job: Job, log: IO[bytes]) -> None:
        variables = {f"{PREFIX}{name.upper()}": str(value) for name, value in job.overrides.items()}
        self._log = log
        self._child = GuardedChild(
            [sys.executable, "-m", "streams.cli.main", "worker", "--processes", str(count)],
            environ=environment(OWN_TREE) | variables,
            output=log,
            doomed=None,
        )

    @property
    def cpu_seconds(self) -> float:
        """User and system time of all processes."""
        return sum(map(_cpu_seconds, process_tree(self._child.pid)))

    @property
    def pss(self) -> int:
        """Memory of all processes, in bytes."""
        return tree_memory(self._child.pid).pss

    def check(self) -> None:
        """Refuse to go on without them.

        Raises:
            DeliveryError: They have ended; the message has the end of what they said.
        """
        if self._child.poll() is not None:
            self._log.seek(0)
            said = self._log.read().decode(errors="replace")[-_LAST_CHARACTERS:].strip()
            raise DeliveryError(f"a worker has ended by itself:\n{said}")

    def stop(self) -> None:
        """End all."""
        self._child.stop(within=_STOP_SECONDS)


async def run_workers(count: int, job: Job, records: InputRecords) -> Measurement:
    """Run so many workers, by `evenhand worker --processes` with the model of the settings, on the records.

    Returns:
        CPU seconds and memory of all processes together.

    Raises:
        VoidError: They did not write as many records as they read.
        DeliveryError: They ended by themselves, or nothing more was committed.
    """
    settings = job.settings()
    feed = producer_options(settings) | {
        "transactional_id": f"{job.prefix}-feed",
        "transaction_timeout_ms": _FEED_TIMEOUT_MS,
    }
    async with fresh_topics(settings), AIOKafkaProducer(**feed) as producer, _admin(settings) as admin:
        await producer.begin_transaction()
        await records.write_by(producer, settings)
        with tempfile.TemporaryFile() as log:
            processes = _Processes(count, job, log)
            try:
                await _complete(admin, settings.group_id, count, processes)
                await producer.commit_transaction()
                measurement = await _measured(admin, job, processes)
            finally:
                await asyncio.to_thread(processes.stop)
        check(job, measurement, sum([1 async for _ in read_topics(settings, OUTPUTS)]))
    return measurement


@asynccontextmanager
async def _admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = admin_client(settings)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def _complete(admin: AIOKafkaAdminClient, group_id: str, count: int, processes: _Processes) -> None:
    """Wait until the group has all members and has shared the partitions out.

    Raises:
        DeliveryError: It is not in time.
    """
    try:
        async with asyncio.timeout(START_SECONDS):
            while True:
                processes.check()
                with suppress(GroupCoordinatorNotAvailableError):  # the first group of a fresh broker
                    [response] = await admin.describe_consumer_groups([group_id])
                    _, _, state, _, _, members, *_ = response.groups[0]
                    if (state, len(members)) == ("Stable", count):
                        break
                await asyncio.sleep(_LOOK_SECONDS)
    except TimeoutError:
        raise DeliveryError(f"{count} workers were not one group in {START_SECONDS:.0f} s") from None
    await asyncio.sleep(OPENING_SECONDS)


async def _measured(admin: AIOKafkaAdminClient, job: Job, processes: _Processes) -> Measurement:
    """Read the clocks at the margins, as the meter of a contender does, and the memory at the end."""
    first: _Reading | None = None
    last: _Reading | None = None
    grew, committed = time.perf_counter(), -1
    while committed < job.messages:
        await asyncio.sleep(_LOOK_SECONDS)
        processes.check()
        offsets = await admin.list_consumer_group_offsets(job.settings().group_id)
        now, found = time.perf_counter(), sum(each.offset for each in offsets.values())
        if found > committed:
            committed, grew = found, now
        if now - grew > job.stall_seconds:
            raise DeliveryError(f"the workers stopped at {committed:,} of {job.messages:,} messages")
        if first is None and committed >= job.margin:
            first = _Reading(committed, processes.cpu_seconds, now)
        if last is None and committed >= job.messages - job.margin:
            last = _Reading(committed, processes.cpu_seconds, now)
    assert first is not None
    assert last is not None
    return Measurement(
        handled=committed,
        measured=last.committed - first.committed,
        cpu_seconds=last.cpu_seconds - first.cpu_seconds,
        wall_seconds=last.wall_seconds - first.wall_seconds,
        pss=processes.pss,
    )


def _cpu_seconds(pid: int) -> float:
    """User and system time of one process; none of one that has ended."""
    fields = stat_fields(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0
