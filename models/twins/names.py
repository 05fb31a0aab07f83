"""Another person's name in the place of the one that a line names, where that is a private person's."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, Self

from models.statements.normalise import statement_text
from models.twins.people import GENDERS, ORIGINS, Person, people
from models.twins.writing import written_like
from models.voters.line import Line
from models.voters.people import PERSON, unmarked
from models.voters.people.forms import Forms, read_forms

EACH = 40
"""People of each origin and gender that names are drawn from."""

SEED = 1
"""Of these people; fixed, so that a line that is read again gets the same twin."""

_words = re.compile(r"[^\W\d_]+(?:['’`´][^\W\d_]+)*|&").findall


class Renamed(NamedTuple):
    """What of a transaction may hold a name, with another one in it."""

    description: str
    counterparty: str | None


@dataclass(frozen=True, slots=True)
class Names:
    """People to draw from, and the words of a name that stay what they are.

    Args:
        kept: Titles, and words between two people.
    """

    people: Sequence[Person]
    kept: frozenset[str]

    @classmethod
    @cache
    def shipped(cls) -> Self:
        """As many people of each origin and gender."""
        drawn = [
            person
            for origin in ORIGINS
            for gender in GENDERS
            for person in people(origin, gender, count=EACH, seed=SEED)
        ]
        return cls(drawn, _kept(read_forms()))

    def renamed(self, line: Line, counterparty: str | None, random_: random.Random) -> Renamed | None:
        """The line of another person; None where none is named, or the name is not found as it stands.

        Args:
            counterparty: As the bank wrote it.
        """
        if not line.names_person:
            return None
        name = _words(_hidden(line))
        if not name or not all(word.isascii() for word in name):
            return None
        new = self._other(name, random_)
        description = _replaced(line.description, name, new)
        other = _replaced(counterparty, name, new) if counterparty else None
        if description is None and other is None:
            return None
        changed = Renamed(description or line.description, other or counterparty)
        # Of a name that is written in two ways, one would stay.
        return None if _has_part(changed, name, kept=self.kept.union(map(statement_text, new))) else changed

    def _other(self, name: Sequence[str], random_: random.Random) -> list[str]:
        """As many words, of which the last is the surname; initials stay initials."""
        free = [place for place, word in enumerate(name) if word not in self.kept]
        drawn = random_.sample(self.people, max(len(free), 1))
        new = list(name)
        for person, place in zip(drawn, free, strict=False):
            word = person.given if place != free[-1] else drawn[0].surname
            new[place] = word[0] if len(name[place]) == 1 else word
        return new


def _kept(forms: Forms) -> frozenset[str]:
    return forms.titles | forms.couples | {"&"}


def _hidden(line: Line) -> str:
    """The folded name that is hidden in a line's statement; empty where it cannot be told, as where there are two."""
    folded = unmarked(statement_text(line.description))
    before, _, behind = line.statement.partition(PERSON)
    if PERSON in behind:
        return ""
    if line.statement == f"{folded} {PERSON}":
        return line.counterparty
    length = len(folded) - len(before) - len(behind)
    if length <= 0 or not (folded.startswith(before) and folded.endswith(behind)):
        return ""
    return folded[len(before) : len(before) + length]


def _has_part(changed: Renamed, name: Sequence[str], *, kept: frozenset[str]) -> bool:
    """Tell whether a word of the old name is left, other than an initial."""
    left = set(_words(statement_text(f"{changed.description} {changed.counterparty or ''}")))
    return any(word in left and len(word) > 1 and word not in kept for word in name)


def _replaced(text: str, name: Sequence[str], new: Sequence[str]) -> str | None:
    """The text with new words in the place of the name's; None where the name does not stand there exactly once."""
    # Folded letter by letter, so that places are the same in both.
    folded = "".join(_letter(letter) for letter in text)
    pattern = r"[\W_]*".join(f"({re.escape(word)})" for word in name)
    found = list(re.finditer(rf"(?<![^\W\d_]){pattern}(?![^\W\d_])", folded))
    if len(found) != 1:
        return None
    for number in range(len(name), 0, -1):
        start, end = found[0].span(number)
        text = f"{text[:start]}{_word(text[start:end], name[number - 1], new[number - 1])}{text[end:]}"
    return text


def _word(written: str, old: str, new: str) -> str:
    return written if old == new else written_like(new, written)


@cache
def _letter(letter: str) -> str:
    folded = statement_text(letter)
    return folded if len(folded) == 1 else letter
