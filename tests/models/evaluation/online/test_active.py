"""Whom to ask first: orders of the queue, played on rows made up so that what they come to is known."""

from dataclasses import replace
from random import Random

import pytest

from models.artefacts.artefact import read_artefact
from models.artefacts.store import resolve
from models.contracts.events import Transaction
from models.evaluation.ablation import forgetful
from models.evaluation.online.active import (
    ALL,
    LEAST,
    LEVELS,
    Order,
    Waiting,
    activity,
    capped,
    in_order,
    treated_together,
    waiting_of,
)
from models.evaluation.online.rows import OnlineRow
from models.learned.online.keys import LineKeys


def row(number: int, merchant: str | None, *, accepted: bool = False, truth: str = "pets") -> OnlineRow:
    """A row that the ensemble takes for shopping."""
    transaction = Transaction.model_validate(
        {
            "transaction_id": f"t-{number}",
            "account_id": "a",
            "description": merchant or "SOMEBODY",
            "amount": "12.50",
            "currency": "CAD",
            "timestamp": "2026-03-02T12:00:00Z",
        }
    )
    keys = LineKeys(merchant, (merchant,) if merchant else (), "out", merchant or "")
    return OnlineRow(transaction, frozenset({truth}), keys, "shopping", accepted)


@pytest.fixture
def waiting() -> list[Waiting]:
    """A merchant with thirty requests, ten with two, fifty with one that are the most unsure."""
    names = ["big"] * 30 + [f"middle{number % 10}" for number in range(20)] + [f"small{number}" for number in range(50)]
    unsure = [0.5] * 30 + [0.6] * 20 + [0.9] * 50
    return waiting_of([(row(number, name), unsure[number]) for number, name in enumerate(names)])


@pytest.fixture
def judged() -> list[OnlineRow]:
    """The same merchants, as often."""
    names = ["big"] * 30 + [f"middle{number % 10}" for number in range(20)] + [f"small{number}" for number in range(50)]
    return [row(1_000 + number, name) for number, name in enumerate(names)]


def test_what_is_accepted_does_not_wait() -> None:
    """And whoever names nobody settles one request alone."""
    found = waiting_of([(row(0, "a"), 0.5), (row(1, "a"), 0.4), (row(2, "a", accepted=True), 0.1), (row(3, None), 0.7)])
    assert [("t-0", 2), ("t-1", 2), ("t-3", 1)] == [
        (each.row.transaction.transaction_id, each.settles) for each in found
    ]


def test_an_answer_settles_its_merchant_unless_requests_come_one_by_one(waiting: list[Waiting]) -> None:
    """61 merchants of 100 requests."""
    asked = {order: len(list(in_order(waiting, order, Random(1)))) for order in Order}
    assert {
        Order.ONE_BY_ONE: 100,
        Order.RANDOM: 61,
        Order.UNCERTAINTY: 61,
        Order.PRIORITY: 61,
        Order.KNOWING: 61,
    } == asked


def test_each_order_begins_as_it_says(waiting: list[Waiting]) -> None:
    """The merchant with thirty before the most unsure, and the other way round."""
    first = {order: next(in_order(waiting, order, Random(1))).row.keys.merchant or "" for order in Order}
    assert "big" == first[Order.PRIORITY]
    assert first[Order.UNCERTAINTY].startswith("small")


def test_priority_needs_the_fewest_corrections(waiting: list[Waiting], judged: list[OnlineRow]) -> None:
    """Eleven answers are half of what all of them gain: the big merchant and ten of two."""
    found = activity(waiting, judged, seed=0)
    assert (0, 100) == (found.before, found.goal)
    needed = {order: found.needed(order, LEVELS[0]) or 0 for order in Order}
    assert 11 == needed[Order.PRIORITY]
    assert 11 == needed[Order.KNOWING]
    assert 50 == needed[Order.UNCERTAINTY]
    assert 11 < needed[Order.ONE_BY_ONE]


def test_without_a_gain_there_is_nothing_to_reach(waiting: list[Waiting]) -> None:
    """Merchants of whom nobody asks."""
    found = activity(waiting, [row(2_000, "another")], seed=0)
    assert dict.fromkeys(Order) == {order: found.needed(order, LEVELS[0]) for order in Order}
    assert [] == list(found.treated)


def test_groups_are_told_with_their_counts(waiting: list[Waiting], judged: list[OnlineRow]) -> None:
    """Eighty requests are settled by forty-one answers: 30 of the big one, 20 of the middle ones and 30 single ones."""
    found = activity(waiting, judged, seed=0)
    treated = {each.name: each for each in found.treated}
    assert {ALL, "pets", "band under_100"} == set(treated)
    everything = treated[ALL]
    assert (100, 100, 80, 80) == (
        everything.waiting,
        everything.wrong,
        everything.settled,
        everything.settled_wrong,
    )
    assert everything.by_chance < everything.settled
    assert (39, 39) == found.beside


def test_groups_of_several_divisions_are_added_up(waiting: list[Waiting], judged: list[OnlineRow]) -> None:
    """Small ones are left out."""
    found = activity(waiting, judged, seed=0)
    few = replace(found, treated=[replace(found.treated[0], name="few", waiting=LEAST - 1)])
    assert {ALL: 200, "pets": 200, "band under_100": 200} == {
        each.name: each.waiting for each in treated_together([found, found])
    }
    assert [] == treated_together([few])


def test_the_same_seed_gives_the_same_figures(waiting: list[Waiting], judged: list[OnlineRow]) -> None:
    """Also of orders that are drawn."""
    assert activity(waiting, judged, seed=5) == activity(waiting, judged, seed=5)


def test_frequent_merchants_are_capped() -> None:
    """Rows that name nobody all stay."""
    rows = [row(number, "big") for number in range(30)] + [row(100 + number, None) for number in range(5)]
    kept = capped(rows, 4, seed=0)
    assert (4, 5) == (sum(each.key is not None for each in kept), sum(each.key is None for each in kept))
    assert kept == sorted(kept, key=lambda each: int(each.transaction.transaction_id[2:]))


@pytest.mark.slow
def test_a_memory_can_be_made_to_forget() -> None:
    """A share of the merchants, the same ones each time; none is the shipped one."""
    _, contents = read_artefact(resolve(None))
    sizes = {share: len(forgetful(contents, "v", share)[1]) for share in (0.0, 0.5, 1.0)}
    assert 0 == sizes[1.0]
    assert pytest.approx(0.5, abs=0.02) == sizes[0.5] / sizes[0.0]
