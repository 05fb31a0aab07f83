"""Ending by a signal: what a command has begun is cleared away, as it is after an error."""

import signal
from types import FrameType
from typing import NoReturn

SIGNALS = (signal.SIGTERM, signal.SIGHUP)
"""Sent by whoever supervises a process, and by a terminal that closes. By default they end it with no clean-up."""


def end_cleanly_by_signal() -> None:
    """Let SIGTERM and SIGHUP end this process as an exception does, with 128 and the signal's number.

    A signal that is ignored stays so, as SIGHUP under nohup. Commands that serve or show something put handlers of
    their own in place.
    """
    for number in SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    for each in SIGNALS:  # a terminal that closes sends SIGHUP twice: the second must not cut the clean-up short
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)
