"""docs/taxonomy.md decides what belongs where; codes and tags follow it."""

import csv
import re
from pathlib import Path

import pytest

from models.contracts.taxonomy import CATEGORIES
from models.voters.mcc import mcc_table

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "taxonomy.md").read_text(encoding="utf-8")
SOURCES = ("mcc", "osm")


def rows(section: str) -> list[list[str]]:
    """Cells of the table of a section, without its header."""
    text = PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def tags() -> dict[str, str]:
    """Tag of OpenStreetMap to category."""
    with (ROOT / "models" / "data" / "osm_category.csv").open(encoding="utf-8", newline="") as lines:
        return {row["osm_tag"]: row["category"] for row in csv.DictReader(lines)}


BOUNDARIES = [
    (case, category.strip("`"), held.split(" "))
    for case, category, _, cell in rows("Boundary cases")
    for held in cell.split(", ")
    if held != "-"
]


def test_every_category_has_its_row_in_order() -> None:
    """What is in and what is out, for each of the 28."""
    table = rows("The categories")
    assert list(CATEGORIES) == [name.strip("`") for name, *_ in table]
    assert [] == [name for name, inside, out in table if not inside or not out]


def test_the_page_names_only_categories() -> None:
    """A name in code quotes that looks like a category is one."""
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)?)`", PAGE))
    assert set() == named - set(CATEGORIES)


def test_a_case_is_decided_once() -> None:
    """With a category, or in words where it has none of its own, and a reason."""
    table = rows("Boundary cases")
    cases = [case for case, *_ in table]
    assert len(set(cases)) == len(cases) >= 50
    assert [] == [case for case, _, why, _ in table if not why]
    assert {"the category of what was bought"} == {category for _, category, *_ in table if "`" not in category}


@pytest.mark.parametrize(("case", "category", "held"), BOUNDARIES)
def test_codes_and_tags_follow_the_page(case: str, category: str, held: list[str]) -> None:
    """Each code and tag that the page names says what the page says."""
    source, key = held
    assert source in SOURCES, case
    found = mcc_table()[key][0] if source == "mcc" else tags()[key]
    assert category == found, case
