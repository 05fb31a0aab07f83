"""Deciding on labelled rows with the CPU time that it takes, and writing the report's files."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from models.decisions.ensemble import Ensemble
from models.decisions.isolation import decide_each
from models.errors import ContractError, FileError
from models.evaluation.data.labelled_file import LabelledFile
from models.evaluation.judged import Judged, judge_one
from models.evaluation.reports.html import html_text
from models.evaluation.reports.json import json_text
from models.evaluation.reports.markdown import markdown_text
from models.evaluation.reports.report import Report
from streams.local.atomic import replace_file

BATCH: Final = 1000
"""Rows decided on at once."""

WRITERS: Final = (("report.html", html_text), ("report.md", markdown_text), ("report.json", json_text))
"""File name to what writes it."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Decisions on a labelled file, and their cost.

    Args:
        judged: Decisions beside their truth, in the order of the file.
        cpu_seconds: CPU time of this process while it decided; reading and measuring are not in it.
    """

    judged: tuple[Judged, ...]
    cpu_seconds: float


def evaluate_file(
    data: LabelledFile,
    ensemble: Ensemble,
    *,
    clock: Callable[[], datetime],
    on_progress: Callable[[int], None] = lambda _rows: None,
) -> Evaluated:
    """Decide on every selected row of a file.

    Args:
        data: The file; a row that a voter trips over is counted in it as refused.

    Raises:
        FileError: The file cannot be read to its end.
    """
    judged: list[Judged] = []
    cpu_seconds = 0.0
    rows = iter(data)
    while batch := list(islice(rows, BATCH)):
        transactions, now = [row.transaction for row in batch], clock()
        # CPU, not wall time: other processes of the machine must not change the figure.
        started = time.process_time()
        decided = decide_each(ensemble, transactions, now=now)
        cpu_seconds += time.process_time() - started
        for row, outcome in zip(batch, decided, strict=True):
            if isinstance(outcome, ContractError):
                data.counts.refuse(row, outcome.reason)
            else:
                judged.append(judge_one(outcome.event(), row))
        on_progress(len(batch))
    return Evaluated(tuple(judged), cpu_seconds)


def make_folder(folder: Path) -> None:
    """Make the folder of a report where it is missing: before the work, so that a wrong name does not cost it.

    Raises:
        FileError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{folder} cannot be made: {error.strerror}") from None


def write_report(report: Report, folder: Path) -> tuple[Path, ...]:
    """Write the report as HTML, Markdown and JSON; each file is replaced when the new one is whole.

    Args:
        folder: From `make_folder`.

    Returns:
        The files.

    Raises:
        FileError: They cannot be written.
    """
    paths = []
    for name, text_of in WRITERS:
        path = folder / name
        replace_file(path, text_of(report).encode())
        paths.append(path)
    return tuple(paths)
