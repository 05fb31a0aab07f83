"""Figures of single hours of event time, for lines over the last seven days; a finished hour is added up once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from models.contracts.taxonomy import CATEGORIES
from models.decisions.pool import Familiarity
from models.voters.contract import Method
from monitors.catalogue.confidence import quantile
from monitors.counts.cells import (
    BANDS,
    EXCLUSIONS,
    FAMILIARITIES,
    METHODS,
    NOBODY,
    OUTCOMES,
    STATS,
    Counts,
    Exclusion,
    Outcome,
    Stat,
    Table,
    table,
)
from monitors.counts.history import HOUR, Changes, History
from monitors.counts.observation import BUCKET_SECONDS
from monitors.counts.windows import KEPT
from monitors.labels.weighting import share
from monitors.snapshot import Hour

_REVIEW = OUTCOMES.index(Outcome.REVIEW)
_COUNT = STATS.index(Stat.COUNT)

Line = Sequence[tuple[datetime, float]]
"""Beginnings of hours and their figures, oldest first; hours without a figure are left out."""


@dataclass(frozen=True, slots=True)
class HourFigures:
    """What one hour of event time holds.

    Args:
        by_category: Decisions of each category that has some.
        figures: Name to figure, of those that the hour has cases for.
        labelled: The newest bucket with a label; None where there is no label.
    """

    by_category: Sequence[tuple[str, Hour]]
    figures: Mapping[str, float]
    labelled: int | None


class Hours:
    """The hours of the last seven days; what has not changed since the last look is not added up again."""

    def __init__(self) -> None:
        self._known: dict[int, HourFigures] = {}

    def clear(self) -> None:
        """Add up everything anew: it is another state from now on."""
        self._known.clear()

    def forget(self, changes: Changes) -> None:
        """Add up anew what was changed."""
        for bucket in changes.buckets | changes.expired:
            self._known.pop(bucket // HOUR, None)

    def look(self, history: History) -> None:
        """Bring all hours up to the state."""
        newest = history.newest
        kept = range(0) if newest is None else range((newest - KEPT + 1) // HOUR, newest // HOUR + 1)
        known = self._known
        # Hours that no window holds any more are dropped here, so that a week is all that is kept.
        self._known = {hour: known[hour] if hour in known else figures_of(history, hour) for hour in kept}

    @property
    def trend(self) -> dict[str, list[Hour]]:
        """Category to its hours with decisions, oldest first."""
        trend: dict[str, list[Hour]] = {}
        for hour in self._known.values():
            for category, decided in hour.by_category:
                trend.setdefault(category, []).append(decided)
        return trend

    @property
    def lines(self) -> dict[str, Line]:
        """Figure to its line."""
        lines: dict[str, list[tuple[datetime, float]]] = {}
        for number, hour in self._known.items():
            start = _start(number * HOUR)
            for name, figure in hour.figures.items():
                lines.setdefault(name, []).append((start, figure))
        return dict(lines)

    @property
    def last_label(self) -> datetime | None:
        """End of the newest bucket with a label; None where no hour has one."""
        newest = max((hour.labelled for hour in self._known.values() if hour.labelled is not None), default=None)
        return None if newest is None else _start(newest + 1)


def figures_of(history: History, hour: int) -> HourFigures:
    """Add up one hour.

    Args:
        hour: Number of the hour since 1970.
    """
    buckets = range(hour * HOUR, (hour + 1) * HOUR)
    cells = history.between(buckets[0], buckets[-1])
    start = _start(buckets[0])
    outcomes = table(cells, Table.DECISIONS).sum(axis=(1, 2))
    decided = zip(CATEGORIES, outcomes.sum(axis=1).tolist(), outcomes[:, _REVIEW].tolist(), strict=True)
    return HourFigures(
        by_category=[
            (category, Hour(start, decisions, review)) for category, decisions, review in decided if decisions
        ],
        figures={**_of_decisions(cells, outcomes), **_of_records(cells), **_accuracies(cells)},
        # Most hours have no label, and looking through the buckets would be for nothing.
        labelled=_labelled(history, reversed(buckets)) if table(cells, Table.LABELS).any() else None,
    )


def _of_decisions(cells: Counts, outcomes: Counts) -> dict[str, float]:
    decisions = int(outcomes.sum())
    if not decisions:
        return {}
    familiar = dict(zip(FAMILIARITIES, table(cells, Table.FAMILIARITY).sum(axis=(0, 2)).tolist(), strict=True))
    figures = {
        "review_share": int(outcomes[:, _REVIEW].sum()) / decisions,
        "llm_share": int(table(cells, Table.VOTED)[METHODS.index(Method.LLM)]) / decisions,
        "abstention_share": familiar[NOBODY] / decisions,
        "unknown_share": familiar[Familiarity.NEW] / decisions,
    }
    confidences = table(cells, Table.CONFIDENCE)
    return figures | ({"median_confidence": quantile(confidences, 0.5)} if confidences.any() else {})


def _of_records(cells: Counts) -> dict[str, float]:
    intake, (changed, confirmed, unanswered) = table(cells, Table.INTAKE), table(cells, Table.CORRECTIONS).tolist()
    corrections = changed + confirmed + unanswered
    records = int(intake.sum()) + int(table(cells, Table.DECISIONS).sum()) + corrections
    if not records:
        return {}
    dead_letters = int(intake[EXCLUSIONS.index(Exclusion.DEAD_LETTER)])
    return {"dead_letter_share": dead_letters / records, "corrections": float(changed)}


def _accuracies(cells: Counts) -> dict[str, float]:
    by_band = table(cells, Table.LABELS).sum(axis=(0, 1))
    found = {band: share(sums) for band, sums in zip(BANDS, by_band, strict=True)}
    return {f"accuracy:{band}": right.value for band, right in found.items() if right is not None}


def _labelled(history: History, buckets: Iterable[int]) -> int | None:
    labelled = (
        bucket
        for bucket in buckets
        if (cells := history.buckets.get(bucket)) is not None and table(cells, Table.LABELS).any()
    )
    return next(labelled, None)


def label_count(cells: Counts) -> int:
    """Number of labels.

    Args:
        cells: Shape (monitors.counts.cells.SIZE,).
    """
    return int(table(cells, Table.LABELS)[..., _COUNT].sum())


def _start(bucket: int) -> datetime:
    return datetime.fromtimestamp(bucket * BUCKET_SECONDS, UTC)
