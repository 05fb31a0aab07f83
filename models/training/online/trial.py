"""A trial of learners: merchants corrected one after the other, judged on merchants that no correction names.

The merchants of the shipped descriptors, each once, with the category of most of its rows. All that begin with the same
word are in one part, so that a branch is never judged by another branch: `LEARN` is corrected, on `CHOOSE` steps and
thresholds are chosen, and figures are of `REPORT`.
"""

import pickle
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from river import compose

from models.learned.online.text import TEXT
from models.learned.online.weights import STEP
from models.training.config import TrainingConfig
from models.training.examples import merchants

CLEAR = 0.8
"""Share of a merchant's rows that must have its category: others are no matter of the name."""

STAGES = (50, 200, 1_000, 5_000)
"""Corrections after which is judged."""

AFTER_DRIFT = (0, 250, 500, 1_000, 2_000)
"""Corrections after people changed their minds, after which is judged again."""

SWAPPED = 2
"""Pairs of the most frequent categories that change places at the drift."""

JUDGED = 1_500
"""Merchants of a part that are judged, at most."""

PATIENCE = 20.0
"""CPU seconds after which a candidate is given up: one that learns 40 corrections a second is of no use."""


class Part(StrEnum):
    """Parts of the merchants, with their shares."""

    LEARN = "learn"
    CHOOSE = "choose"
    REPORT = "report"


_BOUNDS = ((0.5, Part.LEARN), (0.75, Part.CHOOSE), (1.0, Part.REPORT))


class Pair(NamedTuple):
    """A merchant's text with its category."""

    text: str
    category: str


class Share(NamedTuple):
    """Hits among so many."""

    hits: int
    total: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What a candidate was measured to be.

    Args:
        accuracy: Corrections to the share of merchants left out that are right; without stages that it did not reach.
        prequential: Share of the corrections that it would have said, those of the first stage left out.
        rate: Corrections that it learns in a CPU second, features and all.
        size: Bytes of its weights in steps of `STEP`, packed; of a tree, of the whole packed.
        recovery: Corrections after the drift to the share of the swapped categories' merchants that are right.
    """

    accuracy: Mapping[int, Share]
    prequential: Share
    rate: float
    size: int
    recovery: Mapping[int, Share]


def merchants_of(config: TrainingConfig) -> dict[Part, list[Pair]]:
    """The merchants of each part, in an order by hash.

    Raises:
        DataError: The table of descriptors is missing or malformed.
    """
    parts: dict[Part, list[Pair]] = {part: [] for part in Part}
    for merchant in merchants(config):
        categories = merchant.categories()
        category, count = min(categories.items(), key=lambda item: (-item[1], item[0]))
        if count >= CLEAR * categories.total():
            place = _place(f"group {merchant.group}")
            part = next(part for bound, part in _BOUNDS if place < bound)
            parts[part].append(Pair(merchant.text, category))
    return {part: sorted(pairs, key=lambda pair: _place(pair.text)) for part, pairs in parts.items()}


def measured(
    make: Callable[[], compose.Pipeline],
    learn: Sequence[Pair],
    report: Sequence[Pair],
    *,
    clock: Callable[[], float],
    stages: Sequence[int] = STAGES,
    after_drift: Sequence[int] = AFTER_DRIFT,
) -> Measured:
    """Measure one candidate.

    Args:
        make: Makes it.
        learn: What is corrected, in order; as many as the last of the stages.
        report: What is judged.
        clock: CPU seconds.
    """
    model, meter = make(), _Meter(clock)
    accuracy: dict[int, Share] = {}
    right = scored = 0
    for number, pair in enumerate(learn[: stages[-1]], 1):
        if number > stages[0]:
            right += said(model, pair.text) == pair.category
            scored += 1
        meter.learn(model, pair)
        if number in stages:
            accuracy[number] = judged(model, report)
        if meter.seconds > PATIENCE:
            return Measured(accuracy, Share(right, scored), meter.rate, 0, {})
    size = packed_size(model)
    recovery = dict(_recovery(model, meter, learn[: stages[-1]], report, after_drift))
    return Measured(accuracy, Share(right, scored), meter.rate, size, recovery)


def _recovery(
    model: compose.Pipeline, meter: "_Meter", learn: Sequence[Pair], report: Sequence[Pair], after: Sequence[int]
) -> Iterator[tuple[int, Share]]:
    swap = swapped(learn)
    judged_on = [Pair(text, swap[category]) for text, category in report if category in swap]
    # Backwards: the order of the first time would have been that of the model's making.
    again = [Pair(text, swap.get(category, category)) for text, category in reversed(learn)]
    for number in range(after[-1] + 1):
        if number in after:
            yield number, judged(model, judged_on)
        if number < len(again):
            # As it is in use: what is predicted before is what tells of a drift.
            meter.learn(model, again[number])


def swapped(pairs: Sequence[Pair]) -> dict[str, str]:
    """The most frequent categories, each to the one whose place it takes."""
    counts = Counter(pair.category for pair in pairs)
    frequent = sorted(counts, key=lambda category: (-counts[category], category))[: 2 * SWAPPED]
    return {category: frequent[place ^ 1] for place, category in enumerate(frequent) if place ^ 1 < len(frequent)}


def said(model: compose.Pipeline, text: str) -> object:
    """The category that a model gives a text; None before it learned anything."""
    return model.predict_one({TEXT: text})


def judged(model: compose.Pipeline, pairs: Sequence[Pair]) -> Share:
    """Share of pairs that a model is right about."""
    return Share(sum(said(model, pair.text) == pair.category for pair in pairs), len(pairs))


def packed_size(model: compose.Pipeline) -> int:
    """Bytes of a model in a message."""
    learner = list(model.steps.values())[-1]
    learner = getattr(learner, "model", learner)
    if hasattr(learner, "classifiers"):
        weights = [getattr(each, "weights", None) or each.w for each in learner.classifiers.values()]
    elif hasattr(learner, "weights"):
        weights = list(learner.weights.values())
    else:
        # Measured and thrown away; nothing is ever read back from a pickle.
        return len(zlib.compress(pickle.dumps(learner)))
    columns = []
    for each in weights:
        rows = np.fromiter(each.keys(), dtype=np.int64, count=len(each))
        column = np.zeros(int(rows.max(initial=0)) + 1, dtype=np.int16)
        column[rows] = np.rint(np.fromiter(each.values(), dtype=np.float64, count=len(each)) / STEP).astype(np.int16)
        columns.append(column.tobytes())
    return len(zlib.compress(b"".join(columns)))


class _Meter:
    """Counts corrections, and the CPU seconds that learning them took."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.seconds, self._count = 0.0, 0

    def learn(self, model: compose.Pipeline, pair: Pair) -> None:
        """Let a model learn one correction."""
        started = self._clock()
        model.learn_one({TEXT: pair.text}, pair.category)
        self.seconds += self._clock() - started
        self._count += 1

    @property
    def rate(self) -> float:
        """Corrections a CPU second."""
        return self._count / self.seconds if self.seconds else 0.0


def _place(text: str) -> float:
    digest = blake2b(text.encode(), digest_size=8, person=b"online-trial").digest()
    return int.from_bytes(digest) / 2**64
