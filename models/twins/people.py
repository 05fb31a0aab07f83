"""People who do not exist, by origin and gender: names from Mimesis' lists and from ``models/data/twins/people.toml``.

Origin and gender are what a name sounds like to those who read it, which is all that can hang on it in a line of a
statement. They are known to whoever made the name and to nobody who decides.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

from models.contracts.data_files import StrictTable, read_table, shipped
from models.twins.letters import plain_capitals

FOLDER = "twins"
"""Of ``models/data``."""

_SHORTEST_COINED = 4
"""Letters of the shortest name that is taken apart, or made."""

_TRIES = 20
"""Names that are put together for each that is asked for: many there are already."""

GENDERS = ("female", "male")
"""Lists of given names."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist.

    Args:
        given: In Latin letters, as that origin writes it, with its accents.
        surname: Likewise, in the form that this gender has.
        gender: One of `GENDERS`.
        origin: One of `ORIGINS`.
    """

    given: str
    surname: str
    gender: str
    origin: str

    @property
    def name(self) -> str:
        """Given name and surname."""
        return f"{self.given} {self.surname}"


class _Origin(StrictTable):
    """Names of one origin, parted by blanks."""

    name: str
    female: str
    male: str
    family: str
    given_locales: tuple[str, ...] = ()
    family_locales: tuple[str, ...] = ()
    feminine: Mapping[str, str] = {}


class _File(StrictTable):
    """``people.toml``."""

    origin: tuple[_Origin, ...]


@cache
def _origins() -> Mapping[str, _Origin]:
    table = read_table(_File, shipped(FOLDER) / "people.toml")
    return {origin.name: origin for origin in table.origin}


ORIGINS = ("english", "german", "turkish", "chinese", "west_african", "arabic", "south_asian", "slavic", "spanish")
"""What names may sound like; a test holds them to the table."""


def people(origin: str, gender: str, *, count: int, seed: int) -> list[Person]:
    """Draw people; equal arguments give equal people, and fewer of them the first of more.

    Each name comes once before one comes again, and women get family names from one end of an order of which men get
    them from the other: few of these people have a name in common.

    Args:
        origin: One of `ORIGINS`.
        gender: One of `GENDERS`.
        count: How many.

    Returns:
        As many, no two of whom have both names in common.

    Raises:
        ValueError: There are not so many names.
    """
    givens, families = given_names(origin, gender), family_names(origin)
    most = len(givens) * len(families)
    if count > most:
        message = f"{origin}, {gender}: {count:,} people were asked for, and there are names for {most:,}"
        raise ValueError(message)
    backwards = gender != GENDERS[0]
    first = _passes(givens, random.Random(f"{seed} {origin} {gender}"))
    second = _passes(families, random.Random(f"{seed} {origin}"), backwards=backwards)
    seen: dict[tuple[str, str], None] = {}
    while len(seen) < count:
        seen[next(first), next(second)] = None
    return [Person(given, surname_for(origin, family, gender), gender, origin) for given, family in seen]


def couples(origin: str, *, count: int, seed: int) -> list[tuple[Person, Person]]:
    """A woman and a man of one family name each; otherwise as `people`.

    Args:
        origin: One of `ORIGINS`.
        count: How many of both.
    """
    women = people(origin, "female", count=count, seed=seed)
    men = people(origin, "male", count=count, seed=seed)
    plain = {surname_for(origin, family, "female"): family for family in family_names(origin)}
    return [(woman, replace(man, surname=plain[woman.surname])) for woman, man in zip(women, men, strict=True)]


def coined(origin: str, gender: str, *, count: int, seed: int) -> list[Person]:
    """People whose names no list has: the beginning of one name of their origin with the end of another.

    Lists of names are never equally full, and a finder may know the very names of `people`; so these tell how far
    decisions hang on that. Arguments, order and repetition as for `people`.

    Raises:
        ValueError: So many cannot be made.
    """
    # Voters are heavy, and only asked here.
    from models.voters.people.names import KnownNames

    known = KnownNames.shipped()
    drawn = random.Random(f"{seed} coined {origin} {gender}")

    def names(listed: Sequence[str]) -> Iterator[str]:
        parts = [name for name in listed if len(name) >= _SHORTEST_COINED and name.isalpha()]
        taken = set(listed)
        for _ in range(_TRIES * count):
            begin, end = drawn.sample(parts, 2)
            name = _joined(begin, end)
            folded = plain_capitals(name).lower()
            if name not in taken and len(name) >= _SHORTEST_COINED and folded not in known:
                taken.add(name)
                yield name

    made = [
        Person(given, surname_for(origin, family, gender), gender, origin)
        for given, family in zip(names(given_names(origin, gender)), names(family_names(origin)), strict=False)
        if plain_capitals(surname_for(origin, family, gender)).lower() not in known
    ][:count]
    if len(made) < count:
        message = (
            f"{origin}, {gender}: {count:,} people with coined names were asked for, and {len(made):,} could be made"
        )
        raise ValueError(message)
    return made


def _joined(begin: str, end: str) -> str:
    """A name up to its first vowel behind the first letter, and another from a later consonant before a vowel on.

    >>> _joined("Okonkwo", "Adebayo"), _joined("Barlow", "Pearson")
    ('Okobayo', 'Bason')
    """
    head = next((at for at in range(1, len(begin)) if _is_vowel(begin[at])), len(begin) // 2)
    starts = [at for at in range(2, len(end) - 1) if not _is_vowel(end[at]) and _is_vowel(end[at + 1])]
    tail = max(
        (at for at in starts if len(end) - at >= _SHORTEST_COINED - 1), default=max(starts, default=len(end) // 2)
    )
    return begin[: head + 1] + end[tail:].lower()


def _is_vowel(letter: str) -> bool:
    return plain_capitals(letter)[0] in "AEIOUY"


def _passes(names: Sequence[str], random_: random.Random, *, backwards: bool = False) -> Iterator[str]:
    """All names in an order drawn, then all in another, without end."""
    while True:
        order = random_.sample(names, len(names))
        yield from reversed(order) if backwards else order


@cache
def given_names(origin: str, gender: str) -> Sequence[str]:
    """Given names of one origin that are not those of the other gender as well, sorted."""
    origin_ = _origins()[origin]
    mine, others = (set(_given(origin_, one)) for one in (gender, *(each for each in GENDERS if each != gender)))
    return sorted(mine - others)


@cache
def family_names(origin: str) -> Sequence[str]:
    """Family names of one origin, in the form that men have, sorted."""
    origin_ = _origins()[origin]
    more = (name for locale in origin_.family_locales for name in _mimesis(locale, "surnames", "male"))
    feminine = tuple(origin_.feminine.values())
    # Mimesis' lists of men's names have women's forms among them.
    plain = (name for name in more if not (feminine and name.endswith(feminine)))
    return sorted({*origin_.family.split(), *plain})


def surname_for(origin: str, family: str, gender: str) -> str:
    """A family name in the form that a gender has.

    >>> surname_for("slavic", "Kowalski", "female"), surname_for("english", "Palmer", "female")
    ('Kowalska', 'Palmer')
    """
    endings = _origins()[origin].feminine if gender == "female" else {}
    ending = max((each for each in endings if family.endswith(each)), key=len, default="")
    return family.removesuffix(ending) + endings[ending] if ending else family


def _given(origin: _Origin, gender: str) -> Iterator[str]:
    yield from (origin.female if gender == "female" else origin.male).split()
    for locale in origin.given_locales:
        yield from _mimesis(locale, "names", gender)


@cache
def _datasets() -> Path:
    """Mimesis' lists, found without importing it, which a worker has no use for."""
    (folder,) = (find_spec("mimesis") or ModuleSpec("mimesis", None)).submodule_search_locations or [""]
    return Path(folder) / "datasets"


@cache
def _mimesis(locale: str, part: str, gender: str) -> Sequence[str]:
    """Names of one word from Mimesis' list of a language.

    The lists themselves, as its generator draws with repetition, and names of both genders with either.
    """
    table = json.loads(_datasets().joinpath(locale, "person.json").read_text(encoding="utf-8"))[part]
    names: Sequence[str] = table[gender] if isinstance(table, dict) else table
    return [name for name in names if name.isalpha() and len(name) > 1]
