"""Corrections and instructions as tests make them up, and a learner that has taken them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from models.contracts.corrections import About, Answered, Correction, Scope, Standing
from models.contracts.events import AmountBand
from models.contracts.instructions import Action, Instruction
from models.learned.online.entries import Limits
from models.learned.online.holdout import Holdout, HoldoutRow
from models.learned.online.keys import LineKeys
from models.learned.online.learner import OnlineLearner
from models.learned.online.model import OnlineModel
from models.learned.online.state import Means

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def keys_of_text(text: str) -> LineKeys:
    """Keys of a text in which every word names the merchant."""
    words = tuple(text.lower().split())
    return LineKeys("".join(words), words, "out", " ".join(words))


def keys_of(correction: Correction) -> LineKeys | None:
    """The same of what a correction is about."""
    return None if correction.about is None else keys_of_text(correction.about.description)


def said(
    number: int,
    text: str,
    category: str,
    *,
    actor: str = "r-1",
    minutes: float = 0,
    scope: Scope = Scope.EVERYONE,
    account: str | None = None,
    standing: Standing = Standing.REVIEWER,
    decided: str | None = None,
) -> Correction:
    """A correction.

    Args:
        decided: What had been decided; None where it does not say.
    """
    answers = None
    if decided is not None:
        answers = Answered(category=decided, confidence=0.9, amount_band=AmountBand.UNDER_100, model_version="m")
    return Correction(
        correction_id=f"c-{number}",
        transaction_id=f"t-{number}",
        category=category,
        actor=actor,
        timestamp=BEGIN + timedelta(minutes=minutes),
        about=About(description=text, amount="12.50", currency="CAD"),
        answers=answers,
        scope=scope,
        account_id=account,
        standing=standing,
    )


def told(
    number: int,
    action: Action,
    target: str | None = None,
    *,
    minutes: float = 0,
    actor: str = "boss",
    standing: Standing = Standing.APPROVER,
) -> Instruction:
    """An instruction, an approver's where nothing else is said."""
    return Instruction(
        instruction_id=f"i-{number}",
        action=action,
        target=target,
        actor=actor,
        standing=standing,
        timestamp=BEGIN + timedelta(minutes=minutes),
    )


def learner(limits: Limits | None = None, rows: Iterable[HoldoutRow] = (), means: Means | None = None) -> OnlineLearner:
    """One that has learned nothing."""
    return OnlineLearner(limits or Limits(), keys_of, Holdout(rows), means=means)


def take_all(one: OnlineLearner, entries: Iterable[Correction | Instruction]) -> OnlineLearner:
    """Let a learner take entries, behind what it has taken."""
    offset = one.offset
    for number, entry in enumerate(entries, 1):
        one.take(entry, offset=offset + number)
    return one


def taken(entries: Sequence[Correction | Instruction], limits: Limits | None = None) -> OnlineLearner:
    """A learner that has taken entries."""
    return take_all(learner(limits), entries)


def followed(source: OnlineLearner) -> OnlineModel:
    """A worker's model, which has read all that the learner published."""
    model = OnlineModel()
    model.apply(source.snapshot().items())
    return model


def said_of_text(model: OnlineModel, text: str) -> str | None:
    """What a worker's model says of a merchant, as itself or as one of a family."""
    found = model.merchant(keys_of_text(text)) or model.family(keys_of_text(text))
    return None if found is None else found.category
