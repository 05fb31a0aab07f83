"""A snapshot as JSON: what the page and other readers get."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from monitors.base.contract import MonitorName, Reading, ReadingState, Reference, Rules
from monitors.catalogue.registry import MONITORS
from monitors.counts.cells import BINS
from monitors.counts.history import History
from monitors.counts.windows import Window
from monitors.evaluator import Evaluator
from monitors.snapshot import Hour
from streams.console.state import document, dump
from tests.streams.console.snapshots import NEWEST, NOW, nothing, working_day


def reading_of(reading: Reading, **rules: object) -> dict[str, object]:
    """What the document says of one reading."""
    said = json.loads(dump(document(replace(nothing(), readings=[reading]), Rules(**rules))))  # type: ignore[arg-type]
    first: dict[str, object] = said["readings"][0]
    return first


def test_every_reading_and_alert_is_in_it_with_window_and_counts() -> None:
    """Nothing that the monitors say is lost on the way to the page."""
    day = working_day()

    said = json.loads(dump(document(day, Rules())))

    assert len(day.readings) == len(said["readings"])
    assert [reading.window.value for reading in day.readings] == [reading["window"] for reading in said["readings"]]
    assert [dict(reading.counts) for reading in day.readings] == [reading["counts"] for reading in said["readings"]]
    assert [alert.summary for alert in day.alerts] == [alert["summary"] for alert in said["alerts"]]
    assert [dict(alert.counts) for alert in day.alerts] == [alert["counts"] for alert in said["alerts"]]


def test_windows_are_told_with_their_bounds() -> None:
    """Each window ends with the newest bucket of event time."""
    said = json.loads(dump(document(working_day(), Rules())))["windows"]

    assert ["1h", "24h", "7d"] == [window["name"] for window in said]
    assert [NEWEST.isoformat()] * 3 == [window["end"] for window in said]
    assert (NEWEST - timedelta(days=7)).isoformat() == said[2]["start"]
    assert list(working_day().decisions.values()) == [window["decisions"] for window in said]


def test_before_the_first_observation_there_is_no_window_and_no_figure() -> None:
    """Nothing is told as null, never as zero or as the year 1970."""
    said = json.loads(dump(document(nothing(), Rules())))

    assert said["newest"] is None
    assert {None} == {window["start"] for window in said["windows"]}
    assert {"start": None, "hours": 0, "series": {}} == said["trend"]
    assert said["lag"] is None


@pytest.mark.parametrize(
    ("monitor", "counts", "needed"),
    [
        (MonitorName.REVIEW_RATE, {"review": 8, "decisions": 125}, {"of": "decisions", "least": 200}),
        (MonitorName.REVIEW_RISE, {"decisions": 900, "decisions_before": 9}, {"of": "decisions_before", "least": 200}),
        (MonitorName.AMOUNT_PARITY, {"blind": 90, "others_blind": 29}, {"of": "others_blind", "least": 30}),
        (MonitorName.MINORITY_RECALL, {"labels": 29}, {"of": "labels", "least": 30}),
        (MonitorName.CONFIDENCE_DRIFT, {"decisions": 90_000, "reference": 0}, {"of": "reference", "least": 200}),
        (MonitorName.CONFIDENCE_CHANGE, {"buckets": 3}, None),
        (MonitorName.MODEL_AGE, {}, None),
    ],
)
def test_too_few_cases_say_what_is_missing(
    monitor: MonitorName, counts: dict[str, int], needed: dict[str, object] | None
) -> None:
    """The count that is too small, and how large it must be; nothing where cases are not what is missing."""
    reading = Reading(monitor, Window.HOUR, ReadingState.NOT_ENOUGH_DATA, counts)

    assert needed == reading_of(reading)["needed"]


def test_a_figure_needs_nothing() -> None:
    """A reading that is judged lacks no case, however few they are."""
    reading = Reading(MonitorName.REVIEW_RATE, Window.HOUR, ReadingState.OK, {"decisions": 5}, value=0.1)

    assert reading_of(reading, minimum_count=1)["needed"] is None


def test_held_open_only_while_its_alert_is_open() -> None:
    """`holds` alone says nothing to a reader: it is true of every figure near its limit."""
    day = working_day()
    pets = next(alert for alert in day.alerts if alert.monitor == "review_rate" and alert.category == "pets")
    near = Reading(MonitorName.REVIEW_RATE, Window.DAY, ReadingState.OK, {}, category="pets", value=0.24, holds=True)

    def held(*alerts: object) -> object:
        said = json.loads(dump(document(replace(day, readings=[near], alerts=alerts), Rules())))
        return said["readings"][0]["held"]

    assert held(pets) is True
    assert held() is False


@pytest.mark.parametrize(
    ("evidence", "said"), [(None, None), (1e6, 6.0), (float("inf"), 300.0), (0.0, -300.0), (0.5, -0.3)]
)
def test_evidence_is_told_as_its_logarithm(evidence: float | None, said: float | None) -> None:
    """However large it is, any JSON reader can read it."""
    reading = Reading(MonitorName.AMOUNT_PARITY, Window.DAY, ReadingState.OK, {}, value=0.1, evidence=evidence)

    assert said == reading_of(reading)["evidence"]


def test_a_figure_that_json_has_no_word_for_is_left_out() -> None:
    """Infinite and undefined figures become null; the document stays JSON."""
    reading = Reading(
        MonitorName.REVIEW_RATE,
        Window.DAY,
        ReadingState.OK,
        {},
        value=float("nan"),
        interval=(0.1, float("inf")),
        ratios={"review": float("inf")},
    )
    said = reading_of(reading)

    assert (None, [0.1, None], {"review": None}) == (said["value"], said["interval"], said["ratios"])


def test_the_trend_names_hours_by_their_number() -> None:
    """Hours without decisions are left out, and every category counts from the same first hour."""
    first = NEWEST.replace(minute=0) - timedelta(hours=5)
    trend = {
        "pets": [Hour(first + timedelta(hours=2), 10, 3), Hour(first + timedelta(hours=5), 12, 4)],
        "fuel": [Hour(first, 7, 0)],
    }

    said = json.loads(dump(document(replace(nothing(), trend=trend), Rules())))["trend"]

    assert (first.isoformat(), 6) == (said["start"], said["hours"])
    assert {"pets": [[2, 10, 3], [5, 12, 4]], "fuel": [[0, 7, 0]]} == said["series"]


def test_the_histogram_keeps_its_bins() -> None:
    """Of each window, as whole numbers."""
    said = json.loads(dump(document(working_day(), Rules())))["confidence"]

    assert {"1h": BINS, "24h": BINS, "7d": BINS} == {window: len(bins) for window, bins in said.items()}


def test_what_real_monitors_lack_is_named() -> None:
    """Of every reading without enough data, the count that is missing is one that the reading has."""
    silent = [reading for reading in working_day().readings if reading.state is ReadingState.NOT_ENOUGH_DATA]
    said = json.loads(dump(document(replace(working_day(), readings=silent), Rules())))["readings"]

    assert silent
    assert [] == [one for one in said if one["needed"] is None or one["needed"]["of"] not in one["counts"]]


def test_readings_of_an_empty_history() -> None:
    """Before the first observation every monitor's readings can be told."""
    evaluator = Evaluator(MONITORS, rules=Rules(), reference=Reference(), model_version="m1")
    readings = evaluator.readings(History(), today=NOW.date())

    said = json.loads(dump(document(replace(nothing(), readings=readings), Rules())))["readings"]

    assert len(readings) == len(said)
    assert not {"warning", "page"} & {one["state"] for one in said}
