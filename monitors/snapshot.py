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
        decisions: Window to number of decisions.
        confidence: Window to histogram of confidences, `monitors.counts.cells.BINS` counts.
        trend: Category to its hours with decisions in the last seven days of event time, oldest first.
        late: Records that came after their source's watermark.
        expired: Those of them that no window holds any more.
        per_second: Decisions observed per second of the clock, over the last minute.
        lag: Records of the input not yet observed; None where that is not known.
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
