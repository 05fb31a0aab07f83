"""Live probes: how often a decision would have been another one for a twin that differs in one thing."""

import numpy as np

from models.decisions.probing import Flip
from monitors.base.cells_monitor import CellsMonitor
from monitors.base.contract import MonitorName, Reading, ReadingState, Rules, View
from monitors.base.level_rules import above
from monitors.counts.cells import ATTRIBUTES, FLIPS, Counts, Table, table
from monitors.counts.windows import LENGTHS, Window

_CATEGORY = [FLIPS.index(flip) for flip in (Flip.CATEGORY, Flip.BOTH)]
_REVIEW = [FLIPS.index(flip) for flip in (Flip.REVIEW, Flip.BOTH)]
_FLIPPED = [FLIPS.index(flip) for flip in (Flip.CATEGORY, Flip.BOTH, Flip.REVIEW, Flip.FAILED)]


class ProbeFlips(CellsMonitor):
    """Share of twins with another category, another way (accepted or review) or no decision at all, by what differs.

    A confidence that moved by itself is no flip: nobody is treated otherwise.
    """

    name = MonitorName.PROBE_FLIPS

    def project(self, cells: Counts) -> Counts:
        """Flips, other categories, other ways, and all probes, shape (ATTRIBUTES, 4)."""
        probes = table(cells, Table.PROBES)
        return np.stack([*(probes[:, which].sum(axis=1) for which in (_FLIPPED, _CATEGORY, _REVIEW)), probes.sum(1)], 1)

    def result(self, view: View) -> list[Reading]:
        """A reading for each window and attribute."""
        return [one for window in LENGTHS for one in self.readings(view.parts[window], window, view.rules)]

    def readings(self, part: Counts, window: Window, rules: Rules) -> list[Reading]:
        """A reading for each attribute.

        Args:
            part: Of the shape of `project`.
        """
        readings = []
        for attribute, (flipped, category, review, probes) in zip(ATTRIBUTES, part.tolist(), strict=True):
            blank = Reading(
                monitor=self.name,
                window=window,
                state=ReadingState.NOT_ENOUGH_DATA,
                counts={
                    "flipped": flipped,
                    "flipped_category": category,
                    "flipped_review": review,
                    "probes": probes,
                },
                group=attribute,
                threshold=rules.probe_flips,
            )
            readings.append(above(blank, flipped, probes, rules=rules))
        return readings
