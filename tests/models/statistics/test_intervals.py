"""Intervals of shares against scipy's, at both levels that are in use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from models.statistics.intervals import newcombe, paired_difference, wilson


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    """Successes and trials."""
    total = draw(st.integers(1, 10**7))
    return draw(st.integers(0, total)), total


@pytest.mark.parametrize("level", [0.95, 0.99])
@given(counts())
def test_score_interval_is_scipys(level: float, drawn: tuple[int, int]) -> None:
    """The closed form, two hundred times as quick, gives what scipy gives; and it holds the share."""
    hits, total = drawn
    expected = binomtest(hits, total).proportion_ci(level, method="wilson")
    low, high = wilson(hits, total, level=level)
    assert (expected.low, expected.high) == pytest.approx((low, high), abs=1e-12)
    assert 0 <= low <= hits / total <= high <= 1


@given(counts(), counts())
def test_difference_mirrors(one: tuple[int, int], other: tuple[int, int]) -> None:
    """Swapping the groups turns the interval of their difference around, and it holds the difference."""
    low, high = newcombe(*one, *other, level=0.99)
    assert (-high, -low) == pytest.approx(newcombe(*other, *one, level=0.99), abs=1e-12)
    assert low <= one[0] / one[1] - other[0] / other[1] <= high
    assert low >= -1
    assert high <= 1


def test_wider_at_a_higher_level() -> None:
    """More confidence costs width."""
    assert (
        wilson(30, 100, level=0.99)[0] < wilson(30, 100)[0] < 0.3 < wilson(30, 100)[1] < wilson(30, 100, level=0.99)[1]
    )


def test_pairs_that_agree_do_not_widen_the_interval() -> None:
    """Only rows on which the two differ count."""
    gap, (low, high) = paired_difference([True] * 90 + [False] * 10, [True] * 88 + [False] * 12)
    assert pytest.approx(0.02) == gap
    assert low == pytest.approx(0.02 - 0.0274, abs=0.001)
    assert high == pytest.approx(0.02 + 0.0274, abs=0.001)
