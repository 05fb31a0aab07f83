"""What a brand of the gazetteer is worth where a text names it: by where it stands, and whether it is at home."""

from collections.abc import Mapping
from types import MappingProxyType

from models.gazetteer.table import WRITTEN, Match, MatchSpan
from models.voters.contract import Ballot, Kind

_HOME: Mapping[tuple[MatchSpan, bool], float] = MappingProxyType(
    {
        (MatchSpan.WHOLE, True): 0.85,
        (MatchSpan.WHOLE, False): 0.6,
        (MatchSpan.START, True): 0.8,
        (MatchSpan.START, False): 0.4,
        (MatchSpan.INNER, True): 0.71,
        (MatchSpan.INNER, False): 0.7,
    }
)
_AWAY: Mapping[tuple[MatchSpan, bool], float] = MappingProxyType(
    {
        (MatchSpan.WHOLE, True): 0.5,
        (MatchSpan.WHOLE, False): 0.42,
        (MatchSpan.INNER, True): 0.55,
        (MatchSpan.INNER, False): 0.44,
    }
)
"""(span, two tokens or more) to precision over merchants, Toronto before November 2020, rounded down.

A brand known only where another currency is used: at the start of a line it was right in 4 to 37%, so it is no vote.
"""
_WRITTEN_HOME: Mapping[tuple[MatchSpan, bool], float] = MappingProxyType(
    {
        (MatchSpan.WHOLE, True): 0.9,
        (MatchSpan.WHOLE, False): 0.85,
        (MatchSpan.START, True): 0.9,
        (MatchSpan.START, False): 0.87,
        (MatchSpan.INNER, True): 0.85,
        (MatchSpan.INNER, False): 0.7,
    }
)
_WRITTEN_AWAY: Mapping[tuple[MatchSpan, bool], float] = MappingProxyType(
    {
        (MatchSpan.WHOLE, True): 0.75,
        (MatchSpan.WHOLE, False): 0.6,
        (MatchSpan.START, True): 0.45,
        (MatchSpan.INNER, True): 0.65,
        (MatchSpan.INNER, False): 0.6,
    }
)
_MISSPELT: Mapping[bool, float] = MappingProxyType({True: 0.56, False: 0.44})
"""Two tokens or more to the precision of names with one letter wrong: 24 of 43 and 14 of 32 merchants, Toronto."""
_BY_SPAN: Mapping[MatchSpan, Kind] = MappingProxyType(
    {MatchSpan.WHOLE: Kind.BRAND, MatchSpan.START: Kind.BRAND_BEFORE, MatchSpan.INNER: Kind.BRAND_INSIDE}
)
# A name that is also a word is believed only where it is the whole line.
_COMMON_WHOLE = 0.55
_COMMON_WRITTEN = 0.64
_SHORT_START = 0.5
_SHORT_NAME = 4


def brand_confidence(match: Match) -> float:
    """Precision that matches of this kind were measured to have; 0 where it is too low for a vote."""
    # First: a misspelt name was measured as a kind of its own, whatever else holds of it.
    if not match.exact:
        return _MISSPELT[match.tokens > 1]
    written = match.kind == WRITTEN
    if match.common:
        whole = match.span is MatchSpan.WHOLE and match.home
        return (_COMMON_WRITTEN if written else _COMMON_WHOLE) if whole else 0.0
    if written:
        return (_WRITTEN_HOME if match.home else _WRITTEN_AWAY).get((match.span, match.tokens > 1), 0.0)
    if match.span is MatchSpan.START and len(match.name) <= _SHORT_NAME:
        return _SHORT_START if match.home and match.tokens == 1 else 0.0
    # Entries that disagree on the category make the match as much less sure.
    return match.share * (_HOME if match.home else _AWAY).get((match.span, match.tokens > 1), 0.0)


def brand_ballot(match: Match) -> Ballot | None:
    """The ballot of a match; None where it is too often wrong for a vote."""
    confidence = brand_confidence(match)
    if not confidence:
        return None
    kind = _kind_of(match)
    spelt = "" if match.exact else ", one letter off"
    return Ballot(match.category, confidence, f"brand {match.name} ({match.kind}{spelt})", kind=kind)


def _kind_of(match: Match) -> Kind:
    if not match.exact:
        return Kind.MISSPELT
    if match.kind != WRITTEN:
        return Kind.INDEX
    return _BY_SPAN[match.span] if match.home else Kind.BRAND_ABROAD
