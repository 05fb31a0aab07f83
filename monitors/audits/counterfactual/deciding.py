"""What an ensemble says of clones: each line once, whatever pairs it is in."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import NamedTuple

from models.decisions.ensemble import Ensemble
from monitors.audits.counterfactual.pairs import NOON, Clone, Pair

BATCH = 2_000
"""Lines that are decided together."""

_NOW = NOON + timedelta(days=60)
"""When clones are decided on: after all of them, so that none lies ahead."""


class Said(NamedTuple):
    """What was decided on one clone.

    Args:
        reviewed: Whether a person must look.
        confidence: As the event has it.
    """

    category: str
    reviewed: bool
    confidence: float


def clones_of(pairs: Iterable[Pair]) -> list[Clone]:
    """Each clone once, in the order of the pairs."""
    return list(dict.fromkeys(side.clone for pair in pairs for side in (pair.other, pair.reference)))


def decided(
    ensemble: Ensemble, clones: Iterable[Clone], *, on_progress: Callable[[int], None] = lambda _: None
) -> Mapping[Clone, Said]:
    """Let the ensemble decide on clones.

    Args:
        on_progress: Is told of each batch how many lines it had.
    """
    said: dict[Clone, Said] = {}
    lines = list(clones)
    for start in range(0, len(lines), BATCH):
        batch = lines[start : start + BATCH]
        decisions = ensemble.decide([clone.transaction(number) for number, clone in enumerate(batch)], now=_NOW)
        for clone, each in zip(batch, decisions, strict=True):
            said[clone] = Said(each.category, each.requires_review, each.verdict.traits.confidence)
        on_progress(len(batch))
    return said
