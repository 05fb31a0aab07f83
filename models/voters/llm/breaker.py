"""The circuit breaker: an endpoint that keeps failing is left alone for a while, then tried with one call."""

from enum import StrEnum


class BreakerState(StrEnum):
    """Closed lets calls through, open lets none, half-open lets one through at a time."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


class Breaker:
    """Opens after so many failures in a row, and closes with the first success.

        closed -- failures in a row --> open -- pause --> half-open -- success --> closed
                                         ^                    |
                                         +------ failure -----+

    Times are readings of one monotonic clock, in seconds.

    Args:
        failures: Failures in a row that open it.
        pause_seconds: How long it stays open.

    >>> breaker = Breaker(failures=2, pause_seconds=30)
    >>> for _ in range(2):
    ...     breaker.failed(now=100.0)
    >>> breaker.state(now=129.9).value, breaker.state(now=130.0).value
    ('open', 'half_open')
    >>> breaker.take(now=130.0), breaker.take(now=130.0)
    (True, False)
    >>> breaker.succeeded()
    >>> breaker.state(now=130.1).value
    'closed'
    """

    def __init__(self, *, failures: int, pause_seconds: float) -> None:
        self._limit = failures
        self._pause = pause_seconds
        self._in_a_row = 0
        self._opened: float | None = None
        self._probe_since: float | None = None

    def state(self, *, now: float) -> BreakerState:
        """The state at a time."""
        if self._opened is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now < self._opened + self._pause else BreakerState.HALF_OPEN

    def take(self, *, now: float) -> bool:
        """Tell whether a call may be made; half-open, the one that may is the probe until it has an outcome."""
        state = self.state(now=now)
        if state is not BreakerState.HALF_OPEN:
            return state is BreakerState.CLOSED
        # A probe whose outcome never came, since its caller was cancelled, gives way after another pause.
        if self._probe_since is not None and now < self._probe_since + self._pause:
            return False
        self._probe_since = now
        return True

    def succeeded(self) -> None:
        """The endpoint answered in its protocol."""
        self._in_a_row, self._opened, self._probe_since = 0, None, None

    def failed(self, *, now: float) -> None:
        """The endpoint did not answer, or not in its protocol."""
        self._in_a_row += 1
        # A failed probe opens it anew at once: the pause counts from the newest failure.
        if self._opened is not None or self._in_a_row >= self._limit:
            self._opened, self._probe_since = now, None
