"""What a monitor shows after each commit: worked out anew only where something changed, and never another figure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from monitors.cells import Counts, Table, table
from monitors.contract import KEPT, LENGTHS, Reference, Rules
from monitors.history import HOUR, History
from monitors.observation import Observation
from monitors.snapshot import Snapshot
from streams.monitor_handler import Judging, Memory, MonitorHandler
from streams.monitor_metrics import MonitorMetrics
from streams.monitor_state import Stored
from streams.publishing import Publisher
from streams.records import Headers
from tests.monitors.worlds import MODEL, NEWEST, vectors
from tests.voters import NOON

JUDGING = Judging(monitors=(), rules=Rules(), reference=Reference(), model_version=MODEL, runbooks="runbooks")
_STEPS = st.lists(st.tuples(st.integers(-KEPT - 5, 0) | st.integers(0, 300), vectors()), min_size=1, max_size=6)


@dataclass(frozen=True, slots=True)
class _Received:
    """A consumed record."""

    value: bytes
    key: bytes = b"transactions:0"
    topic: str = "fairness.observations"
    partition: int = 0
    offset: int = 0
    headers: Headers = ()


def _publisher() -> Publisher:
    return Publisher(MonitorMetrics(CollectorRegistry()), lambda: NOON, model_version=MODEL)


def _afresh(history: History) -> Snapshot:
    """What a monitor shows that has just read this state."""
    publisher = _publisher()
    publisher.restored(Memory(Stored(history), JUDGING, lambda: NOON))
    return publisher.latest()


def _summary(place: int, bucket: int, cells: Counts) -> _Received:
    sparse = {int(cell): int(cells[cell]) for cell in cells.nonzero()[0]}
    return _Received(Observation("transactions:0", place, place + 1, MODEL, {bucket: sparse}, ((bucket, 1),)).encode())


@settings(deadline=None, max_examples=25)
@given(_STEPS)
def test_what_is_remembered_does_not_show(steps: Sequence[tuple[int, Counts]]) -> None:
    """After each of many batches, late ones and ones that push others out of the week: as a new monitor would show."""
    memory, publisher = Memory(Stored(History()), JUDGING, lambda: NOON), _publisher()
    handler = MonitorHandler(JUDGING, source="/x", clock=lambda: NOON)
    publisher.restored(memory)
    for place, (step, cells) in enumerate(steps):
        publisher.committed(memory, handler([_summary(place, NEWEST + step, cells)], memory))
        assert _afresh(memory.history) == replace(publisher.latest(), per_second=0.0)


@settings(deadline=None, max_examples=25)
@given(_STEPS)
def test_windows_and_hours_are_those_of_the_state(steps: Sequence[tuple[int, Counts]]) -> None:
    """Decisions of each window, confidences, and each hour of the trend, against sums over all buckets."""
    memory = Memory(Stored(History()), JUDGING, lambda: NOON)
    records = [_summary(place, NEWEST + step, cells) for place, (step, cells) in enumerate(steps)]
    MonitorHandler(JUDGING, source="/x", clock=lambda: NOON)(records, memory)
    history, shown = memory.history, _afresh(memory.history)
    assert history.newest is not None
    windows = {
        window: history.between(history.newest - length + 1, history.newest) for window, length in LENGTHS.items()
    }
    assert {window: table(sums, Table.DECISIONS).sum() for window, sums in windows.items()} == shown.decisions
    assert {window: table(sums, Table.CONFIDENCE).tolist() for window, sums in windows.items()} == shown.confidence
    told = [hour for hours in shown.trend.values() for hour in hours]
    assert all(hours == sorted(hours, key=lambda hour: hour.start) for hours in shown.trend.values())
    assert sum(table(counts, Table.DECISIONS).sum() for counts in history.buckets.values()) == sum(
        hour.decisions for hour in told
    )
    assert {bucket // HOUR for bucket, counts in history.buckets.items() if table(counts, Table.DECISIONS).any()} == {
        int(hour.start.timestamp()) // 3_600 for hour in told
    }
