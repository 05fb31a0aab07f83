r"""The notation of phrases, and what it becomes: an expression that is tried only where its first word stands.

============  =======================================================
``word``      this word
``wor*``      a word that begins so
``a|b*``      one of several
``word?``     may be missing
``..``        up to three words of any kind
``#``         a word with a digit
``!a|b``      at the end: none of these follows; in front: none of these stands before
``^``         in front: the line begins here, codes and dates aside
``$``         at the end: the line ends here, codes and dates aside
============  =======================================================
"""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod

from models.statements.normalise import statement_text
from models.statements.scripts import MARKS

_MOST_SPELLINGS = 16
STEM = 3
"""Letters by which a word with a star is looked up; it may have no fewer."""

_LETTERS = rf"(?:[^\W_]|[{MARKS}])+"
_WORDS = rf"{_LETTERS}\*?(?:\|{_LETTERS}\*?)*"
_is_phrase = re.compile(rf"(?:\^ |!{_WORDS} )?{_WORDS}(?: (?:{_WORDS}\??|\.\.|#))*(?: (?:\$|!{_WORDS}))?").fullmatch
_WORD = re.compile(_LETTERS)
_BAR = re.compile(r"\|\s+")
_apart = re.compile(rf"(?:(?![{MARKS}])[\W_])+").sub
_APART_IN_ASCII = {sign: " " for sign in range(128) if not chr(sign).isalnum()}
_CODE = r"(?:\S*\d\S*|x+)"
_is_code = re.compile(_CODE).fullmatch


@dataclass(frozen=True)
class Phrase:
    """One phrase, taken apart.

    Args:
        words: First words it may begin with.
        stems: First `STEM` letters of those that have a star.
        opening: Whether the line must begin with it.
        tokens: The words and signs, without those in front of the first word.
        barred: Words that may not stand before it.
    """

    words: tuple[str, ...]
    stems: tuple[str, ...]
    opening: bool
    tokens: tuple[str, ...]
    barred: frozenset[str] = frozenset()

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        """All that the phrase may read as, between blanks, where it is nothing but words; else empty.

        Comparing them is quicker than an expression, and there is none to compile.
        """
        if any(token[0] in "#.!$" or "*" in token for token in self.tokens):
            return ()
        choices = [
            [*token.removesuffix("?").split("|"), *([""] if token.endswith("?") else [])] for token in self.tokens
        ]
        if prod(map(len, choices)) > _MOST_SPELLINGS:
            return ()
        return tuple(f" {' '.join(filter(None, words))} " for words in product(*choices))

    @cached_property
    def starred(self) -> tuple[str, ...]:
        """First words that have a star, without it."""
        return tuple(first[:-1] for first in self.tokens[0].split("|") if first.endswith("*"))

    @cached_property
    def seconds(self) -> frozenset[str]:
        """Words of which one must follow the first; empty where that is not all there is to say."""
        second = self.tokens[1] if len(self.tokens) > 1 else "?"
        return frozenset() if second[0] in "#.!$" or "*" in second or "?" in second else frozenset(second.split("|"))

    def prepare(self) -> None:
        """Make what `begins_at` compares with."""
        _ = self.spellings or self.pattern

    def begins_at(self, line: str, start: int) -> bool:
        """Tell whether the phrase stands at a blank of a line that ends with one.

        >>> parse_phrase("bank fee|charge").begins_at(" late bank charge ", 5)
        True
        """
        if self.barred and line[:start].rpartition(" ")[2] in self.barred:
            return False
        if self.spellings:
            return line.startswith(self.spellings, start)
        return self.pattern.match(line, start, len(line) - 1) is not None

    def occurs_in(self, line: str) -> bool:
        """Tell whether its words stand anywhere in a line that ends with a blank, whatever bars it there.

        >>> parse_phrase("bank fee|charge").occurs_in(" late bank charge ")
        True
        """
        if self.spellings:
            for spelling in self.spellings:  # noqa: SIM110  # `any` of a generator takes three times as long
                if spelling in line:
                    return True
            return False
        return self.pattern.search(line, 0, len(line) - 1) is not None

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches a blank and the words, from the blank before the first word."""
        return re.compile("".join(map(_piece, self.tokens)))


def tidy(text: str) -> str:
    """A phrase on one line; a file may break it at a blank or after a bar.

    >>> tidy("late|annual|\\n  monthly fee")
    'late|annual|monthly fee'

    Raises:
        ValueError: It is not in the notation, or no line could ever match it.
    """
    phrase = " ".join(_BAR.sub("|", text).split())
    if not _is_phrase(phrase) or phrase != phrase.lower():
        message = f"{phrase!r} is no phrase: words in lower case and the signs of docs/grammar.md"
        raise ValueError(message)
    # Plain letters fold to themselves; an accent would never be met, because lines have none.
    for word in () if phrase.isascii() else _WORD.findall(phrase):
        if (folded := statement_text(word)) != word:
            message = f"statement text has {folded!r} where the phrase has {word!r}"
            raise ValueError(message)
    parse_phrase(phrase)
    return phrase


def spoken(text: str) -> str:
    """Statement text as words, each after one blank.

    >>> spoken("e-transfer: j.smith")
    ' e transfer j smith'
    """
    # Statement text has single blanks, so most lines need no more.
    if text.replace(" ", "").isalnum():
        return " " + text
    if text.isascii():
        return " " + " ".join(text.translate(_APART_IN_ASCII).split())
    return " " + _apart(" ", text).strip()


def beginning(line: str) -> int:
    """The place in `spoken` text of the first word that is no code; the length where there is none."""
    place = 0
    for word in line.split():
        if not _is_code(word):
            return place
        place += len(word) + 1
    return len(line)


def parse_phrase(phrase: str) -> Phrase:
    """Take a phrase apart.

    >>> bool(parse_phrase("late .. fee|fees $").pattern.match(" late payment fee 0412"))
    True

    Raises:
        ValueError: The first word can be anything, or a star stands after fewer than `STEM` letters.
    """
    tokens = tuple(phrase.split())
    opening = tokens[0] == "^"
    barred = frozenset(tokens[0][1:].split("|") if tokens[0][0] == "!" else ())
    tokens = tokens[opening or bool(barred) :]
    firsts = tokens[0].split("|")
    starred = tuple(first[:-1] for first in firsts if first.endswith("*"))
    if tokens[0][0] in "#.!$" or tokens[0].endswith("?") or any(len(first) < STEM for first in starred):
        message = f"no word to look the phrase up by: {phrase!r}"
        raise ValueError(message)
    words = tuple(first for first in firsts if not first.endswith("*"))
    stems = tuple(dict.fromkeys(first[:STEM] for first in starred))
    return Phrase(words, stems, opening, tokens, barred)


def _piece(token: str) -> str:
    # Possessive at the end of the line, so that no line makes the search try all ways to split its codes.
    fixed = {"..": r"(?: \S+){0,3}?", "#": r" \S*\d\S*", "$": rf"(?: {_CODE})*+$"}
    if token in fixed:
        return fixed[token]
    if token.startswith("!"):
        return f"(?! {_one_of(token[1:])})"
    return f"(?: {_one_of(token[:-1])})?" if token.endswith("?") else f" {_one_of(token)}"


def _one_of(token: str) -> str:
    words = (re.escape(word[:-1]) + r"\S*+" if word.endswith("*") else re.escape(word) for word in token.split("|"))
    return "(?:" + "|".join(words) + ")(?![^ ])"
