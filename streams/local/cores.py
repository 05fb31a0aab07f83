"""How many processors this process may use."""

import os
from contextlib import suppress
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")


def usable_cores(cgroup: Path = CGROUP) -> int:
    """Whole cores that this process may use: those it may run on, and no more than its container has time for.

    Args:
        cgroup: Folder of the process's control group (version 2), as a container sees its own.
    """
    # Not on every system: elsewhere all of the machine's.
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _quota(cgroup)
    # Rounded down: where two processes share a core and a half, both are held up in the middle of a batch.
    return allowed if quota is None else min(allowed, max(1, int(quota)))


def _quota(cgroup: Path) -> float | None:
    """Cores' worth of time that the group may use; None where it has no limit."""
    # No such file: no control groups, or the machine's own root group. No numbers: "max 100000".
    with suppress(OSError, ValueError):
        quota, period = (cgroup / "cpu.max").read_text().split()
        return int(quota) / int(period)
    return None
