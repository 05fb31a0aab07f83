"""Artefacts for tests: the shipped model with one merchant more, whose category tells which of them decided."""

from collections.abc import Mapping
from pathlib import Path

from models.artefacts.artefact import DEFAULT_MODEL, manifest_for, read_artefact, write_artefact
from models.learned import memory
from models.learned.text_files import MEMORY_FILE

MERCHANT = "zepplobits"
"""Memory key of the merchant of `tests.harness.learning.transaction`."""

TIMES = 500
"""How often the merchant was seen: nothing else is heard beside it."""


def variant(folder: Path, remembered: Mapping[str, str]) -> str:
    """Write the shipped model, whose memory knows these merchants besides.

    Args:
        folder: Gets the artefact.
        remembered: Memory key to category.

    Returns:
        The version.
    """
    _, contents = read_artefact(DEFAULT_MODEL)
    known = memory.from_bytes(contents[MEMORY_FILE])
    for key, category in remembered.items():
        known.learn(key, category, TIMES)
    others = contents | {MEMORY_FILE: memory.to_bytes(known)}
    manifest = manifest_for(others)
    write_artefact(folder, manifest, others)
    return manifest.model_version


def unasked(_store: Path, _version: str) -> None:
    """A store's gate for tests of other things: audits are not asked."""
