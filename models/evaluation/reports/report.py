"""The contents of a report, whatever it is written in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.evaluation.data.labelled_file import Counts, RowSelection
from models.evaluation.measures.headline import Metrics
from models.evaluation.measures.splits import Split


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation: its command, data, model and policy.

    Args:
        label_map: Name of the label map; None where there is none.
        at: Timezone-aware.
    """

    command: str
    data: str
    labels: str
    label_map: str | None
    selection: RowSelection
    model_version: str
    policy: str
    at: datetime
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """One evaluation."""

    run: Run
    counts: Counts
    metrics: Metrics
    splits: Sequence[Split]

    @property
    def decisions_per_cpu_second(self) -> float | None:
        """Decisions per second of CPU time; None where it took less than the clock can tell."""
        decided = self.metrics.scores.accuracy.rows
        return decided / self.run.cpu_seconds if self.run.cpu_seconds > 0 else None
