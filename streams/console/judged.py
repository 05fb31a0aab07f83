"""Monitors that judge and monitors that do not, with what these lack."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from monitors.base.contract import MonitorName, Reading, ReadingState, Rules
from monitors.catalogue.confidence_change import FEW
from monitors.catalogue.usage import NO_LIMIT
from monitors.counts.windows import Window
from monitors.snapshot import Snapshot

Subject = tuple[MonitorName, str | None]

Lack = Mapping[str, object]
"""A count that a figure has too few of: its name, and how many it needs."""

PARITY = frozenset(
    {MonitorName.AMOUNT_PARITY, MonitorName.CATEGORY_PARITY, MonitorName.REVIEW_PARITY, MonitorName.SURE_PARITY}
)
"""Monitors that hold each group against the others."""

_LABELLED = frozenset({MonitorName.AMOUNT_PARITY, MonitorName.CATEGORY_PARITY, MonitorName.MINORITY_RECALL})

_NEEDS: Mapping[MonitorName, Sequence[str]] = {
    MonitorName.REVIEW_RISE: ("decisions", "decisions_before"),
    MonitorName.REVIEW_PARITY: ("decisions", "others_decisions"),
    MonitorName.SURE_PARITY: ("decisions", "others_decisions"),
    MonitorName.AMOUNT_PARITY: ("blind", "others_blind"),
    MonitorName.CATEGORY_PARITY: ("blind", "others_blind"),
    MonitorName.MINORITY_RECALL: ("labels",),
    MonitorName.CONFIDENCE_DRIFT: ("decisions", "reference"),
    MonitorName.CONFIDENCE_CHANGE: ("buckets",),
    MonitorName.DEAD_LETTERS: ("records",),
    MonitorName.PROBE_FLIPS: ("probes",),
    MonitorName.CORRECTIONS: (),
    MonitorName.MODEL_AGE: ("days",),
}
"""Monitor to the counts that must be large enough for a figure; of the others it is the decisions."""


def needed(reading: Reading, rules: Rules) -> Lack | None:
    """Count that a figure has too few of, and how many it needs; None where that is not what it lacks."""
    if reading.state is not ReadingState.NOT_ENOUGH_DATA or reading.monitor not in _COUNTING:
        return None
    lacks = _lacks(reading.monitor, reading.counts, rules)
    return next(({"of": name, "least": least} for name, _, least in lacks), None)


_UNUSED: Mapping[MonitorName, str] = {MonitorName.CORRECTIONS: "corrections", MonitorName.METHOD_USAGE: "votes"}
"""What a monitor has nothing of whose figures are there, and are of nothing."""

_COUNTING = frozenset(MonitorName) - {MonitorName.CONFIDENCE_CHANGE, MonitorName.MODEL_AGE, MonitorName.CORRECTIONS}
"""Monitors whose figures are of cases: more traffic is what they lack."""


def too_few(readings: Iterable[Reading]) -> Mapping[tuple[MonitorName, Window], Sequence[str]]:
    """Monitor of `PARITY` and window to the groups that have too few cases to be held against the others."""
    groups: defaultdict[tuple[MonitorName, Window], list[str]] = defaultdict(list)
    for reading in readings:
        name = reading.group or reading.category
        if reading.monitor in PARITY and reading.state is ReadingState.NOT_ENOUGH_DATA and name:
            groups[reading.monitor, reading.window].append(name)
    return groups


def idle(snapshot: Snapshot) -> AbstractSet[Subject]:
    """Monitor and group of figures that are of nothing, and so neither fine nor alarming.

    No correction was made and nobody answered, or a method gave no vote in any window: it is not configured, mostly.
    """
    readings = snapshot.readings
    votes = {(one.monitor, one.group) for one in readings if one.counts.get("voted", 0)}
    methods = {(one.monitor, one.group) for one in readings if one.monitor is MonitorName.METHOD_USAGE}
    made = snapshot.labels or any(one.counts.get("corrections", 0) for one in readings)
    return (methods - votes) | (set() if made else {(MonitorName.CORRECTIONS, None)})


def judged(snapshot: Snapshot, rules: Rules) -> dict[str, object]:
    """Number of monitors that judge, and the reasons of the others.

    A monitor judges when one of its readings does. Of one that does not, the reading that is nearest to it speaks. A
    figure of nothing, or one that may be anything, judges nothing.
    """
    unused = idle(snapshot)
    readings: defaultdict[MonitorName, list[Reading]] = defaultdict(list)
    for reading in snapshot.readings:
        readings[reading.monitor].append(reading)
    silent = [
        _silence(name, readings[name], snapshot, rules)
        for name in MonitorName
        if not any(_judges(reading, unused) for reading in readings[name])
    ]
    return {"monitors": len(MonitorName), "judging": len(MonitorName) - len(silent), "silent": silent}


def _judges(reading: Reading, unused: AbstractSet[Subject]) -> bool:
    if reading.state is not ReadingState.OK:
        return reading.state is not ReadingState.NOT_ENOUGH_DATA
    limited = reading.monitor is not MonitorName.METHOD_USAGE or reading.threshold < NO_LIMIT
    return limited and (reading.monitor, reading.group) not in unused


def _silence(name: MonitorName, readings: Sequence[Reading], snapshot: Snapshot, rules: Rules) -> Lack:
    if any(reading.state is ReadingState.OK for reading in readings):
        return {"monitor": name.value, "why": "nothing", "of": _UNUSED[name], "have": 0, "least": 0}
    everything = [lack for reading in readings for lack in _worst(_lacks(name, reading.counts, rules))]
    of, have, least = max(
        everything or _lacks(name, {}, rules) or [("decisions", 0, 1)], key=lambda lack: lack[1] / lack[2]
    )
    return {"monitor": name.value, "why": _why(name, of, snapshot), "of": of, "have": have, "least": least}


def _why(name: MonitorName, of: str, snapshot: Snapshot) -> str:
    if snapshot.readings and of in ("reference", "days"):
        return "no_reference"
    if not any(snapshot.decisions.values()):
        return "no_traffic"
    if name is MonitorName.PROBE_FLIPS and not any(one.counts.get("probes", 0) for one in snapshot.readings):
        return "no_probes"
    return "no_labels" if name in _LABELLED and not snapshot.labels else "too_few"


def _lacks(name: MonitorName, counts: Mapping[str, int], rules: Rules) -> list[tuple[str, int, int]]:
    """(count, how many there are, how many it needs) of the counts of a reading that are too small."""
    least = _least(name, rules)
    needs = _NEEDS.get(name, ("decisions",))
    return [(count, counts.get(count, 0), least) for count in needs if counts.get(count, 0) < least]


def _least(name: MonitorName, rules: Rules) -> int:
    if name in _LABELLED:
        return max(rules.minimum_labels, 1)
    return {MonitorName.CONFIDENCE_CHANGE: FEW, MonitorName.MODEL_AGE: 1}.get(name, max(rules.minimum_count, 1))


def _worst(lacks: Sequence[tuple[str, int, int]]) -> Sequence[tuple[str, int, int]]:
    """The count that is furthest from what a reading needs, if one is."""
    return sorted(lacks, key=lambda lack: lack[1] / lack[2])[:1]
