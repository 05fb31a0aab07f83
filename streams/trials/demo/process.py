"""A part of the system as a process of its own, which ends with the demo, even when that is killed."""

import asyncio
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

import aiohttp

from models.errors import ArtefactError, ConfigurationError, EvenhandError
from streams.local.guarded_child import GuardedChild

READY_SECONDS = 90.0
STOP_SECONDS = 20.0
LAST_LINES = 12

_ERROR = "error: "
KINDS: Mapping[int, type[EvenhandError]] = MappingProxyType({4: ConfigurationError, 5: ArtefactError})
"""Exit code of the program (`streams.cli.exits`) to the kind of error that its last line tells."""


@dataclass(slots=True)
class DemoProcess:
    """A command of `evenhand` that serves, in a process; a context manager that stops it in good order.

    Args:
        command: The name of the command.
        arguments: What follows it.
        environ: Its whole environment, which says that it serves `port`.
        doomed: Folder to be removed with it if this process is killed; None keeps everything.
    """

    command: str
    environ: Mapping[str, str]
    port: int
    log: Path
    doomed: Path | None
    arguments: tuple[str, ...] = ()
    _process: GuardedChild | None = None

    def __enter__(self) -> Self:
        with self.log.open("wb") as log:
            command = [sys.executable, "-m", "streams.cli.main", self.command, *self.arguments]
            self._process = GuardedChild(command, environ=self.environ, output=log, doomed=self.doomed)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.stop(within=STOP_SECONDS)

    @property
    def url(self) -> str:
        """Address of its web server."""
        return f"http://127.0.0.1:{self.port}/"

    async def ready(self) -> None:
        """Wait until it serves every partition.

        Raises:
            EvenhandError: It ended, or is not ready in time; the message has the end of its log.
        """
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            with suppress(EvenhandError):
                await self.get("readyz")
                return
            self.check()
            await asyncio.sleep(0.1)
        raise EvenhandError(f"the {self.command} is not ready after {READY_SECONDS:.0f} s:\n{self._last_words()}")

    async def get(self, path: str) -> str:
        """Read a page of its web server, such as `metrics`.

        Raises:
            EvenhandError: It does not answer, or with an error.
        """
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10), raise_for_status=True) as session,
                session.get(self.url + path) as response,
            ):
                return await response.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            self.check()
            raise EvenhandError(f"/{path} of the {self.command} cannot be read ({type(error).__name__})") from None

    def check(self) -> None:
        """Make sure that it lives.

        Raises:
            EvenhandError: It ended; the message has its exit code and the end of its log, or, as an error of the same
                kind, the line in which it said itself what was wrong, such as a port that is taken.
        """
        code = self._process.poll() if self._process else None
        if code is None:
            return
        _, found, said = self._last_words().rpartition(_ERROR)
        if (kind := KINDS.get(code)) and found:
            raise kind(f"the {self.command}: {said.strip()}")
        raise EvenhandError(f"the {self.command} ended with code {code}:\n{self._last_words()}")

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LAST_LINES:])
