"""A worker or a monitor as a process of its own, which ends with the demo, even when that is killed."""

import asyncio
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

from models.errors import EvenhandError
from streams.local.guarded_child import GuardedChild

READY_SECONDS = 90.0
STOP_SECONDS = 20.0
LAST_LINES = 12


@dataclass(slots=True)
class Part:
    """`evenhand worker` or `evenhand monitor` in a process; a context manager that stops it in good order.

    Args:
        command: `worker` or `monitor`.
        environ: Its whole environment, which says that it serves `port`.
        port: Where its web server will be.
        log: File that its log goes to.
        doomed: Folder to be removed with it if this process is killed; None keeps everything.
    """

    command: str
    environ: Mapping[str, str]
    port: int
    log: Path
    doomed: Path | None
    _process: GuardedChild | None = None

    def __enter__(self) -> Self:
        with self.log.open("wb") as log:
            command = [sys.executable, "-m", "streams.cli.main", self.command]
            self._process = GuardedChild(command, environ=self.environ, output=log, doomed=self.doomed)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

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
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            while not await _answers(session, f"{self.url}readyz"):
                self.check()
                if time.monotonic() > deadline:
                    late = f"the {self.command} is not ready after {READY_SECONDS:.0f} s"
                    raise EvenhandError(f"{late}:\n{self.last_words()}")
                await asyncio.sleep(0.1)

    async def get(self, path: str) -> str:
        """The text of a page of its web server.

        Args:
            path: Without the slash at its beginning, such as `metrics`.

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
            EvenhandError: It ended; the message has its exit code and the end of its log.
        """
        code = self._process.poll() if self._process else None
        if code is not None:
            raise EvenhandError(f"the {self.command} ended with code {code}:\n{self.last_words()}")

    def last_words(self) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LAST_LINES:])

    def stop(self) -> None:
        """Stop it with SIGTERM; when it does not end in time, with SIGKILL."""
        if self._process is not None:
            self._process.stop(within=STOP_SECONDS)


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False
