"""Cuts what banks and card processors put in front of a merchant, and finds the field that names the merchant."""

import re
from collections.abc import Iterator, Mapping

from models.statements.wrapping import TABLES

MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec"
DATE = r"(?:\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?)"

_FILLERS = (
    r"[\s\-:/*.,)\]|]",
    r"\[[a-z]{2}\]",
    r"\(effec ?\)",
    r"\(\s*[\d.,]+\s*\)",
    r"x{3,}+(?:\d{4}\b)?",
    r"#",
    r"\d{1,3}(?:,\d{3})*\.\d\d\b",
    DATE,
    r"\d{1,2} ?(?:" + MONTHS + r")(?: ?\d{2}(?:\d\d)?)?(?=\s)",
    r"\d{4,}(?=[\s,])",
    r"(?:time )?\d\d:\d\d ?(?:[ap]m?\b)?",
    r"date (?=\d\d/)",
    r"\d\d-\d\d(?:-\d\d(?:\d\d)?)?(?=\s)",
    r"\d{4}-\*{4}-\*{4}-\d{4}",
    r"l\d{3}(?=\s)",
    r"\d{3}(?= pos )",
    r"\d{4,6}x{4,}+\d{2,4}(?=\s)",
)
_STARRED = "(?:" + "|".join(TABLES.processors.starred) + r") ?\*+"
_PROCESSORS = (_STARRED, *map(TABLES.filled, TABLES.processors.others))
_spacers = re.compile("(?:" + "|".join(_FILLERS) + ")*+").match
"""Possessive: what it took it keeps, so that no line makes the search try the ways to split a run of fillers."""
_processor = re.compile("(?:" + "|".join(_PROCESSORS) + r")\s*").match
_first_word = re.compile(r"[^\W_]+").match


def _by_first_word() -> Iterator[tuple[str, re.Pattern[str]]]:
    rests: dict[str, list[str]] = {}
    for wrapper in TABLES.wrapper:
        rest = TABLES.filled("|".join(wrapper.then))
        for word in wrapper.words:
            rests.setdefault(word, []).append(f"(?:{rest})")
    for word, several in rests.items():
        yield word, re.compile(f"{word}(?:{'|'.join(several)})(?![a-z])")


_WRAPPERS: Mapping[str, re.Pattern[str]] = dict(_by_first_word())
_PROCESSOR_WORDS = frozenset((*re.findall(r"[a-z0-9]+", _STARRED), *TABLES.processors.words))


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
    r"(?:\[[a-z]{2}\] ?|\){2,3} ?|\d{4} \d\d[a-z]{3}\d\d (?:(?:cd|[cd]) )?|posc?\d\d[a-z]{3} "
    r"|v\d{4} \d\d/\d\d )(?=[a-z])"
    r"|(?:amz(?!n?(?:[\W\d]|$)|n?(?:(?:mk?tp?\w*|digital|prime|retail|com|uk|eu|us)(?:\W|$))|on\b)(?=\w{3}))+"
)
"""Marks and dates that only certain banks print, and Amazon's mark glued to the name of a seller."""
_GLUED = "amz"
_EBAY = " eb"
"""Ends a line of PayPal whose seller is on eBay."""
_FRONT_LETTERS = frozenset("[)vp0123456789")


_FIELDS = tuple((field.token, re.compile(field.company)) for field in TABLES.field)


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
