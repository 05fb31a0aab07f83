"""What an engineer reads at 3 am: figures in their units, with count, interval, window and limit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contracts.alerts import AlertState, FairnessAlert, Interval, Severity, Span
from monitors.alerts import wording
from monitors.base.contract import MonitorName, Reading, ReadingState
from monitors.counts.cells import BANDS, METHODS
from monitors.counts.windows import Window

OK, WARNING, PAGE = ReadingState.OK, ReadingState.WARNING, ReadingState.PAGE
NONE = ReadingState.NOT_ENOUGH_DATA

RATE = Reading(
    MonitorName.REVIEW_RATE,
    Window.DAY,
    WARNING,
    {"review": 170, "decisions": 1540},
    category="pets",
    value=0.314,
    interval=(0.27, 0.361),
    threshold=0.25,
)
GAP = Reading(
    MonitorName.CATEGORY_PARITY,
    Window.WEEK,
    PAGE,
    {"labels": 540, "right": 475, "blind": 300, "others": 4000},
    category="pets",
    value=0.091,
    interval=(0.05, 0.132),
    threshold=0.02,
    evidence=1.3e6,
    e_value=2e3,
    reference=0.971,
)


def only(monitor: MonitorName, value: float, threshold: float, **said: Any) -> Reading:
    """A reading with little to say."""
    return Reading(monitor, said.pop("window", Window.DAY), WARNING, {}, value=value, threshold=threshold, **said)


def alert(**changed: Any) -> FairnessAlert:
    """An open alert on the review rate of pets."""
    end = datetime(2026, 3, 1, 3, 5, tzinfo=UTC)
    known = FairnessAlert(
        fingerprint="c9c4bd2a169b888b",
        state=AlertState.OPEN,
        severity=Severity.WARNING,
        monitor="review_rate",
        category="pets",  # type: ignore[arg-type]  # pydantic makes a category of it
        group=None,
        window=Span(name="24h", start=end - timedelta(days=1), end=end),
        reading=0.314,
        interval=Interval(low=0.27, high=0.361, level=0.99),
        counts={"review": 170, "decisions": 1540},
        threshold=0.25,
        evidence=None,
        summary="-",
        hint="-",
        runbook="-",
        opened_at=datetime(2026, 3, 1, 4, 0, tzinfo=timezone(timedelta(hours=1))),
        at=end,
        model_version="m1",
    )
    return known.model_copy(update=changed)


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (
            RATE,
            "Review rate of pets is 31.4% (99% interval 27% to 36.1%) of 1,540 decisions in the last 24 h: above 25%.",
        ),
        (
            replace(RATE, state=OK, holds=True, value=0.26, interval=None),
            "Review rate of pets is 26% of 1,540 decisions in the last 24 h: "
            "not surely above 25% any more, and not clear of it yet.",
        ),
        (
            GAP,
            "Gap of recall of pets is 9.1 points (99% interval 5 to 13.2 points), 88% against 97.1%, over 540 labels "
            "in the last 7 days beside 4,000 of the others: evidence 1,300,000 that it is above 2 points.",
        ),
        (
            replace(GAP, monitor=MonitorName.AMOUNT_PARITY, category=None, group="under_100", state=OK, evidence=120.4),
            "Gap of accuracy of small amounts is 9.1 points (99% interval 5 to 13.2 points), 88% against 97.1%, "
            "over 540 labels in the last 7 days beside 4,000 of the others: evidence 120 that it is above 2 points, "
            "less than opens an alert.",
        ),
        (
            replace(
                only(MonitorName.REVIEW_RISE, 0.03, 0.01, category="fuel", reference=0.12),
                counts={"review": 150, "decisions": 1000, "review_before": 720, "decisions_before": 6000},
            ),
            "Rise of the review rate of fuel is 3 points, from 12% to 15%, over 1,000 decisions in the last 24 h "
            "beside 6,000 before: above 1 point.",
        ),
        (
            only(MonitorName.CONFIDENCE_CHANGE, 0.03, 0.02, reference=0.91),
            "Fall of the mean confidence is 3 points, from 91% to 88%, in the last 24 h: above 2 points.",
        ),
        (
            replace(only(MonitorName.CONFIDENCE_MEDIAN, 0.7649, 0.8, window=Window.HOUR), counts={"decisions": 540}),
            "Median confidence is 0.765 over 540 decisions in the last hour: below 0.8.",
        ),
        (
            only(MonitorName.METHOD_USAGE, 0.3, 0.2, group="llm"),
            "Share of decisions with a vote of method llm is 30% in the last 24 h: above 20%.",
        ),
        (
            only(MonitorName.DEAD_LETTERS, 0.0123, 0.01),
            "Share of dead letters is 1.2% in the last 24 h: above 1%.",
        ),
        (
            replace(only(MonitorName.CORRECTIONS, 1250, 50, window=Window.ALL), counts={"corrections": 1300}),
            "Number of the present model's decisions that people changed is 1,250: at or above 50.",
        ),
        (
            only(MonitorName.MODEL_AGE, 181, 180, window=Window.ALL),
            "Age of the model is 181 days: above 180 days.",
        ),
    ],
)
def test_sentences(reading: Reading, expected: str) -> None:
    """Word by word."""
    assert expected == wording.summary(reading)


@pytest.mark.parametrize(
    ("reading", "expected"),
    [(replace(RATE, state=OK, value=0.2), "no longer above 25%."), (GAP, "no longer enough evidence that it is above")],
)
def test_a_resolved_alert_says_that_it_is_over(reading: Reading, expected: str) -> None:
    """With the figure that ended it."""
    assert expected in wording.summary(reading, resolved=True)


def test_no_figure_is_said_to_be_none() -> None:
    """Too few cases are neither fine nor alarming."""
    said = wording.summary(replace(RATE, state=NONE, value=None, interval=None))
    assert "Review rate of pets: no figure in the last 24 h, too few cases." == said
    silence = "Review rate of pets: closed without a new figure, too few cases in the last 24 h; not known to be well."
    assert silence == wording.silence(alert())


@pytest.mark.parametrize("evidence", [1e9, 1e300, float("inf")])
def test_evidence_that_nobody_can_take_in_is_cut(evidence: float) -> None:
    """A likelihood ratio of hundreds of digits is no figure."""
    assert "evidence over 1,000,000,000 that" in wording.summary(replace(GAP, evidence=evidence))
    assert "Evidence over 1,000,000,000." in wording.description(alert(evidence=evidence))


def test_a_small_share_is_not_called_zero() -> None:
    """Dead letters are counted in hundredths of a per cent."""
    assert "0.04%" in wording.summary(only(MonitorName.DEAD_LETTERS, 0.0004, 0.0001))


def test_a_description_has_window_counts_interval_and_limit() -> None:
    """All times in UTC, whatever zone they came in."""
    expected = (
        "Window: 24h of event time, 2026-02-28 03:05 UTC to 2026-03-01 03:05 UTC. Counts: review 170, decisions 1,540. "
        "Reading: 31.4%. Interval: 27% to 36.1% (99%). Alarms above 25%. Open since 2026-03-01 03:00 UTC. Model m1."
    )
    assert expected == wording.description(alert())


def test_a_description_leaves_out_what_there_is_not() -> None:
    """No figure, no window, no counts; evidence where there is a test."""
    now = datetime(2026, 3, 1, tzinfo=UTC)
    said = wording.description(
        alert(reading=None, interval=None, counts={}, evidence=2e4, window=Span(name="all", start=now, end=now))
    )
    expected = (
        "Window: none, as of 2026-03-01 00:00 UTC. Reading: none, too few cases. Evidence 20,000. Alarms above 25%. "
        "Open since 2026-03-01 03:00 UTC. Model m1."
    )
    assert expected == said


def test_the_hint_of_the_monitor_wins() -> None:
    """It knows the figures; the default knows the usual."""
    assert "there" == wording.hint(replace(RATE, hint="there"))
    assert wording.WORDS[MonitorName.REVIEW_RATE].hint == wording.hint(RATE)


def test_every_monitor_has_words() -> None:
    """And a hint of its own that is a sentence."""
    assert set(MonitorName) == set(wording.WORDS)
    hints = [words.hint for words in wording.WORDS.values()]
    assert len(set(hints)) == len(hints)
    assert all(hint[0].isupper() and hint[-1] in ".?" for hint in hints)


@pytest.mark.parametrize("group", [*BANDS, *METHODS])
def test_every_group_has_a_name(group: str) -> None:
    """Amount bands and methods are named in words."""
    assert wording.summary(replace(RATE, category=None, group=group)).startswith("Review rate of ")


@given(st.text(), st.text())
def test_names_from_elsewhere_do_not_get_in(category: str, group: str) -> None:
    """Only names from closed sets are said: a text of a transaction, if one ever got here, is left out."""
    said = wording.summary(replace(RATE, category=f"4111 {category}", group=f"ACME {group}"))
    assert said.startswith("Review rate is 31.4% ")


@given(
    st.sampled_from(list(MonitorName)),
    st.sampled_from(list(Window)),
    st.sampled_from(list(ReadingState)),
    st.floats(-1e6, 1e6),
    st.booleans(),
)
def test_any_figure_can_be_said(
    monitor: MonitorName, window: Window, state: ReadingState, value: float, resolved: bool
) -> None:
    """One line that ends with a full stop, without a stray exponent, a double space or an empty pair."""
    reading = replace(RATE, monitor=monitor, window=window, state=state, value=value, interval=(value, value))
    said = wording.summary(reading, resolved=resolved)
    assert said.endswith(".")
    assert not any(wrong in said for wrong in ("\n", "  ", "()", "e+", "nan", "-0 ", "-0%"))
