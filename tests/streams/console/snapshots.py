"""Snapshots to show: a bank's working day with alerts open, one before the first decision, and one with long texts;
days without labels, with few of them, and one on which the workers are gone.

The working day is judged by the real monitors: cells of a week are drawn, and the evaluator and the alerts' life cycle
make of them what they make of a bank's.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from models.contracts.alerts import AlertState, FairnessAlert
from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES
from models.voters.contract import Method
from monitors.alerts.lifecycle import step
from monitors.base.contract import MonitorName, Reading, ReadingState, Reference, Rules
from monitors.catalogue.registry import MONITORS
from monitors.counts.cells import (
    BANDS,
    BINS,
    ORIGINS,
    OUTCOMES,
    STATS,
    VERITIES,
    Counts,
    Origin,
    Outcome,
    Stat,
    Table,
    Verity,
    empty,
    table,
)
from monitors.counts.history import History, Mark
from monitors.counts.observation import BUCKET_SECONDS, bucket_of
from monitors.counts.windows import KEPT, LENGTHS, Window
from monitors.evaluator import Evaluator
from monitors.hours import Hours, label_count
from monitors.snapshot import Snapshot

NOW = datetime(2026, 3, 4, 14, 3, 20, tzinfo=UTC)
NEWEST = datetime(2026, 3, 4, 14, 5, tzinfo=UTC)
MODEL = "sha256:5d1c0b7e9a42"
RUNBOOKS = "https://wiki.bank.example/evenhand/runbooks"
BUCKETS_PER_HOUR = 3_600 // BUCKET_SECONDS
BUCKETS_PER_DAY = LENGTHS[Window.DAY]

SHARES: Mapping[str, float] = {"groceries": 0.21, "food_dining": 0.16, "pets": 0.004, "gifts_occasions": 0.0004}
"""Parts of the volume; the other categories share the rest."""

RATES: Mapping[str, float] = {"pets": 0.14, "professional_services": 0.27, "other": 0.22, "charity_donations": 0.20}
"""Review rates that differ from the usual few per cent."""

RISEN = {"pets": 0.31}
"""Those of the newest day."""

LABELLED = frozenset({MonitorName.AMOUNT_PARITY, MonitorName.CATEGORY_PARITY, MonitorName.MINORITY_RECALL})
"""Monitors whose figures are of labels."""

SURE_SHARES = tuple({Outcome.ACCEPTED: 0.7, Outcome.REVIEW: 0.05}[Outcome(outcome)] for outcome in OUTCOMES)
"""Parts of what was accepted, and of what went to review, whose confidence is .95 or more."""

BAND_SHARES = (0.62, 0.33, 0.05)
ACCURACY: Mapping[str, float] = {AmountBand.OVER_1000.value: 0.84}
"""Of the blind sample; elsewhere 96%."""


def nothing() -> Snapshot:
    """A monitor that has just begun."""
    return Snapshot(at=NOW, model_version=MODEL)


@cache
def working_day() -> Snapshot:
    """Alerts open for a review rate, its rise, and large amounts; some small categories without enough data."""
    history = _week()
    evaluator = Evaluator(MONITORS, rules=Rules(), reference=_reference(), model_version=MODEL)
    readings = evaluator.readings(history, today=NOW.date())
    opened = step(
        {},
        readings,
        at=NOW - timedelta(hours=2, minutes=12),
        newest=history.newest,
        model_version=MODEL,
        runbooks=RUNBOOKS,
        easing={},
    )
    last = bucket_of(NEWEST) - 1
    windows = {window: history.between(last - length + 1, last) for window, length in LENGTHS.items()}
    hours = Hours()
    hours.look(history)
    return Snapshot(
        at=NOW,
        model_version=MODEL,
        newest=NEWEST,
        readings=tuple(readings),
        alerts=tuple(opened.open.values()),
        decisions={window: int(table(cells, Table.DECISIONS).sum()) for window, cells in windows.items()},
        confidence={window: table(cells, Table.CONFIDENCE).tolist() for window, cells in windows.items()},
        trend=hours.trend,
        late=1_204,
        expired=3,
        per_second=412.6,
        lag=0,
        waiting=0,
        reported=NOW - timedelta(seconds=4),
        reporting=6,
        labels=label_count(windows[Window.WEEK]),
        last_label=hours.last_label,
        steps=(*opened.events, *_earlier(opened.events)),
        lines=hours.lines,
    )


def calm_day() -> Snapshot:
    """The working day with nothing that alarms."""
    day = working_day()
    readings = [replace(one, state=ReadingState.OK, holds=False) if one.state.severity else one for one in day.readings]
    return replace(day, alerts=(), readings=readings)


@cache
def unlabelled() -> Snapshot:
    """The same day where nobody answered: what needs labels says nothing, no alert is open, no step was ever made."""
    day = working_day()
    readings = [
        replace(reading, counts=dict.fromkeys(reading.counts, 0)) if reading.monitor in LABELLED else reading
        for reading in _silent(day, LABELLED)
    ]
    lines = {name: line for name, line in day.lines.items() if not name.startswith("accuracy:")}
    return replace(day, readings=readings, alerts=(), steps=(), labels=0, last_label=None, lines=lines)


@cache
def unused() -> Snapshot:
    """The unlabelled day without an LLM: nothing was corrected, and two methods gave no vote."""
    day = unlabelled()

    def emptied(reading: Reading) -> Reading:
        if reading.monitor is MonitorName.CORRECTIONS:
            return replace(reading, counts=dict.fromkeys(reading.counts, 0), value=0.0)
        if reading.group in (Method.LLM, Method.ONLINE):
            return replace(reading, counts={**reading.counts, "voted": 0}, value=0.0, interval=(0.0, 0.0001))
        return reading

    return replace(day, readings=[emptied(reading) for reading in day.readings])


@cache
def sparsely_labelled() -> Snapshot:
    """The same day with so few labels of large amounts that nothing is said of them, and no alert."""
    day = working_day()
    readings = [
        replace(
            reading,
            state=ReadingState.NOT_ENOUGH_DATA,
            counts={**reading.counts, "labels": 82, "right": 53, "blind": 21, "blind_wrong": 9},
            holds=False,
        )
        if reading.monitor is MonitorName.AMOUNT_PARITY and reading.group == AmountBand.OVER_1000
        else replace(reading, state=min(reading.state, ReadingState.OK, key=[*ReadingState].index), holds=False)
        for reading in day.readings
    ]
    return replace(day, readings=readings, alerts=(), steps=day.steps[:2])


@cache
def abandoned() -> Snapshot:
    """The same day after the only worker was killed: nothing is observed, and transactions wait."""
    silent = timedelta(minutes=4)
    return replace(working_day(), reported=NOW - silent, waiting=3_000, lag=3_000, per_second=0.0)


def unserved() -> Snapshot:
    """A monitor that has just begun, on topics in which transactions wait for the first worker."""
    return replace(nothing(), waiting=3_000)


@cache
def crowded() -> Snapshot:
    """An alert for every category, with words longer than a phone is wide."""
    day = working_day()
    first = day.alerts[0]
    long = (
        "Look at professional_services first: 41,200 decisions of 118 merchants that were never seen before the "
        "release of yesterday evening went to review; all of them from "
        "one_source_whose_name_is_a_single_word_far_longer_than_a_phone_is_wide."
    )
    alerts = [
        first.model_copy(update={"fingerprint": f"{number:016x}", "category": category, "hint": long})
        for number, category in enumerate(CATEGORIES)
    ]
    return replace(day, alerts=alerts, lag=None, per_second=0.4)


def _week() -> History:
    random = np.random.default_rng(20_260_304)
    last = bucket_of(NEWEST) - 1
    return History(
        buckets={last - age: _bucket(random, last - age, newest_day=age < BUCKETS_PER_DAY) for age in range(KEPT)},
        sources={"transactions:0": Mark(next_offset=2_140_500, newest=last, last=last)},
        answered={MODEL: (31, 412)},
    )


def _bucket(random: np.random.Generator, bucket: int, *, newest_day: bool) -> Counts:
    """Cells of five minutes: fewer decisions by night, and more of pets in review in the newest day."""
    night = bucket % BUCKETS_PER_DAY < 6 * BUCKETS_PER_HOUR
    rest = (1 - sum(SHARES.values())) / (len(CATEGORIES) - len(SHARES))
    parts = [SHARES.get(category, rest) for category in CATEGORIES]
    by_category = random.multinomial(200 if night else 1_250, np.array(parts) / sum(parts))
    by_band = random.multinomial(by_category, BAND_SHARES)
    rates = np.array([RISEN.get(name, 0.0) if newest_day and name in RISEN else _rate(name) for name in CATEGORIES])
    review = random.binomial(by_band, rates[:, np.newaxis])
    outcomes = np.stack([by_band - review, review], axis=-1)

    cells = empty()
    decisive = random.multinomial(outcomes, [0.11, 0.31, 0.52, 0.05, 0.0, 0.0, 0.0, 0.01])
    table(cells, Table.DECISIONS)[:] = np.moveaxis(decisive, -1, 2)
    familiar = random.multinomial(outcomes.sum(axis=1), _familiarities(newest_day))
    table(cells, Table.FAMILIARITY)[:] = np.moveaxis(familiar, -1, 1)
    table(cells, Table.SURE)[:] = np.rint(outcomes.sum(axis=1) * SURE_SHARES)
    total = int(outcomes.sum())
    table(cells, Table.CONFIDENCE)[:] = random.multinomial(total, _confidences())
    table(cells, Table.VOTED)[:] = random.binomial(total, [0.934, 0.412, 0.981, 0.078, 0.0, 0.0, 0.0])
    table(cells, Table.INTAKE)[0] = random.binomial(total, 0.0004)
    _label(random, cells, outcomes)
    # One decision in a hundred has a twin. Not drawn: what else is drawn stays as it was.
    table(cells, Table.PROBES)[:, 0] = [total // 1_000, total // 500, total // 150]
    return cells


def _label(random: np.random.Generator, cells: Counts, outcomes: Counts) -> None:
    """A blind sample of 1%, and people's answers to a tenth of what went to review."""
    labels = table(cells, Table.LABELS)
    accuracy = [ACCURACY.get(band, 0.96) for band in BANDS]
    for origin, outcome, weight in ((Origin.BLIND, Outcome.ACCEPTED, 100), (Origin.REVIEW, Outcome.REVIEW, 10)):
        asked = random.binomial(outcomes[..., OUTCOMES.index(outcome)], 1 / weight)
        right = random.binomial(asked, accuracy)
        by_verity = {Verity.RIGHT: right, Verity.WRONG: asked - right}
        counts = np.stack([by_verity[Verity(verity)] for verity in VERITIES], axis=-1)
        sums = {Stat.COUNT: 1, Stat.WEIGHT: 1000 * weight, Stat.WEIGHT_SQUARED: 1000 * weight**2}
        labels[ORIGINS.index(origin)] = counts[..., np.newaxis] * [sums[Stat(stat)] for stat in STATS]


def _rate(category: str) -> float:
    return RATES.get(category, 0.015 + 0.005 * CATEGORIES.index(category))


def _familiarities(newest_day: bool) -> list[float]:
    known = [0.82, 0.06, 0.11 if newest_day else 0.10]
    return [*known, 1 - sum(known)]


def _confidences() -> NDArray[np.float64]:
    weights = 0.02 + 6 * (np.arange(BINS) / BINS) ** 9
    weights[27] += 0.5
    weights[-1] *= 0.4
    return np.asarray(weights / weights.sum())


def _reference() -> Reference:
    return Reference(confidence=np.asarray((60_000 * _confidences()).astype(np.int64)), trained_on=date(2025, 11, 21))


def _earlier(opened: Sequence[FairnessAlert]) -> Iterator[FairnessAlert]:
    """Steps of the days before, newest first: an alert that is over, and each of the open ones as if opened then."""
    first = opened[0]
    for hours, state in ((26, AlertState.RESOLVED), (27, AlertState.UPDATE), (49, AlertState.OPEN)):
        at = NOW - timedelta(hours=hours)
        yield first.model_copy(update={"state": state, "at": at, "opened_at": NOW - timedelta(hours=49)})


def _silent(day: Snapshot, monitors: Collection[MonitorName]) -> list[Reading]:
    """The readings of a day, of which some monitors have too few cases and nobody alarms."""
    return [
        Reading(
            reading.monitor,
            reading.window,
            ReadingState.NOT_ENOUGH_DATA,
            reading.counts,
            reading.category,
            reading.group,
        )
        if reading.monitor in monitors
        else replace(reading, state=min(reading.state, ReadingState.OK, key=[*ReadingState].index), holds=False)
        for reading in day.readings
    ]
