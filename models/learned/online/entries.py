"""Entries of the learner's journal as it keeps them, the limits it learns by, and what became of each entry."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple

from models.contracts.corrections import Correction, Scope, Standing
from models.contracts.instructions import Action
from models.learned.online.keys import LineKeys, MerchantKey


class Said(NamedTuple):
    """A correction as far as it is learned from; its text is not kept.

    Args:
        at: When it was said, but no later than the journal had it.
        offset: Place in the journal.
        decided: Category that had been decided; None where the correction does not say so.
        keys: None where there is nothing to learn it under.
        account: Token of the account whose line it is about, by which it is forgotten; None where nobody said.
        settled: Whether somebody who may has said that it is to be learned, whatever the guards say.
    """

    correction_id: str
    category: str
    actor: str
    standing: Standing
    scope: Scope
    account_id: str | None
    at: datetime
    offset: int
    decided: str | None
    keys: LineKeys | None
    account: str | None = None
    settled: bool = False

    @property
    def merchant(self) -> MerchantKey | None:
        """Of whom it is for everyone; None where the line names nobody that others may know."""
        return None if self.keys is None or self.keys.merchant is None else (self.keys.flow, self.keys.merchant)

    @property
    def is_personal(self) -> bool:
        """Whether it is for one account: a customer speaks for their own books, whatever the scope says."""
        return self.scope is Scope.ACCOUNT or self.standing is Standing.CUSTOMER


def said_of(
    correction: Correction, keys: LineKeys | None, *, account: str | None, offset: int, at: datetime | None
) -> Said:
    """What is kept of a correction.

    Args:
        account: Token of the account whose line it is about.
        at: When the journal had it: a clock that runs ahead must not have the last word for ever.
    """
    answers = correction.answers
    return Said(
        correction.correction_id,
        correction.category.value,
        correction.actor,
        correction.standing,
        correction.scope,
        correction.account_id,
        correction.timestamp if at is None else min(correction.timestamp, at),
        offset,
        None if answers is None else answers.category.value,
        keys,
        account,
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """How far what people say is believed; the settings of the learner by their names without `learn_`.

    Args:
        actor_rate: Corrections of one actor in an hour of event time that are learned.
        agreement: People who must agree before a frequent merchant changes its category, and who outvote one.
        frequent: Rows of a merchant in training from which on it is frequent.
        accounts: Accounts whose corrections of one merchant become a proposal for everyone.
        accounts_share: Share of the accounts with a correction of it that must agree.
        proposals: Whether an approver decides on a proposal, or it is learned at once.
        account_merchants: Merchants that are remembered for one account; the oldest goes first.
        crowd: New people who may contradict what is known of one merchant within `crowd_window`; more are held back.
        doubted: Corrections of one actor in quarantine, and more than were learned, from which on all of theirs wait.
        newcomer: Other merchants from which on an actor is new no more.
        family_stores: Corrected merchants, each with another word behind what they share, that make a family.
        family_share: Share of the corrected merchants of a family that must have its category.
        loss: Share of the holdout that an update may cost at most.
        group_loss: Share of the holdout's rows of one category or amount band that it may cost at most.
        group_rows: Rows from which on a category or band has a say.
        text_every: Corrections learned between two snapshots of the model of texts, at least.
        text_pause: Event time between them, unless it has learned as much again.
    """

    actor_rate: int = 300
    agreement: int = 2
    frequent: int = 100
    accounts: int = 5
    accounts_share: float = 0.8
    proposals: Literal["ask", "apply"] = "ask"
    account_merchants: int = 200
    crowd: int = 10
    crowd_window: timedelta = timedelta(hours=1)
    doubted: int = 10
    newcomer: int = 3
    family_stores: int = 3
    family_share: float = 0.8
    loss: float = 0.005
    group_loss: float = 0.02
    group_rows: int = 50
    text_every: int = 50
    text_pause: timedelta = timedelta(minutes=1)


class Status(StrEnum):
    """What became of an entry."""

    ACCEPTED = "accepted"
    """A correction is learned, an instruction is carried out."""
    PROPOSAL = "proposal"
    """Learned for the account, and enough accounts agree for a proposal."""
    REPEATED = "repeated"
    """Its id was there before; nothing happens."""
    LATE = "late"
    """The same person has said something newer of that merchant."""
    CAPPED = "capped"
    """Its actor said too much within an hour; it waits in quarantine."""
    QUARANTINED = "quarantined"
    """It waits in quarantine for another reason."""
    FROZEN = "frozen"
    """It waits until the learner is thawed."""
    REFUSED = "refused"
    """Who says so may not."""
    UNKNOWN = "unknown"
    """An instruction about something that is not there, or no more."""
    NOTHING = "nothing"
    """The line names nobody to learn it of."""


class Reason(StrEnum):
    """Why a correction is in quarantine, or an entry came to nothing."""

    NONE = ""
    RATE = "rate"
    """Too many of one actor within an hour."""
    AGREEMENT = "agreement"
    """A frequent merchant: others must agree first."""
    OUTVOTED = "outvoted"
    """Several others say something else."""
    LATE = "late"
    """Somebody else has said something newer, or an approver has."""
    CROWD = "crowd"
    """Many new people contradict what is known of one merchant within a short time."""
    HOLDOUT = "holdout"
    """It would cost the holdout too much."""
    DOUBTED = "doubted"
    """Most of what its actor said before waits in quarantine."""
    CONFLICT = "conflict"
    """The same id with other content."""
    STANDING = "standing"
    """Not for somebody of this standing."""
    TAKEN_BACK = "taken_back"
    """Taken back before it came."""
    OWN = "own"
    """Somebody else than its author must release it: four eyes."""


class Outcome(NamedTuple):
    """What became of an entry.

    Args:
        changed: Whether decisions may differ from before.
        right: Whether the system would have said so before it learned; None where it was not scored.
    """

    status: Status
    reason: Reason = Reason.NONE
    changed: bool = False
    right: bool | None = None


class Obeyed(NamedTuple):
    """What became of an instruction. Its target is not kept: that may be an account which is deleted."""

    instruction_id: str
    action: Action
    outcome: Outcome


class Held(NamedTuple):
    """A correction in quarantine."""

    said: Said
    reason: Reason
