"""Trials of learners: parts that share no merchant, figures that can be worked out by hand."""

from collections.abc import Callable
from itertools import count

import pytest
from river import linear_model

from models.learned.online.text import TEXT, pipeline
from models.learned.online.weights import LEAST
from models.training.config import TrainingConfig
from models.training.online.candidates import SHIPPED, candidates
from models.training.online.thresholds import AIM, Spoken, as_shipped, by_probability, by_support, least
from models.training.online.trial import Pair, Part, Share, measured, merchants_of, swapped

TRADES = {"bakery": "food_dining", "veterinary": "pets", "plumbing": "home_garden", "taxi": "transport"}
LEARN = [
    Pair(f"{name}{number} {trade}", category)
    for number in range(15)
    for name in ("oak", "elm")
    for trade, category in TRADES.items()
]
REPORT = [Pair(f"juniper {trade}", category) for trade, category in TRADES.items()]


@pytest.fixture
def clock() -> Callable[[], float]:
    """A clock that goes on by a hundredth of a second whenever it is asked."""
    ticks = count()
    return lambda: next(ticks) / 100


@pytest.mark.slow
def test_parts_share_no_first_word() -> None:
    """A branch is never judged by another branch."""
    parts = merchants_of(TrainingConfig())
    words = {part: {pair.text.partition(" ")[0] for pair in pairs} for part, pairs in parts.items()}
    assert not words[Part.LEARN] & words[Part.CHOOSE]
    assert not words[Part.LEARN] & words[Part.REPORT]
    assert not words[Part.CHOOSE] & words[Part.REPORT]
    assert all(len(pairs) > 4_000 for pairs in parts.values())


def test_the_shipped_learner_is_measured(clock: Callable[[], float]) -> None:
    """A hundred corrections a second by this clock; trades are learned, and learned anew when they change places."""
    found = measured(candidates()[SHIPPED], LEARN, REPORT, clock=clock, stages=(8, 120), after_drift=(0, 120))
    assert {8: 4, 120: 4} == {number: share.total for number, share in found.accuracy.items()}
    assert Share(4, 4) == found.accuracy[120]
    assert 112 == found.prequential.total
    assert pytest.approx(100.0) == found.rate
    assert {0: Share(0, 4), 120: Share(4, 4)} == found.recovery
    assert 0 < found.size < 20_000


@pytest.mark.parametrize("name", sorted(candidates()))
def test_every_candidate_learns_a_trade(name: str) -> None:
    """From the text alone; a tree needs more lines before it divides them."""
    model = candidates()[name]()
    for pair in LEARN:
        model.learn_one({TEXT: pair.text}, pair.category)
    said = {pair.text: model.predict_one({TEXT: pair.text}) for pair in REPORT}
    if "tree" not in name:
        assert {pair.text: pair.category for pair in REPORT} == said


def test_categories_change_places_in_pairs() -> None:
    """By how frequent they are, then by name."""
    assert {
        "food_dining": "home_garden",
        "home_garden": "food_dining",
        "pets": "transport",
        "transport": "pets",
    } == swapped(LEARN)


def test_the_least_threshold_is_good_at_every_stage() -> None:
    """Stages of which hardly anything is said have no say."""
    said = [
        Spoken(0.5, 100, Share(30, 60), 100),
        Spoken(0.6, 100, Share(38, 40), 100),
        Spoken(0.6, 200, Share(20, 40), 100),
        Spoken(0.7, 100, Share(0, 3), 100),
        Spoken(0.7, 200, Share(36, 40), 100),
    ]
    assert 0.7 == least(said)
    assert least(said[:1]) is None
    assert 0.5 < AIM < 1


def test_thresholds_are_tried_on_others_than_are_learned() -> None:
    """Shares fall with the probability asked for, and a category with one correction is not known yet."""
    spoken = list(by_probability(LEARN, REPORT * 10, stages=(120,)))
    totals = [each.right.total for each in spoken]
    assert sorted(totals, reverse=True) == totals
    assert totals[0] == 40
    few = list(by_support(LEARN, REPORT, 0.7, corrections=90))
    assert [1, 2, 3, 5, 8] == [int(each.threshold) for each in few]
    assert 0 == few[0].right.total


def test_what_is_shipped_is_told_as_it_speaks() -> None:
    """Four trades that it knows, and one that it does not."""
    (spoken,) = as_shipped(LEARN, [*REPORT, Pair("juniper opera", "entertainment")], stages=(120,))
    assert (LEAST, 120, Share(4, 4), 5) == (spoken.threshold, spoken.stage, spoken.right, spoken.judged)


def test_the_pipeline_takes_any_classifier() -> None:
    """The shipped one where none is given."""
    assert "SparingOneVsRest" == list(pipeline().steps)[-1]
    assert "PAClassifier" == list(pipeline(linear_model.PAClassifier()).steps)[-1]
