"""The table of brands: how it is built, what it holds, how it is searched."""

import csv
import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from models.errors import DataError
from models.gazetteer.build import FIELDS, place, source_json, table, tag_categories, write
from models.gazetteer.keys import key_tokens
from models.gazetteer.table import Entry, Gazetteer, Span, home_places
from models.taxonomy import CATEGORIES

_SHIPPED = Path(__file__).parents[2] / "models" / "data" / "gazetteer.csv.gz"


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


def _rows() -> list[dict[str, str]]:
    rows = [dict(zip(FIELDS, row, strict=True)) for row in table(_INDEX, {})]
    return [row for row in rows if row["kind"] != "written"]


def test_build_takes_mapped_tags_only() -> None:
    """Cash machines and school boards say nothing about a purpose, so their names are left out."""
    assert {"grunmarkt", "gruenmarkt", "citymode", "city", "cityboy", "citykaffee", "linzlinien"} == {
        row["key"] for row in _rows()
    }


def test_build_prefers_brands_to_transit() -> None:
    """A transit network that shares a brand's name does not make the brand doubtful."""
    assert ["groceries"] == [row["category"] for row in _rows() if row["key"] == "grunmarkt"]


def test_build_marks_common_words() -> None:
    """A word that begins several unlike names is no brand at the start of a line."""
    assert {"city"} == {row["key"] for row in _rows() if row["common"] == "1"}


def test_build_keeps_places_and_weights() -> None:
    """Places are countries; the displayed name weighs more than another name of the same brand."""
    rows = {row["key"]: row for row in _rows()}
    assert "de us" == rows["grunmarkt"]["places"]
    assert int(rows["grunmarkt"]["weight"]) > int(rows["gruenmarkt"]["weight"])


def test_written_file_depends_on_rows_alone(tmp_path: Path) -> None:
    """Two builds give the same bytes under any file name."""
    write(table(_INDEX, {}), tmp_path / "a.csv.gz")
    write(table(_INDEX, {}), tmp_path / "other.csv.gz")
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
    """Categories exist, keys are the names glued, and the file stays below 2 MB."""
    lines = gzip.decompress(_SHIPPED.read_bytes()).decode().splitlines()
    assert ",".join(FIELDS) == lines[0]
    rows = list(csv.DictReader(lines))
    assert set() == {row["category"] for row in rows} - set(CATEGORIES)
    assert [] == [row for row in rows if row["key"] != row["name"].replace(" ", "")][:5]
    assert _SHIPPED.stat().st_size < 2_000_000


def test_tags_map_to_categories() -> None:
    """The mapping of tags names categories of the taxonomy and leaves out what has no purpose."""
    assert set() == set(tag_categories().values()) - set(CATEGORIES)
    assert "amenity/waste_basket" not in tag_categories()
    assert "transport" == tag_categories()["amenity/parking"]


@pytest.mark.parametrize(
    ("description", "currency", "category", "span"),
    [
        ("TIM HORTONS", "CAD", "food_dining", Span.WHOLE),
        ("TIM HORTONS QUEEN ST", "CAD", "food_dining", Span.START),
        ("SPN HOME HARDWARE", "CAD", "home_garden", Span.INNER),
        ("WAYFAIR.CA", "CAD", "home_garden", Span.WHOLE),
        ("SHOPPERSDRUGMART1271", "CAD", "health_medical", Span.WHOLE),
        ("SHOPPERS DRUG MART", "CAD", "health_medical", Span.WHOLE),
    ],
)
def test_shipped_brands_are_found(description: str, currency: str, category: str, span: Span) -> None:
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
