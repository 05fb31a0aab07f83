"""The handler of the monitor: what a batch of summaries changes, which alerts it opens and ends, what it refuses."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from models.contracts.alerts import AlertState, FairnessAlert
from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES, Category
from models.contracts.wire import parse
from monitors.alerts.lifecycle import fingerprint
from monitors.counts.cells import BANDS, Exclusion, Table, table
from monitors.counts.windows import Window
from streams.messages.records import Output, header
from streams.messages.roles import Role
from streams.monitor.handler import EVEN, STEPS, UNEVEN, treated_unevenly, treatment
from streams.monitor.metrics import MonitorMetrics
from tests.harness.fuzzing import fuzzed_messages
from tests.harness.messages import ALERT
from tests.harness.monitoring import BOTH, NEWEST, Decisions, Watched, record, summary

FEW = Decisions(accepted=990, review=10, category="fuel")
MANY = Decisions(accepted=500, review=500)
"""Half of all pets go to review, which is an alert."""
PETS = fingerprint("review_rate", "pets", None)
OPEN, RESOLVED = AlertState.OPEN, AlertState.RESOLVED


def alerts(outputs: list[Output]) -> list[FairnessAlert]:
    """The steps among what was written."""
    return [parse(FairnessAlert, output.value or b"")[0] for output in outputs if output.role is Role.ALERTS]


def spoilt(**changed: Any) -> bytes:
    """A summary with fields replaced, as JSON."""
    return json.dumps(json.loads(summary(0, FEW).encode()) | changed).encode()


GARBAGE: dict[str, tuple[bytes | None, str]] = {
    "a tombstone": (None, "invalid_observation"),
    "no json": (b"{", "invalid_observation"),
    "bytes": (b"\xff\x00", "invalid_observation"),
    "a transaction": (b'{"transaction_id":"t"}', "invalid_observation"),
    "another layout": (spoilt(layout="0" * 12), "unsupported_schema_version"),
    "a cell that is none": (spoilt(cells={"5": [10**6, 1]}), "invalid_observation"),
    "a count beyond 64 bits": (spoilt(cells={"5": [0, 10**30]}), "invalid_observation"),
    "a bucket of no year": (spoilt(cells={str(10**12): [0, 1]}), "invalid_observation"),
    "a time of no year": (spoilt(runs=[10**12, 1]), "invalid_observation"),
    "a time without end": (spoilt().replace(b'"runs": [', b'"runs": [1e999, 1, '), "invalid_observation"),
    "half a run": (spoilt(runs=[NEWEST]), "invalid_observation"),
    "an offset that is a flag": (spoilt(next=True), "invalid_observation"),
    "a source beyond UTF-8": (spoilt(source="\ud800"), "invalid_observation"),
    "a source that is a number": (spoilt(source=7), "invalid_observation"),
    "nested without end": (b"[" * 100_000, "invalid_observation"),
}


@pytest.mark.parametrize(("raw", "reason"), GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_a_dead_letter_and_changes_nothing(raw: bytes | None, reason: str) -> None:
    """I7: kept as received, with its place; summaries before and behind it are taken."""
    watched, plain = Watched(), Watched()
    result = watched.see(summary(0, FEW), raw, summary(1, FEW))
    plain.see(summary(0, FEW), summary(1, FEW))
    (letter,) = watched.of(Role.DEAD_LETTER)
    assert raw == letter.value
    assert {
        "evenhand_stage": b"observe",
        "evenhand_reason": reason.encode(),
        "evenhand_field": b"layout" if reason.startswith("unsupported") else b"",
        "evenhand_topic": b"fairness.observations",
        "evenhand_partition": b"0",
        "evenhand_offset": b"1",
        "evenhand_attempt": b"1",
    } == dict(letter.headers)
    assert (2, 0, Counter({("observe", reason): 1})) == (result.taken, result.repeated, result.dead_letters)
    assert plain.memory.readings == watched.memory.readings
    assert plain.of(Role.STATE) == watched.of(Role.STATE)


def test_hostile_summaries_harm_nobody() -> None:
    """I7: whatever is taken for a summary can be judged, written and restored."""
    watched = Watched()
    hostile = list(fuzzed_messages(1_500, 11, [summary(n, FEW, MANY).encode() for n in range(3)]))
    taken = Counter[str]()
    for start in range(0, len(hostile), 50):
        result = watched.see(*hostile[start : start + 50])
        assert 50 == result.taken + result.repeated + result.dead_letters.total()
        taken["new"] += result.taken
    assert taken["new"] > 3
    readings = watched.memory.readings
    watched.restart()
    assert readings == watched.memory.readings


def test_a_summary_is_taken_stored_and_judged() -> None:
    """Readings of each window; the changelog has what changed."""
    watched = Watched()
    result = watched.see(summary(0, FEW))
    rates = {one.window: one.counts for one in watched.memory.readings if one.category == "fuel"}
    assert {window: {"review": 10, "decisions": 1_000} for window in (Window.HOUR, Window.DAY, Window.WEEK)} == rates
    assert (1, 0, []) == (result.taken, result.repeated, list(result.steps))
    keys = {output.key for output in watched.of(Role.STATE)}
    assert {f"bucket:{NEWEST}".encode(), b"source:transactions:0", b"answered", b"passed", b"reported"} == keys
    assert "1 bucket, 0 open alerts" == str(watched.memory)


def test_a_repeated_summary_changes_nothing() -> None:
    """I2: after a worker's restart the same batch may be summed up again, even cut differently at its end."""
    watched = Watched()
    watched.see(summary(0, FEW), summary(1, MANY))
    before = watched.memory.readings
    again = watched.see(summary(1, MANY), summary(0, FEW))
    assert (0, 2, Counter()) == (again.taken, again.repeated, again.treatment)
    assert [] == again.written
    assert before == watched.memory.readings


def test_an_alert_opens_and_resolves() -> None:
    """One record each for whoever is called, and the changelog knows what is open."""
    watched = Watched()
    watched.see(summary(0, FEW, FEW, FEW))
    opened = watched.see(summary(1, MANY))
    (step,) = alerts(opened.written)
    assert (OPEN, PETS, "pets", 0.5) == (step.state, step.fingerprint, step.category, step.reading)
    assert {PETS: step} == watched.memory.alerts
    assert [f"alert:{PETS}".encode()] == [
        output.key for output in opened.written if output.role is Role.STATE and b"alert:" in (output.key or b"")
    ]
    assert [] == alerts(watched.see(summary(2, FEW)).written)
    watched.clock.move(minutes=10)
    ended = watched.see(summary(3, Decisions(accepted=99_000)))
    (last,) = alerts(ended.written)
    assert (RESOLVED, PETS, step.opened_at) == (last.state, last.fingerprint, last.opened_at)
    assert {} == watched.memory.alerts
    assert (f"alert:{PETS}".encode(), None) in [(output.key, output.value) for output in ended.written]
    assert [OPEN, RESOLVED] == [alert.state for alert in alerts(watched.written)]


def test_steps_of_alerts_are_cloudevents_of_this_monitor() -> None:
    """Keyed by the fingerprint, from the source that the monitor was given."""
    watched = Watched()
    watched.see(summary(0, FEW, FEW, FEW), summary(1, MANY))
    (output,) = watched.of(Role.ALERTS)
    assert PETS.encode() == output.key == header(output.headers, "ce_subject")
    assert b"/evenhand/test" == header(output.headers, "ce_source")
    assert watched.clock.now.isoformat().encode() == header(output.headers, "ce_time")


@pytest.mark.parametrize("moment", range(1, 5))
def test_a_restart_between_batches_shows_in_nothing(moment: int) -> None:
    """I3: state, readings and steps are those of a monitor that was never killed; no alert opens twice."""
    batches = [
        [summary(0, FEW, FEW, FEW)],
        [summary(1, MANY), summary(0, FEW, source="transactions:1")],
        [summary(1, MANY, source="transactions:1")],
        [summary(2, Decisions(accepted=99_000))],
    ]
    calm, killed = Watched(BOTH), Watched(BOTH)
    for number, batch in enumerate(batches):
        for watched in (calm, killed):
            watched.see(*batch)
            watched.clock.move(minutes=10)
        if number + 1 == moment:
            killed.restart()
    assert calm.written == killed.written
    assert calm.memory.readings == killed.memory.readings
    assert calm.memory.alerts == killed.memory.alerts
    assert np.array_equal(calm.memory.uneven, killed.memory.uneven)
    assert [OPEN, RESOLVED] == [alert.state for alert in alerts(calm.written) if alert.fingerprint == PETS]


def test_a_batch_that_was_not_committed_is_taken_again() -> None:
    """The lane restores the state from what was committed: the batch is new once more."""
    watched = Watched()
    watched.see(summary(0, FEW, FEW, FEW))
    stored = list(watched.written)
    lost = watched.see(summary(1, MANY))
    watched.written = stored
    watched.restart()
    again = watched.see(summary(1, MANY))
    assert lost.written == again.written
    assert (1, 0) == (again.taken, again.repeated)


def test_decisions_count_as_uneven_while_an_alert_is_open_for_them() -> None:
    """As of the alerts that were open when they were observed: the batch that opens one was still even."""
    watched = Watched()
    assert Counter({EVEN: 3_000}) == watched.see(summary(0, FEW, FEW, FEW)).treatment
    assert Counter({EVEN: 1_000}) == watched.see(summary(1, MANY)).treatment
    assert Counter({EVEN: 1_000, UNEVEN: 1_000}) == watched.see(summary(2, FEW, MANY)).treatment
    watched.clock.move(minutes=10)
    assert Counter({UNEVEN: 99_000}) == watched.see(summary(3, Decisions(accepted=99_000))).treatment
    assert Counter({EVEN: 1_000}) == watched.see(summary(4, MANY)).treatment


def test_what_is_no_decision_has_no_treatment() -> None:
    """Dead letters and repeats are not counted among the decisions."""
    assert Counter() == treatment(summary(0, lost={Exclusion.DEAD_LETTER: 9}), treated_unevenly([]))


@pytest.mark.parametrize(
    ("category", "group", "marked"),
    [
        (None, None, set()),
        ("pets", None, {("pets", band) for band in BANDS}),
        ("pets", "under_100", {("pets", band) for band in BANDS}),
        (None, "over_1000", {(category, "over_1000") for category in CATEGORIES}),
        (None, "llm", set()),
    ],
)
def test_an_alert_marks_what_it_is_about(category: str | None, group: str | None, marked: set[tuple[str, str]]) -> None:
    """A category in all bands, a band in all categories; a method, or everything, marks nobody."""
    alert = parse(FairnessAlert, json.dumps(ALERT | {"category": category, "group": group}).encode())[0]
    cells = treated_unevenly([alert])
    decisions = table(cells, Table.DECISIONS)
    found = {
        (name.value, band.value)
        for name in Category
        for band in AmountBand
        if decisions[CATEGORIES.index(name), BANDS.index(band)].all()
    }
    assert marked == found
    assert decisions.sum() == cells.sum() == len(marked) * decisions[0, 0].size


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40)), min_size=1, max_size=12), st.randoms())
def test_readings_do_not_depend_on_order_cuts_or_repeats(parts: list[tuple[int, int]], random: Any) -> None:
    """Three sources, mixed in any way that keeps each one's order, in any batches, some of them twice."""
    queues: dict[str, list[Any]] = {}
    for source, bucket in parts:
        queue = queues.setdefault(f"transactions:{source}", [])
        decisions = Decisions(accepted=300, review=10 * bucket, bucket=NEWEST + bucket)
        queue.append(summary(len(queue), decisions, source=f"transactions:{source}"))
    one = Watched(BOTH)
    one.see(*(observation for queue in queues.values() for observation in queue))
    other = Watched(BOTH)
    left = [list(queue) for queue in queues.values()]
    while left := [queue for queue in left if queue]:
        batch: list[Any] = []
        for _ in range(random.randint(1, 3)):
            queue = random.choice(left)
            batch += queue[:1] * random.randint(1, 2)
            del queue[:1]
        other.see(*batch)
    assert one.memory.readings == other.memory.readings
    assert one.memory.history.sources == other.memory.history.sources


def test_metrics_count_what_was_committed() -> None:
    """Summaries, repeats, refusals, decisions by treatment, steps of alerts."""
    registry, watched = CollectorRegistry(), Watched()
    metrics = MonitorMetrics(registry)
    for batch in ((summary(0, FEW, FEW, FEW), b"{"), (summary(1, MANY), summary(0, FEW)), (summary(2, MANY),)):
        metrics.committed(watched.see(*batch))

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"evenhand_{name}_total", labels)

    assert (3, 1) == (value("observations"), value("observations_repeated"))
    assert 1 == value("observations_dead_letters", stage="observe", reason="invalid_observation")
    assert (4_000, 1_000) == tuple(value("observed_decisions", treatment=how) for how in (EVEN, UNEVEN))
    assert 1 == value("alerts", state="open", severity="warning")
    assert None is value("alerts", state="update", severity="warning")


def reported(watched: Watched, *stamps: int, source: str = "transactions:0") -> None:
    """Summaries that were written at these milliseconds."""
    batch = [replace(record(summary(0, source=source)), timestamp=stamp) for stamp in stamps]
    watched.written += watched.handler(batch, watched.memory).written


def test_when_a_worker_last_reported_is_remembered() -> None:
    """The newest time of any summary of a worker, a repeated one too; the monitor's own sums say nothing."""
    watched = Watched()
    noon = int(watched.clock.now.timestamp() * 1000)
    assert None is watched.memory.reported
    reported(watched, noon - 1, source="transactions.corrections:0")
    assert None is watched.memory.reported
    reported(watched, noon - 9_000, noon - 10_000)
    reported(watched, noon - 60_000, source="transactions.slow:0")
    assert watched.clock.now - timedelta(seconds=9) == watched.memory.reported
    watched.restart()
    assert watched.clock.now - timedelta(seconds=9) == watched.memory.reported


def test_a_clock_that_is_ahead_reports_no_later_than_now() -> None:
    """Else it would hide for as long as it is ahead that nobody reports any more; Kafka has -1 for an unknown time."""
    watched = Watched()
    reported(watched, 1 << 62, -1)
    assert watched.clock.now == watched.memory.reported


def test_the_last_steps_are_remembered() -> None:
    """Newest first, no more than a hundred, none that is older than a week."""
    watched = Watched()
    opened = watched.see(summary(0, Decisions(accepted=500, review=500))).steps
    assert [*reversed(opened)] == watched.memory.recent(watched.clock.now)
    watched.memory.steps = [*watched.memory.steps] * 200
    watched.clock.move(hours=2)
    told = watched.see(summary(1, Decisions(accepted=500, review=500))).steps
    assert told
    assert STEPS == len(watched.memory.recent(watched.clock.now))
    assert [*reversed(told)] == watched.memory.recent(watched.clock.now)[: len(told)]
    watched.clock.move(days=7)
    assert [] == [one for one in watched.memory.recent(watched.clock.now) if one in opened]
