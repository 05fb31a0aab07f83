"""A child of ours never outlives the process that started it, not even if that one is killed."""

import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

# Reads the child's id, then waits for the end of the pipe: nobody holds the other end any more. Without an id there is
# no child. A killed process may still hold its folder for a moment.
_GUARD = 'read -r pid && { read -r _; kill -9 "$pid"; sleep 1; }; [ -z "$1" ] || rm -rf -- "$1"'

# The child begins as this shell, whose id it keeps. It holds the pipe until the guard has been told, so a parent that
# is killed meanwhile does not end the pipe too early. If the guard has died, the write fails and the shell exits
# instead of exec-ing the command.
_CHILD = 'echo "$$" >&0 && exec "$@" </dev/null'


class GuardedChild:
    """A child process that is killed, and a folder that is removed, when this process is gone.

    The guard is a shell that waits on a pipe whose other end only this process holds. It runs before the child is
    begun, so there is no moment at which a kill of this process leaves the child. `PR_SET_PDEATHSIG` would not do: it
    fires when the thread that started the child ends, and a broker may be started from a worker thread.

    The child has a session of its own, so that Ctrl-C at the terminal goes to this process alone, which then stops it
    in good order. It reads nothing. A command that cannot be run ends with 126 or 127, as shells have it.

    Args:
        environ: The child's whole environment; nothing is inherited.
        doomed: Folder to remove after it if this process is gone; None for none.
    """

    def __init__(
        self, command: Sequence[str], *, environ: Mapping[str, str], output: IO[bytes], doomed: Path | None
    ) -> None:
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "guard", str(doomed or "")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _CHILD, "guarded", *command],
                env=environ,
                stdin=self._guard.stdin,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except BaseException:
            self._guard.communicate()  # closes the pipe: what was begun, the guard ends
            raise

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    def stop(self, *, within: float) -> None:
        """End it with SIGTERM; with SIGKILL when it is still there after so many seconds."""
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(within)
        self.kill()

    def kill(self) -> None:
        """End it with SIGKILL, if it has not ended, and the guard with it. The folder stays."""
        self._process.kill()
        self._dismiss()
        self._process.wait()

    def _dismiss(self) -> None:
        """End the guard, before the child is waited for: the kernel may reuse the child's id once it is reaped."""
        self._guard.kill()
        self._guard.communicate()
