"""Probes of transactions that a bank has: what live probes would have counted, held against the same limit."""

from collections import Counter
from collections.abc import Iterable, Sequence

from models.decisions.probing import Probe
from monitors.audits.checks import Outcome
from monitors.base.contract import Reading, ReadingState, Rules
from monitors.catalogue.probes import ProbeFlips
from monitors.counts.cells import Table, empty, index
from monitors.counts.windows import Window

_OUTCOMES = {
    ReadingState.NOT_ENOUGH_DATA: Outcome.NOT_MEASURED,
    ReadingState.OK: Outcome.PASS,
    ReadingState.WARNING: Outcome.FAIL,
    ReadingState.PAGE: Outcome.FAIL,
}


def probe_readings(probes: Iterable[Probe], rules: Rules) -> list[Reading]:
    """A reading for each attribute, by the rule of the monitor `probe_flips`, of no window."""
    cells = empty()
    for (attribute, flip), count in Counter(probes).items():
        if attribute is not None:
            cells[index(Table.PROBES, attribute.value, flip.value)] += count
    monitor = ProbeFlips()
    return monitor.readings(monitor.project(cells), Window.ALL, rules)


def outcome_of(reading: Reading) -> Outcome:
    """What a reading says, in the words of the audits."""
    return _OUTCOMES[reading.state]


def overall_of(readings: Sequence[Reading]) -> Outcome:
    """Fail where one fails, pass where one is measured, else not measured."""
    outcomes = {outcome_of(reading) for reading in readings}
    order = (Outcome.FAIL, Outcome.PASS)
    return next((outcome for outcome in order if outcome in outcomes), Outcome.NOT_MEASURED)
