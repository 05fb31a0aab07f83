"""The alerts that Alertmanager has to be told again and again while they are open, so that a lost post costs a minute.

take(open, resolved) --> Outbox --> postings
                          open      every `Schedule.resend`, to end in `Schedule.expiry`: it ends if the monitor does
                          ended     as often, for `Schedule.linger`, with the time of its end
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.contracts.alerts import FairnessAlert
from streams.monitor.alerting.payload import Posting, identity, posting


@dataclass(frozen=True, slots=True)
class Schedule:
    """Times of posts.

    Args:
        resend: Time between posts of what has not changed.
        expiry: How long after its last post an open alert ends by itself; several times `resend`.
        linger: How long an ended alert is posted again.
        first_retry: Wait after a failed post; it doubles with each further one, up to `resend`.
    """

    resend: timedelta = timedelta(minutes=1)
    expiry: timedelta = timedelta(minutes=4)
    linger: timedelta = timedelta(minutes=5)
    timeout: timedelta = timedelta(seconds=10)
    first_retry: timedelta = timedelta(seconds=1)


SCHEDULE = Schedule()
"""Minutes, as Alertmanager is used to: Prometheus posts as often."""


@dataclass(frozen=True, slots=True)
class _Ended:
    alert: FairnessAlert
    at: datetime
    until: datetime


class Outbox:
    """Keeps what Alertmanager has to be told. It posts nothing itself and reads no clock.

    Args:
        console: Address of the console, which Alertmanager links as the source of an alert; empty: none.
    """

    def __init__(self, schedule: Schedule, *, console: str) -> None:
        self._schedule = schedule
        self._console = console
        self._open: dict[str, FairnessAlert] = {}
        self._ended: dict[tuple[str, ...], _Ended] = {}

    def take(self, open: Sequence[FairnessAlert], resolved: Sequence[FairnessAlert], now: datetime) -> bool:
        """Take what is open from now on, and what is not any more.

        Args:
            resolved: Those that were resolved since the last call, as their last step says them.
            now: The clock, timezone-aware.

        Returns:
            Whether there is something that was not taken before.
        """
        before, self._open = self._open, {alert.fingerprint: alert for alert in open}
        over = {alert.fingerprint: alert for alert in resolved}
        for alert in over.values():
            self._end(alert, alert.at, now)
        # Also what was not resolved: it may have changed its severity, and with it its labels.
        for name, former in before.items():
            self._close(former, over.get(name) or self._open.get(name), now)
        for alert in open:
            # It is open again under the same labels, and its former end would close it.
            self._ended.pop(identity(alert), None)
        return bool(over) or before != self._open

    def forget(self) -> None:
        """Post nothing any more, and end nothing: what is open expires, unless another monitor posts it."""
        self._open, self._ended = {}, {}

    def postings(self, now: datetime) -> list[Posting]:
        """List what to post now: all open alerts, and those that ended not long ago."""
        self._ended = {name: ended for name, ended in self._ended.items() if now < ended.until}
        expiry = now + self._schedule.expiry
        return [
            *(posting(alert, expiry, console=self._console) for alert in self._open.values()),
            *(posting(ended.alert, ended.at, console=self._console) for ended in self._ended.values()),
        ]

    def _close(self, former: FairnessAlert, successor: FairnessAlert | None, now: datetime) -> None:
        """End what Alertmanager was told under labels that nothing has any more."""
        if successor is None:
            self._end(former, now, now)
        elif identity(successor) != identity(former):
            self._end(former, successor.at, now)

    def _end(self, alert: FairnessAlert, at: datetime, now: datetime) -> None:
        # Alertmanager refuses an alert that ends before it starts, and takes one that ends later for open.
        self._ended[identity(alert)] = _Ended(alert, max(alert.opened_at, min(at, now)), now + self._schedule.linger)
