"""Control of false discoveries: e-BH over the family of all tests."""

import numpy as np
import pytest

from monitors.base.contract import MonitorName, Reading, ReadingState
from monitors.counts.windows import Window
from monitors.statistics.false_discovery import control, threshold


def reading(state: ReadingState, e_value: float | None, *, holds: bool = False) -> Reading:
    """A reading with nothing else to it."""
    return Reading(MonitorName.AMOUNT_PARITY, Window.DAY, state, {}, holds=holds, e_value=e_value)


@pytest.mark.parametrize(
    ("e_values", "expected"),
    [
        ([], float("inf")),
        ([20.0], 20.0),
        ([19.9], float("inf")),
        # Alone, each of four needs 80; two of 40 find each other, and so do four of 20.
        ([80.0, 1.0, 1.0, 1.0], 80.0),
        ([40.0, 1.0, 41.0, 1.0], 40.0),
        ([39.0, 39.0, 1.0, 1.0], float("inf")),
        ([20.0, 20.0, 39.0, 20.0], 20.0),
    ],
)
def test_the_threshold_is_that_of_the_procedure(e_values: list[float], expected: float) -> None:
    """The k-th largest counts from m / (k * 0.05)."""
    assert expected == threshold(e_values, 0.05)


def test_false_discoveries_stay_below_the_rate() -> None:
    """Of 100 tests 10 are of true gaps; the E-values of the others are as heavy as E-values can be, and all alike."""
    rng = np.random.default_rng(5)
    false = []
    for _ in range(2_000):
        nothing = np.full(90, 0.05 / rng.uniform() ** 0.95)
        true = rng.exponential(300.0, 10)
        least = threshold([*nothing, *true], 0.1)
        found = int((nothing >= least).sum()), int((true >= least).sum())
        false.append(found[0] / max(sum(found), 1))

    assert 0 < np.mean(false) <= 0.1


def test_an_alarm_that_is_no_discovery_is_taken_back() -> None:
    """One page among a hundred tests needs more evidence than alone; what holds an open alert stays."""
    quiet = [reading(ReadingState.OK, 0.5) for _ in range(99)]
    page = reading(ReadingState.PAGE, 1_999.0, holds=True)

    assert [reading(ReadingState.OK, 1_999.0, holds=True), *quiet] == control([page, *quiet], 0.05)
    assert [page] == control([page], 0.05)


def test_two_alarms_find_each_other() -> None:
    """The more there are, the less each needs."""
    quiet = [reading(ReadingState.OK, 0.5) for _ in range(98)]
    alarms = [reading(ReadingState.WARNING, 1_999.0), reading(ReadingState.PAGE, 1_000.0)]

    assert [*alarms, *quiet] == control([*alarms, *quiet], 0.05)


def test_what_has_too_few_cases_is_not_of_the_family() -> None:
    """It is not tested, so it costs the others nothing."""
    unknown = [reading(ReadingState.NOT_ENOUGH_DATA, 0.0) for _ in range(99)]
    page = reading(ReadingState.PAGE, 21.0)

    assert [*unknown, page] == control([*unknown, page], 0.05)


def test_level_rules_are_left_alone() -> None:
    """They are no tests and have no E-value."""
    readings = [reading(ReadingState.WARNING, None), reading(ReadingState.OK, 1.0)]

    assert readings == control(readings, 0.05)
