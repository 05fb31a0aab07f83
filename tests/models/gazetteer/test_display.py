"""Names as people write them."""

import csv
import gzip
from pathlib import Path

import pytest

from models.contracts.fields import MERCHANT_LIMIT, clean_text
from models.gazetteer.display import FIELDS, LONGEST, DisplayNames, display_name, is_name
from models.gazetteer.keys import key_tokens
from models.training.shipped.displays import table

_SHIPPED = Path(__file__).parents[3] / "models" / "data" / "display_names.csv.gz"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("blue door cafe", "Blue Door Cafe"),
        ("ikea", "IKEA"),
        ("7 eleven", "7-Eleven"),
        ("bank of the west", "Bank of the West"),
        ("the bank", "The Bank"),
        ("luigis bbq", "Luigis BBQ"),
        ("o'neill & sons", "O'neill & Sons"),
        ("straße 7", "Straße 7"),
        ("ローソン", "ローソン"),
        ("ωmega", "Ωmega"),
        ("", ""),
    ],
)
def test_a_text_is_written_as_a_name(text: str, name: str) -> None:
    """A capital for each word, but for those of the tables; other scripts and digits stay."""
    assert name == display_name(text)


def test_a_long_text_is_cut_at_a_word() -> None:
    """A name fits into its field, whatever the line holds."""
    name = display_name("word " * 100)
    assert len(name) <= LONGEST <= MERCHANT_LIMIT
    assert set(name.split()) == {"Word"}


@pytest.mark.parametrize(("text", "expected"), [("payment to", False), ("online payment", False), ("pay pal", True)])
def test_words_of_a_bank_are_no_name(text: str, expected: bool) -> None:
    """Only where there is nothing else."""
    assert expected is is_name(text)


def test_spellings_share_a_key_and_a_name() -> None:
    """What a row says of its main name, and what the aliases say, holds for each spelling."""
    names = DisplayNames(
        [("mcd", "food_dining", "McDonald's", "mcdonalds"), ("mcdonalds", "food_dining", "McDonald's", "")]
    )
    assert names.find("mcd", "food_dining") == names.find("mcdonalds", "food_dining")
    assert names.find("amzn mktp us", "shopping") == names.find("amazon marketplace", "shopping")
    assert ("Blue Door", "bluedoor") == names.find("blue door", "food_dining")


@pytest.mark.parametrize(
    ("name", "category", "shown"),
    [
        ("ikea", "home_garden", "IKEA"),
        ("mcdonalds", "food_dining", "McDonald's"),
        ("h m", "clothing", "H&M"),
        ("at t", "utilities_telecom", "AT&T"),
        ("sainsburys", "groceries", "Sainsbury's"),
        ("tim hortons", "food_dining", "Tim Hortons"),
    ],
)
def test_shipped_names_are_cased(name: str, category: str, shown: str) -> None:
    """Brands of the index keep its spelling."""
    assert shown == DisplayNames.shipped().find(name, category).name


def test_the_shipped_table_is_well_formed() -> None:
    """Sorted, each key once a category, and every name could stand in an event."""
    with gzip.open(_SHIPPED, "rt", encoding="utf-8", newline="") as file:
        fields, *rows = csv.reader(file)
    assert list(FIELDS) == fields
    assert rows == sorted(rows)
    assert len({(key, category) for key, category, *_ in rows}) == len(rows)
    assert [] == [name for _, _, name, _ in rows if not name or len(name) > LONGEST or name != clean_text(name)]


def test_the_table_takes_the_index_and_the_knowledge_base(tmp_path: Path) -> None:
    """A spelling that goes on belongs to the main name; another name among the spellings stays its own."""
    (tmp_path / "xx.csv").write_text(
        "name,category,places,alone,spellings\n"
        "blumarkt,groceries,de,0,blumarkt city;kaufgut;blu\n"
        "kids club,education,gb,0,kids planet\n"
    )
    index = {
        "brands/shop/supermarket": {
            "items": [{"displayName": "bluMarkt (Deutschland)", "tags": {"name": "bluMarkt"}, "matchNames": ["bm"]}]
        }
    }
    rows = {(key, name, main) for key, _, name, main in table(index, tmp_path)}
    assert {
        ("blumarkt", "bluMarkt", ""),
        ("blumarktcity", "bluMarkt", "blumarkt"),
        ("bm", "bluMarkt", "blumarkt"),
    } <= rows
    assert not {"kaufgut", "kidsplanet", "blu"} & {key for key, *_ in rows}
    assert all(key == "".join(key_tokens(key)) for key, *_ in rows)


def test_a_name_that_is_written_down_is_written_so() -> None:
    """Whatever the index has for it."""
    assert ("Nike", "nike") == DisplayNames([("nike", "clothing", "Niké", "")]).find("nike", "clothing")
    assert "Nike" == DisplayNames.shipped().find("nike", "clothing").name
