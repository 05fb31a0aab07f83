"""The job of a child process, its measurement, and the meter that reads the CPU clock while it runs."""

import asyncio
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from streams.local.memory import tree_memory
from streams.settings.settings import Settings, load_settings
from streams.trials.bench.sampling import Sampler

PARTITIONS = 4
"""Partitions of every topic of a benchmark."""

_START_SECONDS = 60.0
_SLOWEST_SECONDS = 0.01


class Contender(StrEnum):
    """The programs that are compared, in the order of a round."""

    EVENHAND = "evenhand"
    FULL = "full"
    BARE = "bare"
    COPY = "copy"
    NAIVE = "naive"
    QUIXSTREAMS = "quixstreams"
    BYTEWAX = "bytewax"


@dataclass(frozen=True, slots=True)
class Job:
    """One run of one contender, in a process of its own.

    Args:
        prefix: Prefix of this run's topics, group and transactional ids; no other run has it.
        margin: Records at the beginning (the warm-up) and at the end that are not measured.
        stall_seconds: Time without a commit after which the run is given up.
        own_broker: The broker was started for the benchmark; else security settings come from the environment.
        sampled: Sample where the CPU time goes, between the two readings.
    """

    contender: Contender
    bootstrap_servers: str
    prefix: str
    messages: int
    margin: int
    stall_seconds: float
    own_broker: bool
    sampled: bool = False

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Self:
        """Read a job that came as JSON."""
        return cls(**{**fields, "contender": Contender(fields["contender"])})

    @property
    def first_seconds(self) -> float:
        """Time after which the first outcome is given up: the process starts, and stalls."""
        return _START_SECONDS + self.stall_seconds

    @property
    def longest_seconds(self) -> float:
        """Time after which the process is given up: it starts, works slowly, and stalls."""
        return self.first_seconds + self.messages * _SLOWEST_SECONDS

    def settings(self) -> Settings:
        """Settings of this run."""
        return load_settings(**self.overrides)

    @property
    def overrides(self) -> dict[str, Any]:
        """What this run sets; all else is as in the environment."""
        local = {"security_protocol": "PLAINTEXT", "replication_factor": 1} if self.own_broker else {}
        return {
            **local,
            "bootstrap_servers": self.bootstrap_servers,
            "topic_prefix": f"{self.prefix}.",
            "app_id": self.prefix,
            "group_id": self.prefix,
            "partitions": PARTITIONS,
            "web_host": "127.0.0.1",
            "web_port": 0,
            "monitor_port": 0,
            "delivery": "transactional",
            "probe_share": 0.0,  # one decision for each message, likewise
            "blind_share": 0.0,  # one record for each message, as the other contenders write
            "llm_url": "",
            "alertmanager_url": "",
        }


@dataclass(frozen=True, slots=True)
class Measurement:
    """Readings of a process off its own clocks.

    Args:
        cpu_seconds: User and system time of the process between the two readings, all threads.
        pss: Memory when the last record is committed, in bytes; what processes share counts for each by its part.
        samples: Stage to the samples of CPU time that met it; empty where none were taken.
    """

    handled: int
    measured: int
    cpu_seconds: float
    wall_seconds: float
    pss: int = 0
    samples: Mapping[str, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Records per CPU second."""
        return self.measured / self.cpu_seconds

    @property
    def wall_rate(self) -> float:
        """Records per second."""
        return self.measured / self.wall_seconds


class Meter:
    """Reads the CPU clock when the warm-up is over, and again shortly before the last record.

    Start-up, imports and the first records are before the first reading, the shutdown is after the second. Records that
    are in work but not committed at one reading are matched by as many at the other: a contender that works on several
    batches at once would look cheaper if the second reading came when all is done.

    Args:
        margin: Records before the first reading and after the second.
        sampler: Started at the first reading and stopped at the second.
    """

    def __init__(self, *, messages: int, margin: int, sampler: Sampler | None = None) -> None:
        self._messages = messages
        self._margin = margin
        self._sampler = sampler
        self._first: tuple[int, float, float] | None = None
        self._last: tuple[int, float, float] | None = None
        self._pss = 0
        self.handled = 0
        self.finished = asyncio.Event()

    def committed(self, records: int) -> None:
        """Count records that were committed just now."""
        self.handled += records
        if self._first is None and self.handled >= self._margin:
            self._first = self._reading()
            if self._sampler:
                self._sampler.start()
        if self._last is None and self.handled >= self._messages - self._margin:
            self._last = self._reading()
            if self._sampler:
                self._sampler.stop()
        if self.handled >= self._messages and not self.finished.is_set():
            self._pss = tree_memory(os.getpid()).pss
            self.finished.set()

    async def wait(self, stall_seconds: float) -> None:
        """Wait until the last record is committed, or nothing more is; the measurement then shows what is missing."""
        handled = -1
        while not self.finished.is_set() and self.handled > handled:
            handled = self.handled
            with suppress(TimeoutError):
                await asyncio.wait_for(self.finished.wait(), stall_seconds)

    def measurement(self) -> Measurement:
        """The difference of the two readings; up to now where the second has not come."""
        last = self._last or self._reading()
        first = self._first or last
        measured, cpu_seconds, wall_seconds = last[0] - first[0], last[1] - first[1], last[2] - first[2]
        samples = self._sampler.counts if self._sampler else {}
        return Measurement(self.handled, measured, cpu_seconds, wall_seconds, self._pss, samples)

    def _reading(self) -> tuple[int, float, float]:
        return self.handled, time.process_time(), time.perf_counter()
