"""People who do not exist: as many as asked for, of the origin and gender asked for, the same for the same seed."""

import subprocess
import sys
import unicodedata

import pytest

from models.twins.letters import plain_capitals
from models.twins.people import (
    GENDERS,
    ORIGINS,
    _origins,
    coined,
    couples,
    family_names,
    given_names,
    people,
    surname_for,
)
from models.voters.people.names import KnownNames


def test_origins_are_those_of_the_table() -> None:
    """The names that others list beside each other are those that have people, in the table's order."""
    assert tuple(_origins()) == ORIGINS


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("gender", GENDERS)
def test_people_are_distinct_latin_and_repeatable(origin: str, gender: str) -> None:
    """Four hundred people have four hundred names in Latin letters; a shorter list begins a longer one."""
    found = people(origin, gender, count=400, seed=3)
    assert len({person.name for person in found}) == 400
    assert {(person.origin, person.gender) for person in found} == {(origin, gender)}
    letters = {letter for person in found for letter in person.given + person.surname}
    assert all("LATIN" in unicodedata.name(letter) for letter in letters)
    assert found[:50] == people(origin, gender, count=50, seed=3)
    assert found != people(origin, gender, count=400, seed=4)


@pytest.mark.parametrize("origin", ORIGINS)
def test_genders_share_no_given_name(origin: str) -> None:
    """A given name of both genders would make twins that differ in nothing, or in nothing that can be told."""
    assert set(given_names(origin, "female")).isdisjoint(given_names(origin, "male"))


@pytest.mark.parametrize("origin", ORIGINS)
def test_few_have_a_name_in_common(origin: str) -> None:
    """Fifty people have fifty family names between them, whose effects can be told apart."""
    women, men = (people(origin, gender, count=25, seed=7) for gender in GENDERS)
    plain = {surname_for(origin, name, "female"): name for name in family_names(origin)}
    assert len({plain[woman.surname] for woman in women} | {man.surname for man in men}) == 50
    assert len({person.given for person in (*women, *men)}) == 50


def test_couples_have_one_family_name() -> None:
    """They differ in the given name, and in the form of the family name where the language has two."""
    assert all(
        woman.surname == surname_for("slavic", man.surname, "female") and woman.given != man.given
        for woman, man in couples("slavic", count=100, seed=1)
    )
    assert all(woman.surname == man.surname for woman, man in couples("arabic", count=60, seed=1))


def test_family_names_take_the_form_of_the_gender() -> None:
    """Polish names have one; names that merely end alike elsewhere do not change."""
    assert surname_for("slavic", "Zieliński", "female") == "Zieliński"[:-1] + "a"
    assert surname_for("slavic", "Zieliński", "male") == "Zieliński"
    assert not any(name.endswith("ska") for name in family_names("slavic"))


def test_more_people_than_names_are_refused() -> None:
    """Nobody is asked for twice to fill a list."""
    with pytest.raises(ValueError, match="english, female: 10,000,000 people were asked for, and there are names for"):
        people("english", "female", count=10_000_000, seed=0)


def test_light_to_import() -> None:
    """A command that makes nobody loads no lists and no Mimesis."""
    program = "import sys, models.twins.people; print('mimesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == (
        "False\n"
    )


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("gender", GENDERS)
def test_coined_names_are_in_no_list(origin: str, gender: str) -> None:
    """Neither in the lists that people are drawn from nor in those by which people are found; and repeatable."""
    made = coined(origin, gender, count=20, seed=1)
    known = KnownNames.shipped()
    words = [plain_capitals(name).lower() for person in made for name in (person.given, person.surname)]
    assert len({person.name for person in made}) == 20
    assert [word for word in words if word in known] == []
    assert made == coined(origin, gender, count=20, seed=1)
    assert made != coined(origin, gender, count=20, seed=2)


def test_more_coined_names_than_can_be_made_are_refused() -> None:
    """Short names leave few."""
    with pytest.raises(ValueError, match="chinese, female: 5,000 people with coined names were asked for"):
        coined("chinese", "female", count=5_000, seed=0)
