"""From the state to readings: what each monitor sees of each window, without adding up what has not changed."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import accumulate

from monitors.base.contract import Monitor, Reading, Reference, Rules, View
from monitors.counts.cells import Counts, empty
from monitors.counts.history import Changes, History, Sums
from monitors.counts.windows import KEPT, LENGTHS, Window
from monitors.statistics.false_discovery import control

_SPANS = (
    (0, LENGTHS[Window.HOUR]),
    (LENGTHS[Window.HOUR], LENGTHS[Window.DAY]),
    (LENGTHS[Window.DAY], KEPT),
)
"""Ages of buckets, from and up to: the windows cut into spans that do not overlap."""


class Evaluator:
    """Asks the monitors for their readings.

    Args:
        monitors: Whom to ask, in this order.
        reference: What was true of the model when it was made.
    """

    def __init__(self, monitors: Sequence[Monitor], *, rules: Rules, reference: Reference, model_version: str) -> None:
        self._monitors = tuple(monitors)
        self._rules = rules
        self._reference = reference
        self._model_version = model_version
        self._series: dict[str, dict[int, Counts | None]] = {
            monitor.name: {} for monitor in self._monitors if monitor.sequential
        }
        self._sums = Sums()
        self.windows: Mapping[Window, Counts] = {}
        """For each window, its counts at the last look, shape (SIZE,); empty before the first observation."""

    def forget(self, changes: Changes) -> None:
        """Look again at what was changed."""
        self._sums.forget(changes)
        for parts in self._series.values():
            for bucket in changes.buckets | changes.expired:
                parts.pop(bucket, None)

    def readings(self, history: History, *, today: date) -> list[Reading]:
        """The readings of all monitors now, with the rate of false discoveries controlled over all of them.

        Args:
            history: The state; what changed in it since the last call was told by `forget`.
        """
        newest = history.newest
        spans = [
            # Spans do not overlap, so the longer windows are sums of the shorter and nothing is added up twice.
            empty() if newest is None else self._sums.between(history, newest - end + 1, newest - start)
            for start, end in _SPANS
        ]
        self.windows = {} if newest is None else dict(zip(LENGTHS, accumulate(spans), strict=True))
        readings = [
            reading
            for monitor in self._monitors
            for reading in monitor.result(self._view(monitor, history, spans, today=today))
        ]
        # Over all monitors together, because they are all tested at the same time.
        return control(readings, self._rules.false_discovery_rate)

    def _view(self, monitor: Monitor, history: History, spans: Sequence[Counts], *, today: date) -> View:
        hour, rest_of_day, before = (monitor.add(monitor.initial(), cells) for cells in spans)
        day = monitor.merge(hour, rest_of_day)
        windows: Mapping[Window, Counts] = {
            Window.HOUR: hour,
            Window.DAY: day,
            Window.WEEK: monitor.merge(day, before),
        }
        return View(
            parts=windows,
            before=before,
            series=self._parts(monitor, history) if monitor.sequential else (),
            answered=history.answered.get(self._model_version, (0, 0)),
            newest=history.newest,
            rules=self._rules,
            reference=self._reference,
            today=today,
        )

    def _parts(self, monitor: Monitor, history: History) -> list[tuple[int, Counts]]:
        known = self._series[monitor.name]
        # Only what is new or was forgotten: a week has 2,016 buckets, and a batch changes a few.
        for bucket in history.buckets.keys() - known.keys():
            part = monitor.add(monitor.initial(), history.buckets[bucket])
            # None is kept, too: it says that the bucket was looked at and has nothing for this monitor.
            known[bucket] = part if part.any() else None
        return [(bucket, part) for bucket, part in sorted(known.items()) if part is not None]
