"""The present state: encoded once, a new one only where something changed, and never an old one for a new one."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from monitors.base.contract import Rules
from monitors.snapshot import Snapshot
from streams.console.feed import Feed
from tests.streams.console.snapshots import NOW, nothing

UNTELLABLE = replace(nothing(), late="many")  # type: ignore[arg-type]  # that is the fault


@dataclass
class Looked:
    """A feed that takes the next snapshot at each look, and what it said of the encoding."""

    snapshots: Iterator[Snapshot]
    told: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.feed = Feed(lambda: next(self.snapshots), rules=Rules(), encoded=self.told.append)


def test_a_snapshot_is_encoded_once_for_all_who_ask() -> None:
    """The second listener gets the first one's frame, and the newest snapshot is always that of the frame."""
    first, second = nothing(), replace(nothing(), late=1)
    looked = Looked(iter([first, first, second]))

    frame = looked.feed.current()
    assert frame is looked.feed.current()
    assert [True] == looked.told
    assert frame.number < looked.feed.current().number


def test_the_same_figures_at_a_later_moment_are_no_new_state() -> None:
    """Only the moment moves on: listeners hear nothing but the beat, and `/api/state` tells the later moment."""
    later = NOW + timedelta(seconds=7)
    looked = Looked(iter([nothing(), replace(nothing(), at=later), replace(nothing(), at=NOW, late=0)]))

    first, second = looked.feed.current(), looked.feed.current()

    assert first.number == second.number
    assert later.isoformat() == json.loads(second.at)["at"] == json.loads(second.body)["at"]
    assert json.loads(first.body) | {"at": ""} == json.loads(second.body) | {"at": ""}
    assert [True] == looked.told


def test_a_change_is_a_new_state() -> None:
    """A new frame has a new number and the new figures."""
    looked = Looked(iter([nothing(), replace(nothing(), late=12)]))

    first, second = looked.feed.current(), looked.feed.current()

    assert first.number < second.number
    assert (0, 12) == (json.loads(first.body)["late"], json.loads(second.body)["late"])


def test_what_cannot_be_told_takes_the_place_of_the_state_before() -> None:
    """Its frame has a number of its own, says why, and holds no figure; it stays so until there are other figures."""
    later = replace(UNTELLABLE, at=NOW + timedelta(seconds=7))
    looked = Looked(iter([nothing(), UNTELLABLE, UNTELLABLE, later, nothing()]))

    good, *broken, again = (looked.feed.current() for _ in range(5))

    assert not good.fault
    assert [good.number + 1] * 3 == [frame.number for frame in broken]
    assert {"at", "reason"} == json.loads(broken[0].body).keys()
    assert {frame.fault for frame in broken} == {json.loads(broken[0].body)["reason"]}
    assert broken[0].fault.startswith("the state cannot be written as JSON (ValueError: ")
    assert later.at.isoformat() == json.loads(broken[2].body)["at"]
    assert ("", good.number + 2) == (again.fault, again.number)
    assert json.loads(good.body) == json.loads(again.body)
    assert [True, False, True] == looked.told


def test_a_first_state_that_cannot_be_told_is_said_at_once() -> None:
    """There is no state before it that could be served."""
    frame = Looked(iter([UNTELLABLE])).feed.current()

    assert frame.fault
    assert 0 < frame.number
