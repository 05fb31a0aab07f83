"""The present state: encoded once, and a new one only where something changed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from monitors.base.contract import Rules
from monitors.snapshot import Snapshot
from streams.console.feed import Feed
from tests.streams.console.snapshots import NOW, nothing


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        """Now."""
        return self.seconds


def feed_of(snapshots: Iterator[Snapshot], clock: Clock) -> Feed:
    """A feed that takes the next snapshot at each look."""
    return Feed(lambda: next(snapshots), rules=Rules(), clock=clock, period=1.0)


def test_it_looks_once_a_period_for_all_who_ask() -> None:
    """The second listener within a period gets the first one's frame."""
    clock, looks = Clock(), iter([nothing(), replace(nothing(), late=1)])
    feed = feed_of(looks, clock)

    first = feed.current()
    assert first is feed.current()

    clock.seconds += 1.0
    assert first.number < feed.current().number


def test_the_same_figures_at_a_later_moment_are_no_new_state() -> None:
    """Only the moment moves on: listeners hear nothing but the beat, and `/api/state` tells the later moment."""
    clock, later = Clock(), NOW + timedelta(seconds=7)
    feed = feed_of(iter([nothing(), replace(nothing(), at=later)]), clock)

    first = feed.current()
    clock.seconds += 1.0
    second = feed.current()

    assert first.number == second.number
    assert later.isoformat() == json.loads(second.at)["at"] == json.loads(second.body)["at"]


def test_a_change_is_a_new_state() -> None:
    """A new frame has a new number and the new figures."""
    clock = Clock()
    feed = feed_of(iter([nothing(), replace(nothing(), late=12)]), clock)

    first = feed.current()
    clock.seconds += 1.0
    second = feed.current()

    assert first.number < second.number
    assert (0, 12) == (json.loads(first.body)["late"], json.loads(second.body)["late"])
