"""Finds the platform that a line was paid through, and the field of the line that names who was paid behind it.

The platforms are data, ``models/data/platforms.toml``: processors and wallets, delivery services, marketplaces, and the
rails between accounts (UPI, PIX, Swish, iDEAL).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from importlib.resources import files
from typing import Annotated, Self

from pydantic import StringConstraints, model_validator

from models.contracts.data_files import Category, Expression, PartedTable, StrictTable, checked_expression, read_table

Token = Annotated[str, StringConstraints(min_length=2)]
_FEWEST_LETTERS = 2
_CODE_DIGITS = 4
"""A field of one word with so many digits is a reference and names nobody."""


class PlatformKind(StrEnum):
    """What a platform does with the money."""

    PROCESSOR = "processor"
    """Takes the payment for the merchant behind it; says nothing of what is sold."""
    DELIVERY = "delivery"
    """Brings what the merchant behind it sells; without one, what it usually brings."""
    MARKET = "market"
    """Sells itself and for others; without a known name behind it, what it usually sells."""
    RAIL = "rail"
    """Moves money between accounts: to a firm, or to a person."""
    FORM = "form"
    """No platform but a bank's way to write a line in fields."""


class Party(StrEnum):
    """Who may stand behind a platform."""

    FIRM = "firm"
    ANYONE = "anyone"
    PERSON = "person"


class Fields(StrictTable):
    """A line of fields, of which the first that is none of the skipped names the other side.

    Args:
        after: What stands before the first field.
        separators: What stands between fields.
        skipped: The whole of a field that names nobody; a part `{name}` of the file may stand in it.
        firm: Somewhere in the line, it says that a firm was paid.
        person: The same of a person.
    """

    after: Expression
    separators: Expression
    skipped: str
    firm: Expression = r"(?!)"
    person: Expression = r"(?!)"


class Platform(StrictTable):
    """One platform.

    Args:
        name: As people write it.
        tokens: Plain texts that begin with a word; a line has one of them or has nothing of the platform.
        words: Expressions for its mark, behind which a star and then the merchant stand.
        behind: Other expressions, searched for in the line; the first group is who stands behind it.
        marks: Expressions that only say that it was paid through it.
        fields: The same where the line is a list of fields.
        party: Who may stand behind it.
        category: What a line means that names nobody behind it, or somebody unknown.
        people: Whether private people have accounts there: of unknown names behind it none is shown that may be one's.
        own: Expressions for the start of what stands behind where the platform itself is meant.
        names: Expression for the start of what stands behind to the name by which it is known.
    """

    name: str
    kind: PlatformKind
    tokens: tuple[Token, ...]
    words: tuple[Expression, ...] = ()
    behind: tuple[str, ...] = ()
    marks: tuple[Expression, ...] = ()
    fields: Fields | None = None
    party: Party = Party.FIRM
    category: Category | None = None
    people: bool = False
    own: tuple[Expression, ...] = ()
    names: Mapping[Expression, str] = {}

    @cached_property
    def is_own(self) -> re.Pattern[str]:
        """Matches what stands behind where it is the platform itself."""
        return re.compile(r"(?:" + "|".join(self.own) + r")(?![a-z])" if self.own else r"(?!)")

    @cached_property
    def named(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        """The names, ready to match."""
        return tuple((re.compile(f"(?:{start})(?![a-z])"), name) for start, name in self.names.items())


class _Platforms(PartedTable):
    """``platforms.toml``; `{name}` in `behind` and `skipped` stands for a part.

    Args:
        tails: Expressions for what may end a field and is no part of a name.
        firms: Words that make a name a firm's.
        also_names: Words that tell a trade and are people's names, too.
    """

    tails: tuple[Expression, ...]
    firms: frozenset[str]
    also_names: frozenset[str]
    platform: tuple[Platform, ...]

    @model_validator(mode="after")
    def _expressions_have_a_group(self) -> Self:
        for platform in self.platform:
            for expression in platform.behind:
                if re.compile(checked_expression(self.filled(expression))).groups != 1:
                    message = f"{expression!r} has not one group, which is who stands behind {platform.name}"
                    raise ValueError(message)
            if platform.fields:
                checked_expression(self.filled(platform.fields.skipped))
        return self


@dataclass(frozen=True, slots=True)
class Seen:
    """What a line says of a platform.

    Args:
        merchant: The text that names who was paid, not yet tidied; the line where nobody stands behind the platform.
        behind: Whether that is somebody else than the platform.
        through: Whether the line only says that it was paid through the platform.
        party: Who that may be.
    """

    platform: Platform
    merchant: str
    behind: bool
    party: Party
    through: bool = False


@dataclass(frozen=True, slots=True)
class _Ready:
    """A platform with its expressions compiled."""

    platform: Platform
    tokens: tuple[str, ...]
    behind: tuple[re.Pattern[str], ...]
    marks: re.Pattern[str] | None
    skipped: re.Pattern[str] | None


_TABLE = read_table(_Platforms, files("models").joinpath("data", "platforms.toml"))
_TAILS = re.compile(r"(?:[ ,.-]{1,3}(?:" + "|".join(_TABLE.tails) + r"))+$")
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"[\dx]")
_ADDRESS = re.compile(r"([^@]*)@.*")
_glued = re.compile(r"[^\W\d_]{4,}\d+").fullmatch
"""A name with the number of a store behind it: rema1000."""
_NUMBERS = re.compile(r"[\d.]+")


def _ready(platform: Platform) -> _Ready:
    starred = f"(?:^|(?<=[ /*(-]))(?:{'|'.join(platform.words)}) ?\\*+ ?(.+)$"
    others = map(_TABLE.filled, platform.behind)
    return _Ready(
        platform,
        platform.tokens,
        tuple(re.compile(each) for each in ((starred, *others) if platform.words else others)),
        re.compile("|".join(f"(?:{mark})" for mark in platform.marks)) if platform.marks else None,
        re.compile(_TABLE.filled(platform.fields.skipped)) if platform.fields else None,
    )


FIRM_WORDS, NAME_WORDS = _TABLE.firms, _TABLE.also_names
"""Words that make a name a firm's, and words that tell a trade and are people's names, too."""

PLATFORMS = tuple(map(_ready, _TABLE.platform))
"""In the order of the file; of several that a line names, the first decides."""

DELIVERIES: Mapping[str, Platform] = {
    ready.platform.name.replace(" ", "").lower(): ready.platform
    for ready in PLATFORMS
    if ready.platform.kind is PlatformKind.DELIVERY
}
"""Delivery services by glued name: some statements write nothing but a blank between one and the merchant."""

_words = re.compile(r"[^\W_]+").findall
_START = 3
"""Letters by which the first word of a token is looked up."""
_NESTED = 3


def words_of(text: str) -> list[str]:
    """The words of folded text: runs of letters and digits.

    >>> words_of("e-transfer: j.smith")
    ['e', 'transfer', 'j', 'smith']
    """
    return text.split() if text.replace(" ", "").isalnum() else _words(text)


def _by_start() -> Mapping[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for place, ready in enumerate(PLATFORMS):
        for token in ready.tokens:
            found.setdefault(words_of(token)[0][:_START], set()).add(place)
    return {start: frozenset(places) for start, places in found.items()}


_BY_START = _by_start()
_STARTS = frozenset(_BY_START)


def seen_in(statement: str) -> Seen | None:
    """Find the platform of a line, and who was paid behind it.

    >>> seen = seen_in("doordash*safeway san francisco ca")
    >>> seen.platform.name, seen.merchant, seen.behind
    ('DoorDash', 'safeway san francisco ca', True)
    >>> seen_in("google *ads1234567").merchant
    'google ads'
    >>> seen_in("corner bakery") is None
    True

    Args:
        statement: What `models.statements.normalise.statement_text` gave.

    Returns:
        None where the line names no platform.
    """
    return seen_among(words_of(statement), statement)


def seen_among(words: Sequence[str], statement: str) -> Seen | None:
    """The same where the words of the statement, `words_of` it, are at hand."""
    # Most lines have no word that begins like a platform's, and this is asked about every new line.
    starts = _STARTS.intersection([word[:_START] for word in words])
    if not starts:
        return None
    for place in sorted({place for start in starts for place in _BY_START[start]}):
        ready = PLATFORMS[place]
        for token in ready.tokens:
            if token in statement:
                if seen := _seen(ready, statement):
                    return seen
                break
    return None


def without_platform(statement: str) -> str:
    """The text that names who was paid, as far as a line says it behind platforms; the line where none is named.

    >>> without_platform("doordash*safeway"), without_platform("corner bakery")
    ('safeway', 'corner bakery')
    """
    # Again, since who stands behind one platform may name another.
    for _ in range(_NESTED):
        seen = seen_in(statement)
        if seen is None or seen.merchant == statement:
            break
        statement = seen.merchant
    return statement


def _seen(ready: _Ready, statement: str) -> Seen | None:
    platform = ready.platform
    for pattern in ready.behind:
        if found := pattern.search(statement):
            behind = _without_tail(found[1])
            if seen := _named(platform, parted(behind) if "*" in statement else behind, platform.party):
                return seen
    if platform.fields and ready.skipped and (start := re.search(platform.fields.after, statement)):
        party = _party(platform.fields, platform.party, statement)
        for field in _fields(platform.fields, ready.skipped, statement[start.end() :]):
            if seen := _named(platform, _without_tail(field), party):
                return seen
    if ready.marks and ready.marks.search(statement):
        return Seen(platform, statement, behind=False, party=platform.party, through=True)
    return None


def _named(platform: Platform, text: str, party: Party) -> Seen | None:
    for start, name in platform.named:
        if start.match(text):
            return Seen(platform, name, behind=False, party=Party.FIRM)
    if platform.is_own.match(text):
        return Seen(platform, platform.name.lower(), behind=False, party=Party.FIRM)
    return Seen(platform, text, behind=True, party=party) if _is_name(text) else None


def _is_name(text: str) -> bool:
    """Tell whether a field may name somebody: letters, and not the one word of a reference."""
    if len(_LETTER.findall(text)) < _FEWEST_LETTERS:
        return False
    first = text.split()[0]
    return first != text or _glued(text) is not None or len(_DIGIT.findall(text)) < _CODE_DIGITS


_TRADE = "lanchonete|lanches?|restaurante|mercado|mercadinho|farmacia|oficina|mecanica|academia|clinica|salao"
_glued_trade = re.compile(
    rf"\b([a-z]{{3,9}}[ae]ria|{_TRADE})(dell[ao]|del|d[aeo]s?|sao|santo|santa|dona|seu)(?=[a-z]{{3}})"
)


def parted(text: str) -> str:
    """Part a trade from the article glued to it, as names stand behind the mark of a processor.

    >>> parted("barbeariadojoao")
    'barbearia do joao'
    """
    return _glued_trade.sub(r"\1 \2 ", text) if "d" in text or "s" in text else text


def _party(fields: Fields, party: Party, statement: str) -> Party:
    if re.search(fields.person, statement):
        return Party.PERSON
    return Party.FIRM if re.search(fields.firm, statement) else party


def _fields(fields: Fields, skipped: re.Pattern[str], text: str) -> Iterator[str]:
    """The fields that may name somebody; of an address at a bank what stands before the sign."""
    for field in map(str.strip, re.split(fields.separators, text)):
        name = _NUMBERS.sub(" ", _ADDRESS.sub(r"\1", field)).strip() if "@" in field else field
        letters = name.replace(" ", "")
        if name and not skipped.fullmatch(name) and len(_DIGIT.findall(letters)) < max(_CODE_DIGITS, len(letters) // 2):
            yield name


def _without_tail(text: str) -> str:
    return _TAILS.sub("", text).strip(" .,:;*/-")
