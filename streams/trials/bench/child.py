"""Runs of a benchmark in processes of their own, so that each reads its own CPU clock and starts without caches.

The job goes in as JSON on stdin. The child answers with lines of JSON on stdout: "ready" where it waits for its input,
and at last its result, or the error that the caller is to raise.
"""

import asyncio
import json
import logging
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from models.errors import ArtefactError, ConfigurationError, DataError, DeliveryError, EvenhandError, FileError

READY = {"ready": True}

_ERRORS = {kind.__name__: kind for kind in (ArtefactError, ConfigurationError, DataError, DeliveryError, FileError)}
OWN_TREE = Path(__file__).parents[3]
"""Where the code that runs here stands."""

_LAST_CHARACTERS = 2_000
_LONGEST_LINE = 1 << 24


def serve(run: Callable[[dict[str, Any]], object]) -> None:
    """Read the job, run it and write its result: the `main` of a module that is a child."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    try:
        say({"result": run(json.load(sys.stdin))})
    except EvenhandError as error:
        say({"error": str(error), "kind": type(error).__name__})


def say(message: Mapping[str, object]) -> None:
    """Write a line for the parent."""
    print(json.dumps(message), flush=True)


async def run_child(
    module: str,
    job: Mapping[str, object],
    *,
    name: str,
    seconds: float | None = None,
    when_ready: Callable[[], Awaitable[None]] | None = None,
    tree: Path | None = None,
    interpreter: Path | None = None,
) -> Any:
    """Run a job in a process of its own and give its result.

    Args:
        module: Module to run, which calls `serve`.
        job: Its input, as JSON has it.
        seconds: Time after which it is killed; None for no limit.
        when_ready: Awaited when the child says that it is ready.
        tree: Checkout whose code is run, with this environment's packages; None for this code.
        interpreter: Python of the environment that it runs in; None for this one.

    Raises:
        DeliveryError: It did not end in time, or failed; the message has the end of what it wrote to stderr.
        EvenhandError: The error that the child met, of its own kind.
    """
    with tempfile.TemporaryFile() as stderr:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            interpreter or sys.executable,
            *("-m", module),
            stdin=pipe,
            stdout=pipe,
            stderr=stderr,
            limit=_LONGEST_LINE,
            env=environment(tree or OWN_TREE),
        )
        try:
            async with asyncio.timeout(seconds):
                answer = await _converse(process, json.dumps(job).encode(), when_ready)
        except TimeoutError:
            raise DeliveryError(f"{name} did not end in time") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if "error" in answer:
            raise _ERRORS.get(answer["kind"], EvenhandError)(answer["error"])
        if process.returncode or "result" not in answer:
            stderr.seek(0)
            raise DeliveryError(f"{name} failed:\n{stderr.read().decode(errors='replace')[-_LAST_CHARACTERS:].strip()}")
    return answer["result"]


def environment(tree: Path) -> dict[str, str]:
    """This process's environment, with the code of a tree before all other: the working directory may hold some too."""
    paths = [str(tree.resolve()), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"}


async def _converse(
    process: asyncio.subprocess.Process, job: bytes, when_ready: Callable[[], Awaitable[None]] | None
) -> dict[str, Any]:
    """The last line that the child writes."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(job)
    process.stdin.write_eof()
    answer: dict[str, Any] = {}
    while line := await process.stdout.readline():
        answer = json.loads(line)
        if answer == READY and when_ready is not None:
            await when_ready()
    await process.wait()
    return answer
