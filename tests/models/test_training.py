"""Training: equal input gives equal bytes, merchants stay on one side of a split, metrics are what they say."""

import re
import shutil
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from models.artefact import DEFAULT_MODEL, read_artefact, sha256
from models.errors import ConfigurationError, DataError
from models.taxonomy import CATEGORIES
from models.text_files import from_files
from models.text_model import Calibration
from models.training.calibration import Scored, fit_calibration, metrics
from models.training.config import SHIPPED, TrainingConfig
from models.training.examples import DESCRIPTORS_FILE, Example, Origin, collect, tables
from models.training.phrases import sentences
from models.training.train import TrainedModel, each_once, save, split_by_merchant, train

SMALL = TrainingConfig(limit=1_200, generated=20, rarest=2, held_out=0.3)
PLAIN = Calibration(0.0, (0.0, 0.0, 0.0))


@pytest.fixture(scope="module")
def trained() -> TrainedModel:
    """A model of a small part of the shipped data."""
    return train(SMALL)


def test_same_input_same_bytes(trained: TrainedModel, tmp_path: Path) -> None:
    """A second training, in a folder with nothing but the tables it names, gives the same files and manifest."""
    for table in tables(SMALL):
        shutil.copy(table, tmp_path)
    again = train(replace(SMALL, data=tmp_path))
    assert trained.contents == again.contents
    assert trained.manifest == again.manifest


def test_another_seed_another_version(trained: TrainedModel) -> None:
    """The digest says that the bytes differ."""
    assert trained.manifest.model_version != train(replace(SMALL, seed=1)).manifest.model_version


def test_saved_model_is_read_back(trained: TrainedModel, tmp_path: Path) -> None:
    """`save` writes a whole artefact with its provenance."""
    save(trained, tmp_path / "model")
    manifest, contents = read_artefact(tmp_path / "model")
    assert trained.contents == contents
    assert trained.manifest == manifest
    assert {path.name: sha256(path.read_bytes()) for path in tables(SMALL)} == manifest.data
    assert 1_200 == manifest.config["limit"]


def test_progress_is_told(tmp_path: Path) -> None:
    """The first word comes before any table is opened."""
    told: list[str] = []
    with pytest.raises(DataError, match=DESCRIPTORS_FILE):
        train(replace(SMALL, data=tmp_path), told.append)
    assert ["reading tables"] == told


def test_merchants_stay_on_one_side() -> None:
    """No first word occurs in two parts, and all examples are kept."""
    examples = collect(SMALL)
    split = split_by_merchant(examples, SMALL)
    parts = (split.fitted, split.calibrating, split.measuring)
    merchants = [{example.merchant for example in part} for part in parts]
    assert not merchants[0] & merchants[1] | merchants[0] & merchants[2] | merchants[1] & merchants[2]
    assert examples == sorted(chain.from_iterable(parts))


def test_too_little_to_hold_out_is_refused() -> None:
    """One descriptor cannot be in three parts."""
    with pytest.raises(DataError, match="too few descriptors"):
        split_by_merchant([Example("cafe", "food_dining", Origin.DESCRIPTOR, 1.0, False)], SMALL)


def test_frequent_merchant_counts_once() -> None:
    """Weights of one text sum to 1 and keep their proportion."""
    rows = [
        Example("wal mart", "groceries", Origin.DESCRIPTOR, 30.0, True),
        Example("wal mart", "shopping", Origin.DESCRIPTOR, 10.0, True),
        Example("zoo", "entertainment", Origin.DESCRIPTOR, 1.0, False),
    ]
    assert [0.75, 0.25, 1.0] == [example.weight for example in each_once(rows)]


def test_rows_of_a_descriptor_are_capped() -> None:
    """However often a merchant occurs, its weight stays at the cap."""
    weights = [example.weight for example in collect(replace(SMALL, row_cap=5.0))]
    assert 5.0 == max(weights)


def test_numbers_of_accounts_are_not_memorised() -> None:
    """No feature of the default model has five digits in a row: the published file names no account or card."""
    _, contents = read_artefact(DEFAULT_MODEL)
    assert [] == [name for name in from_files(contents).features if re.search(r"\d{5}", name)]


def test_every_category_is_generated() -> None:
    """The templates carry all categories but `other`, in equal number and reproducibly."""
    path = SHIPPED / "statement_phrases.json"
    lines = list(sentences(path, per_category=40, seed=3))
    assert set(CATEGORIES) - {"other"} == {category for category, _ in lines}
    assert 27 * 40 == len(lines)
    assert not any("{" in line for _, line in lines)
    assert lines == list(sentences(path, per_category=40, seed=3))
    assert lines != list(sentences(path, per_category=40, seed=4))


def test_template_with_unknown_list_is_refused(tmp_path: Path) -> None:
    """The message names the list."""
    (tmp_path / "phrases.json").write_text('{"lists": {}, "templates": {"pets": ["{vet} bill"]}}')
    with pytest.raises(DataError, match="the list 'vet'"):
        list(sentences(tmp_path / "phrases.json", per_category=1, seed=0))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("penalty", 0.0),
        ("rarest", 0),
        ("row_cap", 0.5),
        ("brand_weight", 0.0),
        ("generated", -1),
        ("held_out", 1.0),
        ("limit", 0),
    ],
)
def test_setting_out_of_range_is_refused(setting: str, value: float) -> None:
    """The message names the setting."""
    with pytest.raises(ConfigurationError, match=setting):
        replace(SMALL, **{setting: value})


def test_metrics_by_hand() -> None:
    """Four equal examples in two categories: two sure and right, one sure and wrong, one unsure and right.

    scores    confidence  true  said
    3 0       .953        0     0
    0 3       .953        1     1
    3 0       .953        1     0
    .1 0      .525        0     0
    """
    part = Scored(
        scores=np.array([[3, 0], [0, 3], [3, 0], [0.1, 0]], dtype=np.float32),
        familiarity=np.zeros((4, 3), dtype=np.float32),
        target=np.array([0, 1, 1, 0]),
        weight=np.full(4, 0.25),
    )
    sure, unsure = 1 / (1 + np.exp(-3)), 1 / (1 + np.exp(-0.1))
    assert metrics(part, PLAIN) == pytest.approx(
        {
            "examples": 4,
            "accuracy": 0.75,
            "macro_f1": (0.8 + 2 / 3) / 2,
            "calibration_error": abs(3 * sure - 2) / 4 + abs(unsure - 1) / 4,
            "precision_at_threshold": 2 / 3,
            "coverage_at_threshold": 0.75,
        },
        abs=1e-4,
    )


def test_calibration_finds_the_temperature() -> None:
    """Scores twice too large for the outcomes drawn from them are halved: factor about exp(-.69)."""
    draw = np.random.default_rng(0)
    truth = draw.normal(scale=2, size=(20_000, 3)).astype(np.float32)
    chance = np.exp(truth) / np.exp(truth).sum(axis=1, keepdims=True)
    target = (chance.cumsum(axis=1) < draw.random((20_000, 1))).sum(axis=1)
    part = Scored(2 * truth, np.zeros((20_000, 3), dtype=np.float32), target, np.full(20_000, 1 / 20_000))
    calibration = fit_calibration([part])
    assert np.log(0.5) == pytest.approx(calibration.intercept, abs=0.05)
    assert metrics(part, calibration)["calibration_error"] < 0.015 < metrics(part, PLAIN)["calibration_error"]


def test_default_model_was_trained_on_the_shipped_tables() -> None:
    """Whoever changes a table trains again: `evenhand train --output models/data/default_model`."""
    manifest, _ = read_artefact(DEFAULT_MODEL)
    assert {path.name: sha256(path.read_bytes()) for path in tables(TrainingConfig())} == manifest.data
