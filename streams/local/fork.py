"""Forking: a child that shares this process's memory until either writes to it, and never outlives it. Linux only."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1

_SIGNALS = tuple(number for number in signal.valid_signals() if number not in (signal.SIGKILL, signal.SIGSTOP))


def fork_child(to_default: tuple[signal.Signals, ...] = ()) -> int:
    """Fork. The child is killed when this process ends, however it ends, even by SIGKILL.

    For a process of one thread: a lock that another thread holds at that moment is never released in the child, and
    the kernel watches the thread that forked. The child has a session of its own, so that Ctrl-C at the terminal goes
    to this process alone, which then stops its children in good order.

    Args:
        to_default: Signals that end the child by default again, whatever handlers this process has.

    Returns:
        The child's id; 0 in the child.
    """
    parent = os.getpid()
    # Blocked until the child has its own handlers: one of ours would tell this process of the child's signals.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    pid = os.fork()
    if not pid:
        _die_with(parent)
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in to_default:
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return pid


def _die_with(parent: int) -> None:
    if ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) or os.getppid() != parent:
        # Refused, or it ended before the kernel was told to watch it.
        os._exit(128 + signal.SIGKILL)
