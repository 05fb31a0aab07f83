"""The grounds of a decision, as far as customers are told them: read from its votes, without what these quote.

Evidence names other merchants, counts of other customers' rows and rules of the bank. Only its form is read here.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from models.contracts.events import Reason, Vote


class Ground(StrEnum):
    """What a decision rests on; a closed set, each with its words in every language."""

    PERSON = "person"
    HOUSE_RULE = "house_rule"
    OWN_CORRECTION = "own_correction"
    CORRECTED = "corrected"
    CORRECTED_NAMES = "corrected_names"
    CORRECTED_TEXT = "corrected_text"
    BRAND = "brand"
    BRAND_SPELLING = "brand_spelling"
    BRAND_AND_WORD = "brand_and_word"
    OTHER_PARTY = "other_party"
    WORD = "word"
    NAMED_WORD = "named_word"
    """The same, where the word stands in the customer's own line and can be shown."""
    WORDING = "wording"
    PRIVATE_PERSON = "private_person"
    CHANNEL = "channel"
    PLATFORM = "platform"
    TILL = "till"
    CIRCUMSTANCES = "circumstances"
    CODE = "code"
    CODE_SET_ASIDE = "code_set_aside"
    KNOWN_BUSINESS = "known_business"
    LIKENESS = "likeness"
    ELIMINATION = "elimination"
    LANGUAGE_MODEL = "language_model"
    NOTHING = "nothing"
    SEVERAL = "several"


class Decisive(NamedTuple):
    """A method that decided alone.

    Args:
        ground: What is told where its evidence is of no known form.
    """

    method: str
    ground: Ground


DECISIVE: Final[Mapping[str, Decisive]] = MappingProxyType(
    {
        Reason.HOUSE_RULE: Decisive("house", Ground.HOUSE_RULE),
        Reason.CORRECTED_FOR_ACCOUNT: Decisive("account", Ground.OWN_CORRECTION),
        Reason.CORRECTED_BY_PEOPLE: Decisive("online", Ground.CORRECTED),
    }
)
"""Reasons that name the one method that decided, whatever the others said."""

TOLD = 2
"""Grounds that one explanation names at most."""

_FORMS: Final[Mapping[str, tuple[tuple[re.Pattern[str], Ground], ...]]] = MappingProxyType(
    {
        method: tuple((re.compile(form), ground) for form, ground in forms)
        for method, forms in {
            "mcc": ((", not what this merchant sells$", Ground.CODE_SET_ASIDE), ("^mcc ", Ground.CODE)),
            "rules": (
                ("^counterparty: ", Ground.OTHER_PARTY),
                ("^cue word .*, no brand ", Ground.WORD),
                (r"^brand .*\(.*\), cue word ", Ground.BRAND_AND_WORD),
                (r"^brand .*, one letter off\)$", Ground.BRAND_SPELLING),
                ("^brand ", Ground.BRAND),
                ("^cue word ", Ground.WORD),
                ("^statement says between people$", Ground.PRIVATE_PERSON),
                ("^statement says ", Ground.WORDING),
                ("names a person$", Ground.PRIVATE_PERSON),
                ("^channel ", Ground.CHANNEL),
                ("^platform ", Ground.PLATFORM),
                ("^till ", Ground.TILL),
                ("^(?:large credit|round amount|small amount)", Ground.CIRCUMSTANCES),
            ),
            "text": (
                ("^seen before", Ground.KNOWN_BUSINESS),
                ("^text ~", Ground.LIKENESS),
                ("^text, by elimination", Ground.ELIMINATION),
            ),
            "llm": (("^llm ", Ground.LANGUAGE_MODEL),),
            "online": (
                ("^corrected by ", Ground.CORRECTED),
                ("^corrected for ", Ground.CORRECTED_NAMES),
                ("^like lines ", Ground.CORRECTED_TEXT),
            ),
            "account": (("^corrected for this account$", Ground.OWN_CORRECTION),),
            "house": (("^rule ", Ground.HOUSE_RULE),),
        }.items()
    }
)
"""Method to forms of its evidence, each with what it tells; the first that fits."""

_cue_word = re.compile(r"cue word ([^,]+)").match


def ground_of(vote: Vote) -> Ground | None:
    """What a vote rests on; None where its method or evidence is of no known form.

    >>> said = "seen before, 3 of 4 times so"
    >>> ground_of(Vote(method="text", category="pets", confidence=0.9, weight=1.0, evidence=said))
    <Ground.KNOWN_BUSINESS: 'known_business'>
    """
    forms = _FORMS.get(vote.method, ())
    return next((ground for form, ground in forms if form.search(vote.evidence)), None)


def grounds_of(votes: Sequence[Vote], reasons: Sequence[str], category: str) -> tuple[Ground, ...]:
    """What a decision rests on, the weightiest first, `TOLD` at most; `SEVERAL` where no vote of a known form does.

    Args:
        reasons: Codes of `models.contracts.events.Reason`.
        category: The one decided; votes for others are no ground.
    """
    if Reason.NO_VOTE in reasons:
        return (Ground.NOTHING,)
    alone = decisive(reasons)
    found = dict.fromkeys(
        ground for vote in _behind(votes, reasons, category) if (ground := ground_of(vote)) is not None
    )
    return tuple(found)[:TOLD] or (Ground.SEVERAL if alone is None else alone.ground,)


def word_of(votes: Sequence[Vote], reasons: Sequence[str], category: str, line: str) -> str | None:
    """The word that tells `Ground.WORD`, as the customer's own line writes it; None where it does not stand there.

    >>> cue = Vote(method="rules", category="pets", confidence=0.7, weight=1.0, evidence="cue word veterinary")
    >>> word_of([cue], [], "pets", "ACME Veterinary LTD"), word_of([cue], [], "pets", "ACME VET")
    ('Veterinary', None)
    """
    for vote in _behind(votes, reasons, category):
        if ground_of(vote) is Ground.WORD and (said := _cue_word(vote.evidence)):
            found = re.search(rf"(?<!\w){re.escape(said[1].strip())}(?!\w)", line, re.IGNORECASE)
            return found[0] if found else None
    return None


def _behind(votes: Sequence[Vote], reasons: Sequence[str], category: str) -> list[Vote]:
    """The votes that a decision rests on, the weightiest first."""
    alone = decisive(reasons)
    behind = [vote for vote in votes if vote.category == category and (alone is None or vote.method == alone.method)]
    return sorted(behind, key=lambda vote: -vote.weight)


def decisive(reasons: Sequence[str]) -> Decisive | None:
    """The method that decided alone; None where the votes were weighed together."""
    return next((DECISIVE[reason] for reason in reasons if reason in DECISIVE), None)


def is_disputed(votes: Sequence[Vote], reasons: Sequence[str], category: str) -> bool:
    """Tell whether a vote that counted was for another category."""
    if decisive(reasons) is not None:
        return False
    return any(vote.category != category and vote.weight > 0 for vote in votes)
