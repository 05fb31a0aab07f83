"""A ruling: what decides before the ensemble does, and the verdict that it makes of the ensemble's."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from models.contracts.events import Alternative, Reason, Vote, of_checked
from models.decisions.acceptance import LEAST
from models.decisions.policy import confidence_band, uncertainty
from models.decisions.pool import Familiarity
from models.decisions.precedence.trust import Measured, OnlineTrust, Stance
from models.decisions.verdict import (
    ALTERNATIVES,
    Traits,
    Verdict,
    checked_agreement,
    checked_alternative,
    checked_vote,
)
from models.voters.contract import Kind, Method

CERTAIN = 1.0
"""Confidence of a house rule, and of an account's word on its own books: they are right by definition, not by trial."""

MOST_RULED = 256
"""Verdicts that one of the ensemble's remembers."""

_REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        Method.HOUSE.value: Reason.HOUSE_RULE,
        Method.ACCOUNT.value: Reason.CORRECTED_FOR_ACCOUNT,
        Method.ONLINE.value: Reason.CORRECTED_BY_PEOPLE,
    }
)


class Ruling(NamedTuple):
    """What decides; plain strings, since verdicts are found by it.

    Args:
        method: Value of a `Method`.
        kind: Value of the `Kind` of its ballot.
        evidence: Why, in a few words a reviewer understands.
    """

    method: str
    kind: str
    category: str
    evidence: str


def ruled(verdict: Verdict, ruling: Ruling, trust: OnlineTrust, *, target: float) -> Verdict:
    """What becomes of the ensemble's verdict under a ruling; remembered with it.

    Args:
        target: Share of accepted decisions that must be right.
    """
    known = verdict.ruled.get(ruling)
    if known is None:
        if len(verdict.ruled) >= MOST_RULED:
            verdict.ruled.clear()
        known = verdict.ruled[ruling] = _ruled(verdict, ruling, trust, target)
    return known


def stance_of(verdict: Verdict, category: str) -> Stance:
    """What the ensemble's verdict says of a category that people gave."""
    if verdict.category == category:
        return Stance.AGREES
    return Stance.UNSURE if verdict.requires_review else Stance.AGAINST


def for_a_person(verdict: Verdict) -> Verdict:
    """The same verdict, but that a person looks; remembered with it.

    In trials less than the target of what the votes of the model of texts would have had accepted was right.
    """
    if verdict.requires_review:
        return verdict
    known = verdict.ruled.get(None)
    if known is None:
        reasons = (*verdict.reasons, Reason.BELOW_THRESHOLD)
        checked = {**verdict.checked, "requires_review": True, "reasons": reasons}
        traits = verdict.traits._replace(requires_review=True)
        known = verdict.ruled[None] = Verdict(True, checked, reasons, verdict.category, traits)
    return known


def _ruled(verdict: Verdict, ruling: Ruling, trust: OnlineTrust, target: float) -> Verdict:
    measured = None
    if ruling.method == Method.ONLINE.value:
        measured = trust.of(Kind(ruling.kind), stance_of(verdict, ruling.category))
    confidence = CERTAIN if measured is None else round(measured.right, 4)
    review = measured is not None and measured.low < target
    before = verdict.checked
    others: tuple[Vote, ...] = before["votes"]
    # Checked: a category of the taxonomy, and a probability. All else was checked before, or is ours.
    own = checked_vote(ruling.method, ruling.category, confidence, 1.0, ruling.evidence)
    # They were heard, and did not count.
    silent = [of_checked(Vote, {**vars(each), "weight": 0.0}) for each in others]
    agreeing = 1 + sum(each.category == ruling.category for each in others)
    reason = _REASONS[ruling.method]
    checked = {
        **before,
        "category": own.category,
        "confidence": confidence,
        "band": confidence_band(confidence),
        "requires_review": review,
        "uncertainty": round(uncertainty(confidence, agreeing, len(others) + 1), 4),
        "votes": (*silent, own),
        "agreement": checked_agreement(agreeing, len(others) + 1),
        "reasons": (reason, Reason.BELOW_THRESHOLD) if review else (reason,),
        "review_note": _note(measured, target) if measured is not None and review else None,
        "alternatives": _alternatives(before["alternatives"], verdict, ruling.category),
    }
    known = verdict.traits
    traits = Traits(
        category=ruling.category,
        band=known.band,
        requires_review=review,
        confidence=confidence,
        methods=(*known.methods, ruling.method),
        decisive=ruling.method,
        # Somebody had a word, so that nobody abstained; to the memory the merchant is as new as it was.
        familiarity=known.familiarity or Familiarity.NEW.value,
    )
    return Verdict(review, checked, checked["reasons"], ruling.category, traits)


def _alternatives(before: tuple[Alternative, ...], verdict: Verdict, category: str) -> tuple[Alternative, ...]:
    others = list(before)
    if verdict.category != category and verdict.traits.methods:
        others.insert(0, checked_alternative(verdict.category, verdict.traits.confidence))
    return tuple(each for each in others if each.category != category)[:ALTERNATIVES]


@lru_cache(maxsize=256)
def _note(measured: Measured, target: float) -> str | None:
    if measured.right < LEAST:
        return None
    return (
        f"in trials such corrections were right {measured.right:.0%} of the time [{measured.low:.0%},"
        f" {measured.high:.0%}] in {measured.rows} decisions; they are accepted where the lower end is {target:.2f}"
    )
