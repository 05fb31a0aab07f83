"""The life of an alert: it opens, is updated, resolves; in this order, once, and not at every batch."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contracts.alerts import AlertState, FairnessAlert, Severity
from monitors.alerts.lifecycle import REFRESH, UPDATE_INTERVAL, Steps, fingerprint, step
from monitors.base.contract import MonitorName, Reading, ReadingState
from monitors.counts.windows import LENGTHS, Window

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
BUCKET = 6_000_000
MINUTE = timedelta(minutes=1)
OPEN, UPDATE, RESOLVED = AlertState.OPEN, AlertState.UPDATE, AlertState.RESOLVED

NONE = ReadingState.NOT_ENOUGH_DATA
OK, WARNING, PAGE = ReadingState.OK, ReadingState.WARNING, ReadingState.PAGE


def reading(state: ReadingState, window: Window = Window.DAY, **changed: object) -> Reading:
    """The review rate of pets; 31% where nothing else is said."""
    value = None if state is NONE else 0.31
    known = Reading(
        MonitorName.REVIEW_RATE,
        window,
        state,
        {"review": 167, "decisions": 540},
        category="pets",
        value=value,
        threshold=0.25,
    )
    return replace(known, **changed)  # type: ignore[arg-type]


@dataclass
class Story:
    """Calls `step` again and again, and keeps what was published."""

    steps: Steps
    told: list[FairnessAlert]
    at: datetime = START
    newest: int | None = BUCKET
    model_version: str = "m1"

    @classmethod
    def begin(cls) -> "Story":
        """Nothing is open."""
        return cls(Steps({}), [])

    def see(self, *readings: Reading, after: timedelta = MINUTE) -> list[AlertState]:
        """One batch, some time later; which steps it gave."""
        self.at += after
        self.steps = step(
            self.steps.open,
            readings,
            at=self.at,
            newest=self.newest,
            model_version=self.model_version,
            runbooks="docs/runbooks/",
            easing=self.steps.easing,
        )
        self.told += self.steps.events
        return [event.state for event in self.steps.events]

    @property
    def last(self) -> FairnessAlert:
        """The last step that was published."""
        return self.told[-1]


@pytest.fixture
def story() -> Story:
    """Nothing is open."""
    return Story.begin()


@pytest.fixture
def opened() -> Story:
    """The review rate of pets pages, at 31% of the last 24 hours."""
    story = Story.begin()
    story.see(reading(PAGE))
    return story


def test_an_alert_says_what_the_reading_says(story: Story) -> None:
    """Figures, window, threshold, hint and runbook are those of the reading."""
    story.see(reading(PAGE, interval=(0.27, 0.36), evidence=3e6, hint="look there", group="under_100"))
    alert = story.last
    assert (OPEN, Severity.PAGE) == (alert.state, alert.severity)
    assert ("review_rate", "pets", "under_100") == (alert.monitor, alert.category, alert.group)
    assert (0.31, 0.25, 3e6) == (alert.reading, alert.threshold, alert.evidence)
    assert alert.interval is not None
    assert (0.27, 0.36, 0.99) == (alert.interval.low, alert.interval.high, alert.interval.level)
    assert {"review": 167, "decisions": 540} == alert.counts
    assert ("24h", timedelta(days=1)) == (alert.window.name, alert.window.end - alert.window.start)
    assert ("look there", "docs/runbooks/review_rate.md") == (alert.hint, alert.runbook)
    assert (story.at, story.at, "m1") == (alert.opened_at, alert.at, alert.model_version)
    assert alert == FairnessAlert.model_validate_json(alert.model_dump_json())


@pytest.mark.parametrize("states", [(OK,), (NONE,), (OK, NONE)])
def test_nothing_opens_without_an_alarm(story: Story, states: Sequence[ReadingState]) -> None:
    """Neither a fine figure, nor none, nor one that would only hold."""
    assert [] == story.see(*(reading(state, holds=True) for state in states))


def test_the_worst_reading_speaks(story: Story) -> None:
    """Severity goes before the length of the window."""
    story.see(reading(WARNING, Window.HOUR), reading(PAGE, Window.WEEK), reading(PAGE, Window.DAY))
    assert (Severity.PAGE, "24h") == (story.last.severity, story.last.window.name)


def test_subjects_have_alerts_of_their_own(story: Story) -> None:
    """One per monitor, category and group; several windows make no second one."""
    story.see(
        *(reading(PAGE, window) for window in (Window.HOUR, Window.DAY)),
        reading(PAGE, category="fuel"),
        reading(PAGE, group="under_100"),
        reading(PAGE, monitor=MonitorName.ABSTENTION),
    )
    assert 4 == len(story.told) == len(story.steps.open)


def test_the_fingerprint_is_fixed() -> None:
    """Restarts and releases do not change it: it keys the topic and PagerDuty's incidents."""
    assert "c9c4bd2a169b888b" == fingerprint("review_rate", "pets", None)
    names = {fingerprint("a", "b", None), fingerprint("a", None, "b"), fingerprint("ab", None, None)}
    assert 3 == len(names)
    assert all(re.fullmatch("[0-9a-f]{16}", name) for name in names)


def test_what_changes_nothing_is_not_told(opened: Story) -> None:
    """Fifty batches with the same reading in half an hour leave one step."""
    for _ in range(50):
        opened.see(reading(PAGE, value=0.33), after=timedelta(seconds=30))
    assert 1 == len(opened.told)


def test_a_figure_that_moves_is_told_every_five_minutes(opened: Story) -> None:
    """By more than a tenth of the threshold, and not before the interval is over."""
    assert [] == opened.see(reading(PAGE, value=0.40), after=UPDATE_INTERVAL - MINUTE)
    assert [UPDATE] == opened.see(reading(PAGE, value=0.40))
    assert [] == opened.see(reading(PAGE, value=0.42), after=UPDATE_INTERVAL)
    assert 0.40 == opened.last.reading
    assert START + MINUTE == opened.last.opened_at


def test_figures_are_told_anew_every_hour(opened: Story) -> None:
    """An alert that stands for days does not say figures of days ago."""
    assert [] == opened.see(reading(PAGE, value=0.32), after=REFRESH - MINUTE)
    assert [UPDATE] == opened.see(reading(PAGE, value=0.32))


def test_severity_goes_up_at_once(story: Story) -> None:
    """A page does not wait for the interval."""
    story.see(reading(WARNING))
    assert [UPDATE] == story.see(reading(PAGE), after=timedelta(seconds=1))
    assert Severity.PAGE == story.last.severity


def test_severity_goes_down_when_lower_has_held(opened: Story) -> None:
    """Not at the first lower reading, and the count starts anew when it was reached again."""
    assert [] == opened.see(reading(WARNING))
    assert [] == opened.see(reading(PAGE), after=UPDATE_INTERVAL - MINUTE)
    assert [] == opened.see(reading(WARNING))
    assert [] == opened.see(reading(WARNING), after=UPDATE_INTERVAL - MINUTE)
    assert [UPDATE] == opened.see(reading(WARNING))
    assert Severity.WARNING == opened.last.severity
    assert {} == opened.steps.easing


def test_an_alert_without_alarm_resolves(opened: Story) -> None:
    """At once: what keeps it from coming back at the next batch is that a reading holds."""
    assert [RESOLVED] == opened.see(reading(OK, value=0.12))
    assert (Severity.PAGE, 0.12) == (opened.last.severity, opened.last.reading)
    assert {} == opened.steps.open
    assert "no longer above 25%" in opened.last.summary


@pytest.mark.parametrize("window", [Window.HOUR, Window.DAY])
def test_an_alert_stays_while_a_window_holds(opened: Story, window: Window) -> None:
    """It keeps its severity, however long."""
    for _ in range(20):
        opened.see(reading(OK, window, value=0.24, holds=True), after=UPDATE_INTERVAL)
    assert {OPEN, UPDATE} == {alert.state for alert in opened.told}
    assert {Severity.PAGE} == {alert.severity for alert in opened.told}


def test_another_window_alarms(opened: Story) -> None:
    """The alert stays, and speaks of the window that alarms, when the interval is over."""
    readings = reading(OK), reading(PAGE, Window.WEEK)
    assert [] == opened.see(*readings)
    assert [UPDATE] == opened.see(*readings, after=UPDATE_INTERVAL)
    assert "7d" == opened.last.window.name


def test_the_window_is_kept_while_it_alarms(opened: Story) -> None:
    """A shorter window that comes and goes changes nothing: Alertmanager would take it for another alert."""
    for number in range(10):
        opened.see(reading(PAGE), reading(PAGE if number % 2 else OK, Window.HOUR), after=UPDATE_INTERVAL)
    assert {"24h"} == {alert.window.name for alert in opened.told}


@pytest.mark.parametrize("readings", [(), (reading(NONE),), (reading(NONE), reading(OK, Window.WEEK))])
def test_a_figure_that_vanished_resolves_nothing(opened: Story, readings: Sequence[Reading]) -> None:
    """Not until event time has moved on by the window: then nothing is left of what raised it."""
    opened.newest = BUCKET + LENGTHS[Window.DAY] - 1
    assert [] == opened.see(*readings, after=timedelta(days=30))
    opened.newest += 1
    assert [RESOLVED] == opened.see(*readings)
    assert opened.last.reading is None
    assert opened.last.interval is None
    assert "not known to be well" in opened.last.summary


def test_a_figure_that_comes_back_finds_its_alert(opened: Story) -> None:
    """Traffic that pauses does not call anybody twice."""
    opened.see(reading(NONE))
    opened.see(reading(PAGE))
    assert [OPEN] == [alert.state for alert in opened.told]


def test_the_age_of_a_model_ends_with_the_model(story: Story) -> None:
    """A figure that no window bounds: without one, the alert stays until another model decides."""
    age = reading(WARNING, Window.ALL, monitor=MonitorName.MODEL_AGE, category=None, value=181, threshold=180)
    gone = replace(age, state=NONE, value=None)
    story.see(age)
    assert ("all", story.at) == (story.last.window.name, story.last.window.end)
    story.newest = BUCKET + 10 * LENGTHS[Window.WEEK]
    assert [] == story.see(gone)
    story.model_version = "m2"
    assert [RESOLVED] == story.see(gone)


def test_a_clock_that_is_set_back_does_no_harm(opened: Story) -> None:
    """No step is before the one before it, which Alertmanager would refuse."""
    opened.see(reading(OK), after=-timedelta(days=1))
    assert RESOLVED == opened.last.state
    assert opened.last.opened_at == opened.last.at


def test_evidence_beyond_all_numbers_stays_one(story: Story) -> None:
    """Infinity has no place in JSON, where null would mean a level rule."""
    story.see(reading(PAGE, evidence=float("inf")))
    assert story.last.evidence is not None
    assert story.last == FairnessAlert.model_validate_json(story.last.model_dump_json())


@pytest.mark.parametrize("values", [(0.26, 0.24), (0.30, 0.23, 0.251, 0.249)])
def test_a_figure_around_its_threshold_does_not_flap(story: Story, values: Sequence[float]) -> None:
    """Between threshold and release it alarms and holds in turn: one alert, no step at each batch."""
    for number in range(600):
        value = values[number % len(values)]
        state = PAGE if value > 0.25 else OK
        story.see(reading(state, value=value, holds=value > 0.225), after=timedelta(seconds=6))
    states = [alert.state for alert in story.told]
    assert OPEN == states[0]
    assert {UPDATE} >= set(states[1:])
    assert len(states) <= 1 + timedelta(hours=1) / UPDATE_INTERVAL


def test_a_count_around_the_minimum_does_not_flap(story: Story) -> None:
    """Enough cases and not enough in turn, while a longer window is fine: one alert."""
    for number in range(100):
        story.see(reading(NONE if number % 2 else PAGE, Window.HOUR), reading(OK), after=timedelta(seconds=6))
    assert [OPEN] == [alert.state for alert in story.told if alert.state is not UPDATE]


# What holds whatever happens.

Batch = tuple[Sequence[Reading], timedelta, int]

READINGS = st.builds(
    lambda state, window, category, value, holds: reading(
        state, window, category=category, holds=holds, value=None if state is NONE else value
    ),
    st.sampled_from(list(ReadingState)),
    st.sampled_from([Window.HOUR, Window.DAY, Window.WEEK]),
    st.sampled_from(["pets", "fuel", None]),
    st.floats(0, 1),
    st.booleans(),
)
BATCHES: st.SearchStrategy[list[Batch]] = st.lists(
    st.tuples(
        st.lists(READINGS, max_size=6, unique_by=lambda one: (one.subject, one.window)),
        st.sampled_from([timedelta(seconds=1), MINUTE, UPDATE_INTERVAL, REFRESH]),
        st.sampled_from([0, 1, 12, 300, 3000]),
    ),
    max_size=25,
)


def told(batches: Sequence[Batch], change: Callable[[Sequence[Reading]], Sequence[Reading]] = list) -> Story:
    """The story of these batches."""
    story = Story.begin()
    for readings, after, buckets in batches:
        assert story.newest is not None
        story.newest += buckets
        story.see(*change(readings), after=after)
    return story


def by_subject(alerts: Sequence[FairnessAlert]) -> Mapping[str, Sequence[FairnessAlert]]:
    """Fingerprint to its steps."""
    lives: dict[str, list[FairnessAlert]] = defaultdict(list)
    for alert in alerts:
        lives[alert.fingerprint].append(alert)
    return lives


@given(BATCHES)
def test_every_life_is_open_then_updates_then_resolved(batches: Sequence[Batch]) -> None:
    """Every subject's steps are whole lives, but for the last; what is open are the last steps of those."""
    story = told(batches)
    letters = {OPEN: "o", UPDATE: "u", RESOLVED: "r"}
    lives = by_subject(story.told)
    for life in lives.values():
        assert re.fullmatch("(ou*r)*(ou*)?", "".join(letters[alert.state] for alert in life))
    standing = {name: life[-1] for name, life in lives.items() if life[-1].state is not RESOLVED}
    assert standing == story.steps.open


@given(BATCHES)
def test_one_alert_per_subject(batches: Sequence[Batch]) -> None:
    """Its fingerprint is that of its subject."""
    story = told(batches)
    subjects = [(alert.monitor, alert.category, alert.group) for alert in story.steps.open.values()]
    assert len(set(subjects)) == len(subjects)
    assert [fingerprint(*subject) for subject in subjects] == list(story.steps.open)


@given(BATCHES)
def test_the_same_readings_give_the_same_steps(batches: Sequence[Batch]) -> None:
    """Whatever their order."""
    assert told(batches).told == told(batches, lambda readings: readings[::-1]).told


@given(BATCHES)
def test_steps_keep_their_distance(batches: Sequence[Batch]) -> None:
    """An update that does not change the severity comes the interval after the step before it, or later."""
    for life in by_subject(told(batches).told).values():
        for before, after in pairwise(life):
            if after.state is UPDATE and after.severity == before.severity:
                assert after.at - before.at >= UPDATE_INTERVAL


@given(BATCHES)
def test_easing_is_of_open_alerts(batches: Sequence[Batch]) -> None:
    """Nothing is remembered of an alert that is over."""
    story = told(batches)
    assert set(story.steps.easing) <= set(story.steps.open)


@given(BATCHES)
def test_what_was_given_is_not_changed(batches: Sequence[Batch]) -> None:
    """`step` takes a mapping and gives another one."""
    story = told(batches)
    before = dict(story.steps.open)
    given_mapping = story.steps.open
    story.see(reading(PAGE), reading(OK, category="fuel"))
    assert before == given_mapping
