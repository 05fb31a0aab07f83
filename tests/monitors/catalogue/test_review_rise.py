"""The rise of the review rate: evidence that can be looked at again and again, and a hint that figures decide."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import binom

from models.statistics.intervals import newcombe
from monitors.base.contract import LEVEL, Reading, ReadingState, Rules
from monitors.catalogue.review_rise import ReviewRise, evidence
from monitors.counts.cells import Counts
from monitors.counts.history import History
from tests.harness.worlds import DAY, NEWEST, YESTERDAY, ask, decided, history, reviewed

TOLERANCE = 0.01


def rise(state: History, category: str = "groceries", rules: Rules | None = None) -> Reading:
    """The rise of a category."""
    (found,) = [reading for reading in ask(ReviewRise(), state, rules=rules) if reading.category == category]
    return found


def one(review: int, decisions: int, review_before: int, decisions_before: int) -> float:
    """The evidence of one category."""
    counts = (np.array([count]) for count in (review, decisions, review_before, decisions_before))
    return float(evidence(*counts, tolerance=TOLERANCE)[0])


@pytest.mark.parametrize("before", [0.005, 0.03, 0.12, 0.4, 0.75, 0.98])
@pytest.mark.parametrize(("decisions", "decisions_before"), [(12, 40), (30, 30), (40, 5)])
def test_evidence_expects_at_most_one(before: float, decisions: int, decisions_before: int) -> None:
    """Over all outcomes, each by its probability, with a rise as large as the tolerance: an e-value, exactly."""
    now = np.repeat(np.arange(decisions + 1), decisions_before + 1)
    then = np.tile(np.arange(decisions_before + 1), decisions + 1)
    found = evidence(now, np.full_like(now, decisions), then, np.full_like(now, decisions_before), tolerance=TOLERANCE)
    chance = binom.pmf(now, decisions, before + TOLERANCE) * binom.pmf(then, decisions_before, before)
    assert 1 + 1e-6 >= (found * chance).sum()


def test_evidence_grows_with_the_rise() -> None:
    """The larger the rise the more of it, and a fall is none at all."""
    found = [one(1_000 + more, 10_000, 6_000, 60_000) for more in (-300, 0, 100, 300, 600, 2_000)]
    assert all(less < more for less, more in pairwise(found))
    assert found[0] < 1e-6
    assert found[-2] > 1e4


def test_evidence_of_nothing_is_one() -> None:
    """Without decisions on a side there is nothing to say, and with very many nothing overflows."""
    assert [1.0, 1.0] == [one(0, 0, 10, 100), one(10, 10, 0, 0)]
    assert np.isfinite(one(10**9, 10**9, 0, 10**9))


def test_rise_from_12_to_15_per_cent_is_reported() -> None:
    """The mission's own case, on 20,000 decisions a day: figures, interval, and what it was before."""
    state = history({NEWEST: reviewed(3_000, 20_000), YESTERDAY: reviewed(14_400, 120_000)})
    reading = rise(state)
    assert (ReadingState.WARNING, True) == (reading.state, reading.holds)
    assert pytest.approx(0.03) == reading.value
    assert newcombe(3_000, 20_000, 14_400, 120_000, level=LEVEL) == reading.interval
    assert (0.12, TOLERANCE) == (reading.reference, reading.threshold)
    assert {
        "review": 3_000,
        "decisions": 20_000,
        "review_before": 14_400,
        "decisions_before": 120_000,
    } == reading.counts
    assert reading.e_value is not None
    assert reading.e_value == reading.evidence > Rules().warn_evidence


@pytest.mark.parametrize(
    ("review", "state"),
    [(2_400, ReadingState.OK), (2_600, ReadingState.OK), (2_700, ReadingState.OK), (3_000, ReadingState.WARNING)],
)
def test_rise_within_the_tolerance_is_none(review: int, state: ReadingState) -> None:
    """12% before; 12%, 13% and 13.5% are let pass on these numbers, 15% is not."""
    assert state == rise(history({NEWEST: reviewed(review, 20_000), YESTERDAY: reviewed(14_400, 120_000)})).state


def test_the_newest_day_is_compared_with_the_six_before() -> None:
    """A bucket changes sides where the newest 24 h end."""
    inside = rise(history({NEWEST: reviewed(1, 400), NEWEST - DAY + 1: reviewed(2, 400), YESTERDAY: reviewed(5, 900)}))
    assert [3, 800, 5, 900] == list(inside.counts.values())


def test_rise_needs_enough_on_both_sides() -> None:
    """On the first day there is nothing to compare with, and it says so."""
    first = rise(history({NEWEST: reviewed(900, 1_000), YESTERDAY: reviewed(0, 199)}))
    assert (ReadingState.NOT_ENOUGH_DATA, None, False) == (first.state, first.value, first.holds)


def test_looking_often_does_not_cry_wolf() -> None:
    """A month with one look every half hour and nothing wrong, for 28 categories: no warning."""
    random = np.random.default_rng(4)
    step, days = 48, 30
    decisions = random.poisson(40, size=(days * step, 28))
    review = random.binomial(decisions, random.uniform(0.02, 0.4, 28))
    sums = [np.vstack([np.zeros((1, 28), dtype=np.int64), counts.cumsum(axis=0)]) for counts in (review, decisions)]
    loudest = 0.0
    for end in range(7 * step, days * step):
        start, earliest = end - step, end - 7 * step
        day, before = (
            [total[last] - total[first] for total in sums] for first, last in ((start, end), (earliest, start))
        )
        loudest = max(loudest, float(evidence(*day, *before, tolerance=TOLERANCE).max()))
    assert loudest < Rules().warn_evidence


def mixed(unknown: int, known: int, *, unknown_rate: float, known_rate: float, llm: int = 0) -> Counts:
    """Decisions on unknown and on known merchants, each with its review rate; some of the latter decided by the LLM."""
    cells = decided(0)
    for count, rate, known_as, method in (
        (unknown, unknown_rate, "new", "text"),
        (known, known_rate, "seen", "text"),
        (llm, 0.9, "seen", "llm"),
    ):
        review = round(count * rate)
        for number, outcome in ((review, "review"), (count - review, "accepted")):
            cells += decided(number, known=known_as, decisive=method, outcome=outcome)
    return cells


BEFORE = {"unknown_rate": 0.4, "known_rate": 0.08}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (
            mixed(6_000, 14_000, **BEFORE),
            "New merchants not in the gazetteer? Unknown merchants are 30% of 20,000 decisions, 10% of 120,000 before.",
        ),
        (
            mixed(2_000, 15_000, llm=3_000, **BEFORE),
            "Do the other methods disagree more often? The LLM's vote decides 15% of 20,000 decisions, 0% of 120,000 "
            "before.",
        ),
        (
            mixed(2_000, 18_000, unknown_rate=0.4, known_rate=0.16),
            "Not for new merchants: of the known ones 16% go to review, 8% before. Their confidence fell: look at its "
            "drift.",
        ),
        (
            # A few more of the unknown, which does not explain the rise: what does is named.
            mixed(2_200, 17_800, unknown_rate=0.4, known_rate=0.16),
            "Not for new merchants: of the known ones 16% go to review, 8% before. Their confidence fell: look at its "
            "drift.",
        ),
        (mixed(2_000, 18_000, unknown_rate=1.0, known_rate=0.08), ""),
    ],
    ids=["new merchants", "LLM", "known merchants", "mostly known merchants", "unknown merchants treated otherwise"],
)
def test_hint_is_what_explains_the_rise(now: Counts, expected: str) -> None:
    """More of what always went to review, or the same treated otherwise: told apart by figures."""
    reading = rise(history({NEWEST: now, YESTERDAY: mixed(12_000, 108_000, **BEFORE)}))
    assert (ReadingState.WARNING, expected) == (reading.state, reading.hint)


def test_no_hint_without_a_rise() -> None:
    """Where nothing is wrong, nothing is pointed at."""
    assert "" == rise(history({NEWEST: reviewed(100, 2_000), YESTERDAY: reviewed(600, 12_000)})).hint
