"""Tells firms from private people in a field that may name either, by form and by what is known of names of firms."""

from functools import cache, lru_cache

from models.gazetteer.keys import tokens_of
from models.gazetteer.table import WRITTEN, Gazetteer, Match, MatchSpan
from models.statements.normalise import merchant_of
from models.statements.platforms import FIRM_WORDS, NAME_WORDS, Party, Seen
from models.voters.cues import Cues
from models.voters.people import People
from models.voters.people.names import KnownNames

REMEMBERED = 4_096
"""Names whose kind is remembered, about 1 MB."""

SHORTEST_BRAND = 4
"""Letters of the shortest name that is believed to be a firm's: shorter ones are given names too often."""

SURE_CUE = 0.7
"""From this confidence on, a word of a trade makes a name a firm's."""


def is_private(seen: Seen, currency: str) -> bool:
    """Tell whether a private person stands behind a platform.

    A rail that anybody uses names a person, unless something speaks of a firm: a legal form, a web address, a known
    brand, a word of a trade.
    """
    if not seen.behind or seen.party is Party.FIRM:
        return False
    return seen.party is Party.PERSON or not names_firm(seen.merchant, currency)


@lru_cache(maxsize=REMEMBERED)
def names_firm(name: str, currency: str) -> bool:
    """Tell whether a name, folded but not tidied, speaks of a firm.

    >>> names_firm("zomato ltd", "INR"), names_firm("anil kumar", "INR"), names_firm("summer baker", "GBP")
    (True, False, False)
    """
    # A title or a word of a firm may be tidied away, so they are looked for first.
    words = [word.strip(".,:;()") for word in name.split()]
    if len(words) > 1 and not FIRM_WORDS.isdisjoint(words):
        people = People.shipped()
        if any(word in FIRM_WORDS and not people.is_initials(words, place) for place, word in enumerate(words)):
            return True
    merchant = merchant_of(name)
    if any("." in word.strip(".") and len(word) > 4 for word in merchant.split()):
        return True
    tokens = tokens_of(merchant)
    match = _brands().find(tokens, currency=currency)
    return (match is not None and _is_brand(match)) or has_trade(tokens)


def _is_brand(match: Match) -> bool:
    """Tell whether a brand names a firm: written down as the whole name, or as two words of it or more.

    One word of a longer name may be somebody's surname (b shell, kelly mcdonald).
    """
    if not match.exact or not match.home or len(match.name) < SHORTEST_BRAND:
        return False
    if match.span is MatchSpan.WHOLE and match.kind == WRITTEN:
        # Of one word a given name is a person's, whatever else is called so.
        given = match.tokens == 1 and match.name in KnownNames.shipped().given
        return match.category != "transfers_cash" and not given
    return match.tokens > 1 and not match.common and (match.span is MatchSpan.WHOLE or match.kind == WRITTEN)


def has_trade(tokens: list[str], *, surely: float = SURE_CUE) -> bool:
    """Tell whether a word tells a trade, and is no person's name."""
    cue = _cues().find(tokens)
    return cue is not None and cue.confidence >= surely and cue.word not in NAME_WORDS


@lru_cache(maxsize=REMEMBERED)
def brand_category(merchant: str, currency: str) -> str | None:
    """The category of the known brand with which a merchant's text begins, if it is at home; None where there is none.

    >>> brand_category("shell london", "GBP"), brand_category("blue door", "GBP")
    ('fuel', None)
    """
    match = _brands().find(tokens_of(merchant), currency=currency)
    if match is None or not match.exact or not match.home or match.common or match.span is MatchSpan.INNER:
        return None
    return match.category if match.kind == WRITTEN else None


def is_trade(word: str) -> bool:
    """Tell whether a word by itself tells a trade, such as pizzeria, and so names no merchant.

    >>> is_trade("pizzeria"), is_trade("vapiano")
    (True, False)
    """
    cue = _cues().find([word])
    return cue is not None and cue.word == word


@cache
def _brands() -> Gazetteer:
    return Gazetteer.shipped()


@cache
def _cues() -> Cues:
    return Cues.shipped()
