"""The knowledge of the monitors at one moment, for those who show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models.contracts.alerts import FairnessAlert
from monitors.base.contract import Reading
from monitors.counts.windows import Window


@dataclass(frozen=True, slots=True)
class Hour:
    """Decisions of one category in one hour of event time.

    Args:
        review: Those of them that went to review.
    """

    start: datetime
    decisions: int
    review: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment.

    Args:
        at: The clock, timezone-aware.
        newest: End of the newest bucket of event time; None before the first observation.
        alerts: Open alerts, each as its last step said it.
        confidence: Window to histogram of confidences, `monitors.counts.cells.BINS` counts.
        trend: Category to its hours with decisions in the last seven days of event time, oldest first.
        late: Records that came after their source's watermark.
        expired: Those of them that no window holds any more.
        per_second: Decisions observed per second of the clock, over the last minute.
        lag: Records of the input not yet observed; None where that is not known.
        waiting: The same; None where that is not known, and on a monitor that stands by, which cannot know it.
        reported: When a categorizer's newest summary was written; None before the first.
        reporting: Partitions of the input that summaries have come of.
        labels: Labels in the last seven days of event time.
        last_label: End of the newest bucket with a label; None where no label is kept.
        steps: Steps of alerts in the last seven days of the clock, newest first.
        lines: Name of a figure to its hours that have one, oldest first.
        kafka_silent: Since when Kafka does not answer; None while it does.
    """

    at: datetime
    model_version: str
    newest: datetime | None = None
    readings: Sequence[Reading] = ()
    alerts: Sequence[FairnessAlert] = ()
    decisions: Mapping[Window, int] = field(default_factory=dict)
    confidence: Mapping[Window, Sequence[int]] = field(default_factory=dict)
    trend: Mapping[str, Sequence[Hour]] = field(default_factory=dict)
    late: int = 0
    expired: int = 0
    per_second: float = 0.0
    lag: int | None = None
    waiting: int | None = None
    reported: datetime | None = None
    reporting: int = 0
    labels: int = 0
    last_label: datetime | None = None
    steps: Sequence[FairnessAlert] = ()
    lines: Mapping[str, Sequence[tuple[datetime, float]]] = field(default_factory=dict)
    kafka_silent: datetime | None = None
