"""Cuts what banks and card processors put in front of a merchant, and finds the field that names the merchant."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import StringConstraints, model_validator

from models.contracts.data_files import Expression, StrictTable, checked_expression, read_table, shipped

MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec"
DATE = r"(?:\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?)"

Word = Annotated[str, StringConstraints(pattern=r"^[^\W_A-Z]+$")]
"""As a line's first word is looked up."""
_PART = re.compile(r"\{([a-z_]+)\}")


class _Wrapper(StrictTable):
    """First words, and expressions of which one may follow: a statement's way to say that a card or debit was used."""

    words: tuple[Word, ...]
    then: tuple[str, ...]


class _Processors(StrictTable):
    """Marks of payment processors.

    Args:
        words: First words of `others`.
    """

    starred: tuple[Expression, ...]
    others: tuple[str, ...]
    words: tuple[Word, ...]


class _Field(StrictTable):
    """A field of a clearing house; the first group of the expression is the company."""

    token: str
    company: Expression


class _Wrapping(StrictTable):
    """``wrapping.toml``; ``{name}`` in `then` and `others` stands for a part."""

    parts: Mapping[str, Expression]
    wrapper: tuple[_Wrapper, ...]
    processors: _Processors
    field: tuple[_Field, ...]

    @model_validator(mode="after")
    def _expressions_compile(self) -> Self:
        for wrapper in self.wrapper:
            for expression in wrapper.then:
                checked_expression(self.filled(expression))
        for expression in self.processors.others:
            checked_expression(self.filled(expression))
        return self

    def filled(self, expression: str) -> str:
        """An expression with its parts in place.

        Raises:
            ValueError: It names a part that does not exist.
        """
        unknown = sorted(set(_PART.findall(expression)) - self.parts.keys())
        if unknown:
            message = f"{expression!r} names parts that do not exist: {', '.join(unknown)}"
            raise ValueError(message)
        return _PART.sub(lambda part: self.parts[part[1]], expression)


_TABLES = read_table(_Wrapping, shipped("grammar") / "wrapping.toml")

_FILLERS = (
    r"[\s\-:/*.,)\]]",
    r"\[[a-z]{2}\]",
    r"\(effec ?\)",
    r"\(\s*[\d.,]+\s*\)",
    r"x{3,}+(?:\d{4}\b)?",
    r"#",
    r"\d{1,3}(?:,\d{3})*\.\d\d\b",
    DATE,
    r"\d{1,2} ?(?:" + MONTHS + r")(?: ?\d{2}(?:\d\d)?)?(?=\s)",
    r"\d{4}(?=\s)",
    r"\d{3}(?= pos )",
    r"\d{4,6}x{4,}+\d{2,4}(?=\s)",
)
_STARRED = "(?:" + "|".join(_TABLES.processors.starred) + r") ?\*+"
_PROCESSORS = (_STARRED, *map(_TABLES.filled, _TABLES.processors.others))
_spacers = re.compile("(?:" + "|".join(_FILLERS) + ")*+").match
"""Possessive: what it took it keeps, so that no line makes the search try the ways to split a run of fillers."""
_processor = re.compile("(?:" + "|".join(_PROCESSORS) + r")\s*").match
_first_word = re.compile(r"[^\W_]+").match


def _by_first_word() -> Iterator[tuple[str, re.Pattern[str]]]:
    rests: dict[str, list[str]] = {}
    for wrapper in _TABLES.wrapper:
        rest = _TABLES.filled("|".join(wrapper.then))
        for word in wrapper.words:
            rests.setdefault(word, []).append(f"(?:{rest})")
    for word, several in rests.items():
        yield word, re.compile(f"{word}(?:{'|'.join(several)})(?![a-z])")


_WRAPPERS: Mapping[str, re.Pattern[str]] = dict(_by_first_word())
_PROCESSOR_WORDS = frozenset((*re.findall(r"[a-z0-9]+", _STARRED), *_TABLES.processors.words))


def without_front(text: str) -> str:
    """Cut wrappers and processors in front of the merchant, as often as they stand there.

    >>> without_front("pos purchase 0412 sq *blue door")
    'blue door'
    """
    if text.endswith(_EBAY) and text.startswith("paypal"):
        text = text[: -len(_EBAY)]
    front = _FRONT.match(text) if text[:1] in _FRONT_LETTERS or text[:3] == _GLUED else None
    start = front.end() if front else 0
    while start < len(text):
        place = start if text[start].isalpha() else _end(_spacers(text, start), start)
        first = _first_word(text, place)
        if first is None:
            break
        found = _WRAPPERS[first[0]].match(text, place) if first[0] in _WRAPPERS else None
        if found is not None:
            start = _end(_spacers(text, found.end()), found.end())
            continue
        cut = (
            _processor(text, start)
            if first.start() == start and (first[0] == "3c" or first[0].rstrip("0123456789") in _PROCESSOR_WORDS)
            else None
        )
        if cut is None:
            break
        start = cut.end()
    return text[start:] if start else text


def _end(match: re.Match[str] | None, otherwise: int) -> int:
    return match.end() if match else otherwise


_FRONT = re.compile(
    r"(?:\[[a-z]{2}\] ?|\){2,3} ?|\d{4} \d\d[a-z]{3}\d\d (?:[cd] )?|v\d{4} \d\d/\d\d )(?=[a-z])"
    r"|(?:amz(?!n?(?:[\W\d]|$)|n?(?:(?:mk?tp?\w*|digital|prime|retail|com|uk|eu|us)(?:\W|$))|on\b)(?=\w{3}))+"
)
"""Marks and dates that only certain banks print, and Amazon's mark glued to the name of a seller."""
_GLUED = "amz"
_EBAY = " eb"
"""Ends a line of PayPal whose seller is on eBay."""
_FRONT_LETTERS = frozenset("[)v0123456789")


_FIELDS = tuple((field.token, re.compile(field.company)) for field in _TABLES.field)


_RAILS = ("upi", "neft", "rtgs", "imps", "paynow")
"""First words of payment systems whose fields stand between hyphens or blanks."""


def has_fields(text: str) -> bool:
    """Tell whether a line may consist of fields; quicker than looking for each."""
    return ":" in text or "/" in text or text.startswith(_RAILS)


def named_company(text: str) -> str:
    """The company that a line of fields names, or the line.

    >>> named_company("orig co name:acme power orig id:912 co entry descr:bill sec:web")
    'acme power'
    """
    for token, pattern in _FIELDS:
        # A plain search is much quicker than an expression that finds nothing.
        if token in text and (found := pattern.search(text)):
            return found[1]
    return text
