"""Quartiles with fleets that found nothing, and bounds of rates."""

import pytest

from streams.trials.simulate.figures import Rate, delay


def test_fleets_that_found_nothing_come_last() -> None:
    """The third quartile of four fleets, of which two found nothing, is not known; the median is."""
    found = delay([None, 5.0, None, 3.0])

    assert (2, 4) == (found.found, found.fleets)
    assert (3.0, 5.0, None) == (found.low, found.median, found.high)


def test_a_median_that_half_of_the_fleets_did_not_reach_is_not_known() -> None:
    """One of three is no median."""
    assert delay([None, 5.0, None]).median is None


def test_interval_of_the_median_is_by_ranks() -> None:
    """Of 20 values the 6th and the 15th hold the median at 95% (tables of the sign test)."""
    found = delay([float(value) for value in range(1, 21)])

    assert (6.0, 15.0) == found.interval


def test_too_few_fleets_leave_the_median_open_on_both_sides() -> None:
    """Five values say nothing at 95%: two of 32 outcomes have the median outside of all of them."""
    assert (0.0, None) == delay([1.0, 2.0, 3.0, 4.0, 5.0]).interval


def test_bound_of_nothing_is_three_over_the_exposure() -> None:
    """The rule of three."""
    assert 3e-6 == pytest.approx(Rate(0, 1e6).at_most, rel=0.002)


def test_interval_of_a_count_is_exact() -> None:
    """Garwood's table: 5 events, 1.62 to 11.67."""
    low, high = Rate(5, 1.0).interval or (0.0, 0.0)

    assert (1.623, 11.668) == (round(low, 3), round(high, 3))


def test_no_exposure_has_no_rate() -> None:
    """Nothing is not zero."""
    assert (None, None, None) == (Rate(0, 0.0).value, Rate(0, 0.0).at_most, Rate(0, 0.0).interval)
