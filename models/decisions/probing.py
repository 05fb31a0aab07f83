"""Probes: a few decisions are looked at once more as those on twins, which nobody made and nobody hears of.

    transaction --decided--> verdict ----.
         |                               |--compared--> Probe(attribute, flip), a count
         '-- twin --judged beside--> verdict'

A twin is scored by the same voters and policy, in a copy of the ensemble that remembers and counts nothing. It comes
after the decisions of its batch, so that these are the same with probes and without. What goes wrong is counted.
"""

import logging
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

from models.contracts.events import Reason, Transaction
from models.decisions.ensemble import Ensemble
from models.decisions.isolation import judge_each
from models.decisions.verdict import Finding, Verdict
from models.errors import ContractError
from models.statistics.keyed_sample import KeyedSample
from models.twins.live import Attribute, Twin

log = logging.getLogger(__name__)

MOVED = 0.01
"""Change of the confidence from which on it counts as another one."""

_LAID_DOWN = frozenset({Reason.HOUSE_RULE, Reason.CORRECTED_FOR_ACCOUNT, Reason.CORRECTED_BY_PEOPLE})
"""Reasons of decisions that somebody made for this very name or amount: those may well depend on it."""


class Flip(StrEnum):
    """What is different about the decision on a twin."""

    NOTHING = "nothing"
    CONFIDENCE = "confidence"
    """The confidence only, by `MOVED` or more."""
    REVIEW = "review"
    """Whether a person looks."""
    CATEGORY = "category"
    BOTH = "category_and_review"
    FAILED = "failed"
    """The ensemble raises for the twin: the transaction itself would have become a dead letter."""


class Probe(NamedTuple):
    """What a twin showed. No name, no text, and nobody's group.

    Args:
        attribute: What the twin differed in; None where none could be made for a fault of ours.
    """

    attribute: Attribute | None
    flip: Flip


class Probes:
    """Draws decisions, and compares each with that on its twin. It is total: nothing makes it raise.

    Args:
        sample: Draws transactions, by their id: what is read again is probed again, with the same twin.
        twin_of: Makes the twin of a transaction; None where it has none.
    """

    def __init__(self, sample: KeyedSample, twin_of: Callable[[Transaction], Twin | None]) -> None:
        self._sample = sample
        self._twin_of = twin_of
        self._beside: tuple[Ensemble, Ensemble] | None = None

    def of(self, decided: Sequence[tuple[Transaction, Verdict]], ensemble: Ensemble) -> dict[str, Probe]:
        """Probe the decisions of a batch.

        Args:
            ensemble: What decided.

        Returns:
            Transaction id to what its twin showed, for those that were drawn and have one.
        """
        drawn = [one for one in decided if self._sample.takes(one[0].transaction_id)]
        return self._probed(drawn, ensemble) if drawn else {}

    def _probed(self, drawn: Sequence[tuple[Transaction, Verdict]], ensemble: Ensemble) -> dict[str, Probe]:
        probes: dict[str, Probe] = {}
        twins: list[tuple[str, Verdict, Twin]] = []
        for transaction, verdict in drawn:
            if not _LAID_DOWN.isdisjoint(verdict.reasons):
                continue
            try:
                twin = self._twin_of(transaction)
            except Exception as error:  # noqa: BLE001  # a probe must not hurt what it looks at
                log.error("making a twin failed (%s)", type(error).__name__)
                probes[transaction.transaction_id] = Probe(None, Flip.FAILED)
                continue
            if twin is not None:
                twins.append((transaction.transaction_id, verdict, twin))
        found = judge_each(self._copy_of(ensemble), [twin.transaction for _, _, twin in twins]) if twins else []
        for (name, verdict, twin), other in zip(twins, found, strict=True):
            probes[name] = Probe(twin.attribute, flip_of(verdict, other))
        return probes

    def _copy_of(self, ensemble: Ensemble) -> Ensemble:
        # Made once for each ensemble that comes to decide.
        if self._beside is None or self._beside[0] is not ensemble:
            self._beside = ensemble, ensemble.beside()
        return self._beside[1]


def flip_of(verdict: Verdict, other: Finding | ContractError) -> Flip:
    """What is different about the decision on a twin.

    Args:
        verdict: On the transaction.
        other: On the twin, or its refusal.
    """
    if isinstance(other, ContractError):
        return Flip.FAILED
    twin = other.verdict
    category = verdict.category != twin.category
    if verdict.requires_review != twin.requires_review:
        return Flip.BOTH if category else Flip.REVIEW
    if category:
        return Flip.CATEGORY
    moved = abs(verdict.traits.confidence - twin.traits.confidence) >= MOVED
    return Flip.CONFIDENCE if moved else Flip.NOTHING
