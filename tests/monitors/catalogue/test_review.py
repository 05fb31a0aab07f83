"""Review rate by category, parity of review by amount, and by category at equal confidence.

Level rules, with their intervals, ratios and hysteresis.
"""

import pytest

from models.statistics.intervals import wilson
from monitors.base.contract import LEVEL, Reading, ReadingState, Rules
from monitors.catalogue.review import ReviewParity, ReviewRate, SureParity
from monitors.counts.cells import Counts, Outcome
from monitors.counts.history import History
from monitors.counts.windows import Window
from tests.harness.worlds import DAY, NEWEST, YESTERDAY, ask, decided, history, reviewed


def rate(state: History, window: Window, category: str | None, rules: Rules | None = None) -> Reading:
    """The review rate of a category, or of all."""
    (found,) = [
        reading
        for reading in ask(ReviewRate(), state, rules=rules)
        if (reading.window, reading.category) == (window, category)
    ]
    return found


def gap(state: History, band: str) -> Reading:
    """How much more of a band goes to review, over the newest day."""
    (found,) = [
        reading for reading in ask(ReviewParity(), state) if (reading.window, reading.group) == (Window.DAY, band)
    ]
    return found


def test_rate_has_its_counts_and_interval() -> None:
    """315 of 1,000: the figure, the counts, the interval by Wilson, the limit."""
    reading = rate(history({NEWEST: reviewed(315, 1_000, category="pets")}), Window.HOUR, "pets")
    assert {"review": 315, "decisions": 1_000} == reading.counts
    assert (0.315, wilson(315, 1_000, level=LEVEL), 0.25) == (reading.value, reading.interval, reading.threshold)
    assert (ReadingState.WARNING, True) == (reading.state, reading.holds)


@pytest.mark.parametrize(
    ("review", "decisions", "state", "holds"),
    [
        (199, 199, ReadingState.NOT_ENOUGH_DATA, False),  # below the minimum count, however bad
        (60, 200, ReadingState.OK, True),  # 30%, and its lower bound is 22%
        (72, 200, ReadingState.WARNING, True),  # 36%, and its lower bound is 28%
        (2_500, 10_000, ReadingState.OK, True),  # the limit itself
        (2_611, 10_000, ReadingState.OK, True),  # its lower bound is just below the limit
        (2_612, 10_000, ReadingState.WARNING, True),  # just above
        (2_251, 10_000, ReadingState.OK, True),  # above 90% of the limit: what is open stays open
        (2_250, 10_000, ReadingState.OK, False),
        (0, 10_000, ReadingState.OK, False),
    ],
)
def test_rate_warns_by_its_lower_bound(review: int, decisions: int, state: ReadingState, holds: bool) -> None:
    """It warns where chance does not explain the excess, and lets go below 90% of the limit."""
    reading = rate(history({NEWEST: reviewed(review, decisions)}), Window.DAY, "groceries")
    assert (state, holds) == (reading.state, reading.holds)


def test_figure_without_enough_data_is_none() -> None:
    """Where there is not enough data there is no figure to take for one, only counts."""
    reading = rate(history({NEWEST: reviewed(9, 10)}), Window.DAY, "groceries")
    assert (None, None, {"review": 9, "decisions": 10}) == (reading.value, reading.interval, reading.counts)


def test_overall_rate_is_of_all_categories() -> None:
    """One category's trouble shows in its own figure; the figure of all weighs it by its decisions."""
    state = history({NEWEST: reviewed(500, 1_000, category="pets") + reviewed(0, 9_000, category="fuel")})
    assert (ReadingState.OK, 0.05) == (rate(state, Window.DAY, None).state, rate(state, Window.DAY, None).value)
    assert ReadingState.WARNING == rate(state, Window.DAY, "pets").state
    assert (ReadingState.OK, 0.0) == (rate(state, Window.DAY, "fuel").state, rate(state, Window.DAY, "fuel").value)


def test_windows_are_apart() -> None:
    """Trouble of the last hour is seen in the hour, though the day and the week around it are fine."""
    fine = {NEWEST - age: reviewed(50, 1_000) for age in (20, 200, DAY, 2 * DAY)}
    state = history({NEWEST: reviewed(200, 400), **fine})
    assert [ReadingState.WARNING, ReadingState.OK, ReadingState.OK] == [
        rate(state, window, "groceries").state for window in (Window.HOUR, Window.DAY, Window.WEEK)
    ]
    assert [400, 2_400, 4_400] == [
        rate(state, window, "groceries").counts["decisions"] for window in (Window.HOUR, Window.DAY, Window.WEEK)
    ]


def test_limit_is_a_rule() -> None:
    """A bank's own limit is what the figure is held against."""
    state = history({NEWEST: reviewed(200, 1_000)})
    assert ReadingState.OK == rate(state, Window.DAY, "groceries").state
    strict = rate(state, Window.DAY, "groceries", Rules(review_rate=0.1))
    assert (ReadingState.WARNING, 0.1) == (strict.state, strict.threshold)


def test_parity_tells_both_ratios() -> None:
    """Review of 4% against 2%: nearly the same acceptance, and twice as much review; neither hides the other."""
    cells = reviewed(40, 1_000, band="over_1000") + reviewed(40, 2_000, band="under_100")
    reading = gap(history({NEWEST: cells}), "over_1000")
    assert pytest.approx(0.02) == reading.value
    assert {"acceptance": pytest.approx(0.96 / 0.98), "review": pytest.approx(0.5)} == reading.ratios
    assert 0.02 == reading.reference
    assert {"review": 40, "decisions": 1_000, "others_review": 40, "others_decisions": 2_000} == reading.counts


def test_parity_warns_for_the_band_that_waits() -> None:
    """A band with 40% in review beside 10% of the others is warned of; those others are not."""
    cells = reviewed(400, 1_000, band="over_1000") + reviewed(400, 4_000, band="100_to_1000")
    state = history({NEWEST: cells})
    assert [ReadingState.WARNING, ReadingState.OK] == [gap(state, band).state for band in ("over_1000", "100_to_1000")]
    worse, better = gap(state, "over_1000"), gap(state, "100_to_1000")
    assert pytest.approx(0.3) == worse.value
    assert pytest.approx(-0.3) == better.value
    assert worse.interval is not None
    assert 0.2 < worse.interval[0] < 0.3 < worse.interval[1]
    assert (True, False) == (worse.holds, better.holds)


def test_parity_needs_enough_on_both_sides() -> None:
    """A band is not compared with a handful of others."""
    state = history({NEWEST: reviewed(500, 1_000, band="over_1000") + reviewed(0, 199, band="under_100")})
    assert {ReadingState.NOT_ENOUGH_DATA} == {gap(state, band).state for band in ("under_100", "over_1000")}
    assert 0 == gap(state, "100_to_1000").counts["decisions"]


def test_parity_leaves_out_a_ratio_with_nothing_below_the_line() -> None:
    """Nobody waits: the ratio of those who wait is none, not a failure."""
    state = history({YESTERDAY + 1: reviewed(0, 1_000, band="over_1000") + reviewed(0, 1_000, band="under_100")})
    assert {"acceptance": 1.0} == gap(state, "over_1000").ratios


def sure(review: int, decisions: int, category: str, *, confidence: float = 0.97) -> Counts:
    """Decisions that are as sure as each other, of which some go to review."""
    accepted = decided(decisions - review, category=category, confidence=confidence)
    return accepted + decided(review, category=category, confidence=confidence, outcome=Outcome.REVIEW)


def sure_gap(cells: Counts, category: str, rules: Rules | None = None) -> Reading:
    """How much more of a category's sure decisions goes to review, over the newest day."""
    readings = ask(SureParity(), history({NEWEST: cells}), rules=rules)
    (found,) = [one for one in readings if (one.window, one.category) == (Window.DAY, category)]
    return found


def test_a_category_that_is_sure_and_waits_is_warned_of() -> None:
    """Every charity waits and no supermarket does, at the same confidence: counts, both shares, interval, limit."""
    cells = sure(300, 300, "charity_donations") + sure(0, 2_286, "groceries")
    reading, other = sure_gap(cells, "charity_donations"), sure_gap(cells, "groceries")
    assert {"review": 300, "decisions": 300, "others_review": 0, "others_decisions": 2_286} == reading.counts
    assert (ReadingState.WARNING, 1.0, 0.0, 0.1) == (
        reading.state,
        reading.value,
        reading.reference,
        reading.threshold,
    )
    assert reading.interval is not None
    assert 0.9 < reading.interval[0] < reading.interval[1] <= 1
    assert (ReadingState.OK, -1.0) == (other.state, other.value)


def test_what_is_not_sure_may_wait() -> None:
    """Only equal confidence is compared: at .94 a category may go to review as a whole."""
    cells = sure(10, 1_000, "pets") + sure(5_000, 5_000, "pets", confidence=0.94) + sure(30, 3_000, "groceries")
    reading = sure_gap(cells, "pets")
    assert (ReadingState.OK, 0.0) == (reading.state, reading.value)
    assert {"review": 10, "decisions": 1_000, "others_review": 30, "others_decisions": 3_000} == reading.counts


@pytest.mark.parametrize(("own", "others"), [(199, 5_000), (5_000, 199), (0, 5_000)])
def test_few_sure_decisions_are_no_figure(own: int, others: int) -> None:
    """Not fine and not alarming: counts without a figure, on either side."""
    reading = sure_gap(sure(own, own, "pets") + sure(0, others, "groceries"), "pets")
    assert (ReadingState.NOT_ENOUGH_DATA, None, own) == (reading.state, reading.value, reading.counts["decisions"])


def test_the_limit_of_sure_decisions_is_a_rule_of_its_own() -> None:
    """A bank may be stricter there than between amounts."""
    cells = sure(60, 1_000, "pets") + sure(0, 5_000, "groceries")
    assert ReadingState.OK == sure_gap(cells, "pets").state
    assert ReadingState.WARNING == sure_gap(cells, "pets", Rules(sure_review_gap=0.02)).state
    assert ReadingState.OK == sure_gap(cells, "pets", Rules(review_gap=0.02)).state
