"""The parts of the queue's state beside its requests: limits, what is done, what has changed."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from models.contracts.taxonomy import Category
from streams.review_queue.state.item import Given, Item

T = TypeVar("T")


def put_last(kept: dict[str, T], name: str, value: T, *, most: int) -> list[str]:
    """Put a value in behind the others, and take out those that are too many, which have been there longest.

    Returns:
        Their names.

    >>> kept = {"a": 1, "b": 2}
    >>> put_last(kept, "a", 3, most=2), put_last(kept, "c", 4, most=2), kept
    ([], ['b'], {'a': 3, 'c': 4})
    """
    kept.pop(name, None)
    kept[name] = value
    return shed(kept, most)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things last, in milliseconds, and how much is kept.

    Args:
        expires: Whether a request that is not answered goes to the ledger after `expiry_ms`.
        open: Requests that wait at most, and those done that are remembered.
    """

    claim_ms: int
    grace_ms: int
    expiry_ms: int
    expires: bool
    open: int


class Done(NamedTuple):
    """A request that is not open any more.

    Args:
        category: What was answered; None where it expired.
    """

    category: Category | None
    reviewer: str
    at_ms: int


@dataclass(slots=True)
class Noted:
    """What has changed since it was last asked: names of requests, and of reviewers."""

    items: dict[str, None] = field(default_factory=dict)
    gone: dict[str, None] = field(default_factory=dict)
    done: dict[str, None] = field(default_factory=dict)
    reviewers: dict[str, None] = field(default_factory=dict)
    early: dict[str, None] = field(default_factory=dict)


def shed(kept: MutableMapping[str, Any], most: int) -> list[str]:
    """Take the oldest out of what is kept beyond so many.

    >>> kept = {"first": 1, "second": 2, "third": 3}
    >>> shed(kept, 2), kept
    (['first'], {'second': 2, 'third': 3})
    """
    oldest = list(islice(kept, max(0, len(kept) - most)))
    for name in oldest:
        del kept[name]
    return oldest


class Settled(NamedTuple):
    """A request that the ledger is to get.

    Args:
        given: The answer; None where it expired.
    """

    item: Item
    given: Given | None
