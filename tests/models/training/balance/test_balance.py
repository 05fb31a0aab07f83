"""Balanced sets: counts, marks, parts, merchants, and that they are made again the same."""

import json
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from models.artefacts.csv_table import read_table
from models.contracts.events import AmountBand, Transaction
from models.contracts.taxonomy import CATEGORIES
from models.contracts.wire import parse
from models.errors import ConfigurationError, DataError
from models.statements.masking import mask
from models.training.balance import balance as module
from models.training.balance.balance import BalanceConfig, By, RowOrigin, balance, generated_rows, summary, write
from models.training.balance.dialects import Channel, statements
from models.training.balance.generate import COMMON_LISTS, Generator
from models.training.balance.parts import Part, brand_group, part_of_brand, parts_of_templates
from models.training.balance.people import names
from models.training.balance.real import RealMerchant, RealRow, real_merchants, take_turns
from models.training.config import SHIPPED
from tests.models.training.balance.conftest import PER_CATEGORY, Made

SETS = [(by, part) for by in By for part in Part]


@pytest.mark.parametrize(("by", "part"), SETS)
def test_every_category_has_exactly_as_many_rows(made: Made, by: By, part: Part) -> None:
    """No category has a row more or less."""
    assert dict.fromkeys(CATEGORIES, PER_CATEGORY) == Counter(row.category for row in made(by, part))


def test_the_default_is_809_of_each() -> None:
    """28 x 809 = 22,652 rows."""
    assert 22_652 == len(CATEGORIES) * BalanceConfig().per_category


def test_equal_settings_equal_rows(made: Made, small: Path) -> None:
    """A second run gives the same rows, another seed gives others."""
    config = BalanceConfig(PER_CATEGORY, By.MERCHANT, Part.TEST, data=small)
    assert made(By.MERCHANT, Part.TEST) == balance(config)
    assert made(By.MERCHANT, Part.TEST) != balance(replace(config, seed=1))


def test_equal_rows_equal_bytes(made: Made, tmp_path: Path) -> None:
    """The file depends on the rows only."""
    rows = made(By.ROW, Part.ALL)
    sizes = [write(rows, tmp_path / name) for name in ("a.csv.gz", "b.csv.gz")]
    assert sizes[0] == sizes[1]
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()


def test_generated_rows_are_marked(made: Made) -> None:
    """A real row is a descriptor of the table; every other one says that it was generated, and from which template."""
    known = {row["description"] for row in read_table(SHIPPED / "toronto_descriptors.csv.gz", ("description",))}
    for row in made(By.ROW, Part.ALL):
        assert (row.origin is RowOrigin.REAL) == (row.source == "toronto") == (row.template == "")
        assert row.origin is RowOrigin.GENERATED or row.description in known


def test_real_rows_come_first(made: Made, small: Path) -> None:
    """A category has a generated row only where its real merchants have no more rows."""
    there = {name: sum(each.total for each in found) for name, found in real_merchants(small).items()}
    for each in summary(made(By.ROW, Part.ALL)):
        assert min(PER_CATEGORY, there.get(each.category, 0)) == each.real
        assert PER_CATEGORY - each.real == each.generated


def test_by_merchant_each_merchant_has_one_row(made: Made) -> None:
    """No merchant occurs twice, in any category."""
    merchants = Counter(row.merchant for row in made(By.MERCHANT, Part.ALL))
    assert {1} == set(merchants.values())
    assert all(each.merchants == PER_CATEGORY for each in summary(made(By.MERCHANT, Part.ALL)))


def test_by_row_a_merchant_may_come_again(made: Made) -> None:
    """The two forms differ where a category has fewer merchants than rows."""
    assert max(Counter(row.merchant for row in made(By.ROW, Part.ALL)).values()) > 1


@pytest.mark.parametrize("by", list(By))
def test_parts_share_neither_template_nor_brand(made: Made, by: By) -> None:
    """Templates, wraps, merchants and names of brands of the test part are not in the training part."""
    table = {wrap.name: wrap.text for each in statements().dialects for wraps in each.wraps.values() for wrap in wraps}
    found = {}
    for part in (Part.TRAIN, Part.TEST):
        rows = made(by, part)
        templates = {table.get(name, name) for row in rows for name in row.template.split("+")} - {""}
        brands = {brand_group(name) for row in rows for name in row.brand.split("|") if name}
        found[part] = (templates, brands, {row.description for row in rows})
    assert all(found[Part.TRAIN])
    for train, test in zip(found[Part.TRAIN], found[Part.TEST], strict=True):
        assert set() == train & test


def test_rows_are_transactions(made: Made) -> None:
    """Every row, as the file has it, is one that the stream takes."""
    for row in made(By.MERCHANT, Part.ALL):
        fields = ("transaction_id", "description", "currency", "timestamp")
        message = {name: getattr(row, name) for name in fields} | {"account_id": "a", "amount": str(row.amount)}
        parse(Transaction, json.dumps(message).encode())
    assert len({row.transaction_id for row in made(By.MERCHANT, Part.ALL)}) == len(made(By.MERCHANT, Part.ALL))


def test_no_row_identifies_a_person(made: Made) -> None:
    """Neither real nor generated rows hold what looks like a card, account, phone number or e-mail address."""
    for by, part in SETS:
        assert [] == [row for row in made(by, part) if mask(row.description) != row.description]


def test_names_of_people_come_from_many_languages() -> None:
    """Names are made by Mimesis, alike for all categories, in Latin letters."""
    people = names(Part.ALL, 0).people
    assert len({each.last for each in people}) > 1_000
    assert all((each.first + each.last).isascii() for each in people)
    assert {part_of_brand(each.last) for each in names(Part.TEST, 0).people} == {Part.TEST}


def test_amounts_lie_in_the_real_band(made: Made) -> None:
    """A real row keeps the band that the table has; every amount has cents and a sign that fits its category."""
    for row in made(By.ROW, Part.ALL):
        assert row.amount == row.amount.quantize(Decimal("0.01"))
        assert row.amount != 0
    income = [row for row in made(By.ROW, Part.ALL) if row.category == "income"]
    assert all(row.amount < 0 for row in income)


@pytest.mark.parametrize("part", [Part.TRAIN, Part.TEST])
@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_can_be_generated(category: str, part: Part) -> None:
    """The shipped phrases alone reach every category in both parts."""
    written = json.loads((SHIPPED / "statement_phrases.json").read_text())["templates"]
    templates = {**written, **statements().phrases}
    assert part in {parts_of_templates(templates.values())[text] for text in templates[category]}


def test_generated_rows_reach_every_category(small: Path) -> None:
    """Without any real row there are as many of each category."""
    rows = generated_rows(BalanceConfig(5, By.MERCHANT, Part.TEST, data=small))
    assert dict.fromkeys(CATEGORIES, 5) == Counter(row.category for row in rows)
    assert {RowOrigin.GENERATED} == {row.origin for row in rows}


def test_lists_of_names_have_words_in_both_parts() -> None:
    """Each list of names can fill a template of either part."""
    lists = json.loads((SHIPPED / "statement_phrases.json").read_text())["lists"]
    for name, words in lists.items():
        assert name in COMMON_LISTS or {Part.TRAIN, Part.TEST} == set(map(part_of_brand, words)), name


def test_every_dialect_wraps_in_both_parts() -> None:
    """Each channel of each dialect has templates for training and for the test."""
    for dialect in statements().dialects:
        for channel in Channel:
            assert {Part.TRAIN, Part.TEST} == {wrap.part for wrap in dialect.wraps[channel]}


def test_merchants_take_turns() -> None:
    """One row of each before a second of any; a merchant that has no more is passed over."""
    rows = [RealRow(f"r{number}", AmountBand.UNDER_100, 0.0) for number in range(3)]
    merchants = [RealMerchant(str(n), "fuel", (rows[n],), (count,)) for n, count in enumerate((1, 2, 9))]
    for number, expected in ((3, [1, 1, 1]), (5, [1, 2, 2]), (8, [1, 2, 5]), (99, [1, 2, 9])):
        taken = Counter(row.description for row in take_turns(merchants, number, most=99, random=Random(0)))
        assert expected == [taken[row.description] for row in rows]


def test_too_few_merchants_are_refused(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More merchants than can be made end with an error that says how many there are."""
    monkeypatch.setattr(module, "_ATTEMPTS", 1)
    with pytest.raises(DataError, match="ask for that many"):
        generated_rows(BalanceConfig(3_000, By.MERCHANT, Part.TEST, data=small))


def test_no_rows_are_refused() -> None:
    """At least one row per category."""
    with pytest.raises(ConfigurationError, match="per_category must be at least 1, got 0"):
        BalanceConfig(per_category=0)


def test_other_seeds_fill_the_same_templates(small: Path) -> None:
    """The division into parts does not depend on the seed."""
    for seed in (0, 7):
        lines = Generator(part=Part.TEST, seed=seed, data=small).rows("fuel")
        for row in (next(lines) for _ in range(50)):
            assert all(part_of_brand(name) is Part.TEST for name in row.brand.split("|") if name)
