"""The model of texts that learns from corrections: deterministic, the same on both sides, silent about the unknown."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from models.contracts.taxonomy import CATEGORIES
from models.errors import ArtefactError
from models.learned.online.text import TEXT, TextLearner, pipeline
from models.learned.online.weights import BUCKETS, LEAST, SUPPORT, TextWeights, features

TRADES = {
    "veterinary clinic": "pets",
    "car wash": "auto",
    "bakery": "food_dining",
    "plumbing supply": "home_garden",
    "dental office": "health_medical",
}
NAMES = ("oak", "elm", "ash", "fir", "yew", "box", "hazel", "maple", "cedar", "willow", "rowan", "aspen")
PAIRS = [(f"{name} {trade}", category) for name in NAMES for trade, category in TRADES.items()]


def learned(pairs: Sequence[tuple[str, str]] = PAIRS) -> TextLearner:
    learner = TextLearner()
    for text, category in pairs:
        learner.learn(text, category)
    return learner


def test_a_trade_that_was_corrected_is_known_of_merchants_never_seen() -> None:
    learner = learned()
    guessed = {trade: learner.predict(f"juniper {trade}")[0][0] for trade in TRADES}
    assert TRADES == guessed


def test_the_same_pairs_in_the_same_order_give_the_same_state() -> None:
    assert learned().digest == learned().digest
    assert learned().snapshot() == learned().snapshot()


def test_the_digest_hangs_on_every_pair() -> None:
    assert learned(PAIRS[:-1]).digest != learned().digest


@pytest.mark.slow
def test_the_state_hangs_on_no_process() -> None:
    root = Path(__file__).parents[4]
    code = (
        "from models.learned.online.text import TextLearner\n"
        "learner = TextLearner()\n"
        f"for text, category in {PAIRS!r}: learner.learn(text, category)\n"
        "print(learner.digest, learner.predict('juniper bakery'))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "1234")
    }
    learner = learned()
    assert {f"{learner.digest} {learner.predict('juniper bakery')}\n"} == said


def test_a_worker_says_what_the_learner_says() -> None:
    learner = learned()
    weights = TextWeights.of(learner.snapshot())
    texts = [f"{name} {trade}" for name in ("juniper", "oak", "car", "") for trade in (*TRADES, "nothing", "")]
    for text in texts:
        expected, actual = learner.predict(text), weights.predict(text)
        assert [category for category, _ in expected] == [category for category, _ in actual]
        assert pytest.approx([share for _, share in expected], abs=1e-9) == [share for _, share in actual]
    assert any(weights.predict(text) for text in texts)


def test_what_river_predicts_is_what_is_said_but_for_the_rounding_of_weights() -> None:
    learner, river = learned(), pipeline()
    for text, category in PAIRS:
        river.learn_one({TEXT: text}, category)
    for trade in TRADES:
        said = dict(learner.predict(f"juniper {trade}"))
        best = max(said, key=lambda category: said[category])
        # River divides by the sum also where that is below 1; the order is the same.
        assert river.predict_one({TEXT: f"juniper {trade}"}) == best


def test_it_says_nothing_before_it_was_taught() -> None:
    assert [] == TextLearner().predict("oak bakery")
    assert [] == TextWeights.of(TextLearner().snapshot()).predict("oak bakery")


def test_it_says_nothing_of_a_category_with_few_corrections() -> None:
    few = [(f"{name} bakery", "food_dining") for name in NAMES[: SUPPORT - 1]]
    assert [] == learned([*few]).predict("oak bakery")
    assert "food_dining" == learned([*few, ("rowan bakery", "food_dining")]).predict("oak bakery")[0][0]


def test_it_says_nothing_of_a_text_that_is_like_none() -> None:
    assert [] == learned().predict("zzyzx quux")


def test_what_is_said_is_likely() -> None:
    said = learned().predict("juniper bakery")
    assert said[0][1] >= LEAST
    assert sorted((share for _, share in said), reverse=True) == [share for _, share in said]
    assert sum(share for _, share in said) <= 1 + 1e-9


@pytest.mark.parametrize("text", ["", " ", "  \t"])
def test_a_text_without_words_teaches_nothing(text: str) -> None:
    learner = learned()
    before = learner.digest
    learner.learn(text, "pets")
    assert before == learner.digest


def test_features_are_rows_of_the_table_in_a_fixed_order() -> None:
    found = features("oak veterinary clinic")
    assert list(found.items()) == list(features("oak veterinary clinic").items())
    assert all(0 <= row < BUCKETS for row in found)
    assert {} == features("")


def test_a_snapshot_of_all_categories_fits_into_a_message() -> None:
    pairs = [
        (f"{name} {trade} {number}", CATEGORIES[number % len(CATEGORIES)])
        for number in range(300)
        for name, (trade, _) in zip(NAMES, PAIRS, strict=False)
    ]
    assert len(learned(pairs).snapshot()) < 700_000


@pytest.mark.parametrize("content", [b"", b"nothing", b"\x78\x9c"])
def test_what_is_no_snapshot_is_refused(content: bytes) -> None:
    with pytest.raises(ArtefactError, match=r"^the weights of corrections do not fit their format"):
        TextWeights.of(content)


def test_a_snapshot_that_was_cut_is_refused() -> None:
    snapshot = learned().snapshot()
    with pytest.raises(ArtefactError, match=r"^the weights of corrections do not fit their format"):
        TextWeights.of(snapshot[: len(snapshot) // 2])


@pytest.mark.slow
def test_a_worker_needs_neither_river_nor_scikit_learn() -> None:
    code = "import sys, models.learned.online.weights\nprint(sorted({'river', 'sklearn'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=Path(__file__).parents[4]
    )
    assert "[]" == done.stdout.strip()
