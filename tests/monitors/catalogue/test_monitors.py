"""What every monitor promises: the suite that all of them pass."""

from math import isfinite

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.contracts.taxonomy import CATEGORIES
from monitors.alerts import wording
from monitors.base.contract import Monitor, MonitorName, Reading, ReadingState, Reference, Rules
from monitors.catalogue.registry import DESCRIPTIONS, MONITORS
from monitors.counts.cells import ATTRIBUTES, BANDS, METHODS, Counts
from monitors.counts.history import History
from monitors.counts.windows import Window
from tests.harness.worlds import NEWEST, ask, crowds, decided, histories, history, references, vectors

TIMELESS = {MonitorName.CORRECTIONS, MonitorName.MODEL_AGE}
"""Their figures are counts, not estimates: there is always enough of them, or none at all."""

SHARES = {
    MonitorName.REVIEW_RATE,
    MonitorName.CONFIDENCE_MEDIAN,
    MonitorName.METHOD_USAGE,
    MonitorName.MINORITY_RECALL,
    MonitorName.ABSTENTION,
    MonitorName.UNKNOWN_MERCHANTS,
    MonitorName.DEAD_LETTERS,
    MonitorName.PROBE_FLIPS,
}

every_monitor = pytest.mark.parametrize("monitor", MONITORS, ids=lambda monitor: monitor.name.value)
few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def same(one: Counts, other: Counts) -> bool:
    """Whether two parts are the same table."""
    return one.dtype == other.dtype and np.array_equal(one, other)


def part(monitor: Monitor, cells: Counts) -> Counts:
    """The part of one vector."""
    return monitor.add(monitor.initial(), cells)


def sound(reading: Reading) -> bool:
    """Whether a reading could be shown to people."""
    figures = [reading.value, reading.reference, reading.e_value, reading.evidence, *(reading.interval or ())]
    known = [figure for figure in figures if figure is not None]
    low, high = reading.interval or (-np.inf, np.inf)
    return (
        all(isfinite(figure) for figure in (*known, reading.threshold, *reading.ratios.values()))
        and all(ratio >= 0 for ratio in reading.ratios.values())
        and all(isinstance(count, int) and count >= 0 for count in reading.counts.values())
        and (reading.value is None or low - 1e-9 <= reading.value <= high + 1e-9)
        and (reading.state is ReadingState.NOT_ENOUGH_DATA or reading.value is not None)
        and reading.category in (None, *CATEGORIES)
        and reading.group in (None, *BANDS, *METHODS, *ATTRIBUTES)
    )


def test_every_name_has_one_monitor() -> None:
    """Nobody is forgotten, in the catalogue, its descriptions and the words of alerts."""
    assert sorted(MonitorName) == sorted(monitor.name for monitor in MONITORS)
    assert set(MonitorName) == set(DESCRIPTIONS)
    assert set(MonitorName) == set(wording.WORDS)


@every_monitor
@few
@given(cells=vectors())
def test_initial_is_neutral(monitor: Monitor, cells: Counts) -> None:
    """Merging with the part of nothing, from either side, changes nothing."""
    own = part(monitor, cells)
    assert same(own, monitor.merge(monitor.initial(), own))
    assert same(own, monitor.merge(own, monitor.initial()))
    assert not monitor.initial().any()


@every_monitor
@few
@given(first=vectors(), second=vectors())
def test_arguments_are_left_alone(monitor: Monitor, first: Counts, second: Counts) -> None:
    """Neither adding nor merging writes to what it is given, or gives it back."""
    own, other = part(monitor, first), part(monitor, second)
    before = [table.copy() for table in (own, other, second)]
    added, merged = monitor.add(own, second), monitor.merge(own, other)
    added += 1
    merged += 1
    assert all(same(kept, table) for kept, table in zip(before, (own, other, second), strict=True))


@every_monitor
@few
@given(first=vectors(), second=vectors(), third=vectors())
def test_merging_is_associative_and_commutative(monitor: Monitor, first: Counts, second: Counts, third: Counts) -> None:
    """Parts can be merged in any order and in any groups."""
    a, b, c = (part(monitor, cells) for cells in (first, second, third))
    assert same(monitor.merge(a, b), monitor.merge(b, a))
    assert same(monitor.merge(monitor.merge(a, b), c), monitor.merge(a, monitor.merge(b, c)))


@every_monitor
@few
@given(first=vectors(), second=vectors())
def test_adding_a_sum_is_merging(monitor: Monitor, first: Counts, second: Counts) -> None:
    """Whether cells are summed up before or after a monitor looks at them makes no difference."""
    merged = monitor.merge(part(monitor, first), part(monitor, second))
    assert same(merged, part(monitor, first + second))
    assert same(merged, monitor.add(part(monitor, first), second))


@every_monitor
@pytest.mark.parametrize("rules", [Rules(), Rules(minimum_count=0, minimum_labels=0)], ids=["usual", "no minimum"])
def test_nothing_is_not_enough_data(monitor: Monitor, rules: Rules) -> None:
    """Before the first observation there are readings, and they say that nothing is known."""
    readings = ask(monitor, History(), rules=rules)
    assert readings
    assert all(sound(reading) for reading in readings)
    if monitor.name is not MonitorName.CORRECTIONS:
        assert {ReadingState.NOT_ENOUGH_DATA} == {reading.state for reading in readings}


@pytest.mark.parametrize("monitor", [monitor for monitor in MONITORS if monitor.name not in TIMELESS])
def test_few_cases_alarm_nobody(monitor: Monitor) -> None:
    """Ten decisions, all bad, are not enough data: neither fine nor alarming."""
    bad = decided(10, known="none", decisive="none", outcome="review", confidence=0.1, voted=("llm",))
    readings = ask(monitor, history({NEWEST: bad, NEWEST - 1_000: bad}))
    assert {ReadingState.NOT_ENOUGH_DATA} == {reading.state for reading in readings}
    assert not any(reading.holds for reading in readings)


@every_monitor
@few
@given(state=histories(), reference=references(), minimum=st.sampled_from([0, 30, 200]))
def test_readings_are_sound(monitor: Monitor, state: History, reference: Reference, minimum: int) -> None:
    """Whatever was counted: no exception, no NaN, shares are shares, intervals hold their figure, counts have names."""
    rules = Rules(minimum_count=minimum, minimum_labels=minimum)
    for reading in ask(monitor, state, rules=rules, reference=reference):
        assert sound(reading), reading
        assert monitor.name == reading.monitor
        assert reading.counts or (reading.monitor is MonitorName.MODEL_AGE and reference.trained_on is None)
        assert reading.state is not ReadingState.NOT_ENOUGH_DATA or not reading.holds
        if monitor.name in SHARES:
            assert reading.value is None or 0 <= reading.value <= 1
        if reading.state.severity:
            assert wording.hint(reading)
            assert wording.summary(reading)


def plain(reading: Reading) -> bool:
    """Whether every part of a reading is of one of Python's own types, not of one that is like it."""
    figures = (reading.value, reading.reference, reading.e_value, reading.evidence, *(reading.interval or ()))
    return (
        {*map(type, figures), type(reading.level), type(reading.threshold), *map(type, reading.ratios.values())}
        <= {float, int, type(None)}
        and {*map(type, reading.counts.values())} <= {int}
        and {*map(type, reading.counts)} | {*map(type, reading.ratios)} | {type(reading.hint)} <= {str}
        and {type(reading.category), type(reading.group)} <= {str, type(None)}
        and type(reading.holds) is bool
    )


@every_monitor
@few
@given(state=histories() | crowds(), reference=references(), minimum=st.sampled_from([0, 30, 200]))
def test_readings_are_of_plain_types(monitor: Monitor, state: History, reference: Reference, minimum: int) -> None:
    """Nothing of numpy leaves a monitor: JSON takes whatever was counted, and so do metrics and alerts."""
    for reading in ask(monitor, state, rules=Rules(minimum_count=minimum, minimum_labels=minimum), reference=reference):
        assert plain(reading), reading


@pytest.mark.parametrize(
    ("field", "strange"),
    [
        ("holds", {"holds": np.bool_(True)}),
        ("value", {"value": np.float64(0.5)}),
        ("evidence", {"evidence": np.float32(1.0)}),
        ("upper bound", {"interval": (0.1, np.float64(0.2))}),
        ("ratio review", {"ratios": {"review": np.float64(0.2)}}),
        ("count decisions", {"counts": {"decisions": np.int64(3)}}),
        ("count decisions", {"counts": {"decisions": True}}),
    ],
)
def test_a_reading_refuses_what_is_not_plain(field: str, strange: dict[str, object]) -> None:
    """At its construction, naming whose it is and which field is at fault."""
    made: dict[str, object] = {"counts": {}, **strange}
    with pytest.raises(TypeError, match=f"^review_rate: {field} of a reading is no plain Python number$"):
        Reading(MonitorName.REVIEW_RATE, Window.DAY, ReadingState.OK, **made)  # type: ignore[arg-type]


@every_monitor
@few
@given(state=histories(), reference=references())
def test_same_view_same_readings(monitor: Monitor, state: History, reference: Reference) -> None:
    """A monitor remembers nothing that shows: asked again, or made anew, it says the same."""
    readings = ask(monitor, state, reference=reference)
    assert readings == ask(monitor, state, reference=reference)
    assert readings == ask(type(monitor)(), state, reference=reference)


@every_monitor
@few
@given(state=histories())
def test_subjects_are_always_there(monitor: Monitor, state: History) -> None:
    """Each window of each subject has one reading, whether there is data or not: so that an alert can resolve."""
    about = [(*reading.subject, reading.window) for reading in ask(monitor, state)]
    assert len(set(about)) == len(about)
    assert about == [(*reading.subject, reading.window) for reading in ask(monitor, History())]
    assert all(window in Window for *_, window in about)
