"""Texts of alerts: one sentence with figures, in units, and where to look first.

The words are made of names from closed sets (monitors, categories, amount bands, methods) and of numbers, so that no
text of a transaction can get into them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from models.contracts.alerts import FairnessAlert
from models.contracts.taxonomy import CATEGORIES
from monitors.base.contract import MonitorName, Reading
from monitors.counts.cells import ATTRIBUTES, BANDS, METHODS
from monitors.counts.windows import Window


def share(value: float) -> str:
    """A share in per cent.

    >>> share(0.25), share(0.314), share(0.0004)
    ('25%', '31.4%', '0.04%')
    """
    return f"{_hundredths(value)}%"


def points(value: float) -> str:
    """A difference of shares in percentage points.

    >>> points(0.091), points(0.01)
    ('9.1 points', '1 point')
    """
    number = _hundredths(value)
    return f"{number} point" if number in ("1", "-1") else f"{number} points"


def number(value: float) -> str:
    """A figure without a unit, such as a confidence.

    >>> number(0.8), number(0.7649)
    ('0.8', '0.765')
    """
    return _plain(value, 3)


def days(value: float) -> str:
    """Days.

    >>> days(1), days(181)
    ('1 day', '181 days')
    """
    number = _plain(value, 1)
    return f"{number} day" if number == "1" else f"{number} days"


def whole(value: float) -> str:
    """A count.

    >>> whole(1250)
    '1,250'
    """
    return _plain(value, 0)


def _hundredths(value: float) -> str:
    return _plain(100 * value, 1 if abs(value) >= 0.01 else 2)


def _plain(value: float, digits: int) -> str:
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a monitor.

    Args:
        limit: Which side of the threshold alarms; "above" or another preposition.
        hint: Where to look first, where the monitor itself names nothing.
        compared: Of a difference, how its two shares are named, `own` and `other`; empty where it is none.
        worse: Of a difference, 1 where the group's own share is the higher one, -1 where it is the lower one.
        cases: How the cases are named that it is a figure of, such as "of" or "over"; empty where it has none.
    """

    figure: str
    unit: Callable[[float], str]
    limit: str
    hint: str
    compared: str = ""
    worse: int = 1
    cases: str = "of"


_FROM_TO, _AGAINST = "from {other} to {own}", "{own} against {other}"

WORDS: Mapping[MonitorName, Words] = MappingProxyType(
    {
        MonitorName.REVIEW_RATE: Words(
            "Review rate",
            share,
            "above",
            "Which method votes on these transactions? New merchants that the gazetteer lacks are the usual cause.",
        ),
        MonitorName.REVIEW_RISE: Words(
            "Rise of the review rate",
            points,
            "above",
            "What changed in the last day: a release, a model, a source, new merchants not in the gazetteer?",
            _FROM_TO,
            cases="over",
        ),
        MonitorName.REVIEW_PARITY: Words(
            "Gap of the review rate",
            points,
            "above",
            "Compare the share of unknown merchants here with that of the others before the model is blamed.",
            _AGAINST,
            cases="over",
        ),
        MonitorName.SURE_PARITY: Words(
            "Gap of the review rate of sure decisions",
            points,
            "above",
            "Was the category closed for errors in trials, or for lack of rows? See its figures in the manifest.",
            _AGAINST,
            cases="over",
        ),
        MonitorName.PROBE_FLIPS: Words(
            "Share of probes with another decision",
            share,
            "above",
            "What was deployed or promoted before it rose? "
            "`evenhand audit probes` on a file of these days names such lines.",
        ),
        MonitorName.CONFIDENCE_MEDIAN: Words(
            "Median confidence",
            number,
            "below",
            "Is one method silent, or one source new? A confidence that falls everywhere points at the model.",
            cases="over",
        ),
        MonitorName.CONFIDENCE_DRIFT: Words(
            "Population stability index of the confidence",
            number,
            "above",
            "Compare the confidence histogram with the model's own: a new source, a lost method, or another model?",
            cases="over",
        ),
        MonitorName.CONFIDENCE_CHANGE: Words(
            "Fall of the mean confidence",
            points,
            "above",
            "What happened when it changed: a deployment, a new source, a method that stopped voting?",
            _FROM_TO,
            -1,
            cases="",  # of the whole series, not of the day
        ),
        MonitorName.METHOD_USAGE: Words(
            "Share of decisions with a vote",
            share,
            "above",
            "Too many disagreements between the other methods: which category and which source do they come from?",
        ),
        MonitorName.AMOUNT_PARITY: Words(
            "Gap of accuracy",
            points,
            "above",
            "Which categories are wrong in this amount band? Look at the corrections of the last days by band.",
            _AGAINST,
            -1,
            cases="over",
        ),
        MonitorName.CATEGORY_PARITY: Words(
            "Gap of recall",
            points,
            "above",
            "What was this category taken for? Look at the corrections whose right category it is.",
            _AGAINST,
            -1,
            cases="over",
        ),
        MonitorName.MINORITY_RECALL: Words(
            "Recall of the rarest categories",
            share,
            "below",
            "What were these categories taken for? Few training rows: correct their merchants and train again.",
        ),
        MonitorName.ABSTENTION: Words(
            "Share of decisions without any vote",
            share,
            "above",
            "Descriptions that no method can read: a new source, another language, or text cut off on its way?",
        ),
        MonitorName.UNKNOWN_MERCHANTS: Words(
            "Share of merchants never seen",
            share,
            "above",
            "New merchants not in the gazetteer, or a source that writes their names another way?",
        ),
        MonitorName.DEAD_LETTERS: Words(
            "Share of dead letters",
            share,
            "above",
            "Which reason, which field? `evenhand dead-letters list` says.",
        ),
        MonitorName.CORRECTIONS: Words(
            "Number of the present model's decisions that people changed",
            whole,
            "at or above",
            "Enough to learn from: `evenhand train --with-corrections topic`, `evenhand shadow`, "
            "`evenhand model promote`.",
            cases="",
        ),
        MonitorName.MODEL_AGE: Words(
            "Age of the model",
            days,
            "above",
            "Train again with newer data, `evenhand shadow` it beside this one, `evenhand model promote` it.",
        ),
    }
)
"""Monitor to its words."""

_BY_NAME: Mapping[str, Words] = MappingProxyType({name.value: words for name, words in WORDS.items()})
_FORMER = Words("Figure of a monitor of another release", number, "beyond", "")
"""For an alert that outlived the release it was made by."""

BAND_WORDS: Mapping[str, str] = MappingProxyType(
    dict(zip(BANDS, ("small amounts", "middle amounts", "large amounts"), strict=True))
)
TWIN_WORDS: Mapping[str, str] = MappingProxyType(
    dict(zip(ATTRIBUTES, ("twins with another name", "twins in another town", "twins of another amount"), strict=True))
)
_GROUPS: Mapping[str, str] = MappingProxyType(
    {**BAND_WORDS, **TWIN_WORDS, **{method: f"method {method}" for method in METHODS}}
)

_DENOMINATORS = ("decisions", "labels", "records", "probes", "transactions", "corrections")
"""Names of counts that a figure is a share of, the first that a reading has."""

_OTHERS: Mapping[str, str] = MappingProxyType(
    {"others": "of the others", "others_decisions": "of the others", "decisions_before": "before"}
)
"""Names of counts of what it is compared with, and how they are said."""

_MUCH = 1_000_000_000

_WINDOWS: Mapping[str, str] = MappingProxyType(
    {Window.HOUR: "the last hour", Window.DAY: "the last 24 h", Window.WEEK: "the last 7 days"}
)


def summary(reading: Reading, *, resolved: bool = False) -> str:
    """Say in one sentence what happened.

    >>> from monitors.base.contract import ReadingState
    >>> counted = {"review": 170, "decisions": 540}
    >>> figure = {"value": 170 / 540, "interval": (0.2659, 0.3685), "threshold": 0.25}
    >>> summary(Reading(MonitorName.REVIEW_RATE, Window.DAY, ReadingState.PAGE, counted, category="pets", **figure))
    'Review rate of pets is 31.5% (99% interval 26.6% to 36.9%) of 540 decisions in the last 24 h: above 25%.'
    """
    words = _words(reading.monitor)
    subject = f"{words.figure}{_of(reading.category, reading.group)}"
    if reading.value is None:
        return f"{subject}: no figure{_during(reading.window)}, too few cases."
    figure = f"{words.unit(reading.value)}{_bounds(words, reading.interval, reading.level)}"
    figure += _compared(words, reading.value, reading.reference)
    cases = f"{_among(words, reading.counts)}{_during(reading.window)}{_beside(reading.counts)}"
    return f"{subject} is {figure}{cases}: {_judged(reading, resolved)}."


def silence(alert: FairnessAlert) -> str:
    """Say why an alert is closed that nothing has been heard of for as long as its window is."""
    words = _words(alert.monitor)
    subject = f"{words.figure}{_of(alert.category, alert.group)}"
    return f"{subject}: closed without a new figure, too few cases{_during(alert.window.name)}; not known to be well."


def hint(reading: Reading) -> str:
    """Say where to look first: what the monitor says, else what is usual for it."""
    return reading.hint or _words(reading.monitor).hint


def description(alert: FairnessAlert) -> str:
    """Window, counts, interval and threshold of an alert in words, for whoever is called."""
    words = _words(alert.monitor)
    parts = [
        f"Window: {window(alert)}.",
        f"Counts: {counts(alert)}." if alert.counts else "",
        f"Reading: {words.unit(alert.reading)}." if alert.reading is not None else "Reading: none, too few cases.",
        f"Interval: {interval(alert)}." if alert.interval is not None else "",
        f"Evidence {_evidence(alert.evidence)}." if alert.evidence is not None else "",
        f"Alarms {words.limit} {words.unit(alert.threshold)}.",
        f"Open since {_clock(alert.opened_at)}.",
        f"Model {alert.model_version}.",
    ]
    return " ".join(filter(None, parts))


def window(alert: FairnessAlert) -> str:
    """The window of an alert with its bounds in event time."""
    if alert.window.name == Window.ALL:
        return f"none, as of {_clock(alert.window.end)}"
    return f"{alert.window.name} of event time, {_clock(alert.window.start)} to {_clock(alert.window.end)}"


def counts(alert: FairnessAlert) -> str:
    """The counts, by name."""
    return ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in alert.counts.items())


def interval(alert: FairnessAlert) -> str:
    """The interval of an alert's figure in its unit; empty where it has none."""
    if alert.interval is None:
        return ""
    bounds = alert.interval.low, alert.interval.high
    return f"{_between(_words(alert.monitor).unit, bounds)} ({share(alert.interval.level)})"


def _words(monitor: str) -> Words:
    # An alert in the topic may be of a monitor that an earlier release had.
    return _BY_NAME.get(monitor, _FORMER)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _of(category: str | None, group: str | None) -> str:
    named = [name for name in (category if category in CATEGORIES else None, _GROUPS.get(group or "")) if name]
    return f" of {', '.join(named)}" if named else ""


def _bounds(words: Words, bounds: tuple[float, float] | None, level: float) -> str:
    return "" if bounds is None else f" ({share(level)} interval {_between(words.unit, bounds)})"


def _between(unit: Callable[[float], str], bounds: tuple[float, float]) -> str:
    low, high = map(unit, bounds)
    return f"{low.partition(' ')[0]} to {high}"  # a unit that is a word is said once


def _compared(words: Words, value: float, reference: float | None) -> str:
    if reference is None or not words.compared:
        return ""
    own = reference + words.worse * value
    return f", {words.compared.format(own=share(own), other=share(reference))},"


def _among(words: Words, counted: Mapping[str, int]) -> str:
    name = next((name for name in _DENOMINATORS if name in counted), None)
    return "" if name is None or not words.cases else f" {words.cases} {counted[name]:,} {name}"


def _beside(counted: Mapping[str, int]) -> str:
    name = next((name for name in _OTHERS if name in counted), None)
    return "" if name is None else f" beside {counted[name]:,} {_OTHERS[name]}"


def _during(name: str) -> str:
    return f" in {_WINDOWS[name]}" if name in _WINDOWS else ""


def _judged(reading: Reading, resolved: bool) -> str:
    words = _words(reading.monitor)
    limit = f"{words.limit} {words.unit(reading.threshold)}"
    if reading.evidence is not None:
        return _proven(reading.evidence, limit, resolved=resolved, alarms=reading.state.severity is not None)
    if resolved:
        return f"no longer {limit}"
    return limit if reading.state.severity else f"not surely {limit} any more, and not clear of it yet"


def _proven(evidence: float, limit: str, *, resolved: bool, alarms: bool) -> str:
    """A test says how sure it is, not how large the gap is: that is what the figure and its interval are for."""
    if resolved:
        return f"no longer enough evidence that it is {limit}"
    return f"evidence {_evidence(evidence)} that it is {limit}{'' if alarms else ', less than opens an alert'}"


def _evidence(value: float) -> str:
    """In whole numbers, as far as they can be taken in."""
    return f"{value:,.0f}" if value < _MUCH else f"over {_MUCH:,}"
