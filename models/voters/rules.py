"""Vote by rule: the bank's grammar first, then brands of the gazetteer and cue words, whichever is surer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from models.contracts.events import Transaction
from models.gazetteer.keys import tokens_of
from models.gazetteer.table import WRITTEN, Gazetteer, Match, MatchSpan
from models.statements.places import SITES
from models.statements.platforms import DELIVERIES, Platform, PlatformKind, Seen
from models.voters.brands import brand_ballot, brand_confidence
from models.voters.channels import Channels
from models.voters.circumstances import circumstances
from models.voters.contract import Ballot, Kind, LineVoter, Method
from models.voters.cues import Cue, Cues
from models.voters.grammar import Grammar, GrammarRule
from models.voters.hearing import INCOME, giver
from models.voters.line import Line
from models.voters.people import PERSON, People
from models.voters.people.names import KnownNames
from models.voters.tills import beside_till, till_vote

MERCHANTS = 8_192
"""Merchants remembered with what brands and cue words say of them, about 4 MB."""

SURE_GRAMMAR = 0.7
"""From this confidence on, the grammar needs no second opinion."""

AGREED = 0.94
"""Confidence where brand and cue word name the same category."""

SURE_CUE = 0.6
"""Confidence of a cue from which on it contradicts a brand of another trade beside it."""

LONG = 3
"""Words beside a brand from which on a less sure cue puts it in doubt: right for one of six such merchants, Toronto."""

CONTRADICTING = 0.72
"""Precision of such a cue behind a brand: right for 77% of 612 merchants where the brand was for 8%, Toronto."""

CONTRADICTED = 0.55
"""Confidence of a brand behind such a cue."""

TO_PERSON = 0.9
"""Confidence that money to or from a person, by a rail that anybody uses, is a transfer."""

PLATFORM = 0.8
"""Confidence in what a delivery service or a marketplace usually sells, where the name behind it is not known."""

_OWNER = "someowner"
"""Stands for a sole trader's surname, which is no brand."""

_TRANSFER = "transfers_cash"

_RECEIVED: Mapping[str, float] = MappingProxyType({"rent": 0.75})
"""Labels of rules to the confidence, judged, that it is income where money comes in."""

_TO_SOMEBODY = frozenset(("transfer", "between people"))
"""Labels of rules that say but that money went to somebody."""


class _Named(NamedTuple):
    """What brands and cue words say of a merchant.

    Args:
        match: The brand found.
        via: The delivery service in front of it, where nothing but a blank stands between them.
        surest: The vote where the grammar says nothing.
        decides: Whether it is the vote also beside a weak phrase.
    """

    match: Match | None
    via: Platform | None
    surest: Ballot | None
    ballots: tuple[Ballot, ...]
    decides: bool


class RulesVoter(LineVoter):
    """The voter of method `rules`: text, and amount and day where the text says nothing.

    >>> from datetime import UTC, datetime
    >>> fee = Transaction(transaction_id="t1", account_id="a1", description="ATM CASH WITHDRAWAL FEE", amount="2.50",
    ...                   currency="ZAR", timestamp=datetime(2024, 5, 1, tzinfo=UTC))
    >>> RulesVoter().vote([fee])
    [Ballot(category='loans_fees', confidence=0.95, evidence='statement says bank fee', alternatives=())]

    Args:
        gazetteer: Table of brands; the shipped one by default.
        cues: Table of cue words; the shipped one by default.
        grammar: Whether the bank's own words are read.
    """

    def __init__(self, *, gazetteer: Gazetteer | None = None, cues: Cues | None = None, grammar: bool = True) -> None:
        # Made while the voter is built, not under the first transaction.
        People.shipped()
        Channels.shipped()
        self._gazetteer = gazetteer or Gazetteer.shipped()
        self._cues = Cues.shipped() if cues is None else cues
        self._grammar = grammar
        if grammar:
            Grammar.shipped()
        self.looks_further = grammar
        # Most lines that are new differ from others of the same merchant by a number or a place. A cache of its own:
        # one on the class would keep every table that ever was, alive.
        self._named = lru_cache(maxsize=MERCHANTS)(self._name)

    @property
    def method(self) -> Method:
        """Always `Method.RULES`."""
        return Method.RULES

    def vote_lines(self, lines: Sequence[Line]) -> list[Ballot | None]:
        """Give the surest of what grammar, brands and cue words say.

        Returns:
            One ballot or None per line, in the order given.
        """
        judged = map(self._judge, lines)
        # No line without a star has the mark of a till.
        return [
            beside_till(said, line.statement) if "*" in line.statement else said
            for line, said in zip(lines, judged, strict=True)
        ]

    def otherwise(self, line: Line, transaction: Transaction) -> Ballot | None:
        """What the till, a name that it leaves in doubt or the amount suggests, where the words say nothing."""
        if not self._grammar:
            return None
        tokens = [PERSON] if line.names_person or line.channel else line.tokens
        if till := till_vote(line.statement):
            said = till.of_small(transaction) or self._judge(line)
            return said or circumstances(transaction, tokens)
        return circumstances(transaction, tokens)

    def brand(self, merchant: str, currency: str) -> tuple[Match | None, Platform | None]:
        """The brand that a merchant's text names, whatever the bank says beside it, and a delivery in front of it."""
        named = self._named(merchant, currency)
        return named.match, named.via

    def _judge(self, line: Line) -> Ballot | None:
        rule = self._rule(line)
        # How money moved says little beside a channel that settles it, and beside the firm that it went to.
        moved = rule is None or rule.label in Channels.shipped().moved
        if moved and line.channel and (settled := line.channel.settled(line.flow)):
            evidence = f"channel {line.channel.kind}"
            return Ballot(settled.category, settled.confidence, evidence, kind=Kind.STATEMENT)
        said = _said(rule, line) if rule else None
        seen = line.seen
        if seen and seen.behind and said and said.category == _TRANSFER:
            # The words of the rail, which say how the other side was paid.
            said = None
        firm = bool(moved and line.firm)
        # How money moved gives way to a name; brands are the costly part, and would not change another sure vote.
        to_somebody = rule is not None and rule.label in _TO_SOMEBODY and not (line.credit or line.names_person)
        if said and said.confidence >= SURE_GRAMMAR and not firm and not to_somebody:
            return said
        if seen and line.private and not line.firm:
            return Ballot(_TRANSFER, TO_PERSON, f"{seen.platform.name} names a person", kind=Kind.STATEMENT)
        named = self._named(line.merchant, line.currency)
        if seen and not line.firm and (usual := _usual_ballot(seen)):
            return _surest((*named.ballots, usual))
        if line.firm and not named.ballots:
            named = self._named(line.described, line.currency)
        if line.credit and not named.ballots and (payer := giver(line.merchant)):
            named = self._named(payer, line.currency)
        if not line.credit:
            named = _without_income(named)
        if firm and named.surest and line.disputed:
            return _disputed(named.surest, self._named(line.described, line.currency).surest)
        if named.surest and (firm or (to_somebody and _tells(named.surest))):
            return named.surest
        if said and said.confidence >= SURE_GRAMMAR:
            return said
        # A name that decides alone outranks a weak phrase: it may be part of what the merchant is called.
        return _surest((said, *named.ballots)) if said and not named.decides else named.surest

    def _rule(self, line: Line) -> GrammarRule | None:
        """What the bank's words say, unless the channel shows that they mean something else."""
        rule = line.rule if self._grammar else None
        unsaid = rule is not None and line.channel is not None and rule.label in line.channel.unsaid
        return None if unsaid else rule

    def _name(self, merchant: str, currency: str) -> _Named:
        tokens = tokens_of(merchant)
        match = self._gazetteer.find(tokens, currency=currency)
        if match and (unowned := self._unowned(match, tokens, currency)):
            # As sure as where the name is nothing else.
            tokens = unowned
            match = self._gazetteer.find(tokens, currency=currency)
        match, via = self._delivered(match, tokens, currency)
        brand = brand_ballot(match) if match else None
        cue = self._cue_ballot(tokens)
        if match and brand and via is None and (other := self._other_trade(match, tokens)):
            return _contradicted(match, brand, other)
        agreed = _agreed(brand, cue)
        ballots = tuple(ballot for ballot in (agreed, brand, cue) if ballot)
        if match and brand and _names_merchant(match):
            return _Named(match, via, agreed or brand, ballots, decides=True)
        return _Named(match, via, _surest(ballots), ballots, decides=False)

    def _unowned(self, match: Match, tokens: list[str], currency: str) -> list[str] | None:
        """The words with one in place of whose name reads as a brand; None where a brand is meant.

        A part of a full name is a person's: "chloe shaw hair", "mercedes lugo".
        """
        if match.tokens == 1 and match.span is not MatchSpan.WHOLE:
            full = People.shipped().full_names(" ".join(tokens), currency)
            if tokens[match.start] in full:
                behind = self._gazetteer.find(tokens[match.start + 1 :], currency=currency)
                if behind is None or behind.tokens == 1:
                    return [_OWNER, *(token for token in tokens if token not in full)]
        if self._is_owner(match, tokens, currency):
            return [*tokens[: match.start], _OWNER, *tokens[match.start + match.tokens :]]
        return None

    def _is_owner(self, match: Match, tokens: list[str], currency: str) -> bool:
        """Tell whether what reads as a brand is a surname in front of a trade: "barnes dental" is no estate agent's."""
        end = match.start + match.tokens
        if end == len(tokens) or not People.shipped().is_surname(tokens[match.start : end]):
            return False
        trade = self._cues.find(tokens[end:])
        if trade and trade.confidence >= SURE_CUE:
            return trade.category != match.category or not brand_confidence(match)
        # A trade that is written down as a whole: "jones cleaning services".
        behind = self._gazetteer.find([_OWNER, *tokens[end:]], currency=currency)
        return behind is not None and brand_confidence(behind) > max(brand_confidence(match), SURE_CUE)

    def _delivered(self, match: Match | None, tokens: list[str], currency: str) -> tuple[Match | None, Platform | None]:
        """The brand behind a delivery service where there is one, with the service: "doordash walgreens"."""
        if match is None or match.span is not MatchSpan.START:
            return match, None
        service = DELIVERIES.get(match.name.replace(" ", ""))
        behind = self._gazetteer.find(tokens[match.tokens :], currency=currency) if service else None
        # Only what is sure to be a merchant's name: mostly a town stands there.
        sure = behind and _names_merchant(behind) and behind.span is MatchSpan.WHOLE and not behind.common
        return (behind, service) if sure else (match, None)

    def _other_trade(self, match: Match, tokens: list[str]) -> Cue | None:
        """The cue beside a brand that tells another trade, if it is sure or much else stands there.

        What says where a shop stands tells no trade.
        """
        if match.span is MatchSpan.WHOLE:
            return None
        beside = [token for token in match.beside(tokens) if token not in SITES]
        cue = self._cues.find(beside)
        if cue is None or cue.category == match.category:
            return None
        return cue if cue.confidence >= SURE_CUE or len(beside) >= LONG else None

    def _cue_ballot(self, tokens: list[str]) -> Ballot | None:
        cue = self._cues.find(tokens)
        if cue and len(tokens) > 1 and cue.word == tokens[0] and cue.word in KnownNames.shipped().family:
            # A trade in front of a trade is its owner: "baker motors".
            cue = self._cues.find(tokens[1:]) or cue
        return Ballot(cue.category, cue.confidence, f"cue word {cue.word}", kind=Kind.CUE) if cue else None


def _without_income(named: _Named) -> _Named:
    """The same of money that goes out, which is no income: offices and payrolls are paid, too."""
    ballots = tuple(ballot for ballot in named.ballots if ballot.category != INCOME)
    return (
        named
        if len(ballots) == len(named.ballots)
        else named._replace(ballots=ballots, surest=_surest(ballots), decides=False)
    )


def _usual_ballot(seen: Seen) -> Ballot | None:
    """What a platform usually sells, for those that sell or deliver."""
    platform = seen.platform
    if platform.category is None or platform.kind not in (PlatformKind.DELIVERY, PlatformKind.MARKET):
        return None
    return Ballot(platform.category, PLATFORM, f"platform {platform.name}", kind=Kind.BRAND)


def _said(rule: GrammarRule, line: Line) -> Ballot:
    """What a rule says; rent that comes in is a landlord's income, or a flatmate's share."""
    evidence = f"statement says {rule.label}"
    if line.credit and rule.label in _RECEIVED:
        return Ballot("income", _RECEIVED[rule.label], evidence, ((rule.category, 0.1),), Kind.STATEMENT)
    return Ballot(rule.category, rule.confidence, evidence, kind=Kind.STATEMENT)


def _tells(named: Ballot) -> bool:
    """Tell whether a name or a word of a trade says what money was for where the bank says but how it moved."""
    sure = named.kind in (Kind.BRAND, Kind.NAME_AND_CUE) or (
        named.kind in (Kind.CUE, Kind.CONTRADICTED) and named.confidence >= SURE_CUE
    )
    return sure and named.category != _TRANSFER


def _contradicted(match: Match, brand: Ballot, cue: Cue) -> _Named:
    """A brand beside a word of another trade: in front of that word it is part of another name (TRUE NORTH ALE)."""
    word = Ballot(cue.category, CONTRADICTING, f"cue word {cue.word}, no {brand.evidence}", kind=Kind.CONTRADICTED)
    name = replace(brand, confidence=min(brand.confidence, CONTRADICTED), kind=Kind.CONTRADICTED)
    stays = match.span is MatchSpan.INNER or cue.confidence < SURE_CUE
    first, second = (name, word) if stays else (word, name)
    ballot = replace(first, alternatives=((second.category, round(1 - first.confidence - 0.1, 2)),))
    # In front of such a word the brand names nobody.
    return _Named(match if first is name else None, None, ballot, (ballot,), decides=False)


def _disputed(party: Ballot, described: Ballot | None) -> Ballot:
    """The counterparty's brand where the description names one of another category: one of the two is wrong."""
    other = described.evidence if described else "another brand"
    evidence = f"counterparty: {party.evidence}; description: {other}"
    alternatives = ((described.category, CONTRADICTED - 0.1),) if described else ()
    confidence = min(party.confidence, CONTRADICTED)
    return Ballot(party.category, confidence, evidence, alternatives, Kind.CONTRADICTED)


def _names_merchant(match: Match) -> bool:
    """Tell whether the brand alone decides: written by hand or the whole line, and known where the currency is used."""
    return (
        match.exact and match.home and (match.kind == WRITTEN or (match.span is MatchSpan.WHOLE and match.tokens > 1))
    )


def _agreed(brand: Ballot | None, cue: Ballot | None) -> Ballot | None:
    if brand is None or cue is None or brand.category != cue.category:
        return None
    confidence = max(brand.confidence, cue.confidence, AGREED)
    return Ballot(brand.category, confidence, f"{brand.evidence}, {cue.evidence}", kind=Kind.NAME_AND_CUE)


def _surest(ballots: Sequence[Ballot]) -> Ballot | None:
    """The surest ballot, the first of equals, with what the others say as alternatives."""
    if len(ballots) < 2:
        return ballots[0] if ballots else None
    ranked = sorted(ballots, key=lambda ballot: -ballot.confidence)
    first = ranked[0]
    # Reversed, so that of two with one category the surer is kept.
    others = {each.category: each.confidence for each in reversed(ranked) if each.category != first.category}
    alternatives = tuple(sorted(others.items(), key=lambda item: (-item[1], item[0])))
    return Ballot(first.category, first.confidence, first.evidence, alternatives, first.kind)
