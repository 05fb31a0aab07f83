"""What the memory keeps of a merchant, worked out by hand: about as many rows as it has, by recent ones foremost."""

from collections import Counter
from collections.abc import Mapping

import pytest

from models.contracts.events import AmountBand
from models.training.examples import Merchant
from models.training.train import remembered_counts

LOW, _, HIGH = AmountBand


def merchant(
    rows: Mapping[str, int],
    *,
    recent: Mapping[str, int] | None = None,
    vague: Mapping[str, int] | None = None,
    text: str = "shop",
) -> Merchant:
    """A merchant with these rows by category."""
    counts = Counter({(name, LOW): count for name, count in rows.items()})
    return Merchant(text, text.upper(), counts, Counter(recent or {}), Counter(vague or {}))


@pytest.mark.parametrize(
    ("recency", "expected"),
    [
        (1, {"groceries": 30, "shopping": 10}),
        # 30 older rows beside ten that count 20 times: 30 and 200 of 230.
        (20, {"groceries": 5, "shopping": 35}),
    ],
)
def test_recent_rows_move_shares_and_not_the_number(recency: int, expected: dict[str, int]) -> None:
    """A merchant of 40 rows is remembered with 40, whatever the recent ones count."""
    found = remembered_counts([merchant({"groceries": 30, "shopping": 10}, recent={"shopping": 10})], recency)
    assert expected == found
    assert 40 == sum(found.values())


def test_recent_rows_of_all_categories_change_nothing() -> None:
    """Where every row is recent, their shares are those of the rows."""
    rows = {"fuel": 7, "groceries": 21}
    assert rows == remembered_counts([merchant(rows, recent=rows)], 20)


@pytest.mark.parametrize(
    ("rows", "vague", "expected"),
    [
        ({"shopping": 50}, {"shopping": 50}, {"shopping": 5}),
        ({"shopping": 50}, {"shopping": 20}, {"shopping": 32}),
        ({"groceries": 30, "shopping": 10}, {"shopping": 10}, {"groceries": 23, "shopping": 8}),
    ],
    ids=["all", "some", "one category"],
)
def test_of_vague_rows_one_in_ten_counts(rows: dict[str, int], vague: dict[str, int], expected: dict[str, int]) -> None:
    """The memory of such a merchant is the smaller, so what the text says weighs the more beside it."""
    assert expected == remembered_counts([merchant(rows, vague=vague)], 1)


def test_several_texts_of_one_key_are_one_merchant() -> None:
    """Their rows, recent rows and vague rows add up, in whichever order they come."""
    first = merchant({"groceries": 12, "fuel": 4}, recent={"fuel": 2}, text="corner shop")
    second = merchant({"groceries": 3, "shopping": 9}, vague={"shopping": 5}, text="cornershop")
    both = merchant({"groceries": 15, "fuel": 4, "shopping": 9}, recent={"fuel": 2}, vague={"shopping": 5})
    assert remembered_counts([both], 20) == remembered_counts([first, second], 20)
    assert list(remembered_counts([first, second], 20).items()) == list(remembered_counts([second, first], 20).items())


def test_bands_of_one_category_add_up() -> None:
    """The memory knows no amounts."""
    counts = Counter({("fuel", LOW): 3, ("fuel", HIGH): 2})
    assert {"fuel": 5} == remembered_counts([Merchant("shop", "SHOP", counts)], 20)


@pytest.mark.parametrize(
    ("rows", "recent", "vague"),
    [
        ({"groceries": 5_000, "fuel": 1}, {"groceries": 5_000}, {}),
        ({"fuel": 1}, {}, {"fuel": 1}),
        ({"fuel": 1, "groceries": 2}, {}, {"fuel": 1, "groceries": 2}),
    ],
    ids=["outweighed", "vague", "all vague"],
)
def test_nothing_that_was_seen_is_forgotten(
    rows: dict[str, int], recent: dict[str, int], vague: dict[str, int]
) -> None:
    """Every category stays with a row at least."""
    found = remembered_counts([merchant(rows, recent=recent, vague=vague)], 20)
    assert set(rows) == set(found)
    assert 1 == found["fuel"]
