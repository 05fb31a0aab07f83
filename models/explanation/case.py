"""What an explanation is made of: a decision, and what is at hand of its transaction."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from models.contracts.events import Categorized, ConfidenceBand, Decision, Reason, ReviewRequest, Transaction
from models.explanation.grounds import Ground, grounds_of, is_disputed, word_of


class Look(StrEnum):
    """Whether a person looks at a decision."""

    NO = "no"
    ASKED = "asked"
    ASKED_FOR_GROUP = "asked_for_group"
    """Sure by itself, but payments of its group are wrong more often."""
    UNANSWERED = "unanswered"
    SAMPLED = "sampled"
    """It stands, and was drawn at random for a person to check."""
    DONE = "done"


class Certainty(StrEnum):
    """How sure a decision is, in three steps; or a person's, which is not measured."""

    SURE = "sure"
    FAIRLY_SURE = "fairly_sure"
    UNSURE = "unsure"
    PERSON = "person"


_STEPS = {
    ConfidenceBand.VERY_HIGH: Certainty.SURE,
    ConfidenceBand.HIGH: Certainty.SURE,
    ConfidenceBand.MEDIUM: Certainty.FAIRLY_SURE,
    ConfidenceBand.LOW: Certainty.UNSURE,
}


@dataclass(frozen=True, slots=True)
class Payment:
    """What the customer sees of the payment on the statement.

    Args:
        amount: Positive: money out.
        timestamp: With zone; the day is told as it is there.
    """

    line: str
    amount: Decimal
    currency: str
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A decision to explain. It holds no evidence, no figure of confidence and no merchant but the payment's own.

    Args:
        grounds: The weightiest first.
        disputed: Whether some of what counted spoke for another category.
        ahead: Whether its time lies ahead of the clock.
        word: The word of the customer's own line that `Ground.WORD` is about, where it can be shown.
        merchant: Who was paid, or paid; None for private people.
        via: The platform in between.
        payment: None where no more than the decision is at hand.
    """

    category: str
    grounds: tuple[Ground, ...]
    certainty: Certainty
    look: Look
    disputed: bool = False
    ahead: bool = False
    word: str | None = None
    merchant: str | None = None
    via: str | None = None
    payment: Payment | None = None


def certainty_of(band: ConfidenceBand) -> Certainty:
    """The step of a band of confidence."""
    return _STEPS[band]


def case_of(decision: Decision, transaction: Transaction | None = None) -> Case:
    """The case of a decision.

    Args:
        transaction: Its transaction; a request for review holds what is needed of it, other decisions do not.
    """
    source = transaction or (decision if isinstance(decision, ReviewRequest) else None)
    by_person = decision.decided_by == "human"
    return Case(
        category=decision.category,
        grounds=(Ground.PERSON,) if by_person else grounds_of(decision.votes, decision.reasons, decision.category),
        certainty=Certainty.PERSON if by_person else certainty_of(decision.band),
        look=_look(decision),
        disputed=not by_person and is_disputed(decision.votes, decision.reasons, decision.category),
        ahead=Reason.TIMESTAMP_AHEAD in decision.reasons,
        word=None
        if source is None or by_person
        else word_of(decision.votes, decision.reasons, decision.category, source.description),
        merchant=decision.merchant,
        via=decision.via,
        payment=None
        if source is None
        else Payment(source.description, source.amount, source.currency, source.timestamp),
    )


def _look(decision: Decision) -> Look:
    if decision.decided_by == "human":
        return Look.DONE
    if isinstance(decision, ReviewRequest) and decision.blind:
        return Look.SAMPLED
    if not decision.requires_review:
        return Look.NO
    if isinstance(decision, Categorized):
        return Look.UNANSWERED
    return asked(sure_in_itself=decision.review_note is not None)


def asked(*, sure_in_itself: bool) -> Look:
    """Why a person is asked."""
    return Look.ASKED_FOR_GROUP if sure_in_itself else Look.ASKED
