"""A rise in the share of a category that is sent to review: its newest day beside the six days before.

**Evidence.** The day is looked at every few minutes, so the rise is tested with an e-value: for an alternative (share
before, rise) the likelihood ratio to the nearest pair of shares whose rise is within the tolerance expects at most 1
there (`monitors.statistics.sequential` says why, and from whom it is). What is reported is its mean over a grid of
alternatives, which expects at most 1 too. The grid is coarse, as the nearest pair moves along with the alternative:
that the share before is not on the grid costs little.

**Hint.** A share may rise because there is more of what was always sent to review, or because the same is now treated
otherwise. How much of the rise the first explains is told by Kitagawa's decomposition (1955).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from models.contracts.taxonomy import CATEGORIES
from models.decisions.pool import Familiarity
from models.statistics.intervals import newcombe
from models.voters.contract import Method
from monitors.alerts.wording import share
from monitors.base.cells_monitor import CellsMonitor
from monitors.base.contract import LEVEL, MonitorName, Reading, ReadingState, Rules, View
from monitors.counts.cells import DECISIVE, FAMILIARITIES, NOBODY, OUTCOMES, Counts, Outcome, Table, table
from monitors.counts.windows import Window
from monitors.statistics.sequential import nearest_null

_REVIEW = OUTCOMES.index(Outcome.REVIEW)
_UNKNOWN = [FAMILIARITIES.index(Familiarity.NEW), FAMILIARITIES.index(NOBODY)]
_LLM = [DECISIVE.index(Method.LLM)]
_OF_MERCHANT, _OF_METHOD = range(2)
_INSIDE, _OUTSIDE = range(2)

EXPLAINS = 0.5
"""Part of a rise from which what explains it is named."""

RATES = np.array([0.01, 0.02, 0.04, 0.07, 0.11, 0.16, 0.22, 0.30, 0.40, 0.52, 0.66, 0.82])
"""Alternatives: the share before."""

RISES = np.array([0.01, 0.02, 0.035, 0.06, 0.10, 0.16, 0.25, 0.40])
"""Alternatives: how much more it rose than the tolerance."""

_HIGHEST = 0.99
_LARGEST_LOG = 600.0


class ReviewRise(CellsMonitor):
    """Share of each category's decisions sent to review in the newest 24 h, less that in the six days before."""

    name = MonitorName.REVIEW_RISE

    def project(self, cells: Counts) -> Counts:
        """Decisions of each category, cut in two in two ways: is the merchant unknown, does the LLM weigh most; shape
        (CATEGORIES, 2 ways, 2 sides, OUTCOMES).
        """
        merchants, methods = table(cells, Table.FAMILIARITY), table(cells, Table.DECISIONS).sum(axis=1)
        return np.stack([_cut(merchants, _UNKNOWN), _cut(methods, _LLM)], axis=1)

    def result(self, view: View) -> list[Reading]:
        """A reading for each category."""
        day, before = view.parts[Window.DAY], view.before
        now, then = (part[:, _OF_METHOD].sum(axis=1) for part in (day, before))
        found = evidence(
            now[:, _REVIEW], now.sum(axis=1), then[:, _REVIEW], then.sum(axis=1), tolerance=view.rules.review_rise
        ).tolist()
        return [
            self._reading(category, Pair(day[place], before[place]), found[place], view.rules)
            for place, category in enumerate(CATEGORIES)
        ]

    def _reading(self, category: str, pair: "Pair", found: float, rules: Rules) -> Reading:
        (review, decisions), (review_before, decisions_before) = pair.counts
        enough = min(decisions, decisions_before) >= max(rules.minimum_count, 1)
        state, holds = ReadingState.NOT_ENOUGH_DATA, False
        if enough:
            state = ReadingState.WARNING if found >= rules.warn_evidence else ReadingState.OK
            # Both: evidence may linger when the rise is over, and a rise may be chance.
            holds = pair.rise > rules.review_rise and found >= sqrt(rules.warn_evidence)
        return Reading(
            monitor=self.name,
            window=Window.DAY,
            state=state,
            counts={
                "review": review,
                "decisions": decisions,
                "review_before": review_before,
                "decisions_before": decisions_before,
            },
            category=category,
            value=pair.rise if enough else None,
            interval=newcombe(review, decisions, review_before, decisions_before, level=LEVEL) if enough else None,
            threshold=rules.review_rise,
            holds=holds,
            evidence=found,
            e_value=found,
            reference=review_before / decisions_before if enough else None,
            hint=hint(pair) if state.severity or holds else "",
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """Counts of a category on its newest day and on the days before, each of shape (2 ways, 2 sides, OUTCOMES)."""

    now: Counts
    before: Counts

    @property
    def counts(self) -> Sequence[tuple[int, int]]:
        """(review, decisions) of the day, and of the days before."""
        return [
            (int(part[_OF_METHOD, :, _REVIEW].sum()), int(part[_OF_METHOD].sum())) for part in (self.now, self.before)
        ]

    @property
    def rise(self) -> float:
        """Difference of the shares sent to review; there are decisions in both."""
        (review, decisions), (review_before, decisions_before) = self.counts
        return review / decisions - review_before / decisions_before

    def shares(self, way: int) -> tuple[float, float]:
        """Share of the decisions that are inside, of the day and of the days before; there are decisions in both."""
        now, before = (float(part[way, _INSIDE].sum() / part[way].sum()) for part in (self.now, self.before))
        return now, before

    def rates(self, way: int, side: int) -> tuple[float, float]:
        """Share of a side's decisions that is sent to review, of the day and of the days before.

        A side without decisions at one time is taken to have had the share that it has at the other.
        """
        rates = [
            float(part[way, side, _REVIEW] / part[way, side].sum())
            for part in (self.now, self.before)
            if part[way, side].any()
        ]
        return (rates[0], rates[-1]) if rates else (0.0, 0.0)

    def explained(self, way: int) -> float:
        """The part of the rise, as a difference of shares, that follows from there being more inside."""
        now, before = self.shares(way)
        inside, outside = (fmean(self.rates(way, side)) for side in (_INSIDE, _OUTSIDE))
        return (now - before) * (inside - outside)


def evidence(
    review: Counts, decisions: Counts, review_before: Counts, decisions_before: Counts, *, tolerance: float
) -> NDArray[np.float64]:
    """E-values against "the share rose by the tolerance at most", of shape (n,).

    Args:
        review: Shape (n,).
        decisions: Shape (n,).
        review_before: Shape (n,).
        decisions_before: Shape (n,).
        tolerance: Difference of shares that is let pass, from 0 to 0.1.

    Returns:
        At least 0; 1 where there is nothing to compare.

    >>> day, before = np.array([1_500]), np.array([7_200])
    >>> evidence(day, np.array([10_000]), before, np.array([60_000]), tolerance=0.01) > 1e4
    array([ True])
    """
    found = np.ones(len(decisions))
    known = (decisions > 0) & (decisions_before > 0)
    hits, total, hits_before, total_before = (
        counts[known][:, np.newaxis] for counts in (review, decisions, review_before, decisions_before)
    )
    # Above the tolerance: an alternative within it would be its own null and say nothing.
    rate, rise = (grid.ravel() for grid in np.meshgrid(RATES, RISES + tolerance))
    rate, higher = np.broadcast_arrays(rate, np.minimum(rate + rise, _HIGHEST), total)[:2]
    null, null_before = nearest_null(higher, rate, total, total_before, tolerance=tolerance)
    logs = _log_ratio(higher, null, hits, total) + _log_ratio(rate, null_before, hits_before, total_before)
    # A mean of valid evidence is valid; `exp` overflows beyond 709.
    found[known] = np.exp(np.minimum(logs, _LARGEST_LOG)).mean(axis=1)
    return found


def hint(pair: Pair) -> str:
    """Explain a rise, with figures; empty where none of what is looked at does."""
    unknown, llm = pair.explained(_OF_MERCHANT), pair.explained(_OF_METHOD)
    (_, decisions), (_, decisions_before) = pair.counts
    if max(unknown, llm) >= EXPLAINS * pair.rise:
        way, question, what = (
            (_OF_MERCHANT, "New merchants not in the gazetteer?", "Unknown merchants are")
            if unknown >= llm
            else (_OF_METHOD, "Do the other methods disagree more often?", "The LLM's vote decides")
        )
        now, before = pair.shares(way)
        figures = f"{share(now)} of {decisions:,} decisions, {share(before)} of {decisions_before:,} before"
        return f"{question} {what} {figures}."
    now, before = pair.rates(_OF_MERCHANT, _OUTSIDE)
    # Neither explains it and the known are no worse, so any hint would mislead.
    if now <= before:
        return ""
    return (
        f"Not for new merchants: of the known ones {share(now)} go to review, {share(before)} before. Their confidence "
        "fell: look at its drift."
    )


def _cut(counts: Counts, inside: Sequence[int]) -> Counts:
    """Counts of shape (CATEGORIES, names, OUTCOMES) cut in two by name, shape (CATEGORIES, 2, OUTCOMES)."""
    chosen = counts[:, inside].sum(axis=1)
    return np.stack([chosen, counts.sum(axis=1) - chosen], axis=1)


def _log_ratio(
    alternative: NDArray[np.float64], null: NDArray[np.float64], hits: Counts, total: Counts
) -> NDArray[np.float64]:
    return np.asarray(hits * np.log(alternative / null) + (total - hits) * np.log((1 - alternative) / (1 - null)))
