"""Playing corrections through on a labelled file, with the CPU time that they take."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from models.decisions.ensemble import Ensemble
from models.errors import EmptyFileError
from models.evaluation.data.labelled_file import LabelledFile
from models.evaluation.online.rows import seen
from models.evaluation.online.run import OnlineOptions, Parts, run, stage_of
from models.learned.memory import MerchantMemory

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
    memory: MerchantMemory,
    options: OnlineOptions,
    *,
    on_part: Callable[[str], None],
) -> Played:
    """Decide on the rows of a file, and measure what corrections of them change.

    Args:
        fresh: Makes the ensemble, one that nobody has taught anything.
        memory: What its model remembers of merchants.
        on_part: Told the name of each part when it begins.

    Raises:
        FileError: The file cannot be read to its end.
        EmptyFileError: It has fewer than two labelled rows.
    """
    ensemble = fresh()
    found = seen(ensemble, ((row.transaction, row.truth) for row in rows))
    if len(found) < FEWEST:
        raise EmptyFileError("the file has fewer than two rows whose label has a category")
    stage = stage_of(ensemble, memory, found, seed=options.seed)
    parts = run(stage, options, fresh=fresh, clock=time.process_time, on_part=on_part)
    return Played(len(found), ensemble.model_version, parts)
