"""Playing corrections through on a labelled file, with the CPU time that they take."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from models.artefacts.artefact import read_artefact
from models.artefacts.store import resolve
from models.decisions.ensemble import Ensemble
from models.errors import EmptyFileError
from models.evaluation.data.labelled_file import LabelledFile
from models.evaluation.online.rows import seen
from models.evaluation.online.run import OnlineOptions, Parts, run, stage_of
from models.learned.text_files import memory_of

FEWEST = 2
"""Rows that can be halved."""


@dataclass(frozen=True, slots=True)
class Played:
    """Figures of a file.

    Args:
        rows: Labelled rows that were used.
    """

    rows: int
    model_version: str
    parts: Parts


def evaluate_online(
    rows: LabelledFile,
    fresh: Callable[[], Ensemble],
    options: OnlineOptions,
    *,
    model: Path | None,
    on_part: Callable[[str], None],
) -> Played:
    """Decide on the rows of a file, and measure what corrections of them change.

    Args:
        fresh: Loads the ensemble.
        model: Folder of its artefact, as `load_ensemble` takes it.
        on_part: Told the name of each part when it begins.

    Raises:
        FileError: The file cannot be read to its end.
        EmptyFileError: It has fewer than two labelled rows.
        ArtefactError: The model cannot be used.
    """
    ensemble = fresh()
    _, contents = read_artefact(resolve(model))
    found = seen(ensemble, ((row.transaction, row.truth) for row in rows))
    if len(found) < FEWEST:
        raise EmptyFileError("the file has fewer than two rows whose label has a category")
    stage = stage_of(ensemble, memory_of(contents), found, seed=options.seed)
    parts = run(stage, options, fresh=fresh, clock=time.process_time, on_part=on_part)
    return Played(len(found), ensemble.model_version, parts)
