"""From when on the model of texts may speak: chosen on merchants on which no figure is reported."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.learned.online.text import TextLearner
from models.learned.online.weights import LEAST, TextWeights
from models.training.online.trial import Pair, Share

LIKELY = tuple(step / 20 for step in range(8, 19))
"""Probabilities that are tried: .40 to .90."""

FEW = (1, 2, 3, 5, 8)
"""Corrections of a category that are tried."""

STAGES = (300, 1_000, 3_000, 10_000)
"""Corrections after which each is tried."""

AIM = 0.7
"""Share of what is said that shall be right, at every stage: without it about half would be (docs/evaluation.md)."""

ENOUGH = 30
"""Merchants of which something is said, below which a stage has no say."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What would be said with one threshold.

    Args:
        right: Share of what is said that is right.
        judged: Merchants that were asked about.
    """

    threshold: float
    stage: int
    right: Share
    judged: int


def by_probability(learn: Sequence[Pair], judged: Sequence[Pair], stages: Sequence[int] = STAGES) -> Iterator[Spoken]:
    """What is said from each probability on, after each number of corrections."""
    learner = TextLearner()
    for number, pair in enumerate(learn[: stages[-1]], 1):
        learner.learn(*pair)
        if number in stages:
            said = list(_said(learner.weights(), judged))
            for threshold in LIKELY:
                hits = [right for probability, right in said if probability >= threshold]
                yield Spoken(threshold, number, Share(sum(hits), len(hits)), len(judged))


def least(spoken: Sequence[Spoken]) -> float | None:
    """The least threshold from which on enough is right at every stage; None where there is none."""
    for threshold in sorted({each.threshold for each in spoken}):
        of_it = [each.right for each in spoken if each.threshold == threshold and each.right.total >= ENOUGH]
        if of_it and all(share.hits >= AIM * share.total for share in of_it):
            return threshold
    return None


def by_support(
    learn: Sequence[Pair], judged: Sequence[Pair], threshold: float, *, corrections: int = STAGES[1]
) -> Iterator[Spoken]:
    """What is said of a category with few corrections, among many of the others; over all categories in turn.

    Args:
        threshold: Probability from which on something is said.
        corrections: Of the other categories together, at most.
    """
    first = learn[:corrections]
    counts = Counter(pair.category for pair in learn)
    for few in FEW:
        hits: list[bool] = []
        for category in sorted(category for category in counts if counts[category] >= few):
            learner = TextLearner()
            for pair in _with_few(first, learn, category, few):
                learner.learn(*pair)
            weights = learner.weights()
            hits += [
                category == pair.category
                for pair in judged
                if (ranked := weights.ranked(pair.text)) and ranked[0][0] == category and ranked[0][1] >= threshold
            ]
        yield Spoken(few, corrections, Share(sum(hits), len(hits)), len(judged))


def _with_few(first: Sequence[Pair], learn: Sequence[Pair], category: str, few: int) -> Iterator[Pair]:
    """The first corrections without a category, and so many of that category, spread among them."""
    others = [pair for pair in first if pair.category != category]
    chosen = [pair for pair in learn if pair.category == category][:few]
    every = max(len(others) // few, 1)
    for number, pair in enumerate(others):
        if number % every == 0 and number // every < few:
            yield chosen[number // every]
        yield pair


def _said(weights: TextWeights, judged: Sequence[Pair]) -> Iterator[tuple[float, bool]]:
    for text, category in judged:
        if ranked := weights.ranked(text):
            yield ranked[0][1], ranked[0][0] == category


def as_shipped(learn: Sequence[Pair], report: Sequence[Pair], stages: Sequence[int] = STAGES) -> Iterator[Spoken]:
    """What the shipped learner says, after each number of corrections, of merchants on which nothing was chosen."""
    learner = TextLearner()
    for number, pair in enumerate(learn[: stages[-1]], 1):
        learner.learn(*pair)
        if number in stages:
            weights = learner.weights()
            hits = [said[0][0] == category for text, category in report if (said := weights.predict(text))]
            yield Spoken(LEAST, number, Share(sum(hits), len(hits)), len(report))
