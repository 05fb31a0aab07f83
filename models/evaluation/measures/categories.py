"""Precision, recall and F1 per category, where a truth may allow several categories.

A class is one truth: a single category, or several where the label allows several. A decision is a hit of its class
when its category is one of them. A wrong decision is a miss of its class, and a false one of every class that has its
category. With single truths this is the usual definition.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.contracts.taxonomy import CATEGORIES
from models.evaluation.data.labels import Truth
from models.evaluation.judged import Judged
from models.statistics.shares import Share, share


@dataclass(frozen=True, slots=True)
class CategoryScore:
    """Recall, precision and F1 of one class.

    Args:
        categories: Categories that are right, in the taxonomy's order; one, unless the label allows several.
        recall: Share right of what is truly so; None for a category that was decided but is never true.
        precision: Share right of what was decided so; None where nothing was.
        f1: 2 TP / (2 TP + FP + FN); None for a category that is never true.
    """

    categories: tuple[str, ...]
    recall: Share | None
    precision: Share | None
    f1: float | None


def category_scores(judged: Iterable[Judged]) -> tuple[CategoryScore, ...]:
    """Scores of every class that is true or was decided, in the taxonomy's order."""
    hits: Counter[Truth] = Counter()
    misses: Counter[Truth] = Counter()
    wrong: Counter[str] = Counter()
    for each in judged:
        if each.right:
            hits[each.truth] += 1
        else:
            misses[each.truth] += 1
            wrong[each.category] += 1
    truths = {*hits, *misses}
    covered = frozenset[str]().union(*truths)
    scores = [_score(truth, hits[truth], misses[truth], sum(wrong[name] for name in truth)) for truth in truths]
    scores += [CategoryScore((name,), None, share(0, wrong[name]), None) for name in wrong if name not in covered]
    return tuple(sorted(scores, key=_place))


def _score(truth: Truth, hits: int, misses: int, false: int) -> CategoryScore:
    return CategoryScore(
        tuple(sorted(truth, key=CATEGORIES.index)),
        share(hits, hits + misses),
        share(hits, hits + false) if hits + false else None,
        2 * hits / (2 * hits + false + misses),
    )


def _place(score: CategoryScore) -> tuple[int, ...]:
    return tuple(map(CATEGORIES.index, score.categories))


def macro_f1(scores: Sequence[CategoryScore]) -> float:
    """Mean F1 over the classes that are true.

    >>> fuel, pets = frozenset({"fuel"}), frozenset({"pets"})
    >>> judged = [Judged(said, 0.9, True, truth) for said, truth in (("fuel", fuel), ("fuel", pets), ("pets", pets))]
    >>> macro_f1(category_scores(judged))
    0.6666666666666666
    """
    values = [score.f1 for score in scores if score.f1 is not None]
    return sum(values) / len(values)
