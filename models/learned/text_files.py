"""Writes all that was learned from texts as files of an artefact, and reads it back."""

import json
from collections.abc import Mapping

from models.errors import ArtefactError
from models.learned import linear_files as text_files
from models.learned import memory, neighbours
from models.learned.encoder import FILES, OnnxEncoder
from models.learned.text import LearnedText

MEMORY_FILE, NEIGHBOURS_FILE, SETTINGS_FILE = "memory.csv.gz", "neighbours.npz", "learned.json"


def to_files(learned: LearnedText, encoder: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of everything learned; equal content gives equal bytes.

    Args:
        encoder: Files of its encoder, which are passed on as they are.
    """
    settings = {
        "strength": learned.strength,
        "pooled": text_files.calibration_to_json(learned.pooled),
        "currencies": sorted(learned.currencies),
    }
    return {
        **text_files.to_files(learned.ngrams),
        MEMORY_FILE: memory.to_bytes(learned.memory),
        NEIGHBOURS_FILE: neighbours.to_bytes(learned.neighbours),
        SETTINGS_FILE: (json.dumps(settings, indent=2) + "\n").encode(),
        **{name: encoder[name] for name in FILES},
    }


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
            memory.from_bytes(contents[MEMORY_FILE]),
            float(settings["strength"]),
            neighbours.from_bytes(contents[NEIGHBOURS_FILE]),
            text_files.calibration_from_json(settings["pooled"]),
            OnnxEncoder(contents),
            frozenset(map(str, settings["currencies"])),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise ArtefactError(f"the learned parts do not fit their format ({type(error).__name__})") from error
    columns = len(ngrams.categories)
    if learned.neighbours.columns != columns:
        raise ArtefactError("the neighbours' categories are not those of the n-grams")
    return learned
