"""A worker that is one of several: it has no web server and tells its metrics and readiness to the one that has."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
from mode import Service
from prometheus_client import CollectorRegistry

from streams.apps.merging import Family, families_of
from streams.http.server import NOT_OPEN

SIZE_BYTES = 4
"""Before each report stands its length, in so many bytes, highest first."""

QUESTION = b"?"

LAST_WORDS_SECONDS = 1.0
"""Longest wait for the last report to be taken."""


class Report(msgspec.Struct, frozen=True):
    """What a worker says of itself.

    Args:
        fault: Why it is not ready, in one line; empty where it is.
    """

    fault: str
    families: list[Family]


class Reporter(Service):
    """Answers each byte that comes with a report, and reports once more when the worker stops.

    Args:
        wire: Connected to the process that asks.
        registry: The worker's metrics.
        ready: Whether every assigned partition is being served.
        fault: Why it is not ready; empty where nothing is wrong.
    """

    def __init__(
        self,
        wire: socket.socket,
        *,
        registry: CollectorRegistry,
        ready: Callable[[], bool],
        fault: Callable[[], str],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._wire = wire
        self._registry = registry
        self._ready = ready
        self._fault = fault
        self._writer: asyncio.StreamWriter | None = None

    @Service.task
    async def _answer(self) -> None:
        reader, self._writer = await asyncio.open_connection(sock=self._wire)
        # Questions that came while this process was busy have one answer.
        while await reader.read(1024):
            await self._say(self._writer)

    async def on_stop(self) -> None:
        """Report what the last batches have counted: the metrics of the whole go on without this process."""
        if self._writer is not None:
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(LAST_WORDS_SECONDS):
                    await self._say(self._writer)
            self._writer.close()

    async def _say(self, writer: asyncio.StreamWriter) -> None:
        fault = self._fault() or ("" if self._ready() else NOT_OPEN)
        body = msgspec.json.encode(Report(fault, families_of(self._registry)))
        writer.write(len(body).to_bytes(SIZE_BYTES) + body)
        await writer.drain()
