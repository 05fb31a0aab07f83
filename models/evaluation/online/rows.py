"""Labelled rows as the online model sees them: their keys, and what is decided on them without and with corrections."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from models.contracts.corrections import About, Answered, Correction
from models.contracts.events import Transaction, amount_band
from models.decisions.ensemble import Ensemble
from models.decisions.known_merchants import KnownMerchants
from models.decisions.line_keys import CorrectionKeys, line_keys, trade_of
from models.evaluation.data.labels import Truth
from models.learned.online.entries import Limits
from models.learned.online.holdout import Holdout, HoldoutRow
from models.learned.online.keys import LineKeys, MerchantKey
from models.learned.online.learner import OnlineLearner
from models.learned.online.model import OnlineModel
from models.learned.online.state import Means
from models.learned.online.text import TextLearner
from models.learned.online.weights import TextWeights
from models.statistics.intervals import paired_difference
from models.voters.line import Line, key_of

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""When the first correction is made."""

LEAST = 50
"""Rows of the smallest category or band whose loss is told."""

_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class OnlineRow:
    """A labelled transaction.

    Args:
        decided: What the ensemble says of it.
        accepted: Whether that stands without review.
        truth: Categories that are right; empty where that is not known.
    """

    transaction: Transaction
    truth: Truth
    keys: LineKeys
    decided: str
    accepted: bool

    @property
    def band(self) -> str:
        """Of its amount."""
        return amount_band(self.transaction.amount, self.transaction.currency).value

    @property
    def key(self) -> MerchantKey | None:
        """Of its merchant; None where it names none that others may know."""
        return None if self.keys.merchant is None else (self.keys.flow, self.keys.merchant)

    @property
    def right(self) -> bool:
        """Whether the ensemble is right."""
        return self.decided in self.truth

    @property
    def label(self) -> str:
        """The category that a person would name; the first by name where several are right."""
        return min(self.truth)


@dataclass(frozen=True, slots=True)
class Stage:
    """What is needed to play corrections through.

    Args:
        known: What the model knows of merchants.
        holdout: Rows that the learner guards.
        rows: Rows that it does not know, to measure on.
    """

    ensemble: Ensemble
    known: KnownMerchants
    holdout: Sequence[OnlineRow]
    rows: Sequence[OnlineRow]

    def learner(self, limits: Limits | None = None, *, texts: bool = False) -> OnlineLearner:
        """A learner that has learned nothing.

        Args:
            texts: Whether it has the model of texts, too; what that is worth hangs on the policy (docs/learning.md).
        """
        held = Holdout(HoldoutRow(row.keys, row.decided, row.truth, row.band, row.accepted) for row in self.holdout)
        means = Means(known=self.known, beginning=self.known.beginning, trade=trade_of)
        if texts:
            means = replace(means, new_text=TextLearner, read_text=TextWeights.of)
        return OnlineLearner(limits or Limits(), CorrectionKeys(self.ensemble), held, means=means)


def seen(ensemble: Ensemble, labelled: Iterable[tuple[Transaction, Truth]]) -> list[OnlineRow]:
    """Labelled transactions with their keys and what the ensemble says."""
    pairs = list(labelled)
    rows = []
    for start in range(0, len(pairs), _CHUNK):
        part = pairs[start : start + _CHUNK]
        findings = ensemble.findings([transaction for transaction, _ in part])
        for (transaction, truth), (verdict, merchant) in zip(part, findings, strict=True):
            keys = line_keys(Line(*key_of(transaction)), merchant)
            rows.append(OnlineRow(transaction, truth, keys, verdict.category, not verdict.requires_review))
    return rows


def follower(learner: OnlineLearner) -> OnlineModel:
    """A worker's model that has followed the learner to its end."""
    model = OnlineModel(trade=trade_of)
    model.apply(learner.snapshot().items())
    return model


def decided(model: OnlineModel, row: OnlineRow) -> str:
    """What is decided on a row with what people corrected for everyone."""
    found = model.merchant(row.keys) or model.family(row.keys)
    return row.decided if found is None else found.category


def correction(
    row: OnlineRow, category: str, number: int, *, actor: str = "reviewer-1", after: timedelta = timedelta()
) -> Correction:
    """A reviewer's correction of a row.

    Args:
        number: Makes its id.
        after: How long after `BEGIN`.
    """
    transaction = row.transaction
    about = About(
        description=transaction.description,
        amount=transaction.amount,
        currency=transaction.currency,
        mcc=transaction.mcc,
        counterparty=transaction.counterparty,
        channel=transaction.channel,
    )
    answers = Answered(category=row.decided, confidence=0.5, amount_band=row.band, model_version="evaluated")
    return Correction(
        correction_id=f"{actor}-{number}",
        transaction_id=transaction.transaction_id,
        category=category,
        actor=actor,
        timestamp=BEGIN + after,
        answers=answers,
        about=about,
    )


@dataclass(frozen=True, slots=True)
class Loss:
    """How much less often decisions are right than without corrections, on the same rows.

    Args:
        rows: Number of rows.
        points: Share right without corrections minus share right with them, in [-1, 1].
        interval: 95% interval of it.
    """

    rows: int
    points: float
    interval: tuple[float, float]


def loss(model: OnlineModel, rows: Sequence[OnlineRow]) -> Loss | None:
    """The loss on some rows; None where there are none."""
    if not rows:
        return None
    without = [row.right for row in rows]
    points, interval = paired_difference(without, [decided(model, row) in row.truth for row in rows])
    return Loss(len(rows), points, interval)


def worst_loss(model: OnlineModel, rows: Sequence[OnlineRow]) -> tuple[str, Loss] | None:
    """The largest loss of a category or amount band of at least `LEAST` rows, with its name; None without one."""
    groups: dict[str, list[OnlineRow]] = {}
    for row in rows:
        for name in (*sorted(row.truth), f"band {row.band}"):
            groups.setdefault(name, []).append(row)
    losses: Mapping[str, Loss | None] = {
        name: loss(model, held) for name, held in sorted(groups.items()) if len(held) >= LEAST
    }
    found = [(name, each) for name, each in losses.items() if each is not None]
    return max(found, key=lambda item: item[1].points, default=None)
