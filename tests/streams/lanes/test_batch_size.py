"""The size of batches: usual ones while a lane keeps up, larger ones while it lags."""

from hypothesis import given
from hypothesis import strategies as st

from streams.lanes.batch_size import LAGS, LONGEST_SECONDS, BatchSize


@given(
    usual=st.integers(1, 1_000),
    most=st.integers(1, 10_000),
    batches=st.lists(st.tuples(st.floats(0, 5), st.integers(0, 100_000)), max_size=30),
)
def test_it_stays_within_its_limits(usual: int, most: int, batches: list[tuple[float, int]]) -> None:
    """Never more than the most, nor than usual while a lane keeps up; less than before only for these two reasons."""
    size = BatchSize(usual, most)
    for seconds, waiting in batches:
        before = size.records
        size.settled(before, seconds=seconds, waiting=waiting)
        allowed = usual if waiting < LAGS * usual else max(usual, most)
        assert 1 <= size.records <= min(allowed, 2 * before)
        if seconds <= LONGEST_SECONDS:
            assert size.records >= min(before, allowed)


def test_a_slow_model_is_given_what_it_can_do_in_time() -> None:
    """At a millisecond a record, as many as fit into the longest time, whatever waits."""
    size = BatchSize(500, 10_000)
    for _ in range(10):
        size.settled(size.records, seconds=size.records / 1000, waiting=1_000_000)
    assert LONGEST_SECONDS * 1000 == size.records


def test_a_trickle_makes_batches_no_smaller() -> None:
    """A few records take some time, whatever their number: when many come, they are taken at once."""
    size = BatchSize(500, 2_000)
    for _ in range(10):
        size.settled(2, seconds=0.02, waiting=0)
    assert size.records == 500
