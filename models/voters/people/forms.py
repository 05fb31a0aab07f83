"""Reads ``models/data/people/forms.toml``: the fronts before a name, and the words that make a name one or none."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from models.contracts.data_files import StrictTable, read_table, shipped
from models.statements.normalise import statement_text

_has_digit = re.compile(r"\d").search
_masked = re.compile(r"x{3,}").fullmatch

FOLDER = "people"
"""Of ``models/data``."""


class Trust(StrEnum):
    """How far a front tells that a person follows."""

    PERSON = "person"
    """Sums between people are what it is for: one word is enough."""
    TRANSFER = "transfer"
    """Two words are enough that speak of no firm, or one that is a known name."""
    MIXED = "mixed"
    """People and firms alike: two words or more, one of them a known name."""
    TITLE = "title"
    """A title by itself: a given name or an initial must follow, and another word."""


def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    # The sign of a word that may be missing is none of a line, where it would stand for a lost letter.
    unfolded = [word for word in words if statement_text(word.replace("?", "")) != word.replace("?", "")]
    if unfolded:
        message = f"no line could have these, as statement text is folded: {', '.join(unfolded)}"
        raise ValueError(message)
    return words


Words = Annotated[tuple[str, ...], AfterValidator(_folded), Field(min_length=1)]


class FrontTable(StrictTable):
    """Fronts of one kind.

    Args:
        trust: How far they tell a person.
        opening: Whether the line must begin with one.
        fields: Whether dashes part fields behind it, and so end a name.
        words: Each a front: ``a|b`` is one of several words, ``a?`` may be missing; not the first.
    """

    trust: Trust
    opening: bool = False
    fields: bool = False
    words: Words


class _List(StrictTable):
    words: Words


class _Titles(_List):
    doubtful: Words


class _Closing(_List):
    mixed: Words


class _Stops(_List):
    little: Words
    names_too: Words


class _Bars(StrictTable):
    before: Words


class _Joints(StrictTable):
    particles: Words
    couples: Words


class _Firms(_List):
    names_too: Words
    initials: Words
    one_word: Words


class _Scripts(StrictTable):
    families: Words
    endings: Words
    firms: Words


class _Surnames(StrictTable):
    endings: Words


class FormsFile(StrictTable):
    """``forms.toml``."""

    front: tuple[FrontTable, ...]
    bars: _Bars
    closing: _Closing
    titles: _Titles
    stops: _Stops
    joints: _Joints
    firms: _Firms
    scripts: _Scripts
    surnames: _Surnames


@dataclass(frozen=True, slots=True)
class Front:
    """One front.

    Args:
        steps: Behind the first word, each the words of which one stands there, and whether it may be missing.
    """

    trust: Trust
    opening: bool
    fields: bool
    steps: tuple[tuple[frozenset[str], bool], ...]

    def end(self, words: Sequence[str], start: int) -> int:
        """The place behind the front whose first word stands at `start`, as far as it goes; 0 where it is not there.

        Codes may stand between its words.
        """
        ends = {start + 1}
        for choices, optional in self.steps:
            places = {_behind_codes(words, end) for end in ends}
            taken = {place + 1 for place in places if place < len(words) and words[place] in choices}
            ends = ends | taken if optional else taken
        return max(ends, default=0)


def is_code(word: str) -> bool:
    """Tell whether a word has a digit, or is a masked number."""
    return _has_digit(word) is not None or _masked(word) is not None


def _behind_codes(words: Sequence[str], place: int) -> int:
    while place < len(words) and is_code(words[place]):
        place += 1
    return place


@dataclass(frozen=True, slots=True)
class Forms:
    """The table, ready to be asked.

    Args:
        fronts: By first word.
        closings: Words that close a line behind a name, the longest first, with how far they tell a person.
        initials: Legal forms that are a name or initials where they do not end a firm's name.
        one_word: Given names that are firms, each by itself, where sums are paid to both.
        unspaced: Family names that are written together with given ones.
        is_family: Matches a word that ends as family names do in scripts other than the Latin one.
        ends_as_surname: Matches a word in Latin letters that ends as surnames do and hardly another word does.
        firm_parts: Parts of words of those scripts that only firms have.
    """

    fronts: Mapping[str, tuple[Front, ...]]
    bars: frozenset[str]
    closings: Mapping[tuple[str, ...], Trust]
    titles: frozenset[str]
    doubtful_titles: frozenset[str]
    stops: frozenset[str]
    little: frozenset[str]
    first_names: frozenset[str]
    particles: frozenset[str]
    couples: frozenset[str]
    firms: frozenset[str]
    names_too: frozenset[str]
    initials: frozenset[str]
    one_word: frozenset[str]
    unspaced: frozenset[str]
    is_family: Callable[[str], re.Match[str] | None]
    ends_as_surname: Callable[[str], re.Match[str] | None]
    firm_parts: tuple[str, ...]

    def words(self) -> frozenset[str]:
        """All words of fronts, and of what closes a line behind a name."""
        steps = (step for fronts in self.fronts.values() for front in fronts for step, _ in front.steps)
        return frozenset(self.fronts).union(self.little, *steps, *self.closings, ("ref", "via", "m"))


def read_forms() -> Forms:
    """The shipped table.

    Raises:
        FileError: The file breaks its form.
    """
    table = read_table(FormsFile, shipped(FOLDER) / "forms.toml")
    fronts: dict[str, tuple[Front, ...]] = {}
    for kind in table.front:
        for text in kind.words:
            first, *rest = text.split()
            steps = tuple((frozenset(step.removesuffix("?").split("|")), step.endswith("?")) for step in rest)
            for word in first.split("|"):
                fronts[word] = (*fronts.get(word, ()), Front(kind.trust, kind.opening, kind.fields, steps))
    closings = {tuple(text.split()): Trust.MIXED for text in table.closing.mixed}
    closings |= {tuple(text.split()): Trust.TRANSFER for text in table.closing.words}
    return Forms(
        fronts,
        frozenset(table.bars.before),
        dict(sorted(closings.items(), key=lambda item: -len(item[0]))),
        frozenset(table.titles.words),
        frozenset(table.titles.doubtful),
        frozenset(table.stops.words),
        frozenset(table.stops.little),
        frozenset(table.stops.names_too),
        frozenset(table.joints.particles),
        frozenset(table.joints.couples),
        frozenset(table.firms.words),
        frozenset(table.firms.names_too),
        frozenset(table.firms.initials),
        frozenset(table.firms.one_word),
        frozenset(table.scripts.families),
        re.compile(rf"\w{{2,}}(?:{'|'.join(table.scripts.endings)})").fullmatch,
        re.compile(rf"[a-z]{{3,}}(?:{'|'.join(table.surnames.endings)})").fullmatch,
        table.scripts.firms,
    )
