"""The state is a function of what was observed: not of the order of sources, the cuts of batches, or repeats."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.counts.cells import Exclusion, Outcome, Table, index
from monitors.counts.history import VERSIONS, Changes, History
from monitors.counts.observation import NOWHERE, Observation
from monitors.counts.windows import KEPT, LENGTHS, Window
from tests.harness.worlds import NEWEST

LATENESS = 12


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a source.

    Args:
        bucket: Of its event time; None for one that has none, which counts where the record before it does.
        cell: Where it counts.
        version: The model that a correction is about, or none.
    """

    bucket: int | None
    cell: int
    version: str = ""


Streams = Mapping[str, Sequence[Record]]


def observed(source: str, records: Sequence[Record], first: int) -> Observation:
    """A batch, summed up as a worker does."""
    cells: dict[int, Counter[int]] = {}
    answered: Counter[str] = Counter()
    runs, place = [], NOWHERE
    for record in records:
        if record.bucket is not None:
            place = record.bucket
            runs.append((place, 1))
        cells.setdefault(place, Counter())[record.cell] += 1
        answered.update([record.version] if record.version else [])
    versions = {version: (count, 0) for version, count in answered.items()}
    return Observation(source, first, first + len(records), "1", cells, tuple(runs), versions)


def batches(source: str, records: Sequence[Record], random: Random) -> list[Observation]:
    """The records cut somewhere, some batches again right after them or much later."""
    made, first = [], 0
    while first < len(records):
        end = min(first + random.randint(1, 6), len(records))
        made.append(observed(source, records[first:end], first))
        made.extend(random.choices(made, k=random.choice([0, 0, 1, 2])))
        first = end
    return made


def interleaved(streams: Streams, random: Random) -> list[Observation]:
    """The batches of all sources, each source in its order."""
    queues = [batches(source, records, random) for source, records in streams.items()]
    mixed = []
    while any(queues):
        mixed.append(random.choice([queue for queue in queues if queue]).pop(0))
    return mixed


def taken(observations: Sequence[Observation]) -> History:
    """The state after them."""
    history, changes = History(lateness=LATENESS), Changes()
    for observation in observations:
        changes |= history.take(observation)
        assert changes.buckets <= history.buckets.keys()
        assert not changes.expired & history.buckets.keys()
    return history


def known(history: History) -> dict[str, object]:
    """All of a state, in a form that can be compared."""
    return {
        "buckets": {bucket: counts.tolist() for bucket, counts in history.buckets.items()},
        "sources": history.sources,
        "answered": history.answered,
        "newest": history.newest,
        "late": history.late,
        "expired": history.expired,
    }


def at_once(streams: Streams) -> list[Observation]:
    """One batch for each source."""
    return [observed(source, records, 0) for source, records in streams.items() if records]


_CELLS = [
    index(Table.INTAKE, Exclusion.DEAD_LETTER),
    index(Table.DECISIONS, "groceries", "under_100", "rules", Outcome.ACCEPTED),
    index(Table.CONFIDENCE, "3"),
]
_RECORDS = st.builds(
    Record,
    st.none() | st.integers(-40, 40).map(lambda step: NEWEST + step) | st.integers(NEWEST - 2 * KEPT, NEWEST),
    st.sampled_from(_CELLS),
    st.sampled_from(["", "", "1", "2"]),
)
_STREAMS = st.dictionaries(
    st.sampled_from(["transactions:0", "transactions:1", "corrections:0"]), st.lists(_RECORDS, max_size=25), max_size=3
)


@settings(deadline=None, max_examples=150)
@given(_STREAMS, st.randoms(use_true_random=False))
def test_order_cuts_and_repeats_make_no_difference(streams: Streams, random: Random) -> None:
    """Any cut of the same records, any interleaving of the sources, any repeat: the same state to the last digit."""
    assert known(taken(at_once(streams))) == known(taken(interleaved(streams, random)))


@settings(deadline=None)
@given(st.lists(_RECORDS.filter(lambda record: record.bucket is not None), min_size=1), st.randoms())
def test_late_records_count_exactly(records: Sequence[Record], random: Random) -> None:
    """Out of order and late (fault 21): what came late is told, and every record within seven days is counted."""
    random.shuffle(shuffled := list(records))
    history = taken(batches("transactions:0", shuffled, random))
    buckets = [record.bucket for record in shuffled if record.bucket is not None]
    newest = max(buckets)
    watermarks = [max(buckets[: place + 1]) - LATENESS for place in range(len(buckets))]
    assert newest == history.newest
    assert sum(bucket > newest - KEPT for bucket in buckets) == history.between(newest - KEPT + 1, newest).sum()
    for window, length in LENGTHS.items():
        assert sum(bucket > newest - length for bucket in buckets) == within(history, window), window
    assert sum(bucket < mark for bucket, mark in zip(buckets, watermarks, strict=True)) == history.late
    far = [mark + LATENESS - KEPT for mark in watermarks]
    assert sum(bucket <= mark for bucket, mark in zip(buckets, far, strict=True)) == history.expired


def within(history: History, window: Window) -> int:
    """Records in a window."""
    assert history.newest is not None
    return int(history.between(history.newest - LENGTHS[window] + 1, history.newest).sum())


def test_repeat_changes_nothing() -> None:
    """An observation that comes again, alone or within a batch that was cut otherwise before, is told and ignored."""
    history = History()
    batch = observed("transactions:0", [Record(NEWEST, _CELLS[1])] * 3, 0)
    assert 0 == history.take(batch).repeated
    before = known(history)
    again = history.take(batch) | history.take(observed("transactions:0", [Record(NEWEST - 1, _CELLS[1])], 2))
    assert before == known(history)
    assert Changes(repeated=2) == again


def test_each_source_has_its_own_watermark() -> None:
    """A partition that is behind the others is not late: late is what comes after its own source's watermark."""
    history = taken(
        [
            observed("transactions:0", [Record(NEWEST, _CELLS[1])], 0),
            observed("transactions:1", [Record(NEWEST - 500, _CELLS[1])], 0),
        ]
    )
    assert (0, 0) == (history.late, history.expired)
    assert NEWEST == history.newest


def test_lateness_is_allowed_to_the_bucket() -> None:
    """A record as far behind as is allowed is in time; one bucket more is late, and counted all the same."""
    records = [
        Record(NEWEST, _CELLS[1]),
        Record(NEWEST - LATENESS, _CELLS[1]),
        Record(NEWEST - LATENESS - 1, _CELLS[1]),
    ]
    history = taken([observed("transactions:0", records, 0)])
    assert 1 == history.late
    assert {NEWEST, NEWEST - LATENESS, NEWEST - LATENESS - 1} == set(history.buckets)


def test_buckets_are_given_up_after_seven_days() -> None:
    """The oldest of the kept buckets stays, the one before it goes, and whoever stores them is told."""
    history = History()
    records = [Record(NEWEST - KEPT, _CELLS[1]), Record(NEWEST - KEPT + 1, _CELLS[1])]
    changes = history.take(observed("transactions:0", records, 0))
    assert {NEWEST - KEPT, NEWEST - KEPT + 1} == changes.buckets
    changes |= history.take(observed("transactions:0", [Record(NEWEST, _CELLS[1])], 2))
    assert {NEWEST - KEPT + 1, NEWEST} == set(history.buckets) == changes.buckets
    assert {NEWEST - KEPT} == changes.expired
    assert 0 == history.expired


def test_dead_letters_count_where_the_record_before_them_does() -> None:
    """A record without event time counts beside its neighbour, also across the border of two batches."""
    dead = Record(None, _CELLS[0])
    first, second = [Record(NEWEST, _CELLS[1]), dead], [dead, dead]
    history = taken([observed("transactions:0", first, 0), observed("transactions:0", second, 2)])
    assert 3 == history.buckets[NEWEST][_CELLS[0]]
    assert 0 == history.late


def test_dead_letters_before_all_else_are_in_no_window() -> None:
    """Without a record before it, a dead letter has no place in event time, and does not make one."""
    history = taken([observed("transactions:0", [Record(None, _CELLS[0])], 0)])
    assert history.newest is None
    assert {NOWHERE} == set(history.buckets)


def test_corrections_are_counted_by_model() -> None:
    """Corrections of two models are two counts, and those of the least recently corrected models are given up."""
    records = [Record(NEWEST, _CELLS[1], str(number % (VERSIONS + 2))) for number in range(2 * (VERSIONS + 2))]
    history = taken([observed("corrections:0", [record], place) for place, record in enumerate(records)])
    assert [str(number) for number in range(2, VERSIONS + 2)] == list(history.answered)
    assert {(1, 0)} == set(history.answered.values())


@pytest.mark.parametrize("first", [NEWEST - 3, NEWEST])
def test_between_holds_both_ends(first: int) -> None:
    """A span of buckets holds its first and its last, and leaves the stored counts alone."""
    history = taken([observed("transactions:0", [Record(NEWEST - age, _CELLS[1]) for age in (3, 2, 1, 0)], 0)])
    total = history.between(first, NEWEST)
    assert NEWEST - first + 1 == total.sum()
    total += 5
    assert 1 == history.buckets[NEWEST].sum()
    assert np.array_equal(history.between(NEWEST, NEWEST), history.buckets[NEWEST])
