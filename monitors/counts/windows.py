"""Rolling windows of event time and their lengths in buckets."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from monitors.counts.observation import BUCKET_SECONDS


class Window(StrEnum):
    """Rolling windows of event time, shortest first; `ALL` is for figures that no window bounds."""

    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"
    ALL = "all"


LENGTHS: Mapping[Window, int] = MappingProxyType(
    {
        Window.HOUR: 3_600 // BUCKET_SECONDS,
        Window.DAY: 86_400 // BUCKET_SECONDS,
        Window.WEEK: 7 * 86_400 // BUCKET_SECONDS,
    }
)
"""Window to its length in buckets; it ends with the newest bucket, which may not be over yet."""


KEPT = LENGTHS[Window.WEEK]
"""Buckets that are kept."""


def span(window: Window, newest: int) -> tuple[datetime, datetime]:
    """Start and end (exclusive) of a window in event time.

    Args:
        window: Not `Window.ALL`.

    >>> start, end = span(Window.HOUR, 11)
    >>> start.isoformat(), end.isoformat()
    ('1970-01-01T00:00:00+00:00', '1970-01-01T01:00:00+00:00')
    """
    end = datetime.fromtimestamp((newest + 1) * BUCKET_SECONDS, UTC)
    return end - timedelta(seconds=LENGTHS[window] * BUCKET_SECONDS), end
