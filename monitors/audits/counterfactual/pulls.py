"""Which pairs flip worst, and which words pull a line away from what the others like it get."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitors.audits.counterfactual.deciding import Said
from monitors.audits.counterfactual.pairs import Clone, Pair, Side

LISTED = 15
"""Worst pairs, and words, that are listed of an attribute."""

_PER_SETTING = 2
"""Of these, from one setting: else one wording would be all there is to see."""


@dataclass(frozen=True, slots=True)
class WorstPair:
    """A pair that flips.

    Args:
        text: The compared side's text, with what stands in the field for the other side behind a bar.
        kind: `silent` where two categories are accepted without a person, else `category` or `review`.
    """

    text: str
    reference: str
    amount: str
    reference_amount: str
    currency: str
    said: Said
    reference_said: Said
    kind: str


@dataclass(frozen=True, slots=True)
class Pull:
    """A word and the lines that have it.

    Args:
        group: The group that the word stands for.
        lines: Lines that have it.
        odd: Those that are decided otherwise than most of their setting.
        category: Those of the odd that get another category.
        review: Those that wait for a person where most do not, or the other way round.
        becomes: What most of the odd become, in words.
        example: One of them.
    """

    word: str
    group: str
    lines: int
    odd: int
    category: int
    review: int
    becomes: str
    example: str


def worst_pairs(pairs: Sequence[Pair], said: Mapping[Clone, Said]) -> list[WorstPair]:
    """The worst pairs: silent ones first, then other categories, then reviews, by how far confidence moves."""
    found = [one for pair in pairs if (one := _worst(pair, said)) is not None]
    order = ["silent", "category", "review"]
    found.sort(key=lambda each: (order.index(each[1].kind), -_moved(each[1]), each[1].text, each[1].reference))
    listed: list[WorstPair] = []
    taken: Counter[tuple[str, str]] = Counter()
    for setting, each in found:
        key = (setting, each.kind)
        taken[key] += 1
        if taken[key] <= _PER_SETTING:
            listed.append(each)
    return listed[:LISTED]


def _moved(pair: WorstPair) -> float:
    return abs(pair.said.confidence - pair.reference_said.confidence)


def _worst(pair: Pair, said: Mapping[Clone, Said]) -> tuple[str, WorstPair] | None:
    one, other = said[pair.other.clone], said[pair.reference.clone]
    if one[:2] == other[:2]:
        return None
    kind = "review" if one.category == other.category else "category"
    if kind == "category" and not one.reviewed and not other.reviewed:
        kind = "silent"
    clone, reference = pair.other.clone, pair.reference.clone
    return pair.setting, WorstPair(
        shown(clone), shown(reference), clone.amount, reference.amount, clone.currency, one, other, kind
    )


def shown(clone: Clone) -> str:
    """Its text, with what stands in the field for the other side behind a bar."""
    return f"{clone.description} | {clone.counterparty}" if clone.counterparty else clone.description


@dataclass(slots=True)
class _Word:
    group: str
    lines: int = 0
    category: int = 0
    review: int = 0
    becomes: Counter[str] = field(default_factory=Counter)
    example: str = ""


def pulls(pairs: Sequence[Pair], said: Mapping[Clone, Said]) -> list[Pull]:
    """The words with the most odd lines."""
    settings: defaultdict[str, dict[Clone, Side]] = defaultdict(dict)
    for pair in pairs:
        for side in (pair.reference, pair.other):
            settings[pair.setting].setdefault(side.clone, side)
    words: dict[str, _Word] = {}
    for sides in settings.values():
        usual, _ = Counter(said[clone][:2] for clone in sides).most_common(1)[0]
        for clone, side in sides.items():
            for word in side.words:
                _count(words.setdefault(word, _Word(side.group)), clone, said[clone], usual)
    found = [
        Pull(
            word,
            each.group,
            each.lines,
            each.becomes.total(),
            each.category,
            each.review,
            each.becomes.most_common(1)[0][0],
            each.example,
        )
        for word, each in words.items()
        if each.becomes
    ]
    return sorted(found, key=lambda pull: (-pull.odd, -pull.odd / pull.lines, pull.word))[:LISTED]


def _count(word: _Word, clone: Clone, said: Said, usual: tuple[str | bool, ...]) -> None:
    word.lines += 1
    if said[:2] == usual:
        return
    word.category += said.category != usual[0]
    word.review += said.reviewed != usual[1]
    word.becomes[f"{said.category}, {'for a person' if said.reviewed else 'accepted'}"] += 1
    word.example = word.example or shown(clone)
