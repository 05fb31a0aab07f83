"""A model with an encoder: trained by `--encoder`, whole as an artefact, refused by part where it is broken.

It runs by `make embeddings`: the shipped model has no encoder, and making one needs torch.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from models.artefacts.artefact import manifest_for, read_artefact, write_artefact
from models.decisions.inspection import LIKENESS, inspect
from models.decisions.loading import load_ensemble
from models.errors import ArtefactError
from models.learned import neighbours
from models.learned.encoder import FILES, GRAPH_FILE, TOKENIZER_FILE, OnnxEncoder
from models.learned.text_files import NEIGHBOURS_FILE, from_files
from models.training.config import TrainingConfig
from models.training.train import TrainedModel, encoder_of, save, train
from tests.harness.extras import NEEDS_EMBEDDINGS
from tests.harness.learned import plane
from tests.harness.voters import NOON, transaction

pytestmark = NEEDS_EMBEDDINGS

TINY = TrainingConfig(limit=250, generated=5, dimensions=8)


@pytest.fixture(scope="module")
def trained(encoder_folder: Path) -> TrainedModel:
    """A small model with an encoder."""
    return train(replace(TINY, encoder=encoder_folder))


@pytest.fixture
def folder(trained: TrainedModel, tmp_path: Path) -> Path:
    """It as an artefact."""
    save(trained, tmp_path)
    return tmp_path


def rewritten(folder: Path, name: str, content: bytes | None) -> None:
    """Give a file other content, or take it away: all checksums hold."""
    _, contents = read_artefact(folder)
    contents.pop(name)
    write_artefact(folder, manifest_for(others := contents | ({name: content} if content else {})), others)


def test_same_input_same_bytes(trained: TrainedModel, encoder_folder: Path) -> None:
    """As without an encoder."""
    assert trained.contents == train(replace(TINY, encoder=encoder_folder)).contents


def test_the_encoder_is_passed_on(trained: TrainedModel, encoder_folder: Path) -> None:
    """The artefact stands alone: it has the encoder it was trained with, and says how it was made."""
    assert encoder_of(encoder_folder) == {name: trained.contents[name] for name in FILES}
    assert "evenhand train --output DIR --encoder ENCODER" == trained.manifest.command


def test_a_merchant_never_seen_is_likened(folder: Path, trained: TrainedModel) -> None:
    """The ensemble loads it and decides; the evidence of an unsure text names the nearest known one."""
    event, known = load_ensemble(folder).categorize(
        [transaction(description="QUORLIN DENTAL STUDIO"), transaction("t2")], now=NOON
    )
    assert trained.manifest.model_version == event.model_version == known.model_version
    assert any(', like "' in vote.evidence for vote in event.votes if vote.method == "text")


def test_it_is_sound(folder: Path) -> None:
    """Its further parts are looked at, too."""
    checks = inspect(folder)
    assert [] == [check for check in checks if check.fault]
    assert set(LIKENESS) < {check.name for check in checks}


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        (NEIGHBOURS_FILE, b"no zip", "neighbours"),
        (NEIGHBOURS_FILE, None, "neighbours"),
        (GRAPH_FILE, b"no graph", "encoder"),
        (GRAPH_FILE, None, "encoder"),
        (TOKENIZER_FILE, b"{}", "encoder"),
    ],
)
def test_a_part_that_does_not_load_is_named(folder: Path, name: str, content: bytes | None, part: str) -> None:
    """Checksums alone would let it through; loading refuses it."""
    rewritten(folder, name, content)
    assert [part] == [check.name for check in inspect(folder) if check.fault]
    with pytest.raises(ArtefactError):
        load_ensemble(folder)


def test_an_encoder_that_loads_but_does_not_run_is_named(folder: Path) -> None:
    """Word pieces that the graph does not have only fail when a text goes through it."""
    tokenizer = json.loads((folder / TOKENIZER_FILE).read_bytes())
    tokenizer["model"]["vocab"] = {"[UNK]": 99_999_999}
    rewritten(folder, TOKENIZER_FILE, json.dumps(tokenizer).encode())
    assert ["encoder"] == [check.name for check in inspect(folder) if check.fault]


def test_neighbours_of_other_categories_are_refused(trained: TrainedModel) -> None:
    """Parts of two trainings do not fit together, though each is whole."""
    with pytest.raises(ArtefactError, match="the neighbours' categories are not those of the n-grams"):
        from_files({**trained.contents, NEIGHBOURS_FILE: neighbours.to_bytes(plane())})


@pytest.mark.parametrize("name", FILES)
def test_an_encoder_of_another_kind_is_refused(encoder_files: Mapping[str, bytes], name: str) -> None:
    """Neither library's own exception comes out."""
    with pytest.raises(ArtefactError, match="the encoder's files do not fit its format"):
        OnnxEncoder({**encoder_files, name: b"other"})
