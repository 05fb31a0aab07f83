"""The table of brands: how it is built, what it holds, how it is searched."""

import csv
import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from models.artefacts.csv_table import write_table
from models.contracts.taxonomy import CATEGORIES
from models.errors import DataError
from models.gazetteer.keys import key_tokens
from models.gazetteer.table import Entry, Gazetteer, MatchSpan, home_places
from models.training.shipped.gazetteer import FIELDS, place, source_json, table, tag_categories, words_in_use

_SHIPPED = Path(__file__).parents[3] / "models" / "data" / "gazetteer.csv.gz"


def _item(name: str, places: list[object], **tags: str) -> dict[str, Any]:
    return {"displayName": name, "locationSet": {"include": places}, "tags": {"name": name, **tags}}


_INDEX: dict[str, Any] = {
    "brands/shop/supermarket": {"items": [_item("Grünmarkt", ["de", "us-ca.geojson"], brand="Gruenmarkt")]},
    "brands/amenity/atm": {"items": [_item("Cashpoint Ltd", ["gb"])]},
    "brands/shop/clothes": {"items": [_item("City Mode", ["de"]), _item("City", ["de"]), _item("City Boy", ["de"])]},
    "brands/amenity/cafe": {"items": [_item("City Kaffee", ["de"])]},
    "transit/route/bus": {"items": [_item("Grünmarkt", ["de"], network="Grünmarkt"), _item("Linz Linien", ["at"])]},
    "operators/amenity/school": {"items": [_item("Some County Council", ["gb"])]},
}


@pytest.fixture(scope="module")
def built() -> list[tuple[str, ...]]:
    """The table of the small index with the shipped knowledge base, built once: that has many names."""
    return table(_INDEX, {})


@pytest.fixture(scope="module")
def rows(built: list[tuple[str, ...]]) -> list[dict[str, str]]:
    """Its rows of the index."""
    named = [dict(zip(FIELDS, row, strict=True)) for row in built]
    return [row for row in named if row["kind"] != "written"]


@pytest.mark.slow
def test_build_takes_mapped_tags_only(rows: list[dict[str, str]]) -> None:
    """Cash machines and school boards say nothing about a purpose, so their names are left out."""
    assert {"grunmarkt", "gruenmarkt", "citymode", "city", "cityboy", "citykaffee", "linzlinien"} == {
        row["key"] for row in rows
    }


def test_build_prefers_brands_to_transit(rows: list[dict[str, str]]) -> None:
    """A transit network that shares a brand's name does not make the brand doubtful."""
    assert ["groceries"] == [row["category"] for row in rows if row["key"] == "grunmarkt"]


def test_build_marks_common_words(rows: list[dict[str, str]]) -> None:
    """A word that begins several unlike names is no brand at the start of a line."""
    assert {"city"} == {row["key"] for row in rows if row["common"] == "1"}


def _in_use(*categories: str, key: str = "king", of: str = "food_dining") -> bool:
    """Whether a name is a word where so many merchants of these categories begin with it and go on."""
    merchants = {f"king {chr(97 + number)}x": category for number, category in enumerate(categories)}
    return (key, of) in words_in_use([(key, key, of, "written", "1", "0", "ca")], merchants | {"king": "pets"})


@pytest.mark.parametrize(
    ("categories", "expected"),
    [
        (("auto", "pets", "food_dining"), True),
        (("auto", "pets"), False),
        (("auto", "pets", "food_dining", "food_dining"), False),
        (("auto", "auto", "auto", "pets", "fuel"), False),
        (("auto", "auto", "pets", "pets", "fuel"), True),
        ((), False),
    ],
    ids=["three trades", "too few", "half are its own", "another brand of that name", "two trades", "none"],
)
def test_words_in_use_begin_merchants_of_all_trades(categories: tuple[str, ...], expected: bool) -> None:
    """A name that begins merchants of unlike trades is a word; whole texts do not count."""
    assert expected == _in_use(*categories)


def test_words_in_use_may_have_two_tokens() -> None:
    """The beginning is compared with its tokens glued: "city hall" as "cityhall"."""
    merchants = {"city hall cafe": "food_dining", "city hall cars": "auto", "city hall pets": "pets"}
    row = ("cityhall", "city hall", "travel", "shop/x", "1", "0", "ca")
    assert {("cityhall", "travel")} == words_in_use([row], merchants)


@pytest.mark.slow
def test_build_marks_words_in_use() -> None:
    """The rows of such a key are written as common, so that they name no brand at the start of a line."""
    merchants = {"citymode auto": "auto", "citymode vet": "pets", "citymode bar": "food_dining"}
    rows = {row[0]: row[5] for row in table(_INDEX, merchants) if row[3] != "written"}
    assert ("1", "0") == (rows["citymode"], rows["cityboy"])


def test_table_is_sorted_and_has_the_knowledge_base(built: list[tuple[str, ...]]) -> None:
    """Rows written by hand are in it, once each; the order does not depend on how they were found."""
    assert sorted(set(built)) == built
    assert any(row[3] == "written" for row in built)


def test_build_keeps_places_and_weights(rows: list[dict[str, str]]) -> None:
    """Places are countries; the displayed name weighs more than another name of the same brand."""
    by_key = {row["key"]: row for row in rows}
    assert "de us" == by_key["grunmarkt"]["places"]
    assert int(by_key["grunmarkt"]["weight"]) > int(by_key["gruenmarkt"]["weight"])


def test_written_file_depends_on_rows_alone(built: list[tuple[str, ...]], tmp_path: Path) -> None:
    """Equal rows give the same bytes under any file name."""
    write_table(tmp_path / "a.csv.gz", FIELDS, built)
    write_table(tmp_path / "other.csv.gz", FIELDS, built)
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "other.csv.gz").read_bytes()


def test_source_is_read_from_the_tarball(tmp_path: Path) -> None:
    """The npm package is used as it was downloaded."""
    text = json.dumps({"_meta": {}, "nsi": _INDEX}).encode()
    with tarfile.open(tmp_path / "name-suggestion-index-8.0.0.tgz", "w:gz") as archive:
        member = tarfile.TarInfo("package/dist/json/nsi.json")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    assert _INDEX == source_json(tmp_path)


def test_missing_tarball_is_said(tmp_path: Path) -> None:
    """The message tells what to run."""
    with pytest.raises(DataError, match="0 tarballs of name-suggestion-index, expected one; run `npm pack`"):
        source_json(tmp_path)


@pytest.mark.parametrize(
    ("code", "expected"),
    [("ca", "ca"), ("gb-eng", "gb"), ("us-ca.geojson", "us"), ("fx", "fr"), ("001", "001"), ([4.9, 52.4], "")],
)
def test_places_are_short(code: object, expected: str) -> None:
    """Parts of a country count as the country; circles on a map as nowhere."""
    assert expected == place(code)


def test_shipped_table_is_sound() -> None:
    """Categories exist, keys are the names glued, and the file stays below 2.5 MB."""
    lines = gzip.decompress(_SHIPPED.read_bytes()).decode().splitlines()
    assert ",".join(FIELDS) == lines[0]
    rows = list(csv.DictReader(lines))
    assert set() == {row["category"] for row in rows} - set(CATEGORIES)
    assert [] == [row for row in rows if row["key"] != row["name"].replace(" ", "")][:5]
    assert _SHIPPED.stat().st_size < 2_500_000


def test_tags_map_to_categories() -> None:
    """The mapping of tags names categories of the taxonomy and leaves out what has no purpose."""
    assert set() == set(tag_categories().values()) - set(CATEGORIES)
    assert "amenity/waste_basket" not in tag_categories()
    assert "transport" == tag_categories()["amenity/parking"]


@pytest.mark.parametrize(
    ("description", "currency", "category", "span"),
    [
        ("TIM HORTONS", "CAD", "food_dining", MatchSpan.WHOLE),
        ("TIM HORTONS QUEEN ST", "CAD", "food_dining", MatchSpan.START),
        ("SPN HOME HARDWARE", "CAD", "home_garden", MatchSpan.INNER),
        ("WAYFAIR.CA", "CAD", "home_garden", MatchSpan.WHOLE),
        ("SHOPPERSDRUGMART1271", "CAD", "health_medical", MatchSpan.WHOLE),
        ("SHOPPERS DRUG MART", "CAD", "health_medical", MatchSpan.WHOLE),
    ],
)
def test_shipped_brands_are_found(description: str, currency: str, category: str, span: MatchSpan) -> None:
    """Whole names, beginnings, long names inside, web addresses, names written together."""
    match = Gazetteer.shipped().find(key_tokens(description), currency=currency)
    assert match is not None
    assert (category, span) == (match.category, match.span)


def _entry(category: str, *, places: str, weight: int = 1, kind: str = "shop/x", common: bool = False) -> Entry:
    return Entry("star", category, kind, weight, common, frozenset(places.split()))


def test_brands_at_home_come_first() -> None:
    """The same name is a café in Canada and a bus line elsewhere."""
    gazetteer = Gazetteer({"star": [_entry("food_dining", places="ca"), _entry("transport", places="de", weight=9)]})
    home, away = gazetteer.find(["star"], currency="CAD"), gazetteer.find(["star"], currency="JPY")
    assert home is not None
    assert away is not None
    assert ("food_dining", True) == (home.category, home.home)
    assert ("transport", False) == (away.category, away.home)


def test_written_brands_outrank_the_index() -> None:
    """What was written by hand decides where it is at home."""
    entries = [_entry("transport", places="ca", weight=9), _entry("shopping", places="ca", kind="written")]
    match = Gazetteer({"star": entries}).find(["star"], currency="CAD")
    assert match is not None
    assert "shopping" == match.category


@pytest.mark.parametrize(
    ("currency", "category"),
    [("CAD", "food_dining"), ("USD", "shopping"), ("ZAR", "shopping"), ("GBP", "transport")],
)
def test_the_country_s_own_entry_comes_before_the_world_s(currency: str, category: str) -> None:
    """A Canadian café that shares its name with a chain of the world is a café in Canada, and the chain elsewhere.

    What was written by hand outranks the index only beside it: the index's British bus line is the country's own.
    """
    entries = [
        _entry("shopping", places="001", kind="written", weight=9),
        _entry("food_dining", places="ca", kind="written"),
        _entry("transport", places="gb"),
    ]
    match = Gazetteer({"star": entries}).find(["star"], currency=currency)
    assert match is not None
    assert (category, True) == (match.category, match.home)


def test_regions_are_the_country_s_own() -> None:
    """An entry for North America (021) is Canada's own, and comes before one for the world."""
    entries = [_entry("shopping", places="001", weight=9), _entry("food_dining", places="021")]
    match = Gazetteer({"star": entries}).find(["star"], currency="CAD")
    assert match is not None
    assert "food_dining" == match.category


def test_disagreement_is_no_match() -> None:
    """Entries that split evenly say nothing."""
    gazetteer = Gazetteer({"star": [_entry("food_dining", places="ca"), _entry("transport", places="ca")]})
    assert gazetteer.find(["star"], currency="CAD") is None


def test_common_words_do_not_match_inside() -> None:
    """A long common word in the middle of a name is not a brand."""
    gazetteer = Gazetteer({"standard": [_entry("food_dining", places="ca", common=True)]})
    assert gazetteer.find(["the", "standard"], currency="CAD") is None


def test_nothing_to_look_up() -> None:
    """No tokens, no match."""
    assert Gazetteer.shipped().find([], currency="CAD") is None


def test_euro_is_at_home_in_its_countries() -> None:
    """A currency of many countries knows them all, and the world."""
    assert {"de", "ie", "001"} <= home_places("EUR")
    assert "us" not in home_places("EUR")
