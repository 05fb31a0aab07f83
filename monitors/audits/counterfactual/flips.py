"""What differs within pairs: flips of the category and of the review decision, and the change of confidence."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.statistics.intervals import wilson
from models.statistics.paired import mcnemar
from models.statistics.shares import Share, share
from monitors.audits.bias.ratios import ALL, Floats, Terms, group_ratios, interval
from monitors.audits.counterfactual.pairs import Attribute, Line, Pair

WORST = 15
"""Pairs, and words, that are listed."""

_FEWEST = 10
"""Pairs of a word that is listed."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a line."""

    category: str
    confidence: float
    review: bool


@dataclass(frozen=True, slots=True)
class GroupFlips:
    """Pairs of one group with the one that it is compared with, or all of an attribute.

    Args:
        category: Pairs whose category differs, of all; the interval is the widest of Wilson's and of bootstraps over
            wordings and over subjects; where no pair flips, Wilson's counts subjects.
        review: Pairs of which one waits for a person, likewise.
        only_first: Pairs of which the first alone waits.
        only_second: Pairs of which the second alone waits.
        gap: Share of the second that waits less that of the first.
        p: Exact McNemar of `only_first` and `only_second`.
        confidence: Mean of the second's confidence less the first's, in points of [-1, 1].
    """

    name: str
    against: str
    category: Share
    category_interval: Interval
    review: Share
    review_interval: Interval
    only_first: int
    only_second: int
    gap: float
    gap_interval: Interval
    p: float
    confidence: float
    confidence_interval: Interval


@dataclass(frozen=True, slots=True)
class WorstPair:
    """A pair that is decided otherwise."""

    groups: tuple[str, str]
    texts: tuple[str, str]
    decisions: tuple[Decision, Decision]


@dataclass(frozen=True, slots=True)
class WorstWord:
    """A word, and how many of its pairs are decided otherwise."""

    word: str
    flips: int
    pairs: int


@dataclass(frozen=True, slots=True)
class AttributeFlips:
    """All pairs of one attribute."""

    attribute: Attribute
    every: GroupFlips
    groups: tuple[GroupFlips, ...]
    worst_pairs: tuple[WorstPair, ...]
    worst_words: tuple[WorstWord, ...]


def flips_of(
    attribute: Attribute, pairs: Sequence[Pair], decided: Callable[[Line], Decision], *, rounds: int, seed: int
) -> AttributeFlips:
    """Compare both sides of each pair.

    Args:
        pairs: At least one, all of this attribute.
        decided: What became of a line.
        rounds: Samples of the bootstrap.
        seed: Of the samples.
    """
    sides = [(decided(pair.first), decided(pair.second)) for pair in pairs]
    counted = _Counted(pairs, sides, rounds, seed)
    names = tuple(dict.fromkeys(pair.groups for pair in pairs))
    groups = [counted.group(second, first) for first, second in names]
    return AttributeFlips(
        attribute,
        counted.group(ALL, ""),
        tuple(sorted(groups, key=lambda each: (-each.review.value, -each.category.value, each.name))),
        _worst_pairs(pairs, sides),
        _worst_words(pairs, sides),
    )


class _Counted:
    """Figures of each group, with their bootstraps over wordings and over subjects."""

    def __init__(
        self, pairs: Sequence[Pair], sides: Sequence[tuple[Decision, Decision]], rounds: int, seed: int
    ) -> None:
        places = {name: at for at, name in enumerate(dict.fromkeys(pair.groups[1] for pair in pairs))}
        self._numbers = np.array([places[pair.groups[1]] for pair in pairs])
        self._places = places
        self._figures: dict[str, Floats] = {
            "category": np.array([float(one.category != other.category) for one, other in sides]),
            "first": np.array([float(one.review and not other.review) for one, other in sides]),
            "second": np.array([float(other.review and not one.review) for one, other in sides]),
            "confidence": np.array([other.confidence - one.confidence for one, other in sides]),
        }
        self._figures["review"] = self._figures["first"] + self._figures["second"]
        self._figures["gap"] = self._figures["second"] - self._figures["first"]
        clusters = [_numbered(pair.wording for pair in pairs), _numbered(pair.subject for pair in pairs)]
        self._subjects = clusters[1]
        ones = np.ones(len(pairs))
        self._ratios = {
            name: [
                group_ratios(Terms(values, ones, each, self._numbers, tuple(places)), rounds=rounds, seed=seed)
                for each in clusters
            ]
            for name, values in self._figures.items()
            if name in ("category", "review", "gap", "confidence")
        }

    def group(self, name: str, against: str) -> GroupFlips:
        mine = np.ones(len(self._numbers), dtype=bool) if name == ALL else self._numbers == self._places[name]
        number = int(mine.sum())
        sums = {figure: float(values[mine].sum()) for figure, values in self._figures.items()}
        category, review = share(round(sums["category"]), number), share(round(sums["review"]), number)
        only_first, only_second = round(sums["first"]), round(sums["second"])
        return GroupFlips(
            name,
            against,
            category,
            self._spread("category", name, self._wilson(category, mine), least=0.0),
            review,
            self._spread("review", name, self._wilson(review, mine), least=0.0),
            only_first,
            only_second,
            sums["gap"] / number,
            self._spread("gap", name),
            mcnemar(only_first, only_second),
            sums["confidence"] / number,
            self._spread("confidence", name),
        )

    def _wilson(self, flips: Share, mine: NDArray[np.bool_]) -> Interval:
        """Of pairs; where none flips, of subjects, as the bootstraps then say nothing of how alike their pairs are."""
        return flips.interval if flips.hits else wilson(0, len(np.unique(self._subjects[mine])))

    def _spread(self, figure: str, name: str, *more: Interval, least: float = -1.0) -> Interval:
        found = [interval(ratios[name].value, ratios[name].samples, least=least) for ratios in self._ratios[figure]]
        found += more
        return min(low for low, _ in found), max(high for _, high in found)


def _numbered(keys: Iterable[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    listed = list(keys)
    numbers = {key: place for place, key in enumerate(dict.fromkeys(listed))}
    return np.array([numbers[key] for key in listed], dtype=np.int64)


def _flipped(one: Decision, other: Decision) -> bool:
    return one.category != other.category or one.review != other.review


def _worst_pairs(pairs: Sequence[Pair], sides: Sequence[tuple[Decision, Decision]]) -> tuple[WorstPair, ...]:
    """Another category before another review decision, then the largest change; one for each wording and groups."""
    ranked = sorted(
        ((pair, *each) for pair, each in zip(pairs, sides, strict=True) if _flipped(*each)),
        key=lambda each: (
            each[1].category == each[2].category,
            -abs(each[1].confidence - each[2].confidence),
            each[0].first.description,
        ),
    )
    chosen: dict[tuple[str, tuple[str, str]], WorstPair] = {}
    for pair, one, other in ranked:
        texts = (_text(pair.first), _text(pair.second))
        chosen.setdefault((pair.wording, pair.groups), WorstPair(pair.groups, texts, (one, other)))
        if len(chosen) == WORST:
            break
    return tuple(chosen.values())


def _text(line: Line) -> str:
    return f"{line.description} ({line.counterparty})" if line.counterparty else line.description


def _worst_words(pairs: Sequence[Pair], sides: Sequence[tuple[Decision, Decision]]) -> tuple[WorstWord, ...]:
    seen: Counter[str] = Counter()
    flips: defaultdict[str, int] = defaultdict(int)
    for pair, each in zip(pairs, sides, strict=True):
        for word in pair.tokens:
            seen[word] += 1
            flips[word] += _flipped(*each)
    often = [WorstWord(word, flips[word], number) for word, number in seen.items() if number >= _FEWEST and flips[word]]
    return tuple(sorted(often, key=lambda each: (-each.flips / each.pairs, each.word))[:WORST])
