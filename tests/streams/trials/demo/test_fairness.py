"""What the demo reads of the monitor, and what it tells of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from models.contracts.alerts import AlertState, FairnessAlert, Interval, Severity, Span
from models.contracts.events import AmountBand
from monitors.base.contract import MonitorName, Reading, ReadingState, Rules
from monitors.counts.windows import Window
from monitors.snapshot import Snapshot
from streams.console.state import document, dump
from streams.trials.demo.closing import SHOWN_ALERTS, draw_fairness
from streams.trials.demo.fairness import Fairness, Look, MonitorWatch, OpenAlert, WindowFigure, read_state
from streams.trials.demo.scrape import Observed, read_observed

END = datetime(2020, 11, 20, 12, tzinfo=UTC)


def reading(
    monitor: MonitorName,
    counts: Mapping[str, int],
    value: float | None = None,
    *,
    window: Window = Window.WEEK,
    category: str | None = None,
    group: str | None = None,
    ratios: Mapping[str, float] | None = None,
) -> Reading:
    """A reading; without a value it has not enough data."""
    return Reading(
        monitor=monitor,
        window=window,
        state=ReadingState.NOT_ENOUGH_DATA if value is None else ReadingState.OK,
        counts=counts,
        category=category,
        group=group,
        value=value,
        interval=None if value is None else (value - 0.05, value + 0.05),
        ratios=ratios or {},
    )


def parity(value: float | None, ratios: Mapping[str, float] | None = None) -> Reading:
    """Review of small amounts beside that of others."""
    counts = {"review": 24, "decisions": 289, "others_review": 27, "others_decisions": 316}
    band = AmountBand.UNDER_100.value
    return reading(MonitorName.REVIEW_PARITY, counts, value, group=band, ratios=ratios)


RATE = reading(MonitorName.REVIEW_RATE, {"review": 24, "decisions": 218}, 0.11)
MEDIAN = reading(MonitorName.CONFIDENCE_MEDIAN, {"below": 6, "decisions": 218}, 0.989)
UNKNOWN = reading(MonitorName.UNKNOWN_MERCHANTS, {"unknown": 0, "decisions": 218}, 0.05)
PARITY = parity(-0.002, {"acceptance": 1.002, "review": 17.72})
OTHERS = [
    replace(RATE, category="fuel"),
    replace(RATE, window=Window.DAY),
    reading(MonitorName.MODEL_AGE, {"days": 3}, 3.0, window=Window.ALL),
    reading(MonitorName.MINORITY_RECALL, {"labels": 0}),
]


def alert(severity: Severity, category: str) -> FairnessAlert:
    """An open alert."""
    return FairnessAlert(
        fingerprint=f"f-{category}",
        state=AlertState.OPEN,
        severity=severity,
        monitor="review_rate",
        category=category,
        group=None,
        window=Span(name="7d", start=END - timedelta(days=7), end=END),
        reading=0.4,
        interval=Interval(low=0.3, high=0.5, level=0.99),
        counts={"review": 400, "decisions": 1000},
        threshold=0.25,
        evidence=None,
        summary=f"Review rate of {category} is 40%.",
        hint="Look.",
        runbook="docs/runbooks",
        opened_at=END,
        at=END,
        model_version="m-1",
    )


def look(readings: Sequence[Reading], alerts: Sequence[FairnessAlert] = (), *, newest: datetime | None = END) -> Look:
    """What the demo reads of what the console gives."""
    snapshot = Snapshot(at=END, model_version="m-1", newest=newest, readings=readings, alerts=alerts)
    return read_state(dump(document(snapshot, Rules())).decode())


def ended(found: Look) -> Fairness:
    """The end of a demo whose last look is this one."""
    return Fairness(Observed(11, 0), found, tuple(WindowFigure(reading, END) for reading in found.told))


def lines(found: Fairness, *, width: int) -> list[str]:
    """What is drawn, without the spaces that align it."""
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(draw_fairness(found, labels=74, blind=195, review=429))
    return [" ".join(line.split()) for line in capture.get().splitlines()]


def test_only_the_figures_that_are_told_are_taken() -> None:
    """Of the week, of all decisions or of a band; all others are only counted."""
    found = look([*OTHERS, PARITY, UNKNOWN, MEDIAN, RATE])
    assert (8, 1, END) == (found.readings, found.lacking, found.until)
    assert [RATE, MEDIAN, UNKNOWN, replace(PARITY, interval=(-0.052, 0.048))] == list(found.told)


def test_before_the_first_observation_there_are_no_figures() -> None:
    """A window has no end yet."""
    assert Look(readings=1) == look([RATE], newest=None)


def test_pages_come_before_warnings() -> None:
    """Whoever should look now is told first; the rest keeps its order."""
    found = look([], [alert(Severity.WARNING, "fuel"), alert(Severity.PAGE, "pets")])
    assert (
        OpenAlert(Severity.PAGE, "review_rate", "pets", None, "Review rate of pets is 40%."),
        OpenAlert(Severity.WARNING, "review_rate", "fuel", None, "Review rate of fuel is 40%."),
    ) == found.alerts


def test_a_figure_is_kept_until_there_is_a_newer_one() -> None:
    """Not enough data later does not hide what was known; a newer value does."""
    watch = MonitorWatch()
    watch.take(look([parity(None)]))
    assert [None] == [figure.reading.value for figure in watch.figures]
    for days, value in enumerate((-0.002, 0.003, None)):
        watch.take(look([parity(value)], newest=END + timedelta(days=days)))
    assert [(0.003, END + timedelta(days=1))] == [(figure.reading.value, figure.until) for figure in watch.figures]
    assert [None] == [reading.value for reading in watch.last.told]


def test_what_the_monitor_has_observed_is_read_from_the_exposition() -> None:
    """Records of the topic asked for, and alerts of any severity that were opened, not those that were resolved."""
    exposition = """
# TYPE evenhand_observed_records gauge
evenhand_observed_records{topic="demo.transactions"} 20010
evenhand_observed_records{topic="demo.transactions.corrections"} 7
# TYPE evenhand_alerts counter
evenhand_alerts_total{severity="warning",state="open"} 2
evenhand_alerts_total{severity="page",state="open"} 1
evenhand_alerts_total{severity="page",state="resolved"} 5
"""
    assert Observed(20010, 3) == read_observed(exposition, "demo.transactions")
    assert Observed(0, 0) == read_observed("", "demo.transactions")


@pytest.mark.parametrize("width", [80, 100])
def test_figures_come_with_interval_count_and_window(width: int) -> None:
    """Nothing is cut in 80 columns; a gap has both sides and both ratios."""
    found = look([*OTHERS, RATE, MEDIAN, UNKNOWN, PARITY, replace(parity(None), group=AmountBand.OVER_1000.value)])
    said = lines(ended(found), width=width)
    assert "alerts none open; none raised during the replay" == said[0]
    assert "not enough data 2 of 9 figures over 1h, 24h, 7d" in " ".join(said)
    assert "74 of the 195 blind requests and 429 decisions" in " ".join(said)
    assert "Review rate 11% 6% to 16% 24 of 218 20 Nov" in said
    assert "Median confidence 0.989 0.939 to 1.039 218 20 Nov" in said
    assert "Share of merchants never seen 5% 0% to 10% 0 of 218 20 Nov" in said
    assert "small 24 of 289 27 of 316 -0.2 -5.2 to +4.8 1.00 / 18 20 Nov" in said
    assert "large 24 of 289 27 of 316 too few 20 Nov" in said
    assert not any("…" in line for line in said)


def test_a_ratio_that_has_no_denominator_is_a_dash() -> None:
    """Where nothing of the band was sent to review there is no ratio of it."""
    found = look([parity(-0.002, {"acceptance": 1.002})])
    assert "small 24 of 289 27 of 316 -0.2 -5.2 to +4.8 1.00 / - 20 Nov" in lines(ended(found), width=80)


def test_open_alerts_are_told_with_their_severity() -> None:
    """The first few in full, the others by their number, and how many there were in all."""
    names = ["fuel", "pets", "travel", "other", "insurance", "clothing", "education"]
    found = look([], [alert(Severity.WARNING, name) for name in names])
    said = lines(Fairness(Observed(11, 9), found, ()), width=80)
    assert "alerts 7 open; 9 raised during the replay" == said[0]
    assert [f"warning: Review rate of {name} is 40%." for name in names[:SHOWN_ALERTS]] == said[1 : SHOWN_ALERTS + 1]
    assert "and 2 more" == said[SHOWN_ALERTS + 1]
