"""The comparison of imbalanced and balanced training: what is learned from, and what is reported."""

import json
from collections import Counter
from pathlib import Path

import pytest

from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES
from models.training import examples as source
from models.training.balance.parts import Part, part_of_brand
from models.training.comparison.compare import (
    KNOWN,
    PAIRS,
    REAL,
    REPEATED,
    SYNTHETIC,
    TEXT,
    WITHHELD,
    Comparison,
    compare,
)
from models.training.comparison.learning_sets import (
    AS_THEY_FALL,
    AS_TRAINED,
    BY_MERCHANT,
    BY_ROW,
    WEIGHTED,
    LearningSet,
    learning_sets,
    split_at_random,
)
from models.training.comparison.measures import measures
from models.training.comparison.report import JSON_FILE, MARKDOWN_FILE, Reach, reaches_bar, save, tables
from models.training.config import TrainingConfig
from models.training.examples import ExampleOrigin
from models.training.withheld import is_withheld, withheld_keys
from tests.harness.labelled import judged, many

pytestmark = pytest.mark.slow

PER_CATEGORY = 15


@pytest.fixture(scope="module")
def config(small: Path) -> TrainingConfig:
    """A training on the small tables."""
    return TrainingConfig(data=small, limit=2_000, dimensions=16, generated=20)


@pytest.fixture(scope="module")
def sets(config: TrainingConfig) -> dict[str, LearningSet]:
    """The five sets by name."""
    withheld = withheld_keys(config)
    seen = [merchant for merchant in source.merchants(config) if not is_withheld(merchant.text, withheld)]
    split = split_at_random(seen, config.seed)
    made = learning_sets(
        config, split.fitted, calibrating=split.calibrating, withheld=withheld, per_category=PER_CATEGORY
    )
    return {each.name: each for each in made}


@pytest.fixture(scope="module")
def comparison(config: TrainingConfig) -> Comparison:
    """A small comparison."""
    return compare(config, per_category=PER_CATEGORY)


def test_no_set_learns_a_brand_of_the_test(sets: dict[str, LearningSet], config: TrainingConfig) -> None:
    """Neither descriptors nor names nor spellings belong to the test part."""
    withheld = withheld_keys(config)
    for each in sets.values():
        texts = {example.text for example in each.examples if example.origin is not ExampleOrigin.GENERATED}
        assert [] == [text for text in texts if part_of_brand(text) is Part.TEST or text.replace(" ", "") in withheld]


def test_balanced_sets_are_balanced_and_the_others_are_not(sets: dict[str, LearningSet]) -> None:
    """Each category weighs the same in the balanced sets and in the weighted one."""
    for name, each in sets.items():
        weights: Counter[str] = Counter()
        for example in each.examples:
            weights[example.category] += example.weight  # type: ignore[assignment]
        uneven = max(weights.values()) / min(weights.values())
        assert (uneven < 1.0001) == (name in (BY_ROW, BY_MERCHANT, WEIGHTED)), name
    assert len(CATEGORIES) * PER_CATEGORY == sets[BY_ROW].rows == sets[AS_THEY_FALL].rows
    assert len(sets[WEIGHTED].examples) == len(sets[AS_TRAINED].examples)


def test_every_decider_is_measured_on_every_test(comparison: Comparison) -> None:
    """Five sets, three deciders, three tests; the same rows for all."""
    done = Counter((each.decider, each.test) for each in comparison.results)
    assert {(decider, test): 5 for decider in (TEXT, WITHHELD, KNOWN) for test in (REAL, SYNTHETIC, REPEATED)} == done
    for test in (REAL, SYNTHETIC, REPEATED):
        assert 1 == len({each.decided.accuracy.rows for each in comparison.results if each.test == test})
    synthetic = next(each for each in comparison.results if each.test == SYNTHETIC)
    assert {PER_CATEGORY} == {each.accuracy.rows for each in synthetic.decided.categories}
    assert set(CATEGORIES) == {each.name for each in synthetic.decided.categories}


def test_differences_are_those_of_the_accuracies(comparison: Comparison) -> None:
    """Balanced minus imbalanced, for each pair, decider and test."""
    accuracy = {
        (each.learning_set, each.decider, each.test): each.decided.accuracy.value for each in comparison.results
    }
    assert len(PAIRS) * 9 == len(comparison.differences)
    for each in comparison.differences:
        first = accuracy[each.balanced, each.decider, each.test]
        second = accuracy[each.imbalanced, each.decider, each.test]
        assert pytest.approx(first - second) == each.gap
        assert each.interval[0] <= each.gap <= each.interval[1]


def test_the_report_has_every_table(comparison: Comparison, tmp_path: Path) -> None:
    """JSON and Markdown are written; every row of every table stands in the Markdown."""
    save(comparison, tmp_path / "new")
    written = (tmp_path / "new" / MARKDOWN_FILE).read_text()
    for table in tables(comparison):
        assert f"## {table.caption}" in written
        assert [] == [row for row in table.rows if f"| {' | '.join(row)} |" not in written]
    assert PER_CATEGORY == json.loads((tmp_path / "new" / JSON_FILE).read_text())["per_category"]


REACHED, MISSED, TOO_FEW = Reach.REACHED, Reach.MISSED, Reach.TOO_FEW


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [((0, 0, 0), (REACHED, REACHED)), ((1, 0, 0), (MISSED, REACHED)), ((2, 2, 2), (REACHED, MISSED))],
)
def test_the_bar(wrong: tuple[int, ...], expected: tuple[Reach, Reach]) -> None:
    """Amount gap below one point, lowest recall of at least 97.8%."""
    rows = []
    for band, missed in zip(AmountBand, wrong, strict=True):
        for truth in CATEGORIES:
            said = ["fuel" if truth == "other" else "other"] * missed + [truth] * (70 - missed)
            rows += [judged(each, truth, amount_band=band) for each in said]
    assert expected == reaches_bar(measures(rows, ()))


def test_few_rows_do_not_reach_the_bar() -> None:
    """What is measured on one category and band alone is no success."""
    rows = many(50, 0)
    assert (TOO_FEW, TOO_FEW) == reaches_bar(measures(rows, ()))
