"""Names with one letter wrong are found, and words that merely look like a name are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.gazetteer.keys import key_tokens
from models.gazetteer.misspelt import SHORTEST, Nearly, one_edit
from models.gazetteer.table import Entry, Gazetteer

WORDS = st.text("abcde", min_size=0, max_size=9)


def distance(first: str, second: str) -> int:
    """Optimal string alignment distance, the slow way."""
    rows = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i in range(len(first) + 1):
        for j in range(len(second) + 1):
            if not i or not j:
                rows[i][j] = i + j
                continue
            change = rows[i - 1][j - 1] + (first[i - 1] != second[j - 1])
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, change)
            if i > 1 and j > 1 and first[i - 2 : i] == second[j - 2 : j][::-1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@given(WORDS, WORDS)
def test_one_edit_is_a_distance_of_one(first: str, second: str) -> None:
    """The short cut agrees with the table of dynamic programming."""
    assert (distance(first, second) == 1) == one_edit(first, second)


@given(st.text("abcde", min_size=SHORTEST, max_size=12), st.data())
def test_an_edited_key_is_found(key: str, data: st.DataObject) -> None:
    """Wherever the wrong letter stands, the first one aside."""
    place = data.draw(st.integers(1, len(key) - 1))
    assert key == Nearly([key]).find(key[:place] + "x" + key[place + 1 :])


def test_two_candidates_are_none() -> None:
    """A word between two names names neither."""
    assert Nearly(["brightside", "brightsize"]).find("brightsixe") is None


def entry(name: str, category: str, *, common: bool = False, place: str = "gb") -> Entry:
    """A written name."""
    return Entry(name, category, "written", 1, common, frozenset({place}))


TABLE = Gazetteer(
    {
        "sainsburys": (entry("sainsburys", "groceries"),),
        "halfordsautocentre": (entry("halfords autocentre", "auto"),),
        "brewhouse": (entry("brewhouse", "food_dining", common=True),),
        "canadainn": (entry("canada inn", "travel"),),
        "parkside": (entry("parkside", "pets", place="us"),),
    }
)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("SAINSBURRYS", "sainsburys"),
        ("HALFRODS AUTOCENTRE LEEDS ROAD", "halfords autocentre"),
        ("SAINSBURYS LOCAL", "sainsburys"),
        ("SAINSBURRYS LOCAL", None),
        ("BREWHOUZE", None),
        ("PARKZIDE", None),
        ("TAINSBURYS", None),
    ],
    ids=["whole", "two words at the start", "exact", "one word at the start", "common", "abroad", "first letter"],
)
def test_misspelt_names(line: str, name: str | None) -> None:
    """Only as the whole text or as two words at its start, of names at home that are no common word."""
    match = TABLE.find(key_tokens(line), currency="GBP")
    assert name == (match.name if match else None)


def test_words_of_names_are_not_misspelt() -> None:
    """ "canada inns" is misspelt; a line made of words that stand in names is not."""
    known = Gazetteer({"canadainn": (entry("canada inn", "travel"),), "inns": (entry("inns", "travel"),)})
    assert known.find(["canada", "inns"], currency="GBP") is None
    assert TABLE.find(["canada", "inns"], currency="GBP") is not None
