"""A process of ours never outlives the process that started it, not even if that one is killed."""

import subprocess
from pathlib import Path

# A killed process may still hold its folder for a moment.
_SCRIPT = 'read -r _; kill -9 "$1"; sleep 1; [ -z "$2" ] || rm -rf -- "$2"'


class Watchdog:
    """Kills a process, and removes a folder, when this process is gone.

    It is a shell that waits on a pipe whose other end only this process holds. `PR_SET_PDEATHSIG` would not do: it
    fires when the thread that started the child ends, and a broker may be started from a worker thread.

    Args:
        pid: The process to kill.
        doomed: Folder to remove after it; None for none.
    """

    def __init__(self, pid: int, *, doomed: Path | None) -> None:
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _SCRIPT, "watchdog", str(pid), str(doomed or "")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def dismiss(self) -> None:
        """End the watch; before the process is waited for, as its id may then become somebody else's."""
        self._process.kill()
        self._process.communicate()
