"""Starts a guarded child and dies, like kill -9, at a moment of the start.

    python -m tests.harness.dying_parent MOMENT

A moment is before or after any call that the start makes, in Python or in C. With moment 0 it lives and prints how many
there are.
"""

import os
import signal
import sys
from itertools import count
from pathlib import Path

from streams.local.guarded_child import GuardedChild


def main() -> None:
    """Start, and die."""
    moment, seen = int(sys.argv[1]), count(1)

    def die_at_the_moment(*_: object) -> None:
        if next(seen) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    with Path(os.devnull).open("wb") as output:
        sys.setprofile(die_at_the_moment)
        child = GuardedChild(
            ["/bin/sleep", "300"], environ={"TMPDIR": os.environ["TMPDIR"]}, output=output, doomed=None
        )
        sys.setprofile(None)
    child.kill()
    print(next(seen) - 1)


if __name__ == "__main__":
    main()
