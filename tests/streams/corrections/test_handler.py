"""Corrections on their way to the monitors: counted once, refused by name, recognised after a restart."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from models.contracts.corrections import Correction
from models.contracts.wire import parse
from models.errors import ContractError
from monitors.counts.cells import Counts, Table, empty, table
from monitors.counts.history import History
from monitors.counts.observation import Observation, bucket_of, decode
from streams.corrections.handler import CorrectionsHandler, CorrectionsResult, digest
from streams.corrections.metrics import CorrectionsMetrics
from streams.corrections.recall import recall_corrections
from streams.lanes.duplicate_window import DuplicateWindow
from streams.local.broker import LocalBroker
from streams.messages.roles import Role
from tests.harness.fuzzing import fuzzed_messages
from tests.harness.messages import CORRECTION
from tests.harness.voters import NOON
from tests.harness.workers import Message, Stage
from tests.streams.categorizer.test_handler import Record, an_empty_window

AT = NOON.isoformat()


def said(number: int = 1, **changed: object) -> bytes:
    """A correction at noon, with fields replaced."""
    return json.dumps(CORRECTION | {"correction_id": f"c-{number}", "timestamp": AT} | changed).encode()


def answering(number: int = 1, **changed: object) -> bytes:
    """A correction with fields of its `answers` replaced."""
    return said(number, answers=CORRECTION["answers"] | changed)


def handle(*values: bytes | None, window: DuplicateWindow | None = None, first: int = 40) -> CorrectionsResult:
    """Handle a batch at noon."""
    batch = [Record(value, offset=first + n, topic="transactions.corrections") for n, value in enumerate(values)]
    return CorrectionsHandler(lambda: NOON)(batch, window if window is not None else an_empty_window())


def summary(result: CorrectionsResult) -> Observation:
    """The summary of a batch, as the monitor reads it."""
    (output,) = [output for output in result.written if output.role is Role.OBSERVATIONS]
    return decode(output.value or b"")


def counted(result: CorrectionsResult) -> Counts:
    """All counts of a batch, whatever their bucket."""
    total = empty()
    for cells in summary(result).cells.values():
        for cell, count in cells.items():
            total[cell] += count
    return total


def kinds(result: CorrectionsResult) -> list[int]:
    """Corrections that changed, that confirmed, that replied to nothing."""
    return table(counted(result), Table.CORRECTIONS).tolist()  # type: ignore[no-any-return]


def set_aside(result: CorrectionsResult) -> list[int]:
    """Dead letters, repeats, and what is ahead of the clock."""
    return table(counted(result), Table.INTAKE).tolist()  # type: ignore[no-any-return]


def test_each_correction_counts_as_what_it_is() -> None:
    """Changed, confirmed, and without a decision that it replies to; labels are the first two."""
    result = handle(said(1), said(2, category="food_dining"), said(3, answers=None), answering(4, model_version="m-2"))
    assert [2, 1, 1] == kinds(result)
    assert [0, 0, 0] == set_aside(result)
    assert {"m-1": (1, 1), "m-2": (1, 0)} == summary(result).answered
    assert 3 == table(counted(result), Table.LABELS)[..., 0].sum()
    assert 4 == len(result.seen)


def test_the_summary_says_where_the_batch_comes_from() -> None:
    """Topic and partition key it; offsets say which records it stands for."""
    (output,) = handle(said(1), said(2), first=40).written
    found = decode(output.value or b"")
    assert (Role.OBSERVATIONS, b"transactions.corrections:3") == (output.role, output.key)
    assert ("transactions.corrections:3", 40, 42, "") == (
        found.source,
        found.first,
        found.next_offset,
        found.model_version,
    )
    assert ((bucket_of(NOON), 2),) == found.runs


@pytest.mark.parametrize(("probability", "weight", "squared"), [(1, 1_000, 1_000), (0.3, 3_333, 11_111)])
def test_labels_weigh_one_over_the_probability(probability: float, weight: int, squared: int) -> None:
    """In thousandths, whole numbers; nothing of a binary fraction is left by the time that they are added up."""
    labels = table(counted(handle(answering(sampling_probability=probability))), Table.LABELS)
    assert [1, weight, squared] == labels.reshape(-1, 3).sum(axis=0).tolist()


@pytest.mark.parametrize("where", ["in the batch", "in the window"])
def test_a_repeat_counts_as_a_repeat(where: str) -> None:
    """FAULTS 28: also in another spelling; it is no second label, and no dead letter."""
    window = an_empty_window()
    respelled = json.dumps(dict(reversed(json.loads(said()).items())) | {"schema_version": 1}, indent=1).encode()
    before = [said()] if where == "in the batch" else []
    if not before:
        handle(said()).settled(window, at=NOON)
    result = handle(*before, respelled, window=window)
    assert (1, Counter()) == (result.duplicates, result.refused)
    assert [len(before), 0, 0] == kinds(result)
    assert [0, 1, 0] == set_aside(result)


@pytest.mark.parametrize("where", ["in the batch", "in the window"])
def test_the_same_id_with_another_body_is_a_dead_letter(where: str) -> None:
    """The first one stands; the second is counted, and the learner writes its dead letter."""
    window = an_empty_window()
    other = said(category="pets")
    before = [said()] if where == "in the batch" else []
    if not before:
        handle(said()).settled(window, at=NOON)
    result = handle(*before, other, window=window)
    assert {"conflicting_duplicate": 1} == result.refused
    assert [Role.OBSERVATIONS] == [output.role for output in result.written]
    assert [1, 0, 0] == set_aside(result)
    assert [len(before), 0, 0] == kinds(result)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "empty"),
        (b"{", "invalid_json"),
        (said(category="gambling"), "unknown_value"),
        (answering(sampling_probability=0), "out_of_range"),
        (said(timestamp="2020-11-02T12:00:00"), "not_rfc3339_with_zone"),
    ],
)
def test_what_breaks_the_contract_is_set_aside(raw: bytes | None, reason: str) -> None:
    """FAULTS 10 to 17: by its reason, and its neighbours count; the dead letter is the learner's."""
    result = handle(said(1), raw, said(2))
    assert {reason: 1} == result.refused
    assert [Role.OBSERVATIONS] == [output.role for output in result.written]
    assert [2, 0, 0] == kinds(result)
    assert [1, 0, 0] == set_aside(result)


def test_what_is_ahead_of_the_clock_is_in_no_window() -> None:
    """FAULTS 18: five minutes are let pass; more is counted apart, and known when it comes again."""
    near, far = (NOON + timedelta(minutes=5, seconds=more) for more in (0, 1))
    result = handle(said(1, timestamp=near.isoformat()), said(2, timestamp=far.isoformat()))
    assert [1, 0, 0] == kinds(result)
    assert [0, 0, 1] == set_aside(result)
    assert ((bucket_of(near), 1),) == summary(result).runs
    assert {"c-1", "c-2"} == result.seen.keys()


def test_ids_are_remembered_once_they_are_committed() -> None:
    """A batch whose commit failed comes again, and counts then."""
    window = an_empty_window()
    result = handle(said(), window=window)
    assert 0 == len(window)
    assert [1, 0, 0] == kinds(handle(said(), window=window))
    result.settled(window, at=NOON)
    assert [0, 1, 0] == set_aside(handle(said(), window=window))


def test_metrics_count_what_was_committed() -> None:
    """Records, repeats, and refusals by stage and reason."""
    registry = CollectorRegistry()
    CorrectionsMetrics(registry).committed(handle(said(), said(), b"{", None))
    assert (4, 1) == (
        registry.get_sample_value("evenhand_corrections_total"),
        registry.get_sample_value("evenhand_corrections_duplicates_total"),
    )
    assert 1 == registry.get_sample_value("evenhand_corrections_refused_total", {"reason": "empty"})


def test_hostile_corrections_harm_nobody() -> None:
    """I7: whatever comes, a summary goes out that accounts for every record, and can be read."""
    hostile = list(fuzzed_messages(3_000, 4, [said(1), answering(2), said(3, answers=None)]))
    for start in range(0, len(hostile), 100):
        result = handle(*hostile[start : start + 100])
        assert 100 == sum(kinds(result)) + sum(set_aside(result))
        assert result.refused.total() == set_aside(result)[0]
        assert not History().take(summary(result)).repeated


@settings(max_examples=40)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.sets(st.integers(1, 29)))
def test_cuts_make_no_difference(numbers: list[int], cuts: set[int]) -> None:
    """Repeats and conflicts are the same ones, in one batch or across many: what was known stays known."""
    stream = [said(n // 2, category="pets" if n == 5 else "fuel") for n in numbers]

    def total(cuts: set[int]) -> list[int]:
        window, counts, start = an_empty_window(), empty(), 0
        for end in sorted({cut for cut in cuts if cut < len(stream)} | {len(stream)}):
            result = handle(*stream[start:end], window=window)
            result.settled(window, at=NOON)
            counts += counted(result)
            start = end
        return counts.tolist()  # type: ignore[no-any-return]

    assert total(set()) == total(cuts)


PARTITIONS = 2
WINDOW = 4


@pytest.fixture
async def stage(broker: LocalBroker, prefix: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """Topics with two partitions and a small window, and no worker."""
    overrides = {"partitions": PARTITIONS, "duplicate_window_ids": WINDOW}
    async with Stage(broker, prefix, tmp_path, overrides) as opened:
        yield opened


@pytest.mark.kafka
async def test_a_lane_recalls_what_it_had_read(stage: Stage) -> None:
    """Ids of committed corrections, the newest only; what is behind the commit, or no correction, is not among them."""
    values = [said(1), said(2), b"{", said(3), said(3, category="pets"), said(4), said(5), said(6)]
    ((partition, first), *_) = await stage.send([Message(value, b"t", b"t") for value in values], role=Role.CORRECTIONS)
    assert 0 == first
    recall = recall_corrections(stage.settings, lambda: NOON)
    window = await recall(partition, 7)
    expected = {f"c-{n}": digest(parse(Correction, said(n))[0]) for n in (3, 4, 5)}
    assert expected == {name: window.digest(name) for name in (f"c-{n}" for n in range(8)) if window.digest(name)}
    result = handle(said(5), said(4, category="pets"), said(6), said(1), window=window)
    assert (1, 1) == (result.duplicates, result.refused.total())
    assert 0 == len(await recall(1 - partition, 0))
    assert 0 == len(await recall(partition, 0))


@pytest.mark.kafka
async def test_a_commit_beyond_the_end_does_not_hold_up_a_lane(stage: Stage) -> None:
    """A topic that was deleted and made anew is shorter than what the group had read of the former one."""
    ((partition, _),) = await stage.send([Message(said(1), b"t", b"t")], role=Role.CORRECTIONS)
    window = await recall_corrections(stage.settings, lambda: NOON)(partition, 100)
    assert 0 == len(window)
    assert 0 == len(await recall_corrections(stage.settings, lambda: NOON)(1 - partition, 5))


def test_a_digest_is_of_the_contents() -> None:
    """Spelling makes no difference, each field does."""
    plain = digest(parse(Correction, said())[0])
    assert plain == digest(parse(Correction, json.dumps(json.loads(said()), indent=1).encode())[0])
    others = [said(actor="b"), said(category="pets"), said(reason=None), said(answers=None), answering(blind=False)]
    assert len({plain, *(digest(parse(Correction, raw)[0]) for raw in others)}) == 6
    with pytest.raises(ContractError):
        parse(Correction, b"")
