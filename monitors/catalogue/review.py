"""Shares that are sent to review: of each category, of one amount band against the others, and of one category against
the others where both are as sure.

A decision in review is a customer who waits, and work for people. How the share *rises* is in
`monitors.catalogue.review_rise`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

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
        blank = partial(_blank, self.name, view.rules.review_gap)
        return _beside_the_others(view, BANDS, lambda window, band: blank(window, group=band))


class SureParity(CellsMonitor):
    """Share of a category's sure decisions sent to review, beside that of all other categories' sure decisions.

    A decision is sure from `monitors.counts.cells.SURE` on. At equal confidence nothing but the policy's thresholds
    makes one category's customers wait where another's do not.
    """

    name = MonitorName.SURE_PARITY

    def project(self, cells: Counts) -> Counts:
        """Sure decisions by category and outcome, shape (CATEGORIES, OUTCOMES)."""
        return np.asarray(table(cells, Table.SURE))

    def result(self, view: View) -> list[Reading]:
        """For each window and category: how much more of what is sure is sent to review than of the others."""
        blank = partial(_blank, self.name, view.rules.sure_review_gap)
        return _beside_the_others(view, CATEGORIES, lambda window, category: blank(window, category=category))


def _blank(
    name: MonitorName, threshold: float, window: Window, *, category: str | None = None, group: str | None = None
) -> Reading:
    return Reading(
        monitor=name,
        window=window,
        state=ReadingState.NOT_ENOUGH_DATA,
        counts={},
        category=category,
        group=group,
        threshold=threshold,
    )


def _beside_the_others(view: View, names: Sequence[str], blank: Callable[[Window, str], Reading]) -> list[Reading]:
    """For each window and name, in this order: its decisions held against those of all others."""
    return [
        _gap(blank(window, name), own, view.parts[window].sum(axis=0) - own, view.rules)
        for window in LENGTHS
        for name, own in zip(names, view.parts[window], strict=True)
    ]


def _gap(blank: Reading, own: Counts, others: Counts, rules: Rules) -> Reading:
    """A group's share in review less that of the others, with its interval (Newcombe 1998), judged by its lower bound.

    Args:
        blank: What it is about; its state is "not enough data".
        own: Decisions by outcome, shape (OUTCOMES,).
        others: Those that it is held against, of the same shape.
    """
    (review, decisions), (others_review, others_decisions) = _reviewed(own), _reviewed(others)
    counted = {
        "review": review,
        "decisions": decisions,
        "others_review": others_review,
        "others_decisions": others_decisions,
    }
    # `max` with 1, because the minimum is a setting and may be 0.
    if min(decisions, others_decisions) < max(rules.minimum_count, 1):
        return replace(blank, counts=counted)
    rate, others_rate = review / decisions, others_review / others_decisions
    figure = replace(
        blank,
        state=ReadingState.OK,
        counts=counted,
        value=rate - others_rate,
        interval=newcombe(review, decisions, others_review, others_decisions, level=LEVEL),
        reference=others_rate,
        ratios=_ratios(rate, others_rate),
    )
    return judged(figure, rules=rules)


def _reviewed(counts: Counts) -> tuple[int, int]:
    """Decisions in review, and all of them."""
    by_outcome = counts.tolist()
    return by_outcome[_REVIEW], sum(by_outcome)


def _ratios(rate: float, others: float) -> Mapping[str, float]:
    """Both directions, each below 1 where the group is worse off: acceptance over that of the others, and review of the
    others over its own. One with a zero below the line is left out.

    >>> {name: round(ratio, 2) for name, ratio in _ratios(0.04, 0.02).items()}
    {'acceptance': 0.98, 'review': 0.5}
    """
    pairs = {"acceptance": (1 - rate, 1 - others), "review": (others, rate)}
    return {name: over / under for name, (over, under) in pairs.items() if under > 0}
