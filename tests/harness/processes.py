"""Which processes a test has left running."""

import time
from pathlib import Path


def processes_of(folder: Path) -> dict[int, str]:
    """Ids and command lines of processes that have the folder in their command line or environment."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            if str(folder).encode() in command + (process / "environ").read_bytes() and command:
                found[int(process.name)] = command.replace(b"\0", b" ").decode()[:120]
        except OSError:
            continue
    return found


def assert_nothing_left(folder: Path) -> None:
    """No process of the folder runs and it is empty; a guard may need a moment after a kill."""
    deadline = time.monotonic() + 60
    while (processes_of(folder) or list(folder.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.1)
    processes, files = processes_of(folder), list(folder.iterdir())
    assert ({}, []) == (processes, files), f"left: {processes} {files}"
