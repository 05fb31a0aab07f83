"""What several tests of the models share: the shipped model, read once."""

from collections.abc import Mapping

import pytest

from models.artefacts.artefact import DEFAULT_MODEL, read_artefact
from models.learned.text import LearnedText
from models.learned.text_files import from_files


@pytest.fixture(scope="session")
def shipped() -> Mapping[str, bytes]:
    """The files of the model that comes with the package."""
    _, contents = read_artefact(DEFAULT_MODEL)
    return contents


@pytest.fixture(scope="session")
def learned(shipped: Mapping[str, bytes]) -> LearnedText:
    """What that model learned from texts."""
    return from_files(shipped)
