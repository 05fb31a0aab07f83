"""The calibration error: a weight counts as so many equal rows, and decisions right as often as they say have none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.statistics.calibration import BINS, calibration_error

ROWS = st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.integers(1, 4)), min_size=1, max_size=30)


@given(ROWS)
def test_a_weight_is_so_many_rows(rows: list[tuple[float, bool, int]]) -> None:
    """Weighted rows give what the same rows repeated give, and the error is a share."""
    confidence, right, weight = map(list, zip(*rows, strict=True))
    repeated = [(each, hit) for each, hit, times in rows for _ in range(times)]
    error = calibration_error(confidence, right, weight)
    assert pytest.approx(error) == calibration_error(*map(list, zip(*repeated, strict=True)))
    assert 0 <= error <= 1


def test_right_as_often_as_said_has_no_error() -> None:
    """Three of four right at .75; a bin that is empty counts for nothing."""
    assert pytest.approx(0.0) == calibration_error([0.75] * 4, [True, True, True, False])
    assert 15 == BINS


def test_errors_of_bins_do_not_cancel_out() -> None:
    """Too sure in one bin and too doubtful in another is wrong in both."""
    assert pytest.approx(0.5) == calibration_error([0.5, 0.5, 0.9, 0.1], [True, True, False, False])
