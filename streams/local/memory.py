"""Memory of a process and of all that it has started, as the kernel counts it. Linux only."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from models.errors import ToolError

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class TreeMemory:
    """Memory of a process tree, in bytes.

    Args:
        processes: How many processes it has.
        pss: Proportional set size: a page that several processes share counts for each by its part, so that the sum is
            what the tree takes of the machine.
        rss: Resident set size, added up: a shared page counts once for each process that has it.
    """

    processes: int
    pss: int
    rss: int


def tree_memory(pid: int) -> TreeMemory:
    """Measure a running process together with its descendants.

    >>> import os
    >>> own = tree_memory(os.getpid())
    >>> 0 < own.pss <= own.rss
    True

    Raises:
        ToolError: There is no such process, or the system does not count proportional memory.
    """
    sizes = [found for each in process_tree(pid) if (found := _sizes(each)) is not None]
    if not sizes:
        raise ToolError(f"memory of process {pid} cannot be read: it has ended, or /proc has no smaps_rollup here")
    return TreeMemory(len(sizes), sum(pss for pss, _ in sizes), sum(rss for _, rss in sizes))


def process_tree(pid: int) -> list[int]:
    """Ids of a process and its descendants, parents first; those that have ended are not among them."""
    children: dict[int, list[int]] = defaultdict(list)
    for folder in PROC.glob("[0-9]*"):
        number = int(folder.name)
        if fields := stat_fields(number):
            children[int(fields[1])].append(number)
    tree = [pid]
    for each in tree:  # grows while it is walked
        tree += sorted(children[each])
    return tree


def stat_fields(pid: int) -> list[str]:
    """What `/proc/PID/stat` says behind the name: the state, the parent's id, and so on; empty where it has ended."""
    try:
        # The name is in brackets and may hold any character.
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _sizes(pid: int) -> tuple[int, int] | None:
    """Proportional and resident bytes; None where the process has ended."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    kilobytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines[1:])}
    # A process that has ended and was not waited for has no memory, and no lines.
    return (kilobytes["Pss"] * 1024, kilobytes["Rss"] * 1024) if kilobytes else None
