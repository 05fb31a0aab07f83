"""What the pages need of the review queue and of the learner; `streams.review_queue` keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from models.contracts.events import ReviewRequest
from models.contracts.instructions import Instruction

Report = Mapping[str, object]
"""The learner's report for people, a JSON object: `models.learned.online.learner`."""


class Refusal(StrEnum):
    """Why the desk does not do what it was asked."""

    TAKEN = "taken"
    """Another reviewer holds the request."""
    LAPSED = "lapsed"
    """The claim ran out before the answer came; the request may be taken again."""
    GONE = "gone"
    """The request is not open any more: answered, withdrawn or expired."""
    NOTHING = "nothing"
    """There is nothing to undo."""
    LATE = "late"
    """The answer cannot be taken back any more."""
    AWAY = "away"
    """The queue is not served at the moment: it is starting, or Kafka does not answer."""


class RefusedError(Exception):
    """The desk refuses.

    Args:
        refusal: Why.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Held:
    """A request in the hands of one reviewer.

    Args:
        review_id: Opaque; says nothing of whether the request is blind.
        opened_at: Since when it waits.
        until: End of the claim.
    """

    review_id: str
    request: ReviewRequest
    opened_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Similar:
    """An open request of the same merchant, which the same answer could settle. Blind ones are never among them."""

    review_id: str
    request: ReviewRequest


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that was given.

    Args:
        category: None where the reviewer did not know.
        settled: Requests that it answered, similar ones included; 0 where the reviewer did not know.
    """

    review_id: str
    category: str | None
    settled: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """The day of one reviewer, in UTC, and the queue.

    Args:
        open: Requests that wait, those in hand included.
        held: Requests in anybody's hands.
        mine: What this reviewer answered today.
        everybody: What all reviewers answered today.
        oldest: Since when the oldest open request waits; None for an empty queue.
        recent: The reviewer's answers that can be undone, newest first, ten at most.
    """

    open: int
    held: int
    mine: int
    everybody: int
    oldest: datetime | None
    recent: Sequence[Answered]


class Desk(Protocol):
    """The queue, as one process serves it. Whatever is refused raises `RefusedError`; what returns is committed."""

    async def take(self, actor: str) -> Held | None:
        """What the actor holds already, its claim renewed; else the next request; None where nothing waits for them."""
        ...

    async def release(self, actor: str, review_id: str) -> None:
        """Give a request back; the actor is offered others first."""
        ...

    async def answer(
        self,
        actor: str,
        review_id: str,
        category: str | None,
        *,
        similar: Sequence[str] = (),
        reason: str | None = None,
    ) -> Answered:
        """Answer a request that the actor holds.

        Args:
            category: None: the actor does not know; somebody else is asked.
            similar: Other requests that the answer settles; what is not open any more, or held by another, is left.
        """
        ...

    async def undo(self, actor: str) -> Held:
        """Take the actor's last answer back, and hold its request again; similar ones are open again."""
        ...

    async def similar(self, actor: str, review_id: str) -> Sequence[Similar]:
        """Open requests of the same merchant and direction that nobody else holds."""
        ...

    async def progress(self, actor: str) -> Progress:
        """The actor's day."""
        ...

    async def report(self) -> Report | None:
        """The learner's latest report; None where none was heard of."""
        ...

    async def instruct(self, instruction: Instruction) -> None:
        """Tell the learner; returns once the instruction is written."""
        ...
