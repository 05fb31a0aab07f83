"""Vote by what was learned from descriptions: merchants seen before, n-grams, nearest neighbours of the embedding."""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from models.learned.memory import Recollection, memory_key
from models.learned.text import SETTLED, LearnedText, Opinions
from models.voters.contract import Ballot, Kind, LineVoter, Method
from models.voters.hearing import heard
from models.voters.line import LONGEST_REMEMBERED, Line

CACHE_SIZE = 50_000
"""Merchant texts remembered; about 30 MB where all are used."""

ALTERNATIVES = 3
"""Other categories that a ballot names."""

LIKELY = 0.5
"""Probability below which a likeness is but a hunch."""

_CHUNK = 4_096
"""Texts scored at once, which bounds memory."""

_DIGITS = 6
"""Digits kept of a probability; those after them are noise of the arithmetic."""


Asked = tuple[str, bool]
"""A merchant text, and whether the memory is at home where it stands."""


class TextVoter(LineVoter):
    """The voter of method `text`.

    Descriptions repeat, so ballots are kept by merchant text, the least recently used given up first.

    Args:
        learned: From `models.learned.text_files.from_files`.
        cache_size: How many merchant texts to remember; 0 for none.
    """

    def __init__(self, learned: LearnedText, *, cache_size: int = CACHE_SIZE) -> None:
        self._learned = learned
        self._cache_size = cache_size
        self._cache: OrderedDict[Asked, Ballot | None] = OrderedDict()

    @property
    def method(self) -> Method:
        """Always `Method.TEXT`."""
        return Method.TEXT

    def remembered(self) -> tuple[str, ...]:
        """Merchant texts in the cache, the least recently used first."""
        return tuple(text for text, _ in self._cache)

    def vote_lines(self, lines: Sequence[Line]) -> list[Ballot | None]:
        """Give the most probable category; None where nothing of the text is known.

        Returns:
            One ballot or None per line, in the order given.
        """
        home = self._learned.currencies
        asked = [(self._compared(line), line.currency in home) for line in lines]
        cache = self._cache
        ballots: dict[Asked, Ballot | None] = {}
        unknown: list[Asked] = []
        # Each text once and in order, so that the cache ages the same way in every run.
        for each in dict.fromkeys(asked):
            if each in cache:
                cache.move_to_end(each)
                ballots[each] = cache[each]
            else:
                unknown.append(each)
        for start in range(0, len(unknown), _CHUNK):
            ballots.update(self._score(unknown[start : start + _CHUNK]))
        self._remember(unknown, ballots)
        return [heard(ballots[each], line) for each, line in zip(asked, lines, strict=True)]

    def _compared(self, line: Line) -> str:
        """What is asked about: of merchants that nobody remembers, not people's names.

        A sole trader's name says nothing of the trade, but of where the name is usual.
        """
        if line.disputed:
            # Two known firms of different trades: the memory of one would only drown the other.
            return ""
        text, left = line.compared, line.unnamed
        return text if left == text or self._learned.memory.find(memory_key(text)) else left

    def _remember(self, asked: Sequence[Asked], ballots: dict[Asked, Ballot | None]) -> None:
        self._cache.update((each, ballots[each]) for each in asked if len(each[0]) <= LONGEST_REMEMBERED)
        while len(self._cache) > self._cache_size:
            self._cache.popitem(last=False)

    def _score(self, asked: Sequence[Asked]) -> dict[Asked, Ballot | None]:
        opinions = self._learned.opinions([text for text, _ in asked])
        at_home = np.fromiter((home for _, home in asked), dtype=np.bool_, count=len(asked))
        probabilities = np.where(at_home[:, None], opinions.probabilities, opinions.abroad)
        # Stable, so that of equal probabilities the same category wins on every machine.
        best = np.argsort(-probabilities, axis=1, kind="stable")[:, : ALTERNATIVES + 1]
        # As lists, since single values of arrays are costly.
        columns, values = best.tolist(), np.take_along_axis(probabilities, best, axis=1).tolist()
        return {
            each: self._ballot(opinions, row, columns[row], values[row], kind_of(opinions.seen[row], home=each[1]))
            if known
            else None
            for row, (each, known) in enumerate(zip(asked, opinions.known.tolist(), strict=True))
        }

    def _ballot(
        self, opinions: Opinions, row: int, columns: Sequence[int], values: Sequence[float], kind: Kind
    ) -> Ballot:
        evidence = self._evidence(opinions, row, columns[0])
        if values[0] < LIKELY:
            kind = _HUNCHES.get(kind, kind)
        return ballot_of(self._learned.categories, columns, values, evidence, kind)

    def _evidence(self, opinions: Opinions, row: int, column: int) -> str:
        seen = opinions.seen[row]
        if seen is not None and seen.category == self._learned.categories[column]:
            return f"seen before, {seen.count} of {seen.total} times so"
        named = " + ".join(f'"{name}"' for name in self._learned.ngrams.evidence(opinions.encoded, row, column))
        near = opinions.near[row]
        return (f"text ~ {named}" if named else "text, by elimination") + (f', like "{near}"' if near else "")


def ballot_of(
    categories: Sequence[str], columns: Sequence[int], values: Sequence[float], evidence: str, kind: Kind
) -> Ballot:
    """A ballot for the most probable category, with the next ones as alternatives.

    Args:
        columns: The most probable ones, best first.
        values: Their probabilities.
    """
    ranked = [(categories[column], round(value, _DIGITS)) for column, value in zip(columns, values, strict=True)]
    category, confidence = ranked[0]
    return Ballot(category, confidence, evidence, tuple([item for item in ranked[1:] if item[1] > 0]), kind)


_HUNCHES = {Kind.LEARNED: Kind.HUNCH, Kind.RARE: Kind.RARE_HUNCH}
"""Kinds of a likeness to those where it is more likely wrong than right."""


def kind_of(seen: Recollection | None, *, home: bool = True) -> Kind:
    """The kind of a ballot: where the memory is at home, who was never seen there is a rare merchant."""
    if not home:
        return Kind.LEARNED if seen is None else Kind.SEEN_ABROAD
    if seen is None:
        return Kind.RARE
    return Kind.SEEN if seen.total >= SETTLED else Kind.SEEN_SELDOM
