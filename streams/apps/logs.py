"""Logging of a worker: to stderr, without any transaction's text, and readable while a broker is away."""

import logging

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

LIBRARIES = ("aiokafka", "faust", "mode", "asyncio")
"""Loggers whose information is not an operator's: warnings and errors only, and not the same one all the time."""

REPEAT_SECONDS = 10.0
MOST_KINDS = 1_000


class Throttle(logging.Filter):
    """Lets a library's message through once in a while: each of its clients repeats it many times a second.

    Two records are the same when logger, level and unformatted message are.

    Args:
        seconds: How long a message is held back after it was let through.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds
        self._shown: dict[tuple[str, int, str], float] = {}
        self._held: dict[tuple[str, int, str], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Show a record, or hold it back; the next one of its kind that is shown says how many were not."""
        if not record.name.startswith(LIBRARIES):
            return True
        key = (record.name, record.levelno, str(record.msg))
        if record.created - self._shown.get(key, float("-inf")) < self._seconds:
            self._held[key] = self._held.get(key, 0) + 1
            return False
        if len(self._shown) >= MOST_KINDS:  # messages that were formatted before they were logged
            self._shown.clear()
        self._shown[key] = record.created
        if held := self._held.pop(key, 0):
            record.msg = f"{record.msg} (and {held} times like this)"
        return True


def configure_logging(level: str, process: str = "") -> None:
    """Log to stderr; libraries are held to warnings, and to one of a kind every ten seconds.

    Args:
        process: Put into each line, where several processes write to one log.
    """
    # `force`: the command line has set up the root logger for its own errors before.
    logging.basicConfig(
        level=level.upper(),
        format=FORMAT.replace("%(name)s", f"[{process}] %(name)s" if process else "%(name)s"),
        force=True,
    )
    for handler in logging.getLogger().handlers:
        # On the handlers, because a logger's filter does not see what its children log.
        handler.addFilter(Throttle(REPEAT_SECONDS))
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
