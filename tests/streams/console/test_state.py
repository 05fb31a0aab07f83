"""A snapshot as JSON: what the page and other readers get."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from monitors.alerts.lifecycle import step
from monitors.base.contract import MonitorName, Reading, ReadingState, Reference, Rules
from monitors.catalogue.registry import MONITORS
from monitors.counts.cells import BINS
from monitors.counts.history import History
from monitors.counts.windows import Window
from monitors.evaluator import Evaluator
from monitors.snapshot import Hour
from streams.console.state import document, dump
from tests.harness.worlds import TODAY, crowds, histories, references
from tests.streams.console.snapshots import (
    NEWEST,
    NOW,
    abandoned,
    nothing,
    sparsely_labelled,
    unlabelled,
    unserved,
    unused,
    working_day,
)


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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(state=histories() | crowds(), reference=references())
def test_whatever_was_counted_can_be_told(state: History, reference: Reference) -> None:
    """The readings of all monitors and the alerts that they open become JSON, which says the same."""
    readings = Evaluator(MONITORS, rules=Rules(), reference=reference, model_version="m1").readings(state, today=TODAY)
    steps = step({}, readings, at=NOW, newest=state.newest, model_version="m1", runbooks="docs/runbooks", easing={})
    shown = replace(nothing(), readings=readings, alerts=tuple(steps.open.values()))

    said = json.loads(dump(document(shown, Rules())))

    assert [reading.state.value for reading in readings] == [one["state"] for one in said["readings"]]
    assert [*steps.open] == [one["fingerprint"] for one in said["alerts"]]


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
        (MonitorName.CORRECTIONS, {}, None),
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


def test_how_old_the_figures_are_is_told_without_prometheus() -> None:
    """When a worker last reported, what waits since, and of how many partitions; null where it is not known."""
    said = [json.loads(dump(document(one, Rules())))["workers"] for one in (abandoned(), unserved(), nothing())]

    assert [
        {"last_reported": (NOW - timedelta(minutes=4)).isoformat(), "waiting": 3_000, "partitions": 6},
        {"last_reported": None, "waiting": 3_000, "partitions": 0},
        {"last_reported": None, "waiting": None, "partitions": 0},
    ] == said


def test_monitors_that_do_not_judge_are_named_with_what_they_lack() -> None:
    """Without labels three of seventeen say nothing, and nothing else hides it; with labels all of them judge."""
    said = json.loads(dump(document(unlabelled(), Rules())))["judged"]

    assert (17, 14, None, 0) == (said["monitors"], said["judging"], said["last_label"], said["labels"])
    assert [
        {"monitor": "amount_parity", "why": "no_labels", "of": "blind", "have": 0, "least": 30},
        {"monitor": "category_parity", "why": "no_labels", "of": "blind", "have": 0, "least": 30},
        {"monitor": "minority_recall", "why": "no_labels", "of": "labels", "have": 0, "least": 30},
    ] == said["silent"]
    all_judge = json.loads(dump(document(working_day(), Rules())))["judged"]
    assert (17, []) == (all_judge["judging"], all_judge["silent"])
    assert 30_000 < all_judge["labels"]
    assert NEWEST.isoformat() == all_judge["last_label"]


def test_a_monitor_with_nothing_to_judge_does_not_judge() -> None:
    """Its figures say so, and alarms are never taken for nothing; a limit of the LLM is none of the other methods."""
    said = json.loads(dump(document(unused(), Rules())))

    assert 12 == said["judged"]["judging"]
    assert [
        {"monitor": "method_usage", "why": "nothing", "of": "votes", "have": 0, "least": 0},
        {"monitor": "corrections", "why": "nothing", "of": "corrections", "have": 0, "least": 0},
    ] == [one for one in said["judged"]["silent"] if one["why"] == "nothing"]
    idle = {(one["monitor"], one["group"]) for one in said["readings"] if one["idle"]}
    unused_methods = {("method_usage", method) for method in ("llm", "online", "account", "house")}
    assert {*unused_methods, ("corrections", None)} == idle
    alarm = Reading(MonitorName.METHOD_USAGE, Window.WEEK, ReadingState.WARNING, {"voted": 0}, group="llm")
    assert reading_of(alarm)["idle"] is False


def test_labels_make_corrections_something_to_judge() -> None:
    """People answered, and nobody had to correct: that is a figure."""
    shown = replace(unused(), labels=40)

    assert "corrections" not in [
        one["monitor"] for one in json.loads(dump(document(shown, Rules())))["judged"]["silent"]
    ]


def test_a_silent_broker_is_told_with_its_time() -> None:
    """And is part of what changed, so that the stream tells it."""
    said = [json.loads(dump(document(replace(nothing(), kafka_silent=at), Rules())))["kafka"] for at in (None, NOW)]

    assert [{"answers": True, "since": None}, {"answers": False, "since": NOW.isoformat()}] == said


@pytest.mark.parametrize(
    ("monitor", "counts", "decisions", "labels", "silence"),
    [
        (MonitorName.REVIEW_RATE, {"decisions": 0}, 0, 0, ("no_traffic", "decisions", 0, 200)),
        (MonitorName.REVIEW_RATE, {"decisions": 70}, 70, 0, ("too_few", "decisions", 70, 200)),
        (MonitorName.REVIEW_RISE, {"decisions": 90}, 90, 0, ("too_few", "decisions_before", 0, 200)),
        (MonitorName.AMOUNT_PARITY, {"blind": 12, "others_blind": 90}, 900, 102, ("too_few", "blind", 12, 30)),
        (MonitorName.AMOUNT_PARITY, {"blind": 0, "others_blind": 0}, 900, 7, ("too_few", "blind", 0, 30)),
        (MonitorName.MINORITY_RECALL, {"labels": 0}, 900, 0, ("no_labels", "labels", 0, 30)),
        (
            MonitorName.CONFIDENCE_DRIFT,
            {"decisions": 900, "reference": 0},
            900,
            0,
            ("no_reference", "reference", 0, 200),
        ),
        (MonitorName.PROBE_FLIPS, {"probes": 0}, 900, 0, ("no_probes", "probes", 0, 200)),
        (MonitorName.PROBE_FLIPS, {"probes": 40}, 900, 0, ("too_few", "probes", 40, 200)),
        (MonitorName.CONFIDENCE_CHANGE, {"buckets": 3}, 900, 0, ("too_few", "buckets", 3, 20)),
        (MonitorName.MODEL_AGE, {}, 900, 0, ("no_reference", "days", 0, 1)),
    ],
)
def test_why_a_monitor_is_silent(
    monitor: MonitorName, counts: dict[str, int], decisions: int, labels: int, silence: tuple[object, ...]
) -> None:
    """The count that is furthest from what it needs, and a reason from a closed set."""
    reading = Reading(monitor, Window.WEEK, ReadingState.NOT_ENOUGH_DATA, counts)
    shown = replace(nothing(), readings=[reading], decisions={Window.WEEK: decisions}, labels=labels)

    said = json.loads(dump(document(shown, Rules())))["judged"]["silent"]

    assert silence == next(tuple(one.values())[1:] for one in said if one["monitor"] == monitor)


def test_of_several_readings_the_nearest_to_a_figure_speaks() -> None:
    """Of all windows and groups; one that judges is enough for its monitor to judge."""
    few = [
        Reading(MonitorName.AMOUNT_PARITY, window, ReadingState.NOT_ENOUGH_DATA, {"blind": count, "others_blind": 90})
        for window, count in ((Window.HOUR, 1), (Window.WEEK, 29), (Window.DAY, 9))
    ]
    figure = Reading(MonitorName.AMOUNT_PARITY, Window.WEEK, ReadingState.OK, {"blind": 40}, value=0.0)

    def silence(*readings: Reading) -> list[int]:
        shown = replace(nothing(), readings=readings, labels=119)
        said = json.loads(dump(document(shown, Rules())))["judged"]["silent"]
        return [one["have"] for one in said if one["monitor"] == "amount_parity"]

    assert ([29], []) == (silence(*few), silence(*few, figure))


def test_a_gap_names_the_groups_that_have_too_few_cases() -> None:
    """In each reading of its monitor and window, so that the largest gap does not pass for the largest there is."""
    said = json.loads(dump(document(sparsely_labelled(), Rules())))["readings"]

    gaps = {one["window"]: one["too_few"] for one in said if one["monitor"] == "amount_parity"}
    assert {"1h": ["over_1000"], "24h": ["over_1000"], "7d": ["over_1000"]} == gaps
    parity = {"amount_parity", "category_parity", "review_parity", "sure_parity"}
    assert parity == {one["monitor"] for one in said if "too_few" in one}


def test_steps_of_alerts_are_told_newest_first() -> None:
    """Those of alerts that are over included, each with the time of the step."""
    said = json.loads(dump(document(working_day(), Rules())))["history"]

    assert sorted((step["at"] for step in said), reverse=True) == [step["at"] for step in said]
    assert {"open", "update", "resolved"} == {step["state"] for step in said}
    assert ["fingerprint", "state", "severity", "monitor", "category", "group", "summary", "opened_at", "at"] == [
        *said[0]
    ]


def test_lines_name_hours_by_their_number() -> None:
    """Hours without the figure are left out; all lines count from the same first hour."""
    first = NEWEST.replace(minute=0) - timedelta(hours=5)
    lines = {"llm_share": [(first + timedelta(hours=5), 0.25)], "accuracy:over_1000": [(first, 0.9), (NEWEST, 0.8)]}

    said = json.loads(dump(document(replace(nothing(), lines=lines), Rules())))["sparks"]

    assert (first.isoformat(), 6) == (said["start"], said["hours"])
    assert {"llm_share": [[5, 0.25]], "accuracy:over_1000": [[0, 0.9], [5, 0.8]]} == said["series"]
    assert {"start": None, "hours": 0, "series": {}} == json.loads(dump(document(nothing(), Rules())))["sparks"]
