"""Use of the methods, abstentions, unknown merchants, dead letters, corrections, and the age of the model."""

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from models.decisions.pool import Familiarity
from models.voters.contract import Method
from monitors.base.cells_monitor import CellsMonitor
from monitors.base.contract import MonitorName, Reading, ReadingState, Rules, View
from monitors.base.level_rules import above, figure
from monitors.counts.cells import EXCLUSIONS, FAMILIARITIES, METHODS, NOBODY, Counts, Exclusion, Table, table
from monitors.counts.windows import LENGTHS, Window

NO_LIMIT = 1.0
"""Threshold of a share that may be anything."""


class MethodUsage(CellsMonitor):
    """Share of decisions in which each method voted. That of the LLM has a limit: it is asked where others disagree."""

    name = MonitorName.METHOD_USAGE

    def project(self, cells: Counts) -> Counts:
        """Decisions by the method that voted, then all decisions, shape (METHODS + 1,)."""
        # Decisions apart: several methods vote on one, so votes do not add up to them.
        return np.append(table(cells, Table.VOTED), table(cells, Table.DECISIONS).sum())

    def result(self, view: View) -> list[Reading]:
        """A reading for each window and method."""
        readings = []
        for window in LENGTHS:
            *voted, decisions = view.parts[window].tolist()
            for method, votes in zip(METHODS, voted, strict=True):
                # The others vote wherever they can, so that much of them is nothing to warn of.
                limited = method == Method.LLM
                blank = Reading(
                    monitor=self.name,
                    window=window,
                    state=ReadingState.NOT_ENOUGH_DATA,
                    counts={"voted": votes, "decisions": decisions},
                    group=method,
                    threshold=view.rules.llm_share if limited else NO_LIMIT,
                )
                judge = above if limited else figure
                readings.append(judge(blank, votes, decisions, rules=view.rules))
        return readings


class _ShareMonitor(CellsMonitor):
    """A monitor of one share with a limit; its part is (hits, total)."""

    counted: ClassVar[tuple[str, str]]
    """Names of hits and total."""

    @abstractmethod
    def limit(self, rules: Rules) -> float:
        """The limit that the share is held against."""

    def result(self, view: View) -> list[Reading]:
        """A reading for each window."""
        readings = []
        for window in LENGTHS:
            hits, total = view.parts[window].tolist()
            blank = Reading(
                monitor=self.name,
                window=window,
                state=ReadingState.NOT_ENOUGH_DATA,
                counts=dict(zip(self.counted, (hits, total), strict=True)),
                threshold=self.limit(view.rules),
            )
            readings.append(above(blank, hits, total, rules=view.rules))
        return readings


class Abstention(_ShareMonitor):
    """Share of decisions in which no method voted."""

    name = MonitorName.ABSTENTION
    counted = "abstained", "decisions"

    def project(self, cells: Counts) -> Counts:
        """Decisions without a vote, and all."""
        return _of_merchants(cells, NOBODY)

    def limit(self, rules: Rules) -> float:
        """Of the rules."""
        return rules.abstention


class UnknownMerchants(_ShareMonitor):
    """Share of decisions on merchants of which the memory knows nothing."""

    name = MonitorName.UNKNOWN_MERCHANTS
    counted = "unknown", "decisions"

    def project(self, cells: Counts) -> Counts:
        """Decisions on such merchants, and all."""
        return _of_merchants(cells, Familiarity.NEW)

    def limit(self, rules: Rules) -> float:
        """Of the rules."""
        return rules.unknown_merchants


class DeadLetters(_ShareMonitor):
    """Share of records, transactions and corrections alike, that could not be read."""

    name = MonitorName.DEAD_LETTERS
    counted = "dead_letters", "records"

    def project(self, cells: Counts) -> Counts:
        """Dead letters, and all records: decisions, corrections, and what was set aside."""
        intake = table(cells, Table.INTAKE)
        taken = table(cells, Table.DECISIONS).sum() + table(cells, Table.CORRECTIONS).sum()
        return np.array([intake[EXCLUSIONS.index(Exclusion.DEAD_LETTER)], intake.sum() + taken])

    def limit(self, rules: Rules) -> float:
        """Of the rules."""
        return rules.dead_letters


class _Timeless(CellsMonitor):
    """A monitor that looks at no cells."""

    def project(self, cells: Counts) -> Counts:
        """Nothing, shape (0,)."""
        return cells[:0]


class Corrections(_Timeless):
    """Corrections that changed a decision of the present model: from so many on, there is something to learn."""

    name = MonitorName.CORRECTIONS

    def result(self, view: View) -> list[Reading]:
        """One reading, of no window."""
        changed, confirmed = view.answered
        enough = changed >= view.rules.corrections
        return [
            Reading(
                monitor=self.name,
                window=Window.ALL,
                state=ReadingState.WARNING if enough else ReadingState.OK,
                counts={"changed": changed, "confirmed": confirmed, "corrections": changed + confirmed},
                value=float(changed),
                threshold=float(view.rules.corrections),
                holds=enough,
            )
        ]


class ModelAge(_Timeless):
    """Days since the training."""

    name = MonitorName.MODEL_AGE

    def result(self, view: View) -> list[Reading]:
        """One reading, of no window; not enough data where the model does not say when it was trained."""
        day, limit = view.reference.trained_on, view.rules.model_age_days
        # A model that was trained in a zone further east may be of tomorrow.
        age = None if day is None else max((view.today - day).days, 0)
        old = age is not None and age > limit
        known = ReadingState.WARNING if old else ReadingState.OK
        return [
            Reading(
                monitor=self.name,
                window=Window.ALL,
                state=ReadingState.NOT_ENOUGH_DATA if age is None else known,
                counts={} if age is None else {"days": age},
                value=None if age is None else float(age),
                threshold=float(limit),
                holds=old,
            )
        ]


def _of_merchants(cells: Counts, familiarity: str) -> Counts:
    decisions = table(cells, Table.FAMILIARITY).sum(axis=(0, 2))
    return np.array([decisions[FAMILIARITIES.index(familiarity)], decisions.sum()])
