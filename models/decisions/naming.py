"""Says who the merchant of a line is: by name, by a stable key, and through which platform.

A private person's name never becomes a merchant's, nor do the bank's own words.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import NamedTuple

from models.contracts.fields import MERCHANT_LIMIT, clean_text
from models.gazetteer.display import DisplayNames, display_name, is_mark, is_name
from models.gazetteer.table import WRITTEN, Match, MatchSpan
from models.statements.masking import mask
from models.statements.platforms import PlatformKind, Seen
from models.statements.prefixes import named_company
from models.voters.circumstances import names_somebody
from models.voters.contract import Ballot, Kind
from models.voters.line import Line
from models.voters.parties import has_trade, is_trade, names_firm
from models.voters.people import People, Trust
from models.voters.rules import RulesVoter

REMEMBERED = 8_192
"""Merchants remembered by name, about 3 MB."""

_FEW = 2
"""Words of a text that may be no more than a trade: coffee shop."""

_TRANSFER = "transfers_cash"
_KNOWN = frozenset((Kind.CODE, Kind.SEEN, Kind.SEEN_SELDOM, Kind.SEEN_ABROAD))
"""Kinds of ballots that speak of a merchant: a code, or one seen before, at home or abroad."""
_titled = re.compile(
    r"(?:mr|mrs|ms|miss|mx|dr|herr|frau|mme|mlle|monsieur|madame|sr|sra|sig|dhr|mevr|pan|pani)\b\.? \w"
).match
_address = re.compile(r"[\w.+-]+@[\w-]+\.\w").search
"""An e-mail address: mostly somebody's name."""


class Merchant(NamedTuple):
    """Who was paid, or paid.

    Args:
        name: For people; None where the line names nobody, or a private person.
        key: The same for all lines of one merchant; None where there is no name.
        via: The platform in between, by name; None where there is none.
        written: What the JSON of a decision has of it, made once for all transactions of a line.
    """

    name: str | None
    key: str | None
    via: str | None
    written: str


def merchant_named(name: str | None = None, key: str | None = None, via: str | None = None) -> Merchant:
    """The merchant of these names.

    >>> merchant_named("Tim Hortons", "timhortons").written
    '"merchant":"Tim Hortons","merchant_key":"timhortons","via":null,'
    """
    parts = (("merchant", name), ("merchant_key", key), ("via", via))
    text = "".join([f'"{field}":{"null" if value is None else quoted(value)},' for field, value in parts])
    return Merchant(name, key, via, text)


NOBODY = merchant_named()
_shared = lru_cache(maxsize=REMEMBERED)(merchant_named)
"""The merchant of these names, one for all lines: of brands, and where there is no name."""


class _Brand(NamedTuple):
    """A brand that is the merchant.

    Args:
        via: The delivery service in front of it.
        beside: Whether it is so although the line speaks the bank's language, of which it may be a word.
    """

    name: str
    key: str
    via: str | None
    beside: bool


class Namer:
    """Names the merchants of lines, from the brands that the rules voter finds.

    Args:
        rules: Has looked the line up already, as a rule, and remembers it.
        names: How brands are written; the shipped table by default.
    """

    def __init__(self, rules: RulesVoter, *, names: DisplayNames | None = None) -> None:
        self._rules = rules
        self._names = names or DisplayNames.shipped()
        # A cache of its own, as the rules voter has one: most lines that are new have a brand that is not.
        self._known = lru_cache(maxsize=REMEMBERED)(self._names.find)

    def name(self, line: Line, row: Sequence[Ballot | None]) -> Merchant:
        """The merchant of a line.

        Args:
            row: The ballots on it; what they found settles whether a text is a merchant's.
        """
        seen = line.seen
        via = _via(seen) if seen else None
        if seen and line.private:
            return _shared(via=via)
        said = Kind.STATEMENT in [ballot.kind for ballot in row if ballot is not None]
        brand = self._brand(line.merchant, line.currency)
        if brand and (not said or brand.beside or _by_field(line, seen)):
            return _shared(brand.name, brand.key, via or brand.via)
        named = _by_field(line, seen) if said else _by_text(line, row)
        glued = "".join(line.tokens)
        if not named or (len(line.tokens) <= _FEW and (_is_common(glued) or all(map(_is_common, line.tokens)))):
            return _shared(via=via)
        return _of_text(line.merchant, glued, via)

    def _brand(self, merchant: str, currency: str) -> _Brand | None:
        match, service = self._rules.brand(merchant, currency)
        if match is None or not _is_sure(match):
            return None
        known = self._known(match.name, match.category)
        if _is_common(known.key):
            return None
        whole = match.tokens > 1 or match.span is MatchSpan.WHOLE
        beside = whole and not match.common and match.category != _TRANSFER
        via = service.name if service else None
        return _Brand(known.name[:MERCHANT_LIMIT], known.key[:MERCHANT_LIMIT], via, beside)


@lru_cache(maxsize=REMEMBERED)
def _is_common(word: str) -> bool:
    """Tell whether a word names any merchant of a trade: "pizzeria" in one town is not that of another."""
    return is_trade(word) and not is_mark(word)


def _is_sure(brand: Match) -> bool:
    """Tell whether a brand found is the merchant, and not a word of its name, nor a bank's wording."""
    if not brand.exact or not brand.home or not is_name(brand.name):
        return False
    if brand.span is MatchSpan.WHOLE:
        return brand.kind == WRITTEN or not brand.common
    written = brand.kind == WRITTEN and not brand.common
    return written and brand.span is MatchSpan.START and brand.category != _TRANSFER


def _via(seen: Seen) -> str | None:
    """The platform in between: one that is paid itself is the merchant, and a bank's form is none."""
    if seen.platform.kind is PlatformKind.FORM:
        return None
    return seen.platform.name if seen.behind or seen.through else None


def _by_field(line: Line, seen: Seen | None) -> bool:
    """Tell whether a line in the bank's words has a field that names a firm."""
    if line.firm or (seen and seen.behind):
        return True
    return named_company(line.statement) != line.statement and names_firm(line.merchant, line.currency)


def _by_text(line: Line, row: Sequence[Ballot | None]) -> bool:
    """Tell whether the tidied text is a merchant's: not where it may be a transfer, or money from a private person."""
    cast = [ballot for ballot in row if ballot is not None]
    if _TRANSFER in [ballot.category for ballot in cast] or _titled(line.statement):
        return False
    if not names_somebody(line.tokens) or not is_name(line.merchant):
        return False
    if "@" in line.statement and _address(line.statement):
        return False
    kinds = {ballot.kind for ballot in cast}
    people = People.shipped()
    # Behind other words a full name is who was paid; in front of a trade it is a firm's.
    last = line.merchant.rpartition(" ")[2]
    if not line.firm and Kind.CODE not in kinds and last in people.full_names(line.merchant, line.currency):
        return False
    if line.firm or not _KNOWN.isdisjoint(kinds) or has_trade(line.tokens, surely=0):
        return True
    if line.credit and not names_firm(line.merchant, line.currency):
        return False
    # Without a form nothing but the names themselves tell a person's; what is tidied away may be one ("wei ma").
    said = line.seen.merchant if line.seen else line.statement
    trust = Trust.TRANSFER if line.seen and line.seen.platform.people else Trust.MIXED
    return not any(people.is_person(text, line.currency, trust) for text in {line.merchant, said})


@lru_cache(maxsize=REMEMBERED)
def _of_text(text: str, key: str, via: str | None) -> Merchant:
    """The tidied text; nobody where it holds what identifies an account or a person.

    Args:
        key: Its tokens glued.
    """
    name = clean_text(display_name(text))[:MERCHANT_LIMIT].strip()
    if not name or mask(text) != text:
        return _shared(via=via)
    return merchant_named(name, (key or text.replace(" ", ""))[:MERCHANT_LIMIT], via)
