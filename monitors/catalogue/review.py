"""Shares that are sent to review: of each category, and of one amount band against the others.

A decision in review is a customer who waits, and work for people. How the share *rises* is in
`monitors.catalogue.review_rise`.
"""

from collections.abc import Mapping

import numpy as np

from models.contracts.taxonomy import CATEGORIES
from models.statistics.intervals import newcombe
from monitors.base.cells_monitor import CellsMonitor
from monitors.base.contract import LEVEL, MonitorName, Reading, ReadingState, Rules, View
from monitors.base.level_rules import above, judged
from monitors.counts.cells import BANDS, OUTCOMES, Counts, Outcome, Table, table
from monitors.counts.windows import LENGTHS, Window

_REVIEW = OUTCOMES.index(Outcome.REVIEW)


class ReviewRate(CellsMonitor):
    """Share of decisions sent to review: of each category, and of all."""

    name = MonitorName.REVIEW_RATE

    def project(self, cells: Counts) -> Counts:
        """Decisions by category and outcome, shape (CATEGORIES, OUTCOMES)."""
        return np.asarray(table(cells, Table.DECISIONS).sum(axis=(1, 2)))

    def result(self, view: View) -> list[Reading]:
        """For each window, one reading over all categories and one for each."""
        return [
            self._reading(window, category, counts, view.rules)
            for window in LENGTHS
            for category, counts in self._rows(view.parts[window])
        ]

    @staticmethod
    def _rows(part: Counts) -> list[tuple[str | None, list[int]]]:
        return [(None, part.sum(axis=0).tolist()), *zip(CATEGORIES, part.tolist(), strict=True)]

    def _reading(self, window: Window, category: str | None, counts: list[int], rules: Rules) -> Reading:
        review, decisions = counts[_REVIEW], sum(counts)
        blank = Reading(
            monitor=self.name,
            window=window,
            state=ReadingState.NOT_ENOUGH_DATA,
            counts={"review": review, "decisions": decisions},
            category=category,
            threshold=rules.review_rate,
        )
        return above(blank, review, decisions, rules=rules)


class ReviewParity(CellsMonitor):
    """Share of an amount band's decisions sent to review, beside that of all other bands."""

    name = MonitorName.REVIEW_PARITY

    def project(self, cells: Counts) -> Counts:
        """Decisions by amount band and outcome, shape (BANDS, OUTCOMES)."""
        return np.asarray(table(cells, Table.DECISIONS).sum(axis=(0, 2)))

    def result(self, view: View) -> list[Reading]:
        """For each window and band: how much more of it is sent to review than of the others."""
        return [
            self._reading(window, band, own.tolist(), (view.parts[window].sum(axis=0) - own).tolist(), view.rules)
            for window in LENGTHS
            for band, own in zip(BANDS, view.parts[window], strict=True)
        ]

    def _reading(self, window: Window, band: str, own: list[int], others: list[int], rules: Rules) -> Reading:
        review, decisions, others_review, others_decisions = own[_REVIEW], sum(own), others[_REVIEW], sum(others)
        # `max` with 1, because the minimum is a setting and may be 0.
        enough = min(decisions, others_decisions) >= max(rules.minimum_count, 1)
        rate, others_rate = (review / decisions, others_review / others_decisions) if enough else (0.0, 0.0)
        figure = Reading(
            monitor=self.name,
            window=window,
            state=ReadingState.OK if enough else ReadingState.NOT_ENOUGH_DATA,
            counts={
                "review": review,
                "decisions": decisions,
                "others_review": others_review,
                "others_decisions": others_decisions,
            },
            group=band,
            value=rate - others_rate if enough else None,
            interval=newcombe(review, decisions, others_review, others_decisions, level=LEVEL) if enough else None,
            threshold=rules.review_gap,
            reference=others_rate if enough else None,
            ratios=_ratios(rate, others_rate) if enough else {},
        )
        return judged(figure, rules=rules)


def _ratios(rate: float, others: float) -> Mapping[str, float]:
    """Both directions, each below 1 where the group is worse off: acceptance over that of the others, and review of the
    others over its own. One with a zero below the line is left out.

    >>> {name: round(ratio, 2) for name, ratio in _ratios(0.04, 0.02).items()}
    {'acceptance': 0.98, 'review': 0.5}
    """
    pairs = {"acceptance": (1 - rate, 1 - others), "review": (others, rate)}
    return {name: over / under for name, (over, under) in pairs.items() if under > 0}
