"""The desk where people answer: what a page may ask of the queue, and what it is told.

Nothing here shows whether a request is a blind one. A request that is asked without suggestions has no `aid`, and some
of those that the ensemble was unsure of are asked so, too: a reviewer who sees none cannot tell which of the two it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from models.contracts.events import Alternative, Vote
from models.contracts.taxonomy import Category

UNDOABLE = 10
"""Answers of one reviewer that may be taken back, newest first."""

UNDOABLE_FOR = timedelta(days=1)
"""How long after it was given an answer may be taken back."""

SHOWN = 50
"""Requests that a preview names at most, and that one answer may settle beside its own."""


class Why(StrEnum):
    """Why a request was not done; a closed set, safe as a metric label."""

    UNKNOWN = "unknown"
    """No such request is open, and none was answered lately."""
    ANSWERED = "answered"
    """Somebody has answered it, or it has expired."""
    TAKEN = "taken"
    """Another reviewer has it."""
    NOTHING = "nothing"
    """There is nothing to take back."""
    INVALID = "invalid"
    """What was asked breaks the contract, such as a reviewer's name that is too long."""
    ELSEWHERE = "elsewhere"
    """Another process keeps the queue; `DeskError.where` says which."""
    STARTING = "starting"
    """No process keeps the queue yet, or this one is about to."""
    SILENT = "silent"
    """Kafka did not confirm in time: ask again. An answer may come to count later, and once, however often it is given;
    nothing is taken, kept or taken back later for somebody who does not wait for it any more."""


class DeskError(Exception):
    """What was asked was not done: an answer to whoever asked, which ends no command (so not of `models.errors`).

    Args:
        why: In a code.
        say: The same for people, in a sentence; never with a transaction's text.
        where: Address of the process that keeps the queue, where it is another one and known.
    """

    def __init__(self, why: Why, say: str, where: str = "") -> None:
        super().__init__(say)
        self.why = why
        self.where = where


@dataclass(frozen=True, slots=True)
class Aid:
    """What the ensemble thinks of a transaction.

    Args:
        category: The likeliest.
        confidence: Probability that it is right.
        alternatives: Other categories, best first.
        reasons: Codes of `models.contracts.events.Reason`: why a person is asked.
        note: The same in a sentence with figures, where there is one.
    """

    category: Category
    confidence: float
    votes: tuple[Vote, ...]
    alternatives: tuple[Alternative, ...]
    reasons: tuple[str, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Task:
    """A transaction that a person is asked about.

    Args:
        request_id: Names it at the desk; opaque.
        description: The statement line as it came.
        amount: Positive: money out.
        timestamp: When the transaction was made.
        merchant: Who was paid, or paid, by name; None for private people and the bank's own business.
        via: The platform in between.
        opened: When it came to the queue.
        claimed_until: Until when it is kept for the reviewer who has it; None where nobody has it.
        similar: Other open requests of the same merchant and direction of money.
        aid: What the ensemble thinks; None where the reviewer is to answer without.
    """

    request_id: str
    description: str
    amount: Decimal
    currency: str
    timestamp: datetime
    mcc: str | None
    counterparty: str | None
    channel: str | None
    merchant: str | None
    via: str | None
    opened: datetime
    claimed_until: datetime | None
    similar: int
    aid: Aid | None


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an answer.

    Args:
        request_ids: What it settled: the request itself, and those like it.
        category: None: the reviewer does not know, and others are asked.
        final_at: Until then it can be taken back and the ledger sees nothing.
        refused: Requests among those that were named which it did not settle, and why.
        repeated: The same answer of the same reviewer was there already.
    """

    request_ids: tuple[str, ...]
    category: Category | None
    final_at: datetime
    refused: Mapping[str, Why] = field(default_factory=dict)
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back.

    Args:
        tasks: Open again and kept for the reviewer, the one that was answered first; those like it follow.
        category: What had been answered; None for "I do not know".
        amends: The ledger has the answer already: another one is learned, and does not change the ledger's record.
    """

    tasks: tuple[Task, ...]
    category: Category | None
    amends: bool


@dataclass(frozen=True, slots=True)
class Like:
    """An open request in a preview.

    Args:
        taken: Another reviewer has it, so that one answer for all leaves it out.
    """

    request_id: str
    description: str
    amount: Decimal
    currency: str
    timestamp: datetime
    taken: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """Open requests of the same merchant and direction of money, without the one itself.

    Args:
        count: How many there are.
        likes: The first `SHOWN` of them, oldest first.
    """

    count: int
    likes: tuple[Like, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """The day of one reviewer, in UTC, and the queue.

    Args:
        answered: Answers of this reviewer today, "I do not know" left out.
        unknown: Times they did not know.
        everyone: Answers of all reviewers today.
        open: Requests that wait, whoever has them.
        oldest: When the oldest of them came; None where none waits.
        undoable: How many answers of this reviewer can be taken back.
    """

    answered: int
    unknown: int
    everyone: int
    open: int
    oldest: datetime | None
    undoable: int


class Standing(StrEnum):
    """Where the queue is kept."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    STARTING = "starting"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the queue is kept.

    Args:
        where: Address (`host:port`) of the process that keeps it, where it is another one and known; else empty.
    """

    standing: Standing
    where: str = ""


class Desk(Protocol):
    """The queue, as those who answer see it. What returns has been committed to Kafka.

    A reviewer is an opaque name of up to 128 characters (`models.contracts.events.Identifier`): it stands in
    `Correction.actor` and `Categorized.answered_by`. Everything that waits raises `DeskError` where it is not done.
    """

    @property
    def state(self) -> Place:
        """Where the queue is kept."""
        ...

    async def next(self, reviewer: str) -> Task | None:
        """Take the request that should be answered next; None where nothing waits that this reviewer may have.

        A reviewer has three at most: the one that was taken first is given back then.
        """
        ...

    async def claim(self, request_id: str, reviewer: str) -> Task:
        """Take a request, or keep it for longer."""
        ...

    async def release(self, request_id: str, reviewer: str, *, skip: bool = False) -> None:
        """Give a request back; nothing happens where nobody has it.

        Args:
            skip: Whether `next` gives this reviewer all others first, as long as the desk remembers: at most today.
        """
        ...

    async def answer(
        self, request_id: str, category: Category | None, reviewer: str, reason: str | None = None
    ) -> Answered:
        """Answer a request that this reviewer or nobody has.

        Args:
            category: None: the reviewer does not know, and is not asked again.
            reason: Why, in up to 256 characters.
        """
        ...

    async def undo(self, reviewer: str) -> Undone:
        """Take back the newest answer of this reviewer that is not taken back yet, one of the last `UNDOABLE`."""
        ...

    async def similar(self, request_id: str) -> Preview:
        """Other open requests of the same merchant."""
        ...

    async def answer_similar(
        self, request_id: str, category: Category, reviewer: str, ids: Sequence[str], reason: str | None = None
    ) -> Answered:
        """Answer a request and others like it at once; `undo` takes all of it back.

        Args:
            ids: Which of the preview, at most `SHOWN`; what is no more open, or another's, is named in `refused`.
        """
        ...

    def progress(self, reviewer: str) -> Progress:
        """The day of this reviewer, and the queue.

        Raises:
            DeskError: The queue is not kept here.
        """
        ...
