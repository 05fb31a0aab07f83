"""Decisions beside their truth: what every metric is made of. A judged decision holds no text of a transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.contracts.events import AmountBand, Vote
from models.decisions.ensemble import Ensemble
from models.decisions.verdict import DecisionEvent
from models.evaluation.data.labelled_file import LabelledRow
from models.evaluation.data.labels import Truth
from models.learned.memory import memory_key
from models.statements.normalise import merchant_text
from models.voters.contract import Method


class Basis(StrEnum):
    """The ground of the votes on a transaction, read off their evidence."""

    SEEN = "seen merchant"
    BRAND = "known brand"
    BANK = "bank wording"
    CUE = "cue word"
    NONE = "nothing known"


_SEEN = "seen before"
_RULES = (("brand", Basis.BRAND), ("statement says", Basis.BANK), ("cue word", Basis.CUE), ("till", Basis.CUE))
"""Beginning of the evidence of the rules' vote to the basis."""


def basis(votes: Iterable[Vote]) -> Basis:
    """The basis of a decision: the text vote remembers the merchant, else what the rules' vote rests on.

    >>> vote = Vote(method="rules", category="fuel", confidence=0.9, weight=1.0, evidence="brand shell (written)")
    >>> basis([vote]).value
    'known brand'
    """
    evidence = {vote.method: vote.evidence for vote in votes}
    if evidence.get(Method.TEXT.value, "").startswith(_SEEN):
        return Basis.SEEN
    said = evidence.get(Method.RULES.value, "")
    return next((kind for beginning, kind in _RULES if said.startswith(beginning)), Basis.NONE)


@dataclass(frozen=True, slots=True)
class Judged:
    """One decision beside its truth: right when `category` is in `truth`.

    Args:
        confidence: In [0, 1].
        accepted: Whether it stands without review.
        truth: Categories that are right, at least one.
        currency: ISO 4217.
        merchant: Key of the merchant (`models.learned.memory.memory_key`), or its short text where that is too short
            for a key.
        source: Where the row comes from; may be empty.
        coded: Whether the ensemble saw a merchant category code.
        groups: Cells of the columns that an auditor named.
    """

    category: str
    confidence: float
    accepted: bool
    truth: Truth
    amount_band: AmountBand = AmountBand.UNDER_100
    currency: str = "USD"
    basis: Basis = Basis.NONE
    merchant: str = ""
    source: str = ""
    coded: bool = False
    groups: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """True where the category is one of those that are true."""
        return self.category in self.truth


def judge_one(event: DecisionEvent, row: LabelledRow) -> Judged:
    """A decision beside the truth of its row."""
    text = merchant_text(row.transaction.description)
    return Judged(
        str(event.category),
        event.confidence,
        not event.requires_review,
        row.truth,
        event.amount_band,
        row.transaction.currency,
        basis(event.votes),
        memory_key(text) or text,
        row.source,
        row.transaction.mcc is not None,
        row.groups,
    )


def judge(ensemble: Ensemble, rows: Sequence[LabelledRow], *, now: datetime) -> list[Judged]:
    """Let an ensemble decide on labelled rows: with differently assembled ensembles, an ablation.

    Args:
        ensemble: Decides; it never sees the truth.
        now: The clock, timezone-aware.

    Returns:
        One judged decision per row, in order.
    """
    events = ensemble.categorize([row.transaction for row in rows], now=now)
    return [judge_one(event, row) for event, row in zip(events, rows, strict=True)]
