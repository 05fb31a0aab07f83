"""Profiles: dealt out evenly, the same for a seed; clones differ in what is varied and in nothing else."""

import pytest

from models.errors import DataError, FileError
from monitors.audits.anymodel.estimators import FunctionModel
from monitors.audits.anymodel.profiles import made_profiles
from monitors.audits.anymodel.schema import schema_of
from monitors.audits.anymodel.variations import Variation, clones, distinct

FIELDS = [
    {"kind": "choice", "name": "Gender", "values": ["Male", "Female"]},
    {"kind": "choice", "name": "Region", "values": ["north", "south", "east"], "weights": [1, 1, 2]},
    {"kind": "integer", "name": "Income", "minimum": 40_000, "maximum": 70_000, "step": 500},
    {"kind": "number", "name": "Rate", "minimum": 0, "maximum": 1, "digits": 3},
    {"kind": "mimesis", "name": "City", "provider": "address.city"},
]


def test_values_of_a_choice_stand_in_their_exact_shares() -> None:
    """Balanced is dealt out, not hoped for; each field keeps to its kind."""
    profiles = made_profiles(schema_of({"count": 400, "seed": 1, "fields": FIELDS}, "s.yml"))
    count = [[profile["Gender"] for profile in profiles].count(value) for value in ("Male", "Female")]
    regions = [[profile["Region"] for profile in profiles].count(value) for value in ("north", "south", "east")]
    assert ([200, 200], [100, 100, 200]) == (count, regions)
    assert all(
        isinstance(each["Income"], int) and 40_000 <= each["Income"] <= 70_000 and each["Income"] % 500 == 0
        for each in profiles
    )
    assert all(isinstance(each["City"], str) and each["City"] for each in profiles)


def test_a_seed_gives_the_same_people_and_another_field_leaves_them() -> None:
    """A further field does not change what stands in the others; another seed does."""
    whole = made_profiles(schema_of({"count": 50, "seed": 3, "fields": FIELDS}, "s.yml"))
    fewer = made_profiles(schema_of({"count": 50, "seed": 3, "fields": FIELDS[2:]}, "s.yml"))
    assert [profile["City"] for profile in whole] == [profile["City"] for profile in fewer]
    assert whole == made_profiles(schema_of({"count": 50, "seed": 3, "fields": FIELDS}, "s.yml"))
    assert whole != made_profiles(schema_of({"count": 50, "seed": 3, "fields": FIELDS}, "s.yml"), seed=4)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fields": [{"kind": "choice", "name": "A", "values": ["x"], "weights": [1, 2]}]}, "1 values need as many"),
        ({"fields": [{"kind": "integer", "name": "A", "minimum": 2, "maximum": 1}]}, "minimum 2.*above maximum 1"),
        ({"fields": [FIELDS[0], FIELDS[0]]}, "Gender is there twice"),
        ({"fields": [{"kind": "chioce", "name": "A"}]}, "fields.0"),
        ({"count": 0}, "count"),
        ({"contu": 5}, "contu"),
    ],
)
def test_a_schema_that_is_none_is_refused_where_it_is_wrong(change: dict[str, object], said: str) -> None:
    """The message names the place."""
    with pytest.raises(FileError, match=f"s.yml is no schema of profiles: .*{said}"):
        schema_of({"count": 5, "fields": FIELDS} | change, "s.yml")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"provider": "address.planet"}, "no provider address.planet"),
        ({"provider": "person.birthdate", "arguments": {"colour": "red"}}, "other arguments"),
        ({"provider": "address.coordinates"}, "gives a dict, not one value"),
    ],
)
def test_what_mimesis_does_not_have_is_said(change: dict[str, object], said: str) -> None:
    """With the field's name."""
    field = {"kind": "mimesis", "name": "City", "provider": "address.city"} | change
    with pytest.raises(DataError, match=f"field City: .*({said})"):
        made_profiles(schema_of({"count": 1, "fields": [field]}, "s.yml"))  # type: ignore[dict-item]


def test_an_unknown_locale_is_named() -> None:
    """With those that there are."""
    schema = schema_of({"count": 1, "locale": "xx", "fields": [FIELDS[4]]}, "s.yml")  # type: ignore[list-item]
    with pytest.raises(DataError, match=r"no locale 'xx'; it has .*de.*en"):
        made_profiles(schema)


def test_clones_differ_in_what_is_varied_alone() -> None:
    """Also where two fields change together; the given profiles stay as they are."""
    profiles = made_profiles(schema_of({"count": 20, "fields": FIELDS}, "s.yml"))
    before = [dict(profile) for profile in profiles]
    variation = Variation.parse("Gender+Region=Male+north,Female+south")
    for original, man, woman in zip(profiles, *clones(profiles, variation), strict=True):
        rest = original.keys() - {"Gender", "Region"}
        assert [original[name] for name in rest] == [man[name] for name in rest] == [woman[name] for name in rest]
        assert ("Male", "north", "Female", "south") == (man["Gender"], man["Region"], woman["Gender"], woman["Region"])
    assert before == list(profiles)


def test_profiles_that_give_the_same_clones_count_once() -> None:
    """A man and a woman who are otherwise the same; what the model does not read makes no difference either."""
    profiles = [
        {"Gender": "Male", "Income": 1, "Name": "A"},
        {"Gender": "Female", "Income": 1, "Name": "B"},
        {"Gender": "Male", "Income": 2, "Name": "C"},
    ]
    variation = Variation.parse("Gender=Male,Female")
    reads = FunctionModel("m", lambda _: [], reads=("Gender", "Income"))
    assert [1, 2] == [profile["Income"] for profile in distinct(profiles, variation, reads)]
    assert 3 == len(distinct(profiles, variation, FunctionModel("m", lambda _: [])))


@pytest.mark.parametrize(
    "text", ["Gender", "Gender=", "Gender=Male", "Gender=Male,Male", "=a,b", "A+B=1+2,3", "G=a,,b"]
)
def test_what_is_no_variation_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match=r"needs|is not written"):
        Variation.parse(text)
