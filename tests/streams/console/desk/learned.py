"""What the learner of a test has heard: the real one, without Kafka."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

from models.contracts.corrections import About, Answered, Correction, Scope, Standing
from models.contracts.instructions import Action, Instruction
from models.learned.online.entries import Limits
from models.learned.online.holdout import Holdout
from models.learned.online.keys import LineKeys
from models.learned.online.learner import OnlineLearner

BEGIN = datetime(2026, 11, 30, 9, tzinfo=UTC)


def after(days: float) -> timedelta:
    """How far ahead a clock must be to show the time so many days after `BEGIN`."""
    return BEGIN + timedelta(days=days) - datetime.now(UTC)


class Learned:
    """A learner, as the page sees it.

    Args:
        entries: What it has heard before.
        heard: Whether its report is there; else nothing was heard of it.
    """

    def __init__(self, *entries: Correction | Instruction, heard: bool = True) -> None:
        self._learner = OnlineLearner(Limits(), _keys_of, Holdout())
        self._offset = -1
        self.heard = heard
        self.told: list[Instruction] = []
        for entry in entries:
            self.take(entry)

    async def report(self) -> Mapping[str, object] | None:
        """The report."""
        return self._learner.report() if self.heard else None

    async def instruct(self, instruction: Instruction) -> None:
        """Do it, as the learner does a moment later."""
        self.told.append(instruction)
        self.take(instruction)

    def take(self, entry: Correction | Instruction) -> None:
        """Hear of it."""
        self._offset += 1
        self._learner.take(entry, offset=self._offset)


def _keys_of(correction: Correction) -> LineKeys | None:
    if correction.about is None:
        return None
    words = tuple(correction.about.description.lower().split())
    return LineKeys("".join(words), words, "out", " ".join(words))


def correction(
    number: int,
    text: str,
    category: str,
    *,
    actor: str = "grace",
    decided: str = "shopping",
    account: str | None = None,
    minutes: float = 0,
) -> Correction:
    """A correction; with an account it is a customer's own."""
    return Correction(
        correction_id=f"c-{number}",
        transaction_id=f"t-{number}",
        category=category,
        actor=actor,
        timestamp=BEGIN + timedelta(minutes=minutes),
        answers=Answered(category=decided, confidence=0.4, amount_band="under_100", model_version="m-1"),
        about=About(description=text, amount="12.50", currency="CAD"),
        scope=Scope.EVERYONE if account is None else Scope.ACCOUNT,
        account_id=account,
        standing=Standing.REVIEWER if account is None else Standing.CUSTOMER,
    )


def busy() -> Learned:
    """A day: three merchants learned, one correction outvoted, one held back for its account, one proposal."""
    return Learned(
        correction(1, "Blue Barn", "pets"),
        correction(2, "Corner Oak", "food_dining", actor="alan", decided="food_dining", minutes=1),
        correction(3, "Blue Barn", "groceries", actor="alan", minutes=2),
        correction(4, "Blue Barn", "groceries", actor="edsger", minutes=3),
        correction(5, "Blue Barn", "pets", minutes=4),
        correction(6, "Night Owl Press", "shopping", actor="edsger", decided="education", minutes=5),
        *(
            correction(
                10 + each, "Mill Street Yoga", "sports_fitness", actor=f"u-{each}", account=f"a-{each}", minutes=6
            )
            for each in range(6)
        ),
    )


async def approved(learned: Learned) -> None:
    """Let an approver approve its first proposal."""
    report = await learned.report()
    assert report is not None
    (proposal,) = cast("list[dict[str, str]]", report["proposals"])
    learned.take(
        Instruction(
            instruction_id="i-1",
            action=Action.APPROVE,
            target=proposal["proposal_id"],
            actor="boss",
            standing=Standing.APPROVER,
            timestamp=BEGIN + timedelta(minutes=7),
        )
    )


def frozen() -> Learned:
    """One that is frozen, with a correction that waits."""
    told = Instruction(
        instruction_id="i-0", action=Action.FREEZE, actor="boss", standing=Standing.APPROVER, timestamp=BEGIN
    )
    return Learned(correction(1, "Blue Barn", "pets"), told, correction(2, "Red Fox", "pets", minutes=9))
