"""Readings: each monitor sees its windows, and what is remembered between calls does not show."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.base.cells_monitor import CellsMonitor
from monitors.base.contract import MonitorName, Reading, ReadingState, Reference, Rules, View
from monitors.catalogue.registry import MONITORS
from monitors.counts.cells import Counts, Table, empty, index, table
from monitors.counts.history import History
from monitors.counts.observation import Observation
from monitors.counts.windows import KEPT, LENGTHS, Window
from monitors.evaluator import Evaluator
from tests.harness.worlds import DAY, MODEL, NEWEST, TODAY, ask, decided, history, vectors


@dataclass
class Witness(CellsMonitor):
    """A monitor that keeps what it is shown; its part is the number of decisions."""

    sequential: bool = True
    seen: list[View] = field(default_factory=list)
    name = MonitorName.ABSTENTION

    def project(self, cells: Counts) -> Counts:
        """Number of decisions, shape (1,)."""
        return table(cells, Table.CONFIDENCE).sum(keepdims=True)

    def result(self, view: View) -> list[Reading]:
        """None."""
        self.seen.append(view)
        return []


def shown(state: History) -> View:
    """What a monitor is shown of a state."""
    witness = Witness()
    ask(witness, state)
    return witness.seen[0]


@pytest.mark.parametrize(
    ("age", "windows"),
    [
        (0, {Window.HOUR, Window.DAY, Window.WEEK}),
        (LENGTHS[Window.HOUR] - 1, {Window.HOUR, Window.DAY, Window.WEEK}),
        (LENGTHS[Window.HOUR], {Window.DAY, Window.WEEK}),
        (DAY - 1, {Window.DAY, Window.WEEK}),
        (DAY, {Window.WEEK}),
        (KEPT - 1, {Window.WEEK}),
        (KEPT, set()),
    ],
)
def test_windows_end_with_the_newest_bucket(age: int, windows: set[Window]) -> None:
    """A bucket is in the windows that are longer than its age, and `before` is what the newest day leaves of the week.

            newest - KEPT + 1          newest - DAY + 1      newest
                  |<------------- before ------->|<--- 24 h --->|
    """  # fmt: skip
    view = shown(history({NEWEST - age: decided(3)}))
    assert windows == {window for window, part in view.parts.items() if part[0] == 3}
    assert 3 * (DAY <= age < KEPT) == view.before[0]


def test_series_is_ordered_and_leaves_out_what_holds_nothing() -> None:
    """Buckets come oldest first, and only those with a count in the monitor's cells."""
    letters = empty()
    letters[index(Table.INTAKE, "dead_letter")] = 4
    state = history({NEWEST: decided(1), NEWEST - 9: decided(2), NEWEST - 5: letters, NEWEST - 7: decided(3)})
    assert [(NEWEST - 9, 2), (NEWEST - 7, 3), (NEWEST, 1)] == [
        (bucket, part[0]) for bucket, part in shown(state).series
    ]


def test_view_tells_the_rest() -> None:
    """Corrections of the present model, the newest bucket, the clock."""
    state = history({NEWEST: decided(1)})
    state.answered |= {"another": (9, 9), MODEL: (2, 1)}
    view = shown(state)
    assert ((2, 1), NEWEST, TODAY) == (view.answered, view.newest, view.today)
    assert ((0, 0), None) == (shown(History()).answered, shown(History()).newest)


_STEPS = st.lists(st.tuples(st.integers(-KEPT - 5, 0) | st.integers(0, 300), vectors()), min_size=1, max_size=6)


@settings(deadline=None, max_examples=15)
@given(_STEPS)
def test_what_is_remembered_does_not_show(steps: Sequence[tuple[int, Counts]]) -> None:
    """Readings after each of many observations are those of an evaluator that has never seen the state before."""
    rules, reference = Rules(minimum_count=1, minimum_labels=1), Reference()
    evaluator = Evaluator(MONITORS, rules=rules, reference=reference, model_version=MODEL)
    state = History()
    for place, (step, cells) in enumerate(steps):
        bucket = NEWEST + step
        sparse = {int(cell): int(cells[cell]) for cell in cells.nonzero()[0]}
        observation = Observation("transactions:0", place, place + 1, MODEL, {bucket: sparse}, ((bucket, 1),))
        evaluator.forget(state.take(observation))
        fresh = Evaluator(
            [type(monitor)() for monitor in MONITORS], rules=rules, reference=reference, model_version=MODEL
        )
        assert fresh.readings(state, today=TODAY) == evaluator.readings(state, today=TODAY)


@dataclass
class Sure(Witness):
    """A monitor with one reading, that warns by an e-value."""

    e_value: float = 0.0

    def result(self, view: View) -> list[Reading]:
        """Of the newest day."""
        state = ReadingState.WARNING if self.e_value > 1 else ReadingState.OK
        return [Reading(self.name, Window.DAY, state, {"labels": int(view.parts[Window.DAY][0])}, e_value=self.e_value)]


def test_false_discoveries_are_controlled_over_all_monitors() -> None:
    """An e-value of 40 is a discovery among two, as 40 is at least 2 / 0.05, and none among three."""

    def states(others: int) -> list[ReadingState]:
        monitors = [Sure(e_value=40.0), *(Sure() for _ in range(others))]
        evaluator = Evaluator(monitors, rules=Rules(), reference=Reference(), model_version=MODEL)
        return [reading.state for reading in evaluator.readings(History(), today=TODAY)][:1]

    assert [ReadingState.WARNING] == states(1)
    assert [ReadingState.OK] == states(2)
