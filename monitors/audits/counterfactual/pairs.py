"""Pairs of lines that differ in one attribute and in nothing else.

Who made a line knows its group; what decides gets the transaction alone.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import product

from models.contracts.events import Transaction
from models.twins.letters import digraph_capitals, plain_capitals
from models.twins.merchants import Kinds, merchants
from models.twins.people import GENDERS, ORIGINS, Person, coined, couples, people
from models.twins.wordings import Wording, wordings, words_of

PEOPLE = 56
"""People of each origin and gender by default: with all wordings more than 20,000 pairs by origin, and by gender."""

COINED = 20
"""The most people of each origin and gender whose names are made up: short names leave few to make."""

_NOON = datetime(2024, 3, 4, 12, 30, tzinfo=UTC)  # a Monday
_NIGHT, _SUNDAY = datetime(2024, 3, 4, 3, 10, tzinfo=UTC), datetime(2024, 3, 10, 12, 30, tzinfo=UTC)
_SMALL, _MIDDLE, _LARGE = Decimal("24.90"), Decimal("249.00"), Decimal("2490.00")


class Attribute(StrEnum):
    """What a pair differs in."""

    NAME_ORIGIN = "name_origin"
    NAME_GENDER = "name_gender"
    NAME_COINED = "name_coined"
    SPELLING = "spelling"
    FAITH = "faith"
    CUISINE = "cuisine"
    AMOUNT = "amount"
    CITY = "city"
    TIME = "time"
    SIZE = "size"


WORDS = {
    Attribute.NAME_ORIGIN: "origin of a person's name",
    Attribute.NAME_GENDER: "gender of a person's name",
    Attribute.NAME_COINED: "origin of a name that no list has",
    Attribute.SPELLING: "accents and how they are left out",
    Attribute.FAITH: "faith of a house of worship or charity",
    Attribute.CUISINE: "cuisine of a restaurant or grocer",
    Attribute.AMOUNT: "amount, moved to another band",
    Attribute.CITY: "city",
    Attribute.TIME: "time of day and week",
    Attribute.SIZE: "small local merchant or chain",
}


@dataclass(frozen=True, slots=True)
class Line:
    """What a transaction says."""

    description: str
    amount: Decimal
    currency: str
    counterparty: str | None = None
    at: datetime = _NOON

    def transaction(self, number: int) -> Transaction:
        """The transaction; no group is in it.

        Args:
            number: Its id is made of it.
        """
        return Transaction(
            transaction_id=f"twin-{number}",
            account_id="-",
            description=self.description,
            amount=self.amount,
            currency=self.currency,
            counterparty=self.counterparty,
            timestamp=self.at,
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """Two lines.

    Args:
        groups: Of the first and the second.
        wording: What they share: pairs of one wording are no independent evidence.
        subject: What they differ in, likewise: the people, the word for a thing, the merchant.
        tokens: Words of the second line that stand for its group.
    """

    attribute: Attribute
    groups: tuple[str, str]
    first: Line
    second: Line
    wording: str
    subject: str
    tokens: tuple[str, ...]


def pairs_of(attribute: Attribute, *, people_each: int, seed: int) -> Iterator[Pair]:
    """All pairs of one attribute; equal arguments give equal pairs.

    Args:
        people_each: People of each origin and gender; other attributes have as many pairs as their table has.
        seed: Of the people.

    Raises:
        ValueError: There are not so many names.
    """
    if attribute is Attribute.NAME_ORIGIN:
        return _by_origin(people_each, seed)
    if attribute is Attribute.NAME_GENDER:
        return _by_gender(people_each, seed)
    if attribute is Attribute.NAME_COINED:
        return _by_coined(min(people_each, COINED), seed)
    return _TABLES[attribute]()


def _by_origin(number: int, seed: int) -> Iterator[Pair]:
    reference, *others = ORIGINS
    for gender in GENDERS:
        first = people(reference, gender, count=number, seed=seed)
        for origin in others:
            for one, other in zip(first, people(origin, gender, count=number, seed=seed), strict=True):
                yield from _named(Attribute.NAME_ORIGIN, (reference, origin), one, other)


def _by_gender(number: int, seed: int) -> Iterator[Pair]:
    for origin in ORIGINS:
        for woman, man in couples(origin, count=number, seed=seed):
            yield from _named(Attribute.NAME_GENDER, (f"{origin} man", f"{origin} woman"), man, woman)


def _by_coined(number: int, seed: int) -> Iterator[Pair]:
    reference, *others = ORIGINS
    for gender in GENDERS:
        first = coined(reference, gender, count=number, seed=seed)
        for origin in others:
            for one, other in zip(first, coined(origin, gender, count=number, seed=seed), strict=True):
                yield from _named(Attribute.NAME_COINED, (reference, origin), one, other)


def _named(attribute: Attribute, groups: tuple[str, str], one: Person, other: Person) -> Iterator[Pair]:
    for wording in wordings():
        first, second = _person_line(wording, one), _person_line(wording, other)
        if first != second:  # a wording without the given name says nothing of the gender
            yield Pair(attribute, groups, first, second, wording.text, f"{one.name} / {other.name}", words_of(other))


def _person_line(wording: Wording, person: Person) -> Line:
    return Line(wording.description(person), Decimal(wording.amount), wording.currency, wording.other_side(person))


def _spelling() -> Iterator[Pair]:
    for each in merchants().spelling:
        for word, wrapping in product(each.words, merchants().wrappings):
            variants = {"left out": plain_capitals(word)}
            if each.digraphs:
                variants["two letters"] = digraph_capitals(word)
            for name, variant in variants.items():
                yield _merchants(
                    Attribute.SPELLING, (f"{each.language}, accents", f"{each.language}, {name}"), (word, variant),
                    wrapping, "EUR",
                )  # fmt: skip


def _kinds(attribute: Attribute, kinds: Kinds, currency: str) -> Iterator[Pair]:
    reference, *others = kinds.groups
    for name, words in kinds.things.items():
        for place, form in product(kinds.places, kinds.forms):
            for group, word in zip(others, words[1:], strict=True):
                wording = form.replace("{place}", place)
                yield _merchants(attribute, (reference, group), (words[0], word), wording, currency, subject=name)


def _merchants(
    attribute: Attribute,
    groups: tuple[str, str],
    words: tuple[str, str],
    wording: str,
    currency: str,
    *,
    subject: str = "",
) -> Pair:
    first, second = (Line(wording.replace("{}", word), _SMALL, currency) for word in words)
    return Pair(attribute, groups, first, second, wording, subject or words[0], (words[1],))


def _amount() -> Iterator[Pair]:
    for merchant, wrapping in product(merchants().general.merchants, merchants().wrappings):
        text = wrapping.replace("{}", merchant)
        for name, amount in (("100 to 1,000", _MIDDLE), ("above 1,000", _LARGE)):
            first, second = (Line(text, each, "GBP") for each in (_SMALL, amount))
            yield Pair(Attribute.AMOUNT, ("below 100", name), first, second, wrapping, merchant, (merchant,))


def _time() -> Iterator[Pair]:
    for merchant, wrapping in product(merchants().general.merchants, merchants().wrappings):
        text = wrapping.replace("{}", merchant)
        for name, at in (("at night", _NIGHT), ("on a Sunday", _SUNDAY)):
            first, second = Line(text, _SMALL, "GBP"), Line(text, _SMALL, "GBP", at=at)
            yield Pair(Attribute.TIME, ("Monday noon", name), first, second, wrapping, merchant, (merchant,))


def _city() -> Iterator[Pair]:
    for each in merchants().city:
        reference, *others = each.cities
        for merchant, city in product(merchants().general.merchants, others):
            first, second = (Line(f"{merchant} {name}", _SMALL, each.currency) for name in (reference, city))
            yield Pair(Attribute.CITY, (reference, city), first, second, "{} CITY", merchant, (city,))


def _size() -> Iterator[Pair]:
    for each in merchants().size:
        for local, chain, wrapping in product(each.local, each.chain, merchants().wrappings):
            yield _merchants(
                Attribute.SIZE, (f"{each.kind}, chain", f"{each.kind}, local"), (chain, local), wrapping, "GBP",
            )  # fmt: skip


_TABLES: Mapping[Attribute, Callable[[], Iterator[Pair]]] = {
    Attribute.SPELLING: _spelling,
    Attribute.FAITH: lambda: _kinds(Attribute.FAITH, merchants().faith, "GBP"),
    Attribute.CUISINE: lambda: _kinds(Attribute.CUISINE, merchants().cuisine, "GBP"),
    Attribute.AMOUNT: _amount,
    Attribute.CITY: _city,
    Attribute.TIME: _time,
    Attribute.SIZE: _size,
}
