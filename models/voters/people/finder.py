"""Finds the names of private people in a line, and puts one word in their place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from models.statements.platforms import words_of
from models.statements.scripts import MARKS
from models.voters.people.forms import Forms, Front, Trust, is_code, read_forms
from models.voters.people.naming import APOSTROPHES, Naming

PERSON = "someperson"
"""Stands for any private person's name."""


def unmarked(text: str) -> str:
    """Folded text in which nothing reads as a hidden name, whatever its writer put there.

    >>> unmarked("payment to someperson")
    'payment to some person'
    """
    return text.replace(PERSON, "some person") if PERSON in text else text


_MOST_NAMES = 2
"""Names hidden in one line: who paid, and whom."""

_LONGEST = 6
"""Words of the longest name; a longer run of words is a sentence."""

_JOINTS = frozenset(("", "-", ".", ",", ".-", "'", "’"))
_LETTERS = rf"(?:[^\W_]|[{MARKS}\u17b4-\u17d3\u200c\u200d])"
"""Vowel signs and joiners stand inside words, those of Khmer, too."""
_word = re.compile(rf"[^\W_]{_LETTERS}*(?:['’`´]{_LETTERS}+)*|&")
_handles = re.compile(r"[\w.]+@[\w.]*")


@dataclass(frozen=True, slots=True)
class _Text:
    """A line taken apart.

    Args:
        words: Its words, and "&".
        spans: Where each begins and ends.
    """

    line: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    def between(self, place: int) -> str:
        """What stands between the word at a place and the one before it, without blanks."""
        return self.line[self.spans[place - 1][1] : self.spans[place][0]].strip()

    def is_code(self, place: int) -> bool:
        """Tell whether the word there is one."""
        return is_code(self.words[place])


class People:
    """Finds names by the shipped forms; equal lines get equal answers, and keeps nothing of them.

    >>> People.shipped().hidden("payment to adebayo okonkwo ref 12", "GBP")
    'payment to someperson ref 12'
    >>> People.shipped().hidden("payment to thames water", "GBP")
    'payment to thames water'
    """

    def __init__(self, forms: Forms, naming: Naming) -> None:
        self._forms = forms
        self._naming = naming
        self._form_words = forms.words()
        signs = (*forms.fronts, *forms.titles, *(closing[-1] for closing in forms.closings))
        # As `words_of` has them, which parts words at the vowel signs of Thai or Devanagari.
        self._signs = frozenset(words_of(sign)[0] for sign in signs)

    @classmethod
    @cache
    def shipped(cls) -> "People":
        """The finder of the shipped tables, read once."""
        forms = read_forms()
        return cls(forms, Naming.shipped(forms))

    def is_form(self, text: str) -> bool:
        """Tell whether folded text has no words but those of the forms in which people are named; so where it is empty.

        >>> People.shipped().is_form("faster payment to"), People.shipped().is_form("pizza night")
        (True, False)
        """
        return self._form_words.issuperset(word for word in words_of(text) if not is_code(word))

    def may_name(self, words: Sequence[str]) -> bool:
        """Tell whether one of a line's words may stand beside a person's name.

        Args:
            words: What `models.statements.platforms.words_of` gave.
        """
        return not self._signs.isdisjoint(words)

    def is_person(self, name: str, currency: str, trust: Trust) -> bool:
        """Tell whether a folded name by itself, such as a counterparty's, is a private person's."""
        if trust is Trust.MIXED and not self._naming.may_be_person(_word.findall(name)):
            return False
        text = _taken_apart(name)
        names = self._run(text, 0, fields=False)
        whole = names is not None and (names.start, names.stop) == (0, len(text.words))
        return whole and self._naming.is_person(text.words, trust, currency)

    def may_be_between_people(self, name: str, currency: str) -> bool:
        """Tell whether a folded name has a known name in it, and is a person's where a rail between people names it."""
        return self._naming.may_be_person(_word.findall(name)) and self.is_person(name, currency, Trust.PERSON)

    def is_initials(self, words: Sequence[str], place: int) -> bool:
        """Tell whether a word that may be a legal form is part of a person's name: `Naming.is_initials`."""
        return self._naming.is_initials(words, place)

    def is_surname(self, words: Sequence[str]) -> bool:
        """Tell whether words are one known family name, with the particles that belong to it."""
        return self._naming.is_surname(words)

    def full_names(self, text: str, currency: str) -> frozenset[str]:
        """The words of a folded text that are parts of full names, whatever stands around them.

        >>> sorted(People.shipped().full_names("wei chen plumbing", "GBP"))
        ['chen', 'wei']
        >>> sorted(People.shipped().full_names("just eat", "GBP"))
        []
        """
        words = text.split(" ")
        return self._naming.full_names(words, currency) if self._naming.names.have_any(words) else frozenset()

    def in_trade(self, text: str, currency: str) -> frozenset[str]:
        """The words of a folded text that say who trades and not in what, without apostrophes as merchants' texts are.

        >>> sorted(People.shipped().in_trade("d'angelo dental", "GBP"))
        ['dangelo']
        """
        found = self.full_names(text, currency) | self._naming.owners(text.split(" "))
        return frozenset(part for word in found for part in word.translate(APOSTROPHES).split("-"))

    def hidden(self, statement: str, currency: str, *, bare: Trust | None = None) -> str:
        """The line with `PERSON` in place of people's names.

        Args:
            statement: What `models.statements.normalise.statement_text` gave.
            currency: ISO 4217, which says what brands are at home.
            bare: How far it is known otherwise that the line begins with a person's name; None for not at all.

        Returns:
            The same text where no private person is named.
        """
        for _ in range(_MOST_NAMES):
            if bare is None and not self.may_name(words_of(statement)):
                break
            span = self._find(_taken_apart(statement), currency, bare)
            if span is None:
                break
            # A handle mostly is the same name again.
            statement = f"{statement[: span[0]]}{PERSON}{_handles.sub('', statement[span[1] :])}"
        return statement

    def _find(self, text: _Text, currency: str, bare: Trust | None) -> tuple[int, int] | None:
        """Where the first name stands."""
        openings = [*self._openings(text), *([(self._begin(text), bare, False)] if bare else [])]
        for start, trust, fields in openings:
            names = self._run(text, start, fields=fields)
            if names and self._naming.is_person(text.words[names.start : names.stop], trust, currency):
                return text.spans[names.start][0], text.spans[names.stop - 1][1]
        return self._before_closing(text, currency)

    def _openings(self, text: _Text) -> Iterator[tuple[int, Trust, bool]]:
        """Places where a name may begin, with how far what stands before them tells a person."""
        begin = self._begin(text)
        for place, word in enumerate(text.words):
            barred = place > 0 and text.words[place - 1] in self._forms.bars
            if not barred and (found := self._front(text, place, opening=place == begin)):
                front, end = found
                yield end, front.trust, front.fields
            # A title by itself, at the beginning or behind a mark.
            if word in self._forms.titles and word not in self._forms.doubtful_titles and place + 1 < len(text.words):
                yield place, Trust.TITLE, False

    def _front(self, text: _Text, place: int, *, opening: bool) -> tuple[Front, int] | None:
        """The longest front that begins there."""
        best: tuple[Front, int] | None = None
        for front in self._forms.fronts.get(text.words[place], ()):
            if front.opening and not opening:
                continue
            end = front.end(text.words, place)
            if end and (best is None or end > best[1]):
                best = front, end
        return best

    def _begin(self, text: _Text) -> int:
        return next((place for place in range(len(text.words)) if not text.is_code(place)), len(text.words))

    def _run(self, text: _Text, start: int, *, fields: bool) -> range | None:
        """The words from a place on that may be one name; None for none, or too many."""
        first = start
        while first < len(text.words) and text.is_code(first):
            first += 1
        last = first
        while last < len(text.words) and not self._ends(text, first, last, fields=fields):
            last += 1
            if last - first > _LONGEST:
                return None
        return range(first, last) if last > first else None

    def _ends(self, text: _Text, first: int, place: int, *, fields: bool) -> bool:
        """Tell whether the name that begins at `first` ends before a word."""
        word, words = text.words[place], text.words
        if place > first:
            between = text.between(place)
            if (fields and between == "-") or not (between in _JOINTS or (between == "" and word == "&")):
                return True
            # A dash with blanks around it parts; one without joins.
            if between == "-" and text.line[text.spans[place - 1][1]] == " ":
                return True
        if text.is_code(place):
            return True
        last = place + 1 == len(words) or text.is_code(place + 1)
        if word not in self._forms.stops and word not in self._forms.little:
            return False
        # "April Jones", "Na Chen" and "Wai So" have names that are stops elsewhere.
        closed = last or words[place + 1] in self._forms.stops
        if place == first:
            return closed or not (word in self._forms.first_names or self._naming.are_names(words[place : place + 2]))
        return not (closed and place == first + 1 and self._naming.is_short_name(word))

    def _before_closing(self, text: _Text, currency: str) -> tuple[int, int] | None:
        """The name that is all of the line but what closes it."""
        end = len(text.words)
        while end and (text.is_code(end - 1) or text.words[end - 1] in self._forms.stops):
            end -= 1
        # What was passed over may be the closing itself.
        for closing, trust in self._forms.closings.items():
            for stop in range(end, len(text.words) - len(closing) + 1):
                if text.words[stop : stop + len(closing)] == closing:
                    return self._whole(text, stop, trust, currency)
        return None

    def _whole(self, text: _Text, stop: int, trust: Trust, currency: str) -> tuple[int, int] | None:
        begin = self._begin(text)
        names = self._run(text, begin, fields=False)
        if names is None or names.stop != stop or names.start != begin:
            return None
        if not self._naming.is_person(text.words[begin:stop], trust, currency):
            return None
        return text.spans[begin][0], text.spans[stop - 1][1]


def _taken_apart(line: str) -> _Text:
    found = list(_word.finditer(line))
    return _Text(line, tuple(match[0] for match in found), tuple(match.span() for match in found))
