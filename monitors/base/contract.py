"""The contract of a monitor, and what it says: readings.

A monitor is counts in, readings out. `initial`, `add` and `merge` make a *part* of the cells that one span of event
time holds; a part is a table of whole numbers, and merging is adding. `result` turns parts into readings. A monitor
keeps no state of its own and reads no clock.

Every monitor passes the same suite, `tests/monitors/catalogue/test_monitors.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.contracts.alerts import Severity
from monitors.counts.cells import Counts
from monitors.counts.windows import Window

LEVEL = 0.99
"""Confidence level of the intervals that level rules judge by."""


class MonitorName(StrEnum):
    """All monitors; the names are labels of metrics and part of an alert's fingerprint."""

    REVIEW_RATE = "review_rate"
    REVIEW_RISE = "review_rise"
    REVIEW_PARITY = "review_parity"
    SURE_PARITY = "sure_parity"
    CONFIDENCE_MEDIAN = "confidence_median"
    CONFIDENCE_DRIFT = "confidence_drift"
    CONFIDENCE_CHANGE = "confidence_change"
    METHOD_USAGE = "method_usage"
    AMOUNT_PARITY = "amount_parity"
    CATEGORY_PARITY = "category_parity"
    MINORITY_RECALL = "minority_recall"
    ABSTENTION = "abstention"
    UNKNOWN_MERCHANTS = "unknown_merchants"
    DEAD_LETTERS = "dead_letters"
    PROBE_FLIPS = "probe_flips"
    CORRECTIONS = "corrections"
    MODEL_AGE = "model_age"


class ReadingState(StrEnum):
    """Judgement of a reading. Too few cases are a state of their own: neither fine nor alarming."""

    NOT_ENOUGH_DATA = "not_enough_data"
    OK = "ok"
    WARNING = "warning"
    PAGE = "page"

    @property
    def severity(self) -> Severity | None:
        """The severity of an alert in this state, or None."""
        return Severity(self.value) if self in (ReadingState.WARNING, ReadingState.PAGE) else None


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure of one monitor, for one window.

    Args:
        counts: What was counted, by name; the denominator included.
        category: The category it is about, or None.
        group: The group it is about, such as an amount band or a method, or None.
        value: The figure, or None where there is none.
        interval: Its lower and upper bound, or None.
        level: Confidence level of the interval.
        holds: Hysteresis: keeps an open alert open; never opens one.
        evidence: Statistic of the sequential test, which limits of evidence are held against; None for a level rule.
        e_value: Evidence against "no gap beyond the tolerance" as an e-value, which the control of false discoveries
            needs; None for a level rule.
        reference: What it is compared with, or None.
        ratios: Both directions of a comparison, such as acceptance 0.98 and review 0.5.
        hint: Where to look first; empty where there is nothing to look for.
    """

    monitor: MonitorName
    window: Window
    state: ReadingState
    counts: Mapping[str, int]
    category: str | None = None
    group: str | None = None
    value: float | None = None
    interval: tuple[float, float] | None = None
    level: float = LEVEL
    threshold: float = 0.0
    holds: bool = False
    evidence: float | None = None
    e_value: float | None = None
    reference: float | None = None
    ratios: Mapping[str, float] = field(default_factory=dict)
    hint: str = ""

    def __post_init__(self) -> None:
        """Refuse numbers that are not Python's own.

        Raises:
            TypeError: A field holds a number of numpy's, or another type than it says.
        """
        # numpy's numbers pass for Python's everywhere, until JSON meets one of its bools or integers.
        figures = (self.value, self.evidence, self.e_value, self.reference, self.level, self.threshold)
        found = {*map(type, figures), *map(type, self.interval or ()), *map(type, self.ratios.values())}
        counted = {*map(type, self.counts.values())}
        if not (type(self.holds) is bool and found <= _FIGURES and counted <= _COUNTS):
            raise TypeError(f"{self.monitor.value}: {', '.join(_strange(self))} of a reading is no plain Python number")

    @property
    def subject(self) -> tuple[str, str | None, str | None]:
        """(monitor, category, group): what an alert is about, whatever the window."""
        return self.monitor.value, self.category, self.group


_FIGURES = frozenset({float, int, type(None)})
_COUNTS = frozenset({int})


def _strange(reading: Reading) -> list[str]:
    """Names of the fields of a reading that hold another type than they say."""
    bounds = zip(("lower bound", "upper bound"), reading.interval or (), strict=False)
    figures = {
        **{
            name: getattr(reading, name) for name in ("value", "evidence", "e_value", "reference", "level", "threshold")
        },
        **dict(bounds),
        **{f"ratio {name}": ratio for name, ratio in reading.ratios.items()},
    }
    return [
        *(["holds"] if type(reading.holds) is not bool else []),
        *(name for name, figure in figures.items() if type(figure) not in _FIGURES),
        *(f"count {name}" for name, count in reading.counts.items() if type(count) not in _COUNTS),
    ]


@dataclass(frozen=True, slots=True)
class Reference:
    """Figures of the model as of when it was made.

    Args:
        confidence: Histogram of the confidences it gave on held-out transactions, shape (BINS,); None where the
            artefact has none.
        trained_on: The day of the training; None where the artefact does not say.
    """

    confidence: NDArray[np.int64] | None = None
    trained_on: date | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits of all monitors; the mission's, where it names one.

    Shares are in [0, 1], gaps are differences of shares.
    """

    review_rate: float = 0.25
    review_rise: float = 0.01
    review_gap: float = 0.20
    sure_review_gap: float = 0.10
    confidence_median: float = 0.80
    confidence_psi: float = 0.25
    llm_share: float = 0.20
    abstention: float = 0.05
    unknown_merchants: float = 0.50
    dead_letters: float = 0.01
    probe_flips: float = 0.005
    minority_recall: float = 0.80
    corrections: int = 50
    model_age_days: int = 180
    tolerance: float = 0.02
    """Gap between groups that is let pass."""
    warn_evidence: float = 1e4
    page_evidence: float = 1e6
    false_discovery_rate: float = 0.05
    """Among the gaps that are reported, over all categories, groups and windows."""
    minimum_count: int = 200
    """Cases below which a level rule says that there is not enough data."""
    minimum_labels: int = 30
    """Labels of a group below which parity says so."""
    release: float = 0.9
    """An open alert of a level rule is held until the figure falls below this part of its threshold."""


@dataclass(frozen=True, slots=True)
class View:
    """All that `Monitor.result` looks at.

    Args:
        parts: For each window, the merged part of its buckets.
        before: The part of the longest window without its newest 24 hours: what a rise is measured against.
        series: (bucket, part) of every kept bucket that has a count in the monitor's cells, oldest first; empty unless
            the monitor is `sequential`.
        answered: Corrections (that changed, that confirmed) of decisions of the present model, since it was first seen.
        newest: The newest bucket of event time; None before the first observation.
        reference: Figures of the model as of when it was made.
    """

    parts: Mapping[Window, Counts]
    before: Counts
    series: Sequence[tuple[int, Counts]]
    answered: tuple[int, int]
    newest: int | None
    rules: Rules
    reference: Reference
    today: date


class Monitor(Protocol):
    """Counts in, readings out."""

    @property
    def name(self) -> MonitorName:
        """The name that its readings bear."""
        ...

    @property
    def sequential(self) -> bool:
        """True where `result` looks at the buckets one by one."""
        ...

    def initial(self) -> Counts:
        """The part of no decisions at all: zeros, of the monitor's own shape."""
        ...

    def add(self, part: Counts, cells: Counts) -> Counts:
        """The part with the cells of one summary or bucket added; neither argument is changed.

        Args:
            part: Of the shape of `initial`.
            cells: Shape (monitors.counts.cells.SIZE,).
        """
        ...

    def merge(self, left: Counts, right: Counts) -> Counts:
        """The part of both; associative and commutative, with `initial` as neutral element."""
        ...

    def result(self, view: View) -> list[Reading]:
        """The readings; the same view gives the same readings."""
        ...
