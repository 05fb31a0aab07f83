"""The order of requests: what is given out next is what stands first, whatever came and went before."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contracts.events import ReviewRequest
from models.contracts.wire import dump, parse
from models.errors import ContractError
from streams.review_queue.entries import Ask
from streams.review_queue.state.item import item_of, packed, request_id, unpacked
from streams.review_queue.state.moments import SPARE
from streams.review_queue.state.order import step
from tests.harness.review import request_message
from tests.harness.review_journal import LIMITS, MemoryJournal

COMING = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 13), st.integers(0, 2_000)), min_size=1, max_size=30, unique=True
)
"""Merchant, uncertainty in tenths, and minutes until the next."""


def filled(coming: list[tuple[int, int, int]]) -> MemoryJournal:
    """A queue with these requests."""
    journal = MemoryJournal()
    for number, (merchant, uncertainty, minutes) in enumerate(coming):
        journal.came(number, merchant_key=f"m{merchant}", uncertainty=uncertainty / 10)
        journal.taken()
        journal.clock.move(minutes=minutes % 20)
    return journal


@given(COMING)
@settings(max_examples=100, deadline=None)
def test_what_is_next_stands_first(coming: list[tuple[int, int, int]]) -> None:
    """Answers change what the others settle, and so their places; the list for files has the same order."""
    journal = filled(coming)
    for _ in coming:
        first = journal.queue.in_order()[0]
        (given_out,) = journal.ask(Ask.NEXT, "ann").request_ids
        assert first.request_id == given_out
        assert None is journal.ask(Ask.ANSWER, "ann", [given_out], "pets").why
    assert () == journal.ask(Ask.NEXT, "ann").request_ids


def test_what_is_given_back_stands_where_it_stood() -> None:
    """And the heap does not grow by it."""
    journal = filled([(merchant, merchant + 1, 1) for merchant in range(4)])
    before = journal.queue.in_order()
    for _ in range(2_000):
        (name,) = journal.ask(Ask.CLAIM, "ann", [before[2].request_id]).request_ids
        journal.ask(Ask.RELEASE, "ann", [name])
    assert before == journal.queue.in_order()
    assert len(journal.queue.order) <= SPARE * 70


def test_many_of_one_merchant_come_first() -> None:
    """One answer settles eight of them, so they stand before one that is a little less certain."""
    journal = MemoryJournal()
    journal.came(0, merchant_key="alone", uncertainty=0.7)
    for number in range(1, 9):
        journal.came(number, merchant_key="many", uncertainty=0.6)
    assert journal.ask(Ask.NEXT, "ann").request_ids[0] != request_id("t-0", blind=False)


def test_blind_requests_do_not_come_last() -> None:
    """They are sure, and stand where unsure ones do: of 40 among 40 some are in each quarter."""
    journal = MemoryJournal(limits=replace(LIMITS, open=200))
    chance = random.Random(7)
    for number in range(80):
        blind = number % 2 == 1
        uncertainty = 0.01 if blind else chance.uniform(0.4, 1.2)
        journal.came(number, merchant_key=f"m{number}", blind=blind, uncertainty=uncertainty)
        journal.taken()
    found = [item.blind for item in journal.queue.in_order()]
    quarters = [sum(found[start : start + 20]) for start in range(0, len(found), 20)]
    assert min(quarters) > 2, quarters


def test_steps_are_powers_of_two() -> None:
    """So that a request is put in anew seldom."""
    assert [1, 2, 2, 4, 4, 4, 4, 8] == [step(settles) for settles in range(1, 9)]


def test_a_request_is_packed_and_unpacked() -> None:
    """Byte for byte, into half of its size at most."""
    value = dump(parse(ReviewRequest, request_message(3).value or b"")[0])
    assert value == unpacked(packed(value))
    assert len(packed(value)) < len(value) / 2


def test_what_is_no_request_is_no_item() -> None:
    """Whatever stands in the journal: also where it has all that the queue sorts by."""
    bare = b'{"merchant_key":null,"amount":"1","uncertainty":0.5,"blind":false}'
    for value in (b"", b"[]", b'{"amount": 1}', b"\xff", bare):
        with pytest.raises(ContractError):
            item_of("r", value, [])
