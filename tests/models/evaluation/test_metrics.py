"""Metrics against numbers worked out by hand."""

import pytest

from models.errors import DataError
from models.evaluation.measures.categories import category_scores, macro_f1
from models.evaluation.measures.coverage import coverage_curve
from models.evaluation.measures.headline import measure, score
from models.evaluation.measures.reliability import reliability
from models.statistics.intervals import newcombe
from models.statistics.shares import share, share_of
from tests.harness.labelled import judged, many


def test_newcombe_as_published() -> None:
    """Examples of table II of Newcombe 1998, method 10: 56/70 - 48/80, 9/10 - 3/10, 10/10 - 0/10."""
    for counts, expected in {
        (56, 70, 48, 80): (0.0524, 0.3339),
        (9, 10, 3, 10): (0.1705, 0.8090),
        (10, 10, 0, 10): (0.6075, 1.0),
    }.items():
        assert pytest.approx(expected, abs=5e-5) == newcombe(*counts)


def test_newcombe_is_the_mirror_of_the_reverse() -> None:
    """Swapping the groups swaps the sign of the bounds."""
    low, high = newcombe(3, 7, 5, 9)

    assert pytest.approx((-high, -low)) == newcombe(5, 9, 3, 7)


def test_a_share_has_its_wilson_interval() -> None:
    """95 of 100: .888 to .978 (Wilson 1927); of nothing there is no share."""
    assert ((0.888, 0.978), 0.95) == (tuple(round(bound, 3) for bound in share(95, 100).interval), share(95, 100).value)
    assert share_of([]) is None


def test_the_headline() -> None:
    """Four decisions, three right, two accepted of which one right, three merchants."""
    scores = score(
        [
            judged("fuel", "fuel", merchant="a"),
            judged("fuel", "pets", merchant="b"),
            judged("fuel", "fuel", accepted=False, merchant="a"),
            judged("pets", "pets", accepted=False, merchant="c"),
        ]
    )

    assert scores.accepted_precision is not None
    assert (3, 4) == (scores.accuracy.hits, scores.accuracy.rows)
    assert (0.5, 0.5) == (scores.coverage.value, scores.accepted_precision.value)
    assert pytest.approx((2 * 2 / 5 + 2 * 1 / 3) / 2) == scores.macro_f1
    assert pytest.approx(0.9 - 0.75) == scores.calibration_error
    assert 3 == scores.merchants


def test_categories_by_hand() -> None:
    """Fuel: 2 of 3 found, 2 of 3 right. Pets: 1 of 2 found, 1 of 1 right. Travel was never true."""
    scores = category_scores(
        [judged("fuel", "fuel")] * 2 + [judged("travel", "fuel"), judged("fuel", "pets"), judged("pets", "pets")]
    )

    found = {
        each.categories: (
            (each.recall.hits, each.recall.rows) if each.recall else None,
            (each.precision.hits, each.precision.rows) if each.precision else None,
            each.f1,
        )
        for each in scores
    }
    assert {
        ("fuel",): ((2, 3), (2, 3), pytest.approx(2 / 3)),
        ("travel",): (None, (0, 1), None),
        ("pets",): ((1, 2), (1, 1), pytest.approx(2 / 3)),
    } == found
    assert ["fuel", "travel", "pets"] == [each.categories[0] for each in scores]
    assert pytest.approx(2 / 3) == macro_f1(scores)


def test_a_truth_that_allows_several_is_one_class() -> None:
    """Either is right; a wrong decision for one of them is a false one of the class."""
    scores = category_scores([judged("fuel", "fuel", "auto"), judged("auto", "fuel", "auto"), judged("auto", "pets")])

    both, pets = scores[0], scores[1]
    assert both.recall is not None
    assert both.precision is not None
    assert (("fuel", "auto"), 1.0, 2 / 3) == (both.categories, both.recall.value, both.precision.value)
    assert (("pets",), None, 0.0) == (pets.categories, pets.precision, pets.f1)


def test_calibration_by_hand() -> None:
    """Bins [.6, .667) and the last, which has its end: ECE = (2 |.65 - .5| + 2 |.99 - 1|) / 4."""
    result = reliability(
        [
            judged("fuel", "fuel", confidence=0.64),
            judged("fuel", "pets", confidence=0.66),
            judged("fuel", "fuel", confidence=0.98),
            judged("fuel", "fuel", confidence=1.0),
        ]
    )

    assert pytest.approx((2 * 0.15 + 2 * 0.01) / 4) == result.error
    assert [(9 / 15, 2, 0.5), (14 / 15, 2, 1.0)] == [
        (each.low, each.accuracy.rows, each.accuracy.value) for each in result.bins
    ]
    assert pytest.approx([0.65, 0.99]) == [each.confidence for each in result.bins]
    assert [("MEDIUM", 2, 0.5), ("VERY_HIGH", 2, 1.0)] == [
        (each.name.value, each.accuracy.rows, each.accuracy.value) for each in result.bands
    ]


def test_precision_against_coverage_by_hand() -> None:
    """From the surest on: 1 of 1, then two of equal confidence together: 2 of 3, then 3 of 4."""
    curve = coverage_curve(
        [
            judged("fuel", "fuel", confidence=0.5),
            judged("fuel", "pets", confidence=0.8),
            judged("fuel", "fuel", confidence=0.9),
            judged("fuel", "fuel", confidence=0.8),
        ]
    )

    assert [(0.9, 1, 1, 1), (0.8, 3, 2, 3), (0.5, 4, 3, 4)] == [
        (point.threshold, point.coverage.hits, point.precision.hits, point.precision.rows) for point in curve.points
    ]
    assert curve.at_target is not None
    assert (0.9, 0.25) == (curve.at_target.threshold, curve.at_target.coverage.value)


def test_coverage_at_the_target_is_the_most() -> None:
    """19 of 20 right is 95% exactly; one more wrong is below; a late recovery counts."""
    exact = [judged("fuel", "fuel", confidence=0.9)] * 19 + [judged("pets", "fuel", confidence=0.8)]
    below = [*exact, judged("pets", "fuel", confidence=0.7)]
    again = [*below, *[judged("fuel", "fuel", confidence=0.6)] * 19]

    found = [coverage_curve(each).at_target for each in (exact, below, again)]
    assert [20, 20, 40] == [point.coverage.hits for point in found if point]
    assert coverage_curve([judged("pets", "fuel")]).at_target is None


def test_the_curve_is_thinned_and_ends_with_everything() -> None:
    """5,000 confidences give about 100 points; the last takes all."""
    curve = coverage_curve([judged("fuel", "fuel", confidence=1 - number / 10_000) for number in range(5000)])

    assert 101 == len(curve.points)
    assert 1.0 == curve.points[-1].coverage.value


def test_nothing_to_score_is_an_error() -> None:
    """No figure is better than a made-up one."""
    for function in (score, measure):
        with pytest.raises(DataError, match="nothing to score"):
            function([])


def test_measure_has_everything() -> None:
    """Each grouping by transaction and by merchant; the parts agree with the headline."""
    metrics = measure(many(3, 1))

    assert [
        ("amount band", "transactions"),
        ("amount band", "merchants"),
        ("basis of the decision", "transactions"),
        ("basis of the decision", "merchants"),
        ("currency", "transactions"),
        ("currency", "merchants"),
    ] == [(table.by, table.counted.value) for table in metrics.parity]
    assert metrics.scores.calibration_error == metrics.reliability.error
    assert metrics.coverage.points[-1].precision == metrics.scores.accuracy
