"""Training: equal input gives equal bytes, merchants stay on one side of a split, the model can be used."""

import re
import shutil
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path

import pytest

from models.artefacts.artefact import DEFAULT_MODEL, read_artefact, sha256
from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES
from models.decisions.acceptance import LEAST
from models.decisions.loading import load_ensemble
from models.errors import ArtefactError, ConfigurationError, DataError
from models.learned.encoder import FILES
from models.learned.linear_files import from_files
from models.learned.memory import from_bytes, memory_key
from models.learned.text_files import MEMORY_FILE
from models.statistics.histogram import median
from models.training.balance.parts import Part, brand_group, part_of_brand
from models.training.config import DESCRIPTORS_FILE, KNOWLEDGE_FOLDER, SHIPPED, TrainingConfig
from models.training.examples import (
    Example,
    ExampleOrigin,
    Merchant,
    fingerprint_names,
    merchants,
    of_knowledge,
    of_merchants,
    tables,
)
from models.training.phrases import sentences
from models.training.train import (
    EncodedOnce,
    TrainedModel,
    fit_learned,
    remembered_counts,
    save,
    split_by_merchant,
    train,
)
from tests.harness.learned import Letters
from tests.harness.voters import NOON, transaction

pytestmark = pytest.mark.slow

DAY = date(2026, 11, 22)
SMALL = TrainingConfig(limit=1_500, generated=20, index_weight=0.5)
TINY = replace(SMALL, limit=250, generated=5, dimensions=8)


@pytest.fixture(scope="session")
def trained() -> TrainedModel:
    """A model of a small part of the shipped data."""
    return train(SMALL, trained_on=DAY)


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    """What that training learns from beside the merchants."""
    return of_knowledge(SMALL)


def test_same_input_same_bytes(tmp_path: Path) -> None:
    """Two trainings, in folders with nothing but the tables they name, give the same files and manifest."""
    models = []
    for name in ("first", "again"):
        folder = tmp_path / name
        (folder / KNOWLEDGE_FOLDER).mkdir(parents=True)
        for table in tables(TINY):
            if table.parent.name != KNOWLEDGE_FOLDER:
                shutil.copy(table, folder)
        shutil.copy(SHIPPED / KNOWLEDGE_FOLDER / "ie.csv", folder / KNOWLEDGE_FOLDER)
        models.append(train(replace(TINY, data=folder)))
    assert models[0].contents == models[1].contents
    assert models[0].manifest == models[1].manifest
    assert (None, "evenhand train --output DIR") == (models[0].manifest.trained_on, models[0].manifest.command)


def test_saved_model_is_read_back(trained: TrainedModel, tmp_path: Path) -> None:
    """`save` writes a whole artefact with its provenance."""
    save(trained, tmp_path / "model")
    manifest, contents = read_artefact(tmp_path / "model")
    assert trained.contents == contents
    assert trained.manifest == manifest
    assert {name: sha256(path.read_bytes()) for name, path in fingerprint_names(SMALL).items()} == manifest.data
    assert 1_500 == manifest.config["limit"]


def test_progress_is_told(tmp_path: Path) -> None:
    """The first word comes before any table is opened."""
    told: list[str] = []
    with pytest.raises(DataError, match=DESCRIPTORS_FILE):
        train(replace(SMALL, data=tmp_path), told.append)
    assert ["reading tables"] == told


def test_a_trained_model_decides(trained: TrainedModel, tmp_path: Path) -> None:
    """The ensemble loads it under both policies, and decisions name its version."""
    save(trained, tmp_path)
    for name in ("calibrated", "agreement"):
        (event,) = load_ensemble(tmp_path, policy=name).categorize([transaction(mcc="5812")], now=NOON)
        assert (name, trained.manifest.model_version) == (event.policy, event.model_version)
        assert "food_dining" == event.category


def test_metrics_are_of_merchants_held_out_and_seen(trained: TrainedModel) -> None:
    """Seen merchants are recognised far better than those held out, and both better than chance."""
    held_out, seen = (trained.manifest.metrics[name] for name in ("held_out_merchants", "merchants_seen_before"))
    assert 0.25 < held_out["accuracy"] < seen["accuracy"] <= 1  # type: ignore[index,call-overload,operator]
    assert seen["accuracy"] > 0.85  # type: ignore[index,call-overload,operator]


def test_every_stand_in_is_measured(trained: TrainedModel) -> None:
    """The manifest has each way of being new by its name, and the lines of acceptance."""
    measured = trained.manifest.metrics
    names = {"written_names", "written_names_hidden", "bank_wording"}
    assert names | {f"{name}_cut_short" for name in names} | {"held_out_as_of_a_new_source"} < set(measured)
    assert LEAST <= measured["acceptance"]["line"] <= 0.95  # type: ignore[index,call-overload,operator]
    assert "council_cards" not in measured


def test_the_confidence_reference_is_of_recent_rows_held_out(trained: TrainedModel) -> None:
    """A row of the last twelve months counts once; known merchants are among them, so most are rather sure."""
    split = split_by_merchant(merchants(SMALL))
    recent = sum(merchant.recent.total() for merchant in (*split.calibrating, *split.measuring))
    reference = trained.manifest.reference
    assert reference is not None
    assert recent == reference.rows
    assert median(reference.confidence) > 0.5


def test_the_day_is_the_callers(trained: TrainedModel) -> None:
    """It stands in the manifest and in the command that makes the same manifest again."""
    assert DAY == trained.manifest.trained_on
    assert "evenhand train --output DIR --trained-on 2026-11-22" == trained.manifest.command


def test_every_merchant_is_remembered_but_those_with_numbers(trained: TrainedModel) -> None:
    """The memory has all merchants, held out ones included, each with what `remembered_counts` keeps of it."""
    named: dict[str, list[Merchant]] = {}
    for merchant in merchants(SMALL):
        if not re.search(r"\d{5}", merchant.text) and (key := memory_key(merchant.text)):
            named.setdefault(key, []).append(merchant)
    kept: dict[str, dict[str, int]] = {}
    for key, category, count in from_bytes(trained.contents[MEMORY_FILE]).rows():
        kept.setdefault(key, {})[category] = count
    assert {key: remembered_counts(each, SMALL.recency) for key, each in named.items()} == kept


def test_neighbours_are_names_and_merchants(examples: list[Example]) -> None:
    """Other spellings and the index would only say the same again: they are learned, but not kept as neighbours.

    Nor is what has a number of an account: the names of the neighbours are published.
    """
    learnt = [*of_merchants(merchants(SMALL)), *examples]
    learned = fit_learned(merchants(SMALL), examples, SMALL, EncodedOnce(Letters()))
    assert learned.likeness is not None
    origins = {origin: {each.text for each in learnt if each.origin is origin} for origin in ExampleOrigin}
    kept = origins[ExampleOrigin.DESCRIPTOR] | origins[ExampleOrigin.NAME] | origins[ExampleOrigin.GENERATED]
    assert {text for text in kept if not re.search(r"\d{5}", text)} == set(learned.likeness.neighbours.names)
    assert (origins[ExampleOrigin.INDEX] | origins[ExampleOrigin.SPELLING]) - kept


def test_an_artefact_without_an_encoder_cannot_pass_one_on() -> None:
    """Such as the shipped one; the message says what to name."""
    with pytest.raises(ArtefactError, match=rf"has no {FILES[0]}.*: name an artefact that has an encoder"):
        train(replace(SMALL, encoder=DEFAULT_MODEL))


def test_merchants_stay_on_one_side() -> None:
    """No merchant has branches or spellings in two parts, and all are kept."""
    found = merchants(SMALL)
    split = split_by_merchant(found)
    parts = (split.fitted, split.calibrating, split.measuring)
    groups = [{brand_group(merchant.text) for merchant in part} for part in parts]
    assert not (groups[0] & groups[1]) | (groups[0] & groups[2]) | (groups[1] & groups[2])
    assert [merchant.text for merchant in found] == sorted(merchant.text for merchant in chain.from_iterable(parts))


def test_held_out_are_those_whose_written_names_are_withheld() -> None:
    """A merchant held out of the descriptors is not learned from the knowledge base either."""
    split = split_by_merchant(merchants(SMALL))
    parts = {
        part: {part_of_brand(merchant.text) for merchant in chosen}
        for part, chosen in ((Part.TRAIN, split.fitted), (Part.TEST, [*split.calibrating, *split.measuring]))
    }
    assert {Part.TRAIN: {Part.TRAIN}, Part.TEST: {Part.TEST}} == parts


def test_too_little_to_hold_out_is_refused() -> None:
    """One merchant cannot be in three parts."""
    with pytest.raises(DataError, match="too few descriptors"):
        split_by_merchant([Merchant("cafe", "CAFE")])


def test_a_merchant_counts_once_and_slips_do_not() -> None:
    """Weights of one text sum to 1 in proportion; a category with less than a tenth of the rows is a slip of coding."""
    low, high = AmountBand.UNDER_100, AmountBand.OVER_1000
    counts = Counter({("groceries", low): 29, ("groceries", high): 1, ("shopping", low): 10, ("fuel", low): 2})
    found = {each.category: each.weight for each in of_merchants([Merchant("wal mart", "WAL-MART", counts)])}
    assert {"groceries": 0.75, "shopping": 0.25} == found


def test_a_name_of_the_index_counts_once(examples: list[Example]) -> None:
    """However many entries it has: its categories share the weight."""
    weights: Counter[str] = Counter()
    for each in examples:
        if each.origin is ExampleOrigin.INDEX:
            weights[each.text] += each.weight  # type: ignore[assignment]
    assert {SMALL.index_weight} == {round(weight, 3) for weight in weights.values()}


def test_numbers_of_accounts_are_not_memorised() -> None:
    """Neither a feature nor a key of the memory has five digits in a row: the published files name no account."""
    _, contents = read_artefact(DEFAULT_MODEL)
    names = [*from_files(contents).features, *(key for key, *_ in from_bytes(contents[MEMORY_FILE]).rows())]
    assert [] == [name for name in names if re.search(r"\d{5}", name)]


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
        ("index_weight", 0.0),
        ("recency", 0),
        ("dimensions", 1),
        ("dimensions", 385),
        ("generated", -1),
        ("limit", 0),
    ],
)
def test_setting_out_of_range_is_refused(setting: str, value: float) -> None:
    """The message names the setting."""
    with pytest.raises(ConfigurationError, match=setting):
        replace(SMALL, **{setting: value})


def test_default_model_was_trained_on_the_shipped_tables() -> None:
    """Whoever changes a table trains again: `evenhand train --output models/data/default_model`."""
    manifest, _ = read_artefact(DEFAULT_MODEL)
    assert {
        name: sha256(path.read_bytes()) for name, path in fingerprint_names(TrainingConfig()).items()
    } == manifest.data
