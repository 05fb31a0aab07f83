"""The common part of all monitors: their part is a table that adds up the cells they look at."""

from abc import ABC, abstractmethod
from typing import ClassVar

from monitors.base.contract import MonitorName, Reading, View
from monitors.counts.cells import Counts, empty


class CellsMonitor(ABC):
    """A monitor whose part is what `project` takes from the cells, added up."""

    name: ClassVar[MonitorName]
    sequential: ClassVar[bool] = False

    @abstractmethod
    def project(self, cells: Counts) -> Counts:
        """The sums of a vector's tables that the monitor looks at, of one shape whatever the vector; linear.

        Args:
            cells: Shape (monitors.counts.cells.SIZE,); not changed.
        """

    @abstractmethod
    def result(self, view: View) -> list[Reading]:
        """The readings; the same view gives the same readings."""

    def initial(self) -> Counts:
        """The part of no decisions at all."""
        # From the projection itself, so that the shape is said in one place.
        return self.project(empty())

    def add(self, part: Counts, cells: Counts) -> Counts:
        """The part with the cells added; a new table, of the shape of `project`."""
        # Not in place: parts of buckets are kept, and added to more than one window.
        return part + self.project(cells)

    def merge(self, left: Counts, right: Counts) -> Counts:
        """The part of both; a new table."""
        return left + right
