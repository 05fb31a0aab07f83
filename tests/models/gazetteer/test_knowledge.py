"""The knowledge base: what is wrong is refused with file and line; what is shipped is right and covers its ground."""

from collections import Counter
from pathlib import Path

import pytest

from models.contracts.taxonomy import CATEGORIES
from models.errors import DataError
from models.gazetteer.knowledge import FIELDS, FOLDER, Known, files, knowledge, read
from models.training.shipped.__main__ import main

HEADER = ",".join(FIELDS)
COUNTRIES = frozenset(("us", "ca", "gb", "ie", "za", "au", "nz", "de", "at", "ch", "fr", "es", "it", "nl", "be"))
"""Countries whose statements the project promises to read."""


@pytest.fixture(scope="module")
def shipped() -> list[Known]:
    """All spellings that come with the package."""
    return knowledge()


def write(folder: Path, *rows: str, name: str = "xx.csv", header: str = HEADER) -> Path:
    """A file of the knowledge base."""
    path = folder / name
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def test_a_row_gives_its_name_and_its_spellings(tmp_path: Path) -> None:
    """Tokens as the lookup has them; blank spellings are none; the source is file and line."""
    path = write(tmp_path, "The Bräunig Café,food_dining,de at,0,braunigcafe; Cafe B. ;;", "Ox,pets,001,1,")
    expected = [
        (("braunig", "cafe"), True, "xx.csv:2"),
        (("braunigcafe",), False, "xx.csv:2"),
        (("cafe", "b"), False, "xx.csv:2"),
        (("ox",), True, "xx.csv:3"),
    ]
    found = list(read(path))
    assert expected == [(known.tokens, known.main, known.source) for known in found]
    assert [frozenset(("de", "at"))] * 3 + [frozenset(("001",))] == [known.places for known in found]
    assert [False, False, False, True] == [known.alone for known in found]
    assert "braunigcafe" == found[0].key == found[1].key


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("Shell,yachts,us,0,", r"xx\.csv:3: 'yachts' is no category of the taxonomy"),
        ("Shell,fuel,,0,", r"xx\.csv:3: places are country codes or 001, got ''"),
        ("Shell,fuel,usa,0,", r"xx\.csv:3: places are country codes or 001, got 'usa'"),
        ("Shell,fuel,us;ca,0,", r"xx\.csv:3: places are country codes or 001, got 'us;ca'"),
        ("Shell,fuel,us,yes,", r"xx\.csv:3: alone is 0 or 1, got 'yes'"),
        ("Shell,fuel,us,,", r"xx\.csv:3: alone is 0 or 1, got ''"),
        ("Shell,fuel,us,0", r"xx\.csv:3: expected 5 fields; quote a name that has a comma"),
        ("Shell, Oil,fuel,us,0,", r"xx\.csv:3: expected 5 fields; quote a name that has a comma"),
        ("X,fuel,us,0,", r"xx\.csv:3: 'X' is too short to be found; write it longer"),
        ("Shell,fuel,us,0,-", r"xx\.csv:3: '-' is too short to be found; write it longer"),
    ],
)
def test_a_wrong_row_is_refused_by_file_and_line(tmp_path: Path, row: str, message: str) -> None:
    """The message says where, what and what to do."""
    path = write(tmp_path, "Esso,fuel,us,0,", row)
    with pytest.raises(DataError, match=rf"^{message}"):
        list(read(path))


@pytest.mark.parametrize("header", ["name,category,places,alone", "category,name,places,alone,spellings", ""])
def test_wrong_columns_are_refused(tmp_path: Path, header: str) -> None:
    """The message names the file and the columns expected."""
    with pytest.raises(DataError, match=rf"^xx\.csv has the columns .*, expected {HEADER}$"):
        list(read(write(tmp_path, header=header)))


def test_two_categories_in_one_place_are_refused(tmp_path: Path) -> None:
    """Also across files and spellings; the message names both lines."""
    write(tmp_path, "Esso,fuel,us,0,", "Shell,fuel,us ca,0,", name="a.csv")
    write(tmp_path, "Oceanic,auto,ca gb,0,SHELL", name="b.csv")
    with pytest.raises(DataError, match=r"^b\.csv:2: 'shell' is auto in ca, but fuel in a\.csv:3; keep one of them$"):
        knowledge(tmp_path)


def test_one_name_may_differ_between_countries(tmp_path: Path) -> None:
    """What is a shop here is a bank there; the world is a place of its own."""
    write(tmp_path, "Target,shopping,us,0,", "Target,housing,au,0,", "Target,entertainment,001,0,")
    assert ["shopping", "housing", "entertainment"] == [known.category for known in knowledge(tmp_path)]


def test_what_stands_twice_is_kept_once(tmp_path: Path) -> None:
    """A second row adds only its new places."""
    write(tmp_path, "Shell,fuel,us,0,", "Shell,fuel,us,0,", "Shell,fuel,us gb,0,")
    assert [{"us"}, {"us", "gb"}] == [set(known.places) for known in knowledge(tmp_path)]


def test_program_counts_or_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts by file and category on stdout; a fault on stderr, with exit code 1."""
    write(tmp_path, "Shell,fuel,us,0,shell oil;shell gas", "Vet,pets,us,1,")
    assert 0 == main(["knowledge", "--folder", str(tmp_path)])
    counts = capsys.readouterr().out.split("\n")
    assert {"     4 xx.csv", "     3 fuel", "     1 pets", "     4 spellings"} <= set(counts)
    write(tmp_path, "Shell,yachts,us,0,", name="yy.csv")
    assert 1 == main(["knowledge", "--folder", str(tmp_path)])
    assert ("", "error: yy.csv:2: 'yachts' is no category of the taxonomy\n") == capsys.readouterr()


def test_all_shipped_files_are_read(shipped: list[Known]) -> None:
    """No file is malformed, none contradicts another, none is empty."""
    assert {path.name for path in files()} == {known.source.partition(":")[0] for known in shipped}
    assert {path.name for path in FOLDER.iterdir()} == {path.name for path in files()}


def test_every_category_is_known(shipped: list[Known]) -> None:
    """At least a hundred names each; `other`, which is what is left over, has no names to speak of."""
    names = Counter(known.category for known in shipped if known.main)
    assert {} == {name: names[name] for name in CATEGORIES if names[name] < 100 and name != "other"}


def test_every_promised_country_is_known(shipped: list[Known]) -> None:
    """At least 300 names each, those of the whole world not counted, in at least twenty categories."""
    names = Counter(place for known in shipped if known.main for place in known.places)
    assert {} == {country: names[country] for country in COUNTRIES if names[country] < 300}
    for country in COUNTRIES:
        assert 20 <= len({known.category for known in shipped if country in known.places})


def test_shipped_names_hold_no_numbers_of_accounts(shipped: list[Known]) -> None:
    """Names are published: no account, card or telephone number is among them."""
    assert [] == [known.source for known in shipped if sum(map(str.isdigit, known.key)) >= 7]
