"""Pace: when each message is due."""

from datetime import UTC, datetime, timedelta

import pytest

from streams.operate.replay import Pace

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pace", "index", "hours", "expected"),
    [
        (Pace(), 1000, 5, 0.0),
        (Pace(speed=3600), 1000, 5, 5.0),
        (Pace(speed=3600), 1000, -5, 0.0),
        (Pace(rate=50), 1000, 5, 20.0),
        (Pace(rate=0.5), 1, 0, 2.0),
    ],
)
def test_when_a_message_is_due(pace: Pace, index: int, hours: int, expected: float) -> None:
    """By the clock of the transactions, or by their number, or at once."""
    assert expected == pace.due(index, first=NOON, timestamp=NOON + timedelta(hours=hours))


@pytest.mark.parametrize("given", [{"speed": 0.0}, {"rate": -1.0}, {"rate": float("nan")}, {"speed": 1.0, "rate": 1.0}])
def test_a_pace_is_one_thing_above_zero(given: dict[str, float]) -> None:
    """Both, nothing or less are refused."""
    with pytest.raises(ValueError, match="pace"):
        Pace(**given)
