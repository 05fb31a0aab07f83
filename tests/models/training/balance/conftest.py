"""A small part of the shipped tables, so that a set is made in a second."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from models.artefacts.csv_table import read_table, write_table
from models.training.balance.balance import BalanceConfig, BalanceRow, By, balance
from models.training.balance.parts import Part
from models.training.config import SHIPPED
from models.training.shipped.toronto import DESCRIPTOR_COLUMNS

EVERY_NAME, EVERY_DESCRIPTOR = 8, 6
PER_CATEGORY = 20

Made = Callable[[By, Part], list[BalanceRow]]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every eighth name and every sixth descriptor; the other tables are whole."""
    folder = tmp_path_factory.mktemp("small")
    for name in ("council_sample.csv.gz", "gazetteer.csv.gz", "statement_phrases.json"):
        shutil.copy(SHIPPED / name, folder)
    rows = read_table(SHIPPED / "toronto_descriptors.csv.gz", DESCRIPTOR_COLUMNS)[::EVERY_DESCRIPTOR]
    columns = DESCRIPTOR_COLUMNS
    write_table(folder / "toronto_descriptors.csv.gz", columns, [[row[name] for name in columns] for row in rows])
    (folder / "knowledge").mkdir()
    for path in sorted((SHIPPED / "knowledge").glob("*.csv")):
        header, *names = path.read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / "knowledge" / path.name).write_text(header + "".join(names[::EVERY_NAME]), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def made(small: Path) -> Made:
    """Makes a set of 20 rows per category, each once."""

    @cache
    def make(by: By, part: Part) -> list[BalanceRow]:
        return balance(BalanceConfig(PER_CATEGORY, by, part, data=small))

    return make
