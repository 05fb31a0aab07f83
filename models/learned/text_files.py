"""Writes all that was learned from texts as files of an artefact, and reads it back."""

import json
from collections.abc import Mapping
from typing import Any

from models.errors import ArtefactError
from models.learned import linear_files as text_files
from models.learned import memory, neighbours
from models.learned.encoder import FILES, OnnxEncoder
from models.learned.text import LearnedText, Likeness

MEMORY_FILE, NEIGHBOURS_FILE, SETTINGS_FILE = "memory.csv.gz", "neighbours.npz", "learned.json"


def to_files(learned: LearnedText, encoder: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """The files of everything learned; equal content gives equal bytes.

    Args:
        encoder: Files of its encoder, where it has one; they are passed on as they are.
    """
    settings: dict[str, Any] = {"strength": learned.strength, "currencies": sorted(learned.currencies)}
    files = {**text_files.to_files(learned.ngrams), MEMORY_FILE: memory.to_bytes(learned.memory)}
    if learned.likeness is not None and encoder is not None:
        settings["pooled"] = text_files.calibration_to_json(learned.likeness.pooled)
        files |= {NEIGHBOURS_FILE: neighbours.to_bytes(learned.likeness.neighbours)}
        files |= {name: encoder[name] for name in FILES}
    return files | {SETTINGS_FILE: (json.dumps(settings, indent=2) + "\n").encode()}


def memory_of(contents: Mapping[str, bytes]) -> memory.MerchantMemory:
    """The merchants that an artefact remembers, alone.

    Raises:
        ArtefactError: The file is missing, or holds something else.
    """
    try:
        return memory.from_bytes(contents[MEMORY_FILE])
    except KeyError as error:
        raise ArtefactError(f"the artefact has no {MEMORY_FILE}") from error


def from_files(contents: Mapping[str, bytes]) -> LearnedText:
    """Put together what an artefact's files hold.

    Raises:
        ArtefactError: A file is missing, or what it holds does not fit together.
    """
    ngrams = text_files.from_files(contents)
    try:
        settings = json.loads(contents[SETTINGS_FILE])
        learned = LearnedText(
            ngrams,
            memory_of(contents),
            float(settings["strength"]),
            _likeness(settings["pooled"], contents) if "pooled" in settings else None,
            frozenset(map(str, settings["currencies"])),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise ArtefactError(f"the learned parts do not fit their format ({type(error).__name__})") from error
    if learned.likeness is not None and learned.likeness.neighbours.columns != len(ngrams.categories):
        raise ArtefactError("the neighbours' categories are not those of the n-grams")
    return learned


def _likeness(pooled: Mapping[str, Any], contents: Mapping[str, bytes]) -> Likeness:
    return Likeness(
        OnnxEncoder(contents),
        neighbours.from_bytes(contents[NEIGHBOURS_FILE]),
        text_files.calibration_from_json(pooled),
    )
