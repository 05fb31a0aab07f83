"""Maps to other taxonomies: both ways, total, and refused with a place where a file breaks its form."""

import re
from pathlib import Path

import pytest

from models.contracts.data_files import shipped
from models.contracts.taxonomy import CATEGORIES
from models.contracts.taxonomy_maps import FIELDS, Taxonomy, read_map, taxonomy_map
from models.errors import FileError

ALL = list(Taxonomy)
HEADER = ",".join(FIELDS) + "\n"
WHOLE = f"A1,A,other,{' '.join(CATEGORIES)}\n"


def test_every_file_is_a_taxonomy() -> None:
    """A file that nobody can ask for, or a name without a file, would be a slip."""
    assert sorted(each.name for each in shipped("taxonomies").iterdir()) == sorted(f"{each.value}.csv" for each in ALL)


@pytest.mark.parametrize("taxonomy", ALL)
def test_both_directions_are_total(taxonomy: Taxonomy) -> None:
    """Each category has a code of theirs, for both directions of money, and each of those leads to a category."""
    found = taxonomy_map(taxonomy)
    for table in (found.outflow, found.inflow):
        assert list(CATEGORIES) == sorted(table, key=CATEGORIES.index)
        assert {foreign.code for foreign in table.values()} <= set(found.categories)
    assert set(found.categories.values()) <= set(CATEGORIES)


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_category_comes_back_from_plaid_as_itself(category: str) -> None:
    """Written and read again, nothing is lost."""
    found = taxonomy_map(Taxonomy.PLAID_PFC)
    for money_in in (False, True):
        assert category == found.categories[found.foreign(category, money_in=money_in).code]


def test_a_category_comes_back_from_coicop_unless_it_is_no_consumption() -> None:
    """COICOP has no code for income, taxes and gifts of money; what is left over shares one with other services."""
    found = taxonomy_map(Taxonomy.COICOP_2018)
    lost = {each for each in CATEGORIES if found.categories[found.foreign(each).code] != each}
    assert {"income", "government_taxes", "charity_donations", "other"} == lost


def test_plaid_has_its_levels() -> None:
    """104 detailed codes under 16 primary ones, each named after its own."""
    codes = _codes(Taxonomy.PLAID_PFC)
    assert (104, 16) == (len(codes), len(set(codes.values())))
    assert [] == [code for code, parent in codes.items() if not code.startswith(f"{parent}_")]


def test_coicop_has_its_levels() -> None:
    """Classes under groups of fifteen divisions, and one code of ours for what is no consumption."""
    codes = _codes(Taxonomy.COICOP_2018)
    assert [] == [code for code, parent in codes.items() if not re.fullmatch(rf"{re.escape(parent)}\.\d", code)]
    assert {f"{division:02}" for division in range(16)} == {parent[:2] for parent in codes.values()}
    assert "00.0.0" in codes
    assert sorted(codes) == list(codes)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("FOOD_AND_DRINK_BEER_WINE_AND_LIQUOR", "groceries"),
        ("FOOD_AND_DRINK_COFFEE", "food_dining"),
        ("LOAN_PAYMENTS_CREDIT_CARD_PAYMENT", "transfers_cash"),
        ("LOAN_PAYMENTS_MORTGAGE_PAYMENT", "housing"),
        ("BANK_FEES_ATM_FEES", "loans_fees"),
        ("INCOME_TAX_REFUND", "income"),
        ("MEDICAL_VETERINARY_SERVICES", "pets"),
        ("TRANSPORTATION_PARKING", "transport"),
        ("TRAVEL_RENTAL_CARS", "travel"),
        ("GENERAL_SERVICES_CHILDCARE", "education"),
    ],
)
def test_plaid_follows_the_boundaries(code: str, expected: str) -> None:
    """The cases that docs/taxonomy.md decides, where Plaid has a code for them."""
    assert expected == taxonomy_map(Taxonomy.PLAID_PFC).categories[code]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("code,category\n", "has the columns"),
        (HEADER + "A1,A,pubs,\n", "line 2: 'pubs' is no category"),
        (HEADER + "A1,A,other,pubs\n", "line 2: 'pubs' is no category"),
        (HEADER + WHOLE + "A1,A,other,\n", "line 3: A1 stands twice"),
        (HEADER + WHOLE + "A2,A,other,fuel\n", "line 3: fuel is written as A1 already"),
        (HEADER + WHOLE + "A2,A,other\n", "line 3: expected 4 cells"),
        (HEADER + WHOLE + "A2,,other,\n", "line 3: expected 4 cells"),
        (HEADER + WHOLE.replace(" fuel", ""), "no code is written for fuel"),
    ],
)
def test_a_broken_map_is_refused_by_its_line(tmp_path: Path, content: str, message: str) -> None:
    """Whoever edits a map reads what is wrong and where."""
    path = tmp_path / "own.csv"
    path.write_text(content)
    with pytest.raises(FileError, match=message):
        read_map(path)


def test_a_missing_map_is_said(tmp_path: Path) -> None:
    """By its name, without the way to it."""
    with pytest.raises(FileError, match=r"^own\.csv cannot be read"):
        read_map(tmp_path / "own.csv")


def _codes(taxonomy: Taxonomy) -> dict[str, str]:
    lines = (shipped("taxonomies") / f"{taxonomy.value}.csv").read_text(encoding="utf-8").splitlines()
    return dict(line.split(",")[:2] for line in lines[1:])
