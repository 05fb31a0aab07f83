"""The budget of calls: so many a minute, so many tokens a day. It is each worker's own and starts full."""

DAY = 86_400.0


class Budget:
    """A token bucket for calls and a daily allowance of tokens; what is refused takes nothing.

    Times are readings of one monotonic clock, in seconds; a day begins with the first call and every 24 hours after.

    Args:
        calls_per_minute: Calls that refill evenly within a minute; as many may come at once.

    >>> budget = Budget(calls_per_minute=2, tokens_per_day=1000)
    >>> [budget.take(300, now=0.0) for _ in range(3)]
    [True, True, False]
    >>> budget.take(300, now=30.0), budget.take(300, now=60.0), budget.take(300, now=86_400.0)
    (True, False, True)
    """

    def __init__(self, *, calls_per_minute: int, tokens_per_day: int) -> None:
        self._rate = calls_per_minute / 60
        self._burst = float(calls_per_minute)
        self._calls = self._burst
        self._refilled: float | None = None
        self._tokens_per_day = tokens_per_day
        self._tokens = tokens_per_day
        self._day: float | None = None

    def allows(self, tokens: int, *, now: float) -> bool:
        """Tell whether a call with so many tokens could be made now."""
        self._advance(now)
        return self._calls >= 1 and self._tokens >= tokens

    def take(self, tokens: int, *, now: float) -> bool:
        """Take a call and its tokens, or nothing.

        Returns:
            Whether the call may be made.
        """
        if not self.allows(tokens, now=now):
            return False
        self._calls -= 1
        self._tokens -= tokens
        return True

    def _advance(self, now: float) -> None:
        if self._refilled is not None:
            # Capped: a quiet night must not be saved up for a burst in the morning.
            self._calls = min(self._burst, self._calls + (now - self._refilled) * self._rate)
        self._refilled = now
        if self._day is None or now >= self._day + DAY:
            self._day, self._tokens = now, self._tokens_per_day
