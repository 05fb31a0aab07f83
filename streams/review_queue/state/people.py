"""The reviewers: their day, and the answers that they can take back."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple, Self

from models.contracts.taxonomy import Category
from streams.console.desk.contract import UNDOABLE, UNDOABLE_FOR

UNDOABLE_MS = int(UNDOABLE_FOR.total_seconds() * 1000)

REVIEWERS = 10_000
"""Reviewers who are remembered; who was longest away is forgotten first."""


class Recent(NamedTuple):
    """An answer that can be taken back.

    Args:
        category: None: the reviewer did not know.
        at_ms: When it was given, Unix milliseconds.
    """

    entry_id: str
    request_ids: tuple[str, ...]
    category: Category | None
    at_ms: int


@dataclass(slots=True)
class Reviewer:
    """A reviewer's day.

    Args:
        day: The UTC day that is counted, such as 2026-11-30.
        recent: The last answers, oldest first, at most `UNDOABLE`.
    """

    day: str = ""
    answered: Counter[Category] = field(default_factory=Counter)
    unknown: int = 0
    recent: list[Recent] = field(default_factory=list)

    def said(self, recent: Recent) -> list[Recent]:
        """Count an answer and remember it.

        Returns:
            What cannot be taken back any more.
        """
        self._turn(recent.at_ms)
        if recent.category is None:
            self.unknown += 1
        else:
            self.answered[recent.category] += len(recent.request_ids)
        self.recent.append(recent)
        gone, self.recent = self.recent[:-UNDOABLE], self.recent[-UNDOABLE:]
        return gone

    def unsaid(self, now_ms: int) -> Recent:
        """Take the newest answer back."""
        recent = self.recent.pop()
        self._turn(now_ms)
        if self.day == day_of(recent.at_ms):
            if recent.category is None:
                self.unknown -= 1
            else:
                self.answered[recent.category] -= len(recent.request_ids)
        return recent

    def forget(self, before_ms: int) -> list[Recent]:
        """Let go of answers that are too old to be taken back.

        Returns:
            Those.
        """
        old = [recent for recent in self.recent if recent.at_ms < before_ms]
        self.recent = self.recent[len(old) :]
        return old

    def _turn(self, now_ms: int) -> None:
        today = day_of(now_ms)
        # Not back: of two clocks that differ around midnight the later day counts.
        if today > self.day:
            self.day, self.answered, self.unknown = today, Counter(), 0

    def written(self) -> bytes:
        """As a record of the journal."""
        said = {
            "day": self.day,
            "answered": {category.value: count for category, count in self.answered.items() if count},
            "unknown": self.unknown,
            "recent": [list(recent) for recent in self.recent],
        }
        return json.dumps(said, separators=(",", ":")).encode()

    @classmethod
    def read(cls, value: bytes) -> Self:
        """From a record of the journal.

        Raises:
            ValueError, TypeError, KeyError: Another release wrote it.
        """
        said = json.loads(value)
        answered = Counter({Category(name): int(count) for name, count in said["answered"].items()})
        recent = [
            Recent(str(entry), tuple(map(str, ids)), None if category is None else Category(category), int(at))
            for entry, ids, category, at in said["recent"]
        ]
        return cls(str(said["day"]), answered, int(said["unknown"]), recent)


def day_of(at_ms: int) -> str:
    """The UTC day of a moment.

    >>> day_of(0)
    '1970-01-01'
    """
    return datetime.fromtimestamp(at_ms / 1000, UTC).date().isoformat()


def everyone(reviewers: Mapping[str, Reviewer], now_ms: int) -> int:
    """Answers of all reviewers today."""
    today = day_of(now_ms)
    return sum(reviewer.answered.total() for reviewer in reviewers.values() if reviewer.day == today)
