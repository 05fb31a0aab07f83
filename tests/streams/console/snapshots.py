"""Snapshots to show: a bank's working day with alerts open, one before the first decision, and one with long texts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from models.alerting import FairnessAlert
from models.intervals import wilson
from models.taxonomy import CATEGORIES
from monitors.cells import BANDS, BINS, METHODS
from monitors.contract import LENGTHS, LEVEL, MonitorName, Reading, ReadingState, Window
from monitors.lifecycle import step
from monitors.observation import bucket_of
from monitors.snapshot import Hour, Snapshot

NOW = datetime(2026, 3, 4, 14, 3, 20, tzinfo=UTC)
NEWEST = datetime(2026, 3, 4, 14, 5, tzinfo=UTC)
RUNBOOKS = "https://wiki.bank.example/evenhand/runbooks"

NONE, OK, WARNING, PAGE = ReadingState.NOT_ENOUGH_DATA, ReadingState.OK, ReadingState.WARNING, ReadingState.PAGE

VOLUMES: Mapping[Window, int] = {Window.HOUR: 18_400, Window.DAY: 312_800, Window.WEEK: 2_140_500}

RATES = {"pets": 0.314, "professional_services": 0.268, "charity_donations": 0.231, "other": 0.223}
"""Review rates that differ from the usual few per cent."""

SHARES = {"groceries": 0.21, "food_dining": 0.16, "transport": 0.12, "gifts_occasions": 0.0004, "pets": 0.004}
"""Parts of the volume; the other categories share the rest."""


def nothing() -> Snapshot:
    """A monitor that has just begun."""
    return Snapshot(at=NOW, model_version="sha256:5d1c0b7e9a42")


def working_day() -> Snapshot:
    """Two alerts open, some small categories without enough data."""
    readings = _readings()
    return Snapshot(
        at=NOW,
        model_version="sha256:5d1c0b7e9a42",
        newest=NEWEST,
        readings=readings,
        alerts=_alerts(readings),
        decisions=VOLUMES,
        confidence={window: _confidences(volume) for window, volume in VOLUMES.items()},
        trend={category: _hours(category) for category in CATEGORIES},
        late=1_204,
        expired=3,
        per_second=412.6,
        lag=0,
    )


def crowded() -> Snapshot:
    """An alert for every category, with the longest words that fit their contract's spirit."""
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


def _volume(category: str, window: Window) -> int:
    rest = (1 - sum(SHARES.values())) / (len(CATEGORIES) - len(SHARES))
    return int(VOLUMES[window] * SHARES.get(category, rest))


def _rate(category: str) -> float:
    return RATES.get(category, 0.01 + Random(category).random() * 0.13)


def _share(name: MonitorName, window: Window, hits: int, total: int, noun: str, **about: object) -> Reading:
    """A share of decisions held against a threshold, as level rules read."""
    counts = {noun: hits, "decisions": total}
    blank = Reading(name, window, NONE, counts, **about)  # type: ignore[arg-type]
    if total < 200:
        return blank
    low, high = wilson(hits, total, level=LEVEL)
    state = WARNING if low > blank.threshold else OK
    return replace(blank, state=state, value=hits / total, interval=(low, high))


def _readings() -> list[Reading]:
    windows = list(LENGTHS)
    return [
        *(reading for window in windows for reading in _reviews(window)),
        *(reading for window in windows for reading in _confidence(window)),
        *(reading for window in windows for reading in _methods(window)),
        *(reading for window in windows for reading in _parities(window)),
        *(
            _share(name, window, int(VOLUMES[window] * part), VOLUMES[window], noun, threshold=limit)
            for window in windows
            for name, part, noun, limit in (
                (MonitorName.ABSTENTION, 0.012, "without_vote", 0.05),
                (MonitorName.UNKNOWN_MERCHANTS, 0.171, "unknown", 0.5),
                (MonitorName.DEAD_LETTERS, 0.0004, "dead_letters", 0.01),
            )
        ),
        Reading(MonitorName.CORRECTIONS, Window.ALL, OK, {"changed": 31, "confirmed": 412}, value=31, threshold=50),
        Reading(MonitorName.MODEL_AGE, Window.ALL, OK, {}, value=103, threshold=180),
    ]


def _reviews(window: Window) -> list[Reading]:
    volumes = {category: _volume(category, window) for category in CATEGORIES}
    reviewed = {category: round(volume * _rate(category)) for category, volume in volumes.items()}
    rates = [
        _share(MonitorName.REVIEW_RATE, window, reviewed[category], volume, "review", category=category, threshold=0.25)
        for category, volume in volumes.items()
    ]
    overall = sum(reviewed.values()), sum(volumes.values())
    rises = [_rise(category) for category in CATEGORIES] if window is Window.DAY else []
    return [*rates, *rises, _share(MonitorName.REVIEW_RATE, window, *overall, "review", threshold=0.25)]


def _rise(category: str) -> Reading:
    """How much higher the last day is; that of pets alarms."""
    decisions = _volume(category, Window.DAY)
    counts = {
        "review": decisions // 9,
        "decisions": decisions,
        "review_before": decisions,
        "decisions_before": 6 * decisions,
    }
    blank = Reading(MonitorName.REVIEW_RISE, Window.DAY, NONE, counts, category=category, threshold=0.01, evidence=0.0)
    if decisions < 200:
        return blank
    if category == "pets":
        hint = "New merchants not in the gazetteer? Unknown merchants are 41% of 1,251 decisions, 6% of 7,311 before."
        found = replace(blank, state=WARNING, value=0.174, interval=(0.139, 0.212), evidence=8.2e7, e_value=8.2e7)
        return replace(found, reference=0.14, hint=hint)
    rise = Random(category).uniform(-0.008, 0.009)
    return replace(blank, state=OK, value=rise, interval=(rise - 0.02, rise + 0.02), evidence=0.3, e_value=0.3)


def _confidence(window: Window) -> list[Reading]:
    counts = {"decisions": VOLUMES[window]}
    return [
        Reading(MonitorName.CONFIDENCE_MEDIAN, window, OK, counts, value=0.912, interval=(0.909, 0.915), threshold=0.8),
        Reading(MonitorName.CONFIDENCE_DRIFT, window, OK, counts, value=0.041, threshold=0.25),
    ]


def _methods(window: Window) -> list[Reading]:
    parts = dict(zip(METHODS, (0.934, 0.412, 0.981, 0.078, 0.0), strict=True))
    return [
        _share(
            MonitorName.METHOD_USAGE,
            window,
            int(VOLUMES[window] * part),
            VOLUMES[window],
            "voted",
            group=method,
            threshold=0.2 if method == "llm" else 1.0,
        )
        for method, part in parts.items()
    ]


def _parities(window: Window) -> list[Reading]:
    labels = {Window.HOUR: 14, Window.DAY: 310, Window.WEEK: 2_180}[window]
    gaps = dict(zip(BANDS, (-0.031, 0.012, 0.094), strict=True))
    amounts = [_gap(MonitorName.AMOUNT_PARITY, window, gap, labels, group=band) for band, gap in gaps.items()]
    categories = [
        _gap(
            MonitorName.CATEGORY_PARITY,
            window,
            Random(category).uniform(-0.05, 0.05),
            labels // 8 if SHARES.get(category, 1) > 0.01 else labels // 200,
            category=category,
        )
        for category in CATEGORIES
    ]
    recall = _gap(MonitorName.MINORITY_RECALL, window, 0.861, labels // 9)
    recall = replace(
        recall,
        counts={"labels": labels // 9, "right": int(labels / 9 * 0.86), "blind": labels // 20, "categories": 7},
        threshold=0.8,
        ratios={},
        evidence=None,
    )
    review = [
        Reading(
            MonitorName.REVIEW_PARITY,
            window,
            OK,
            {"review": 360, "decisions": 18_000, "others_review": 9_800, "others_decisions": 245_000},
            group=BANDS[0],
            value=-0.02,
            interval=(-0.023, -0.017),
            threshold=0.2,
            ratios={"acceptance": 0.98, "review": 0.5},
        )
    ]
    return [*amounts, *categories, recall, *review]


def _gap(name: MonitorName, window: Window, gap: float, labels: int, **about: str) -> Reading:
    blind = labels // 2
    own = {"labels": labels, "right": int(labels * 0.9), "blind": blind, "blind_wrong": int(blind * 0.08)}
    others = {
        "others": labels * 5,
        "others_right": int(labels * 4.8),
        "others_blind": blind * 5,
        "others_blind_wrong": int(blind * 0.2),
    }
    blank = Reading(name, window, NONE, {**own, **others}, threshold=0.02, **about)  # type: ignore[arg-type]
    if blind < 30 and name is not MonitorName.MINORITY_RECALL:
        return blank
    evidence = 10 ** (6.4 if gap > 0.09 and window is Window.WEEK else 0.4)
    return replace(
        blank,
        state=PAGE if evidence >= 1e6 else OK,
        value=gap,
        interval=(gap - 1.4 / labels**0.5, min(gap + 1.4 / labels**0.5, 0.99)),
        evidence=evidence,
        ratios={"accuracy": 0.94, "error": 0.42},
    )


def _alerts(readings: Sequence[Reading]) -> list[FairnessAlert]:
    """What the life cycle makes of the readings, two hours before now."""
    steps = step(
        {},
        readings,
        at=NOW - timedelta(hours=2, minutes=12),
        newest=bucket_of(NEWEST) - 1,
        model_version="sha256:5d1c0b7e9a42",
        runbooks=RUNBOOKS,
        easing={},
    )
    return list(steps.open.values())


def _confidences(volume: int) -> list[int]:
    weights = [0.02 + 6 * (bin / BINS) ** 9 + (0.5 if bin == 27 else 0.0) for bin in range(BINS)]
    weights[-1] *= 0.4
    return [int(volume * weight / sum(weights)) for weight in weights]


def _hours(category: str) -> list[Hour]:
    """A week of hours: fewer by night; the review rate of pets rises in the last day."""
    random, week = Random(category), _volume(category, Window.WEEK)
    first = datetime(2026, 2, 25, 14, tzinfo=UTC)
    hours = []
    for number in range(7 * 24 + 1):
        start = first + timedelta(hours=number)
        decisions = int(week / 168 * (0.2 if start.hour < 6 else 1.25) * random.uniform(0.8, 1.2))
        risen = 1.0 if category not in ("pets", "professional_services") or number > 144 else 0.4
        hours.append(Hour(start, decisions, int(decisions * _rate(category) * risen * random.uniform(0.85, 1.15))))
    return [hour for hour in hours if hour.decisions]
