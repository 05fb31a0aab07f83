"""Words that tell a merchant's trade (pizza, apotheke, parking), each with the precision it was seen to have."""

import csv
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import takewhile

CUE_FLOOR = 0.4
_CUT_FROM = 18
"""Card networks cut names at about 22 characters; from this length on, the last word may be the start of a cue."""
_STEM = 5
_MANY = 20


@dataclass(frozen=True, slots=True)
class Cue:
    """One word and what it tells.

    Args:
        word: Folded, without spaces; two tokens that make one word are tried glued ("car wash").
        confidence: Share of such merchants that do, shrunk towards a prior (`models.training.shipped.cues`).
    """

    word: str
    category: str
    confidence: float


class Cues:
    """A table of cues; those that are right less often than `CUE_FLOOR` stay silent.

    >>> Cues.shipped().find(["luigi", "pizza"]).category
    'food_dining'
    """

    def __init__(self, cues: Iterable[Cue]) -> None:
        self._cues: Mapping[str, Cue] = {cue.word: cue for cue in cues if cue.confidence >= CUE_FLOOR}
        # For words that the card network has cut: the cues that begin alike stand together.
        self._sorted = sorted(self._cues)

    @classmethod
    @cache
    def shipped(cls) -> "Cues":
        """The table in ``models/data/cues.csv``, read once."""
        text = files("models").joinpath("data/cues.csv").read_text(encoding="utf-8")
        rows = csv.DictReader(text.splitlines())
        return cls(Cue(row["word"], row["category"], float(row["confidence"])) for row in rows)

    def find(self, tokens: list[str]) -> Cue | None:
        """Find the surest cue; of equals the last, because trades come last in a name.

        Returns:
            A cue, or None where no token is one.
        """
        best: Cue | None = None
        before = ""
        find = self._cues.get
        for token in tokens:
            if (cue := find(token)) and (best is None or cue.confidence >= best.confidence):
                best = cue
            # Glued too, since statements write "car wash" and "carwash".
            if before and (cue := find(before + token)) and (best is None or cue.confidence >= best.confidence):
                best = cue
            before = token
        return best or self._cut_off(tokens)

    def _cut_off(self, tokens: list[str]) -> Cue | None:
        if len(before := " ".join(tokens)) < _CUT_FROM or len(stem := tokens[-1]) < _STEM or not before:
            return None
        at = bisect_left(self._sorted, stem)
        begun = [
            self._cues[word] for word in takewhile(lambda word: word.startswith(stem), self._sorted[at : at + _MANY])
        ]
        # A stem that begins cues of several categories says nothing.
        return begun[0] if len({cue.category for cue in begun}) == 1 else None
