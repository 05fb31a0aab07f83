"""Where in the line the evidence stands: votes' words found again in the description."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.contracts.events import Vote
from models.statements.normalise import statement_text

_QUOTED = re.compile(r'"([^"]+)"')
_NAMED = re.compile(r"\b(?:brand|cue word) ([^,(\"]+)")
_OF_THE_MERCHANT = ("seen before", "corrected")
_SHORTEST = 3
"""Letters of a word that is looked for: shorter ones stand everywhere."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the line, with the methods whose evidence it is."""

    text: str
    methods: tuple[str, ...] = ()


def marked(description: str, votes: Sequence[Vote], *, merchant: str | None = None) -> list[Piece]:
    """Cut a description into pieces, those marked that evidence came from.

    Spaces, signs and accents do not matter: "no frills" is found in "NOFRILLS".

    Args:
        merchant: What a vote speaks of that knows the merchant: seen before, or corrected.

    >>> vote = Vote(method="rules", category="pets", confidence=.7, weight=1.0, evidence="cue word veterinary")
    >>> [(piece.text, piece.methods) for piece in marked("ACME VETERINARY LTD", [vote])]
    [('ACME ', ()), ('VETERINARY', ('rules',)), (' LTD', ())]
    """
    letters, places = _letters(description)
    methods: list[dict[str, None]] = [{} for _ in description]
    for vote in votes:
        for words, inside in _phrases(vote.evidence, merchant):
            for start, end in _found(words, letters, places, inside=inside):
                for place in range(start, end):
                    methods[place][vote.method] = None
    return _pieces(description, [tuple(sorted(here)) for here in methods])


def _letters(description: str) -> tuple[str, Sequence[int]]:
    """Folded letters and digits, and for each where it comes from."""
    letters, places = [], []
    for place, character in enumerate(description):
        for letter in statement_text(character):
            if letter.isalnum():
                letters.append(letter)
                places.append(place)
    return "".join(letters), places


def _phrases(evidence: str, merchant: str | None) -> Iterator[tuple[str, bool]]:
    """Words to look for, and whether they may stand inside a word."""
    for quoted in _QUOTED.findall(evidence):
        yield quoted, True
    for named in _NAMED.findall(_QUOTED.sub("", evidence)):
        yield named, False
    if evidence.startswith(_OF_THE_MERCHANT) and merchant:
        yield merchant, False


def _found(words: str, letters: str, places: Sequence[int], *, inside: bool) -> Iterator[tuple[int, int]]:
    """Start and end in the description of each place where the words stand, or else their first words."""
    parts = statement_text(words).split()
    for size in range(len(parts), 0, -1):
        wanted = "".join(letter for letter in "".join(parts[:size]) if letter.isalnum())
        if len(wanted) < (_SHORTEST if inside else 2):
            return
        spans = [(at.start(), at.start() + len(wanted)) for at in re.finditer(re.escape(wanted), letters)]
        spans = [span for span in spans if inside or _begins(span[0], places)]
        if spans:
            yield from ((places[start], places[end - 1] + 1) for start, end in spans)
            return


def _begins(start: int, places: Sequence[int]) -> bool:
    """Whether a letter is the first of its word."""
    return start == 0 or places[start] > places[start - 1] + 1


def _pieces(description: str, methods: Sequence[tuple[str, ...]]) -> list[Piece]:
    pieces: list[Piece] = []
    for character, here in zip(description, methods, strict=True):
        if pieces and pieces[-1].methods == here:
            pieces[-1] = Piece(pieces[-1].text + character, here)
        else:
            pieces.append(Piece(character, here))
    return pieces
