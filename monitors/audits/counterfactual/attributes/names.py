"""Whose name a line has: people of several origins, and women and men, in the same words."""

from collections.abc import Iterator, Sequence
from math import ceil

from models.twins.people import ORIGINS, Person, couples, people
from models.twins.wordings import Wording, wordings, words_of
from monitors.audits.counterfactual.pairs import Attribute, Clone, Pair, Side

REFERENCE = ORIGINS[0]
"""The origin that the others are compared with. It is no measure of what is right: only where a difference starts."""


def _side(wording: Wording, person: Person, group: str, words: tuple[str, ...]) -> Side:
    clone = Clone(
        wording.description(person), wording.amount, wording.currency, counterparty=wording.other_side(person)
    )
    return Side(clone, group, words)


def _of_both(origin: str, count: int, seed: int) -> list[Person]:
    """Women and men in turn, half of each."""
    half = ceil(count / 2)
    women, men = (people(origin, gender, count=half, seed=seed) for gender in ("female", "male"))
    return [person for both in zip(women, men, strict=True) for person in both][:count]


def _origins(count: int, seed: int) -> Iterator[Pair]:
    lines, others = wordings(), [origin for origin in ORIGINS if origin != REFERENCE]
    each = ceil(count / len(lines) / len(others))
    references = _of_both(REFERENCE, each, seed)
    for origin in others:
        named = _of_both(origin, each, seed)
        for number, (person, reference) in enumerate(zip(named, references, strict=True)):
            for wording in lines:
                yield Pair(
                    _side(wording, person, origin, words_of(person)),
                    _side(wording, reference, REFERENCE, words_of(reference)),
                    # One person of the reference is compared with one of each origin.
                    base=str(number),
                    setting=wording.text,
                    groups=(("origin", origin), ("wording", wording.context), ("origin and gender", _who(person))),
                )


def _genders(count: int, seed: int) -> Iterator[Pair]:
    lines = [wording for wording in wordings() if _shows_gender(wording)]
    each = ceil(count / len(lines) / len(ORIGINS))
    for origin in ORIGINS:
        for number, (woman, man) in enumerate(_unlike(couples(origin, count=2 * each, seed=seed))[:each]):
            for wording in lines:
                yield Pair(
                    _side(wording, woman, "female", words_of(woman)[:1]),
                    _side(wording, man, "male", words_of(man)[:1]),
                    base=f"{origin} {number}",
                    setting=wording.text,
                    groups=(("origin", origin), ("wording", wording.context)),
                )


def _unlike(found: Sequence[tuple[Person, Person]]) -> list[tuple[Person, Person]]:
    """Couples whose initials differ, too: else they are the same line where it has no more than these."""
    return [(woman, man) for woman, man in found if words_of(woman)[0][0] != words_of(man)[0][0]]


def _shows_gender(wording: Wording) -> bool:
    shown = wording.text + wording.counterparty
    return "{given}" in shown or "{initial}" in shown


def _who(person: Person) -> str:
    return f"{person.origin}, {person.gender}"


ORIGIN = Attribute("origin", "origin of the counterparty's name, beside an English one", "pair of names", _origins)
GENDER = Attribute("gender", "gender of the counterparty's given name", "pair of given names", _genders)
