"""The clock: the only place that reads the time of day."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """The time of day in UTC: the only place where the worker reads it."""
    return datetime.now(UTC)
