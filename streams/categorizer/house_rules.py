"""The bank's own rules in a worker: their file is watched while it runs, and other rules decide from the next batch on.

A batch is handled without a pause, so it is decided by the old rules or by the new ones. A file that cannot be used
changes nothing: the rules that were read before go on, and metrics and one line of the log say so.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mode import Service
from prometheus_client import CollectorRegistry, Counter, Gauge

from models.decisions.ensemble import Ensemble
from models.errors import FileError
from models.voters.house.rules import HouseRules
from models.voters.house.sources import LARGEST

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""Seconds between two looks at the file: it is read when two of them find the same."""

MOST_TOLD = 10
"""Rules that the log names with how often they decided."""

_State = tuple[int, int, int, int]
"""Of a file: inode, size, nanoseconds of the last change of its content, and of anything of it."""


class HouseMetrics:
    """Counters and gauges of the bank's own rules in a worker."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._version: str | None = None
        self.rules = Gauge(
            "evenhand_house_rules", "Rules of the bank's own by which this worker decides.", registry=registry
        )
        self.info = Gauge(
            "evenhand_house_rules_info", "1 for the version of these rules.", ["version"], registry=registry
        )
        self.refused = Gauge(
            "evenhand_house_rules_refused",
            "1 while the file of rules cannot be used, and those read before decide.",
            registry=registry,
        )
        self.errors = Counter(
            "evenhand_house_rules_errors", "Files of rules that could not be used.", registry=registry
        )
        self.decisions = Counter(
            "evenhand_house_decisions", "Decisions committed that a rule of the bank's own made.", registry=registry
        )

    def deciding(self, rules: HouseRules) -> None:
        """Say which rules decide."""
        if self._version is not None:
            self.info.remove(self._version)
        self._version = rules.version
        self.rules.set(len(rules))
        self.info.labels(rules.version).set(1)


class HouseRulesFile:
    """A file of rules that operators change while it is in use."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: _State | None = None
        self._read: _State | None = None
        self._sum = b""
        self._missed = False
        self._unread: str | None = None

    def news(self) -> HouseRules | None:
        """The rules, where the file holds another content than before and nobody is writing it; else None.

        A file that was changed since the last look is left for the next one. What is wrong is said once per content; a
        file that could not be read is tried again at each look.

        Raises:
            FileError: It is gone, cannot be read, or something in it is wrong.
        """
        state, before = _state_of(self.path), self._seen
        self._seen = state
        if state != before:
            return None
        if state is None:
            self._tell_missing()
            return None
        self._missed = False
        if state == self._read:
            return None
        content = self._content()
        if content is None:
            return None
        self._read = state
        if _state_of(self.path) != state:
            self._read = None
            return None
        checksum = hashlib.sha256(content).digest()
        if checksum == self._sum:
            return None
        self._sum = checksum
        return HouseRules.read(content)

    def _tell_missing(self) -> None:
        if not self._missed:
            # What comes back is read, also where it is what was there.
            self._missed, self._read, self._sum = True, None, b""
            raise FileError("it is gone; an empty file takes all rules away")

    def _content(self) -> bytes | None:
        """None where it cannot be read for a reason that was told."""
        try:
            with self.path.open("rb") as raw:
                # One more than it may have, by which it is refused: whatever is there, no more of it is held.
                content = raw.read(LARGEST + 1)
        except OSError as error:
            before, self._unread = self._unread, error.strerror
            if before == self._unread:
                return None
            # It may pass, as where too many files are open: what can be read again is read, also if it was there.
            self._sum = b""
            raise FileError(f"it cannot be read: {error.strerror}") from None
        self._unread = None
        return content


def _state_of(path: Path) -> _State | None:
    """None where there is no such file."""
    try:
        # By way of links: a mounted volume changes what a link leads to.
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


class WatchHouseRules(Service):
    """Looks at the file of rules, and hands over what is new.

    Args:
        current: Gives the ensemble that decides now.
        decide_by: Lets another one decide from the next batch on.
    """

    def __init__(
        self,
        path: Path,
        metrics: HouseMetrics,
        *,
        current: Callable[[], Ensemble],
        decide_by: Callable[[Ensemble], None],
        every: float = LOOK_SECONDS,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._file, self._metrics, self._every = HouseRulesFile(path), metrics, every
        self._current, self._decide_by = current, decide_by
        metrics.deciding(self._now)

    @property
    def _now(self) -> HouseRules:
        return self._current().house or HouseRules()

    @Service.task
    async def _watch(self) -> None:
        while not self.should_stop:
            await self.look()
            await self.sleep(self._every)

    async def on_stop(self) -> None:
        """Say what the rules did."""
        self._tell_hits(self._now)

    async def look(self) -> None:
        """Take the rules of the file over, if there are others."""
        try:
            # Beside the loop: reading thousands of rules takes a second, in which batches go on.
            rules = await asyncio.to_thread(self._file.news)
        except Exception as error:  # noqa: BLE001  # whatever a file does to what reads it, the worker goes on
            said = error if isinstance(error, FileError) else f"it cannot be used ({type(error).__name__})"
            self._metrics.errors.inc()
            self._metrics.refused.set(1)
            log.error("%s: %s; version %s goes on deciding", self._file.path, said, self._now.version or "(none)")
            return
        if rules is None:
            return
        self._metrics.refused.set(0)
        if rules.version == self._now.version:
            return
        before = self._now
        await self._replace(rules)
        self._tell_hits(before)
        self._metrics.deciding(rules)
        log.info(
            "house rules: %d of version %s decide instead of %d of version %s",
            *(len(rules), rules.version or "(none)", len(before), before.version or "(none)"),
        )

    async def _replace(self, rules: HouseRules) -> None:
        while True:
            current = self._current()
            # Beside the loop as well: each line that is remembered is held against the rules.
            following = await asyncio.to_thread(current.under, rules)
            # Unless another ensemble came meanwhile.
            if self._current() is current:
                self._decide_by(following)
                return

    def _tell_hits(self, rules: HouseRules) -> None:
        if hits := rules.hits:
            most = ", ".join(f"{name} {count}" for name, count in hits.most_common(MOST_TOLD))
            log.info(
                "house rules of version %s: %d of %d decided %d times; most often %s",
                *(rules.version, len(hits), len(rules), hits.total(), most),
            )
