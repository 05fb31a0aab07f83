"""The order of the review queue: unsure before sure, many before one, old before all, and blind ones not told apart."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decisions.review_order import MIDDLE, MOST_SETTLED, Standing, priority, stand_in

UNCERTAINTIES = st.floats(0, 1.3)
HOURS = st.floats(0, 1_000)
SETTLES = st.integers(1, 10_000)


@given(first=UNCERTAINTIES, second=UNCERTAINTIES, hours=HOURS, settles=SETTLES)
def test_of_two_that_differ_in_uncertainty_the_more_unsure_comes_first(
    first: float, second: float, hours: float, settles: int
) -> None:
    less, more = sorted((first, second))
    assert priority(less, hours, settles) <= priority(more, hours, settles)


def test_what_settles_more_comes_first_and_each_further_one_says_less() -> None:
    steps = [priority(0.4, 0, settles) for settles in (1, 2, 3, 4, 5)]
    gains = [after - before for before, after in pairwise(steps)]
    assert all(gain > 0 for gain in gains)
    assert sorted(gains, reverse=True) == gains


@given(uncertainty=UNCERTAINTIES, settles=SETTLES, other=UNCERTAINTIES, others=SETTLES, hours=HOURS)
def test_two_that_wait_together_never_change_places(
    uncertainty: float, settles: int, other: float, others: int, hours: float
) -> None:
    before = priority(uncertainty, 0, settles) - priority(other, 0, others)
    after = priority(uncertainty, hours, settles) - priority(other, hours, others)
    assert pytest.approx(before, abs=1e-9) == after


@given(uncertainty=UNCERTAINTIES, settles=SETTLES)
def test_within_the_hours_of_expiry_the_surest_passes_every_newcomer(uncertainty: float, settles: int) -> None:
    assert priority(0.0, 72.0, 1) > priority(uncertainty, 0.0, settles)


@pytest.mark.parametrize("settles", [0, -3])
def test_an_answer_settles_at_least_its_own_request(settles: int) -> None:
    assert priority(0.7, 1, 1) == priority(0.7, 1, settles)


def test_a_clock_ahead_takes_no_place_away() -> None:
    assert priority(0.7, 0, 2) == priority(0.7, -5, 2)


def test_a_merchant_that_floods_the_queue_gains_nothing_more() -> None:
    assert priority(0.7, 0, MOST_SETTLED) == priority(0.7, 0, 100 * MOST_SETTLED)


def test_blind_requests_are_spread_as_those_that_wait() -> None:
    waiting = [Standing(0.2, 1), Standing(0.5, 4), Standing(0.9, 1), Standing(1.2, 30)]
    drawn = [stand_in(f"transaction-{number}", waiting) for number in range(4_000)]
    shares = {standing: drawn.count(standing) / len(drawn) for standing in waiting}
    # Four standard errors of a share of one quarter of 4,000.
    assert {standing: pytest.approx(0.25, abs=0.0274) for standing in waiting} == shares


def test_the_draw_hangs_on_the_id_and_not_on_the_order_of_the_queue() -> None:
    waiting = [Standing(number / 10, number + 1) for number in range(10)]
    assert stand_in("some-id", waiting) == stand_in("some-id", waiting[::-1])


def test_where_nothing_waits_a_blind_request_stands_in_the_middle() -> None:
    assert MIDDLE == stand_in("some-id", [])
