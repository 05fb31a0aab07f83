"""Parity monitors: whose decisions are worse, how sure that is, and where the errors are."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from itertools import count

import numpy as np
import pytest

from models.contracts.taxonomy import CATEGORIES
from monitors.base.contract import Monitor, MonitorName, Reading, ReadingState, Reference, Rules
from monitors.catalogue.parity import AmountParity, CategoryParity, MinorityRecall
from monitors.counts.cells import BANDS, Origin, Stat, Table, Verity, empty, index, table
from monitors.counts.history import Changes, History
from monitors.counts.observation import Observation
from monitors.counts.windows import KEPT, LENGTHS, Window
from monitors.evaluator import Evaluator
from monitors.statistics.sequential import EPOCH

START = 5_000 * EPOCH
SMALL, MIDDLE, LARGE = BANDS
RULES = Rules()
TODAY = date(2026, 3, 1)


class Labelled:
    """A history of labels.

    Args:
        seed: Of the labels drawn.
    """

    def __init__(self, seed: int = 0) -> None:
        self.history = History()
        self._rng = np.random.default_rng(seed)
        self._offsets = count(1)

    def add(
        self, bucket: int, category: str, band: str, *, wrong: int, right: int, origin: Origin = Origin.BLIND
    ) -> None:
        """Labels of one bucket; blind ones stand for 100 decisions each."""
        weight = 100 if origin is Origin.BLIND else 1
        cells = {
            index(Table.LABELS, origin, category, band, verity, stat): number * worth
            for verity, number in ((Verity.WRONG, wrong), (Verity.RIGHT, right))
            for stat, worth in (
                (Stat.COUNT, 1),
                (Stat.WEIGHT, 1_000 * weight),
                (Stat.WEIGHT_SQUARED, 1_000 * weight**2),
            )
            if number
        }
        self._take({bucket: cells}, bucket)

    def draw(self, buckets: Iterable[int], rates: dict[tuple[str, str], float], *, size: int = 4) -> None:
        """`size` blind labels in each bucket of each (category, band), wrong at the rates."""
        for bucket in buckets:
            for (category, band), rate in rates.items():
                wrong = int(self._rng.binomial(size, rate))
                self.add(bucket, category, band, wrong=wrong, right=size - wrong)

    def reach(self, bucket: int) -> None:
        """Event time goes on, without a label."""
        self._take({}, bucket)

    def _take(self, cells: dict[int, dict[int, int]], bucket: int) -> None:
        offset = next(self._offsets)
        observation = Observation("transactions.corrections:0", offset - 1, offset, cells=cells, runs=((bucket, 1),))
        self.history.take(observation)

    def readings(self, *monitors: Monitor, rules: Rules = RULES) -> list[Reading]:
        """What a new evaluator says."""
        evaluator = Evaluator(monitors, rules=rules, reference=Reference(), model_version="1")
        return evaluator.readings(self.history, today=TODAY)

    def reading(self, monitor: Monitor, name: str | None = None, window: Window = Window.WEEK) -> Reading:
        """The reading of one group or category."""
        return next(
            one for one in self.readings(monitor) if one.window is window and name in (one.category or one.group, None)
        )


def even(rate: float) -> dict[tuple[str, str], float]:
    """The same error rate in two categories and all bands."""
    return {(category, band): rate for category in CATEGORIES[:2] for band in BANDS}


@pytest.fixture(scope="module")
def small_amounts_worse() -> Labelled:
    """Twelve hours in which small amounts of the first category get 30 points worse than the rest."""
    labelled = Labelled()
    labelled.draw(range(START, START + 144), {**even(0.05), (CATEGORIES[0], SMALL): 0.35})
    labelled.reach(START + 144)
    return labelled


def test_the_worse_band_pages(small_amounts_worse: Labelled) -> None:
    """It alone, with its gap, both ratios, the counts of both sides, and where the errors are."""
    readings = small_amounts_worse.readings(AmountParity())
    reading = small_amounts_worse.reading(AmountParity(), SMALL)
    counts = reading.counts
    error = 1 - counts["right"] / counts["labels"]
    others = 1 - counts["others_right"] / counts["others"]

    assert {SMALL} == {reading.group for reading in readings if reading.state.severity}
    assert ReadingState.PAGE is reading.state
    assert (MonitorName.AMOUNT_PARITY, None, RULES.tolerance) == (reading.monitor, reading.category, reading.threshold)
    assert pytest.approx(error - others) == reading.value
    assert reading.interval is not None
    assert 0.09 < reading.interval[0] < 0.15 < reading.interval[1] < 0.21
    assert {"accuracy": (1 - error) / (1 - others), "error": others / error} == pytest.approx(reading.ratios)
    assert pytest.approx(1 - others) == reading.reference
    assert (1_152, 2_304) == (counts["blind"], counts["others_blind"])
    assert counts["labels"] - counts["right"] == counts["blind_wrong"]
    assert f"in category {CATEGORIES[0]}" in reading.hint
    assert f"{counts['blind_wrong']} of 1152 blind labels" in reading.hint
    assert reading.holds


def test_the_worse_category_pages(small_amounts_worse: Labelled) -> None:
    """Recall of the right category; the hint names the amount band."""
    loud = [reading for reading in small_amounts_worse.readings(CategoryParity()) if reading.state.severity]

    assert {(CATEGORIES[0], None)} == {(reading.category, reading.group) for reading in loud}
    assert all(f"in amount band {SMALL}." in reading.hint for reading in loud)


def test_every_group_has_a_reading_in_every_window(small_amounts_worse: Labelled) -> None:
    """Those without labels say so, with counts and without a figure."""
    readings = small_amounts_worse.readings(CategoryParity())
    unheard = small_amounts_worse.reading(CategoryParity(), CATEGORIES[5])

    assert len(LENGTHS) * len(CATEGORIES) == len(readings)
    assert (ReadingState.NOT_ENOUGH_DATA, None, None) == (unheard.state, unheard.value, unheard.interval)
    assert (0, 3_456) == (unheard.counts["labels"], unheard.counts["others"])
    assert {} == unheard.ratios


def test_evidence_and_e_value_are_told_apart(small_amounts_worse: Labelled) -> None:
    """Limits are for the first; the second, which is shared among the bets, is for the control of discoveries."""
    reading = small_amounts_worse.reading(AmountParity(), SMALL)

    assert reading.evidence is not None
    assert reading.e_value is not None
    assert pytest.approx(144 * reading.e_value) == reading.evidence


def test_ratios_as_the_mission_has_them() -> None:
    """Two errors in a hundred beside four: accuracy .98 of the others', error rate of the others half."""
    labelled = Labelled()
    labelled.add(START, CATEGORIES[0], SMALL, wrong=4, right=96)
    labelled.add(START, CATEGORIES[0], LARGE, wrong=2, right=98)
    labelled.reach(START + 1)
    reading = labelled.reading(AmountParity(), SMALL)

    assert {"accuracy": pytest.approx(0.96 / 0.98), "error": pytest.approx(0.5)} == dict(reading.ratios)
    assert pytest.approx(0.02) == reading.value


def test_a_ratio_to_zero_is_left_out() -> None:
    """A group without an error has no ratio of errors."""
    labelled = Labelled()
    labelled.add(START, CATEGORIES[0], SMALL, wrong=0, right=50)
    labelled.add(START, CATEGORIES[0], LARGE, wrong=5, right=45)

    assert {"accuracy"} == labelled.reading(AmountParity(), SMALL).ratios.keys()


def test_errors_that_people_caught_are_in_the_gap_but_raise_nothing() -> None:
    """Reviews weigh 1 each in the figure; the test looks at what was posted wrongly."""
    labelled = Labelled()
    for bucket in range(START, START + 100):
        labelled.draw([bucket], even(0.0), size=2)
        labelled.add(bucket, CATEGORIES[0], SMALL, wrong=9, right=0, origin=Origin.REVIEW)
    labelled.reach(START + 100)
    reading = labelled.reading(AmountParity(), SMALL)

    assert ReadingState.OK is reading.state
    assert pytest.approx(900 / (900 + 400 * 100)) == reading.value
    assert (900, 0) == (reading.counts["labels"] - reading.counts["right"], reading.counts["blind_wrong"])


@pytest.mark.parametrize(
    ("own", "others", "expected"),
    [
        (29, 100, ReadingState.NOT_ENOUGH_DATA),
        (100, 29, ReadingState.NOT_ENOUGH_DATA),
        (30, 30, ReadingState.OK),
    ],
)
def test_few_blind_labels_are_not_enough(own: int, others: int, expected: ReadingState) -> None:
    """Of the group or of the others; reviews do not make up for them."""
    labelled = Labelled()
    labelled.add(START, CATEGORIES[0], SMALL, wrong=2, right=own - 2)
    labelled.add(START, CATEGORIES[0], LARGE, wrong=2, right=others - 2)
    labelled.add(START, CATEGORIES[0], LARGE, wrong=50, right=50, origin=Origin.REVIEW)
    labelled.reach(START + 1)

    assert expected is labelled.reading(AmountParity(), SMALL).state


def test_a_gap_that_ends_lets_the_alert_go() -> None:
    """Evidence falls below what holds an alert while the week's figure still shows the gap."""
    labelled = Labelled()
    labelled.draw(range(START, START + 100), {**even(0.05), (CATEGORIES[0], SMALL): 0.5})
    labelled.reach(START + 100)
    during = labelled.reading(AmountParity(), SMALL)
    labelled.draw(range(START + 100, START + 400), even(0.05))
    labelled.reach(START + 400)
    after = labelled.reading(AmountParity(), SMALL)

    assert (ReadingState.PAGE, True) == (during.state, during.holds)
    assert (ReadingState.OK, False) == (after.state, after.holds)
    assert after.value is not None
    assert after.value > RULES.tolerance


def test_an_alert_holds_between_its_limits() -> None:
    """Where evidence warns no more but there is some, and the gap is there."""
    labelled = Labelled()
    labelled.draw(range(START, START + 60), {**even(0.05), (CATEGORIES[0], SMALL): 0.4}, size=2)
    labelled.reach(START + 60)
    evidence = labelled.reading(AmountParity(), SMALL).evidence
    assert evidence is not None
    rules = replace(RULES, warn_evidence=evidence * 2, page_evidence=evidence * 3)
    small = [one for one in labelled.readings(AmountParity(), rules=rules) if one.group == SMALL]

    assert (ReadingState.OK, True) == (small[-1].state, small[-1].holds)
    tolerant = replace(rules, tolerance=0.9)
    assert not any(one.holds for one in labelled.readings(AmountParity(), rules=tolerant))


def test_no_gap_raises_nothing_in_a_week() -> None:
    """Errors of 8% everywhere: no state, no hold, in any window or group."""
    labelled = Labelled(seed=4)
    labelled.draw(range(START, START + KEPT, 4), even(0.08))
    labelled.reach(START + KEPT)
    readings = labelled.readings(AmountParity(), CategoryParity())

    assert {ReadingState.OK, ReadingState.NOT_ENOUGH_DATA} == {reading.state for reading in readings}
    assert not any(reading.holds for reading in readings)


@pytest.mark.parametrize("make", [AmountParity, CategoryParity])
def test_an_evaluator_that_has_seen_before_says_what_a_new_one_says(make: Callable[[], Monitor]) -> None:
    """What is remembered between calls changes no reading."""
    labelled = Labelled()
    evaluator = Evaluator([make()], rules=RULES, reference=Reference(), model_version="1")
    for bucket in range(START, START + 60, 20):
        labelled.draw(range(bucket, bucket + 20), {**even(0.05), (CATEGORIES[1], LARGE): 0.3})
        evaluator.forget(Changes(buckets=set(range(bucket, bucket + 20))))
        assert labelled.readings(make()) == evaluator.readings(labelled.history, today=TODAY)


def test_before_the_first_label_nothing_is_known() -> None:
    """An empty history has readings, and none of them a figure."""
    readings = Labelled().readings(AmountParity(), CategoryParity(), MinorityRecall())

    assert {(ReadingState.NOT_ENOUGH_DATA, None)} == {(reading.state, reading.value) for reading in readings}


def minority(*, rare_wrong: int, rare_right: int) -> Labelled:
    """Eight categories with labels; two of them rare."""
    labelled = Labelled()
    for category in CATEGORIES[:6]:
        labelled.add(START, category, SMALL, wrong=5, right=95)
    labelled.add(START, CATEGORIES[6], SMALL, wrong=rare_wrong, right=rare_right)
    # Many labels, but of reviews: they stand for few decisions.
    labelled.add(START, CATEGORIES[7], SMALL, wrong=0, right=200, origin=Origin.REVIEW)
    return labelled


def test_rare_categories_that_are_missed_warn() -> None:
    """Recall of the rarest quarter, by what the labels stand for; the hint says which."""
    reading = minority(rare_wrong=20, rare_right=20).reading(MinorityRecall())

    assert (ReadingState.WARNING, True) == (reading.state, reading.holds)
    assert pytest.approx((20 * 100 + 200) / (40 * 100 + 200)) == reading.value
    assert {"labels": 240, "right": 220, "blind": 40, "categories": 2} == reading.counts
    assert reading.interval is not None
    assert reading.interval[1] < RULES.minority_recall
    assert f"20 of these are in category {CATEGORIES[6]}." in reading.hint


def test_rare_categories_that_are_found_do_not() -> None:
    """Nine in ten is above four in five."""
    reading = minority(rare_wrong=4, rare_right=36).reading(MinorityRecall())

    assert (ReadingState.OK, False, "") == (reading.state, reading.holds, reading.hint)


def test_a_low_recall_that_may_be_chance_does_not_warn() -> None:
    """The upper bound of the interval decides; an alert that is open would hold."""
    reading = minority(rare_wrong=10, rare_right=30).reading(MinorityRecall())

    assert reading.value is not None
    assert reading.value < RULES.minority_recall
    assert (ReadingState.OK, True) == (reading.state, reading.holds)


def test_few_labels_of_rare_categories_are_not_enough() -> None:
    """29 labels are below the least, however they are."""
    labelled = Labelled()
    for category in CATEGORIES[:4]:
        labelled.add(START, category, SMALL, wrong=29, right=0)

    assert ReadingState.NOT_ENOUGH_DATA is labelled.reading(MinorityRecall()).state


def test_of_three_categories_none_is_rare() -> None:
    """A quarter of them is none."""
    labelled = Labelled()
    for category in CATEGORIES[:3]:
        labelled.add(START, category, SMALL, wrong=50, right=50)

    assert (ReadingState.NOT_ENOUGH_DATA, 0) == (
        labelled.reading(MinorityRecall()).state,
        labelled.reading(MinorityRecall()).counts["categories"],
    )


def test_a_part_is_the_labels_alone() -> None:
    """What other tables count changes no part, and the cells are left as they were."""
    cells = empty()
    cells[:] = 3
    table(cells, Table.LABELS)[:] = 0
    monitor = CategoryParity()
    part = monitor.add(monitor.initial(), cells)

    assert not part.any()
    part += 1
    assert not table(cells, Table.LABELS).any()
