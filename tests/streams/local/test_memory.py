"""Memory of a process tree: shared pages count once, what has ended counts for nothing."""

import os
import signal
import subprocess
import sys
import time

import pytest

from models.errors import ToolError
from streams.local.memory import process_tree, tree_memory

MB = 1 << 20
HELD = 64

FORKING = f"""
import os, signal
held = bytearray(os.urandom({HELD * MB}))  # every page written
children = [os.fork() for _ in range(2)]  # the first child forks, too
if 0 not in children:
    print("ready", flush=True)
signal.pause()
"""


def test_pages_that_forked_children_share_count_once() -> None:
    """A process with its descendants that hold 64 MB in common takes 64 MB and a little, not as much again for each."""
    with subprocess.Popen([sys.executable, "-c", FORKING], stdout=subprocess.PIPE, process_group=0) as parent:
        try:
            assert parent.stdout is not None
            assert b"ready\n" == parent.stdout.readline()
            # Not before all four are there: a fork between two readings would count pages too seldom.
            while len(tree := process_tree(parent.pid)) < 4:
                time.sleep(0.01)
            found = tree_memory(parent.pid)
        finally:
            os.killpg(parent.pid, signal.SIGKILL)
    assert parent.pid == tree[0]
    assert len(tree) == found.processes == 4
    assert HELD * MB < found.pss < 1.5 * HELD * MB
    assert found.rss > found.processes * HELD * MB


def test_a_process_that_has_ended_is_an_error() -> None:
    """There is nothing to measure of it, and the error says so."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    with pytest.raises(ToolError, match=f"memory of process {child.pid} cannot be read"):
        tree_memory(child.pid)
