"""A change of the confidence: found within hours, dated, and told from noise and from what comes every day."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from models.statistics.histogram import BINS
from monitors.base.contract import Reading, ReadingState
from monitors.catalogue.confidence_change import FEW, ConfidenceChange, Mean, around
from monitors.counts.cells import Counts, Table, empty, table
from monitors.counts.history import History
from monitors.counts.observation import BUCKET_SECONDS
from monitors.counts.windows import KEPT
from tests.harness.worlds import DAY, NEWEST, ask, history

Level = Callable[[NDArray[np.int64]], NDArray[np.float64]]
"""Age of a bucket to the mean confidence of its decisions."""


def confident(count: int, mean: float, random: np.random.Generator) -> Counts:
    """Decisions whose confidences spread around a mean."""
    cells = empty()
    places = np.clip(random.normal(mean * BINS, 8, count), 0, BINS - 1).astype(int)
    np.add.at(table(cells, Table.CONFIDENCE), places, 1)
    return cells


def week(level: Level, *, count: int = 300, days: int = 7, seed: int = 0) -> History:
    """Days of traffic with a level of confidence."""
    random = np.random.default_rng(seed)
    ages = np.arange(days * DAY)
    means = level(ages)
    return history({NEWEST - int(age): confident(count, mean, random) for age, mean in zip(ages, means, strict=True)})


def change(state: History) -> Reading:
    """The one reading."""
    (reading,) = ask(ConfidenceChange(), state)
    return reading


def fell(age: int, by: float, *, until: int = 0) -> Level:
    """Of 0.7, and lower from one age until another."""
    return lambda ages: np.where((ages < age) & (ages >= until), 0.7 - by, 0.7)


def test_a_fall_is_found_and_dated() -> None:
    """Five points for three hours: how far it fell, since when, beside what it was."""
    reading = change(week(fell(36, 0.05)))
    assert (ReadingState.WARNING, True) == (reading.state, reading.holds)
    assert reading.value == pytest.approx(0.05, abs=0.01)
    assert reading.interval is not None
    assert reading.interval[0] < reading.value < reading.interval[1]
    assert reading.reference == pytest.approx(0.7, abs=0.015)
    assert {
        "buckets": KEPT,
        "buckets_before": KEPT - 36,
        "buckets_after": 36,
    } == reading.counts
    since = np.datetime64((NEWEST - 35) * BUCKET_SECONDS, "s").astype(object)
    assert f"since {since:%Y-%m-%d %H:%M} UTC" in reading.hint


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_no_change(seed: int) -> None:
    """A week without a change, and nothing is seen."""
    reading = change(week(fell(0, 0.0), count=60, seed=seed))
    assert (ReadingState.OK, 0.0, False) == (reading.state, reading.value, reading.holds)


@pytest.mark.parametrize(
    "level",
    [
        fell(36, -0.05),  # a rise
        fell(36, 0.012),  # too small to matter
        fell(2 * DAY, 0.1),  # more than a day ago: the median and the drift tell of it
        fell(100, 0.1, until=50),  # and back
        lambda ages: 0.7 - 0.05 * (ages % DAY < 80),  # every day at this hour
    ],
    ids=["rise", "small", "old", "over", "daily"],
)
def test_what_is_no_fall_of_today(level: Level) -> None:
    """A rise, a trifle, what was yesterday, what is over and what comes every day do not warn."""
    assert ReadingState.OK == change(week(level)).state


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("days", [2, 3, 7])
def test_a_fall_beside_a_daily_cycle_is_found(days: int, seed: int) -> None:
    """What comes every day does not hide what came today, nor is it taken for it."""
    daily = lambda ages: 0.04 * np.sin(ages * 2 * np.pi / DAY)  # noqa: E731 - beside its use
    found = change(week(lambda ages: fell(40, 0.08)(ages) + daily(ages), days=days, seed=seed))
    assert ReadingState.WARNING == found.state
    assert found.value == pytest.approx(0.08, abs=0.02)
    assert ReadingState.OK == change(week(lambda ages: 0.7 + daily(ages), days=days, seed=seed)).state


def test_the_first_day_has_nothing_to_be_compared_with() -> None:
    """What is usual is known from the second day on."""
    assert ReadingState.NOT_ENOUGH_DATA == change(week(fell(36, 0.1), days=1)).state


def test_buckets_with_few_decisions_say_nothing() -> None:
    """A series of hardly any decisions is not enough data."""
    reading = change(week(fell(36, 0.3), count=FEW - 1, days=2))
    assert (ReadingState.NOT_ENOUGH_DATA, None) == (reading.state, reading.value)
    assert {"buckets": 0} == reading.counts
    assert ReadingState.NOT_ENOUGH_DATA == change(History()).state


def test_sides_lie_around_the_changes() -> None:
    """From the change before to the first that was seen since, and from the last on.

        before ----------        0.9
                        -----    0.8
                             ----   0.6   after
    """  # fmt: skip
    levels = np.repeat([0.9, 0.8, 0.6], [300, 100, 100])
    means = [Mean(bucket, level, level) for bucket, level in enumerate(levels.tolist())]
    sides = around(means, since=290)
    assert sides is not None
    assert ([0, 299], [400, 499]) == tuple([side[0].bucket, side[-1].bucket] for side in sides)
    sides = around(means, since=401)
    assert sides is not None
    assert ([300, 399], [400, 499]) == tuple([side[0].bucket, side[-1].bucket] for side in sides)
    assert around(means, since=500) is None


def test_series_of_one_level_has_no_change() -> None:
    """Means that are all the same do not divide by nothing."""
    assert around([Mean(bucket, 0.9, 0.0) for bucket in range(50)], since=0) is None
