"""What several tests of the models share: the shipped model, read once, and an encoder where one can be made."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from models.artefacts.artefact import DEFAULT_MODEL, read_artefact
from models.learned.text import LearnedText
from models.learned.text_files import from_files
from models.training.encoder.export import export


@pytest.fixture(scope="session")
def shipped() -> Mapping[str, bytes]:
    """The files of the model that comes with the package."""
    _, contents = read_artefact(DEFAULT_MODEL)
    return contents


@pytest.fixture(scope="session")
def learned(shipped: Mapping[str, bytes]) -> LearnedText:
    """What that model learned from texts."""
    return from_files(shipped)


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An artefact with an encoder and nothing else; needs the extra `embeddings`."""
    folder = tmp_path_factory.mktemp("encoder")
    export(folder)
    return folder


@pytest.fixture(scope="session")
def encoder_files(encoder_folder: Path) -> Mapping[str, bytes]:
    """Its files."""
    _, contents = read_artefact(encoder_folder)
    return contents
