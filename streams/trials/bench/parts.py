"""The worth of each part of the ensemble on labelled transactions, and its cost."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue
from rich.table import Table

from models.artefacts.artefact import Manifest
from models.evaluation.ablation import steps
from models.evaluation.data.labelled_file import LabelledRow
from models.evaluation.judged import judge
from models.evaluation.measures.headline import Scores, score
from models.evaluation.reports.json import plain
from models.evaluation.reports.wording import percent, share_text
from streams.trials.bench.model import BATCH


@dataclass(frozen=True, slots=True)
class PartReport:
    """The ensemble up to one part.

    Args:
        name: The part that was added last.
        rate: Decisions per CPU second, from empty caches, rows in their order.
    """

    name: str
    scores: Scores
    rate: float


def run_parts(
    rows: Sequence[LabelledRow],
    manifest: Manifest,
    contents: Mapping[str, bytes],
    *,
    now: datetime,
    progress: Callable[[str], None],
) -> list[PartReport]:
    """Decide on the rows with one part more each time."""
    reports = []
    for name, ensemble in steps(contents, manifest.model_version):
        progress(name)
        started = time.process_time()
        judged = [
            each
            for start in range(0, len(rows), BATCH)
            for each in judge(ensemble, rows[start : start + BATCH], now=now)
        ]
        seconds = time.process_time() - started
        reports.append(PartReport(name, score(judged), len(rows) / seconds))
    return reports


def parts_data(reports: Sequence[PartReport]) -> list[dict[str, JsonValue]]:
    """The reports as JSON; scores as `evenhand evaluate --json` gives them."""
    return [
        {"part": report.name, "scores": plain(report.scores), "decisions_per_cpu_second": round(report.rate)}
        for report in reports
    ]


def parts_table(reports: Sequence[PartReport]) -> Table:
    """The reports side by side."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("")
    for heading in ("accuracy", "macro-F1", "accepted", "of these right", "ECE", "per CPU s"):
        table.add_column(heading, justify="right")
    for report in reports:
        scores = report.scores
        table.add_row(
            report.name,
            share_text(scores.accuracy, count=False),
            f"{scores.macro_f1:.3f}",
            percent(scores.coverage.value),
            share_text(scores.accepted_precision, count=False),
            f"{scores.calibration_error:.3f}",
            f"{report.rate:,.0f}",
        )
    return table
