"""The handler of a batch, without Kafka: repeats, conflicts, refusals, voters with bugs, summaries, blind requests."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from models.contracts.events import Categorized, ReviewRequest, Transaction
from models.contracts.wire import dump, parse
from models.decisions.ensemble import Ensemble
from models.decisions.probing import Flip, Probe, Probes
from models.statistics.keyed_sample import KeyedSample
from models.twins.live import Attribute, Twin, Twins
from models.voters.contract import Method
from monitors.counts.cells import Exclusion, Table, index
from monitors.counts.observation import NOWHERE, Observation, bucket_of, decode
from monitors.labels.blind_sample import BlindSample
from streams.categorizer.handler import BatchResult, CategorizeHandler
from streams.lanes.duplicate_window import DuplicateWindow
from streams.messages.cloudevents import Codec, digest
from streams.messages.headers import BLIND_HEADER, DIGEST_HEADER
from streams.messages.records import Headers, Output, header
from streams.messages.roles import Role
from tests.harness.voters import NOON, TripsOver, says, sure_of, transaction

ALL = KeyedSample(share=1.0, seed="")
ALL_BLIND = BlindSample(share=1.0, seed="")


@dataclass(frozen=True)
class Record:
    """A consumed record."""

    value: bytes | None
    offset: int = 0
    key: bytes | None = b"acct-1"
    headers: Headers = field(default_factory=tuple)
    topic: str = "transactions"
    partition: int = 3
    timestamp: int = 1_600_000_000_000


def record(event: Transaction, **fields: object) -> Record:
    """The record that carries a transaction."""
    return replace(Record(dump(event)), **fields)  # type: ignore[arg-type]


def handle(*records: Record, ensemble: Ensemble | None = None, window: DuplicateWindow | None = None) -> BatchResult:
    """Handle a batch with everything else plain."""
    handler = CategorizeHandler(ensemble or sure_of("fuel"), Codec(source="/test"), lambda: NOON)
    return handler(records, window if window is not None else an_empty_window())


def an_empty_window() -> DuplicateWindow:
    """A window that remembers a hundred ids for a day."""
    return DuplicateWindow(max_ids=100, max_age=timedelta(days=1))


def test_one_output_per_transaction_in_order() -> None:
    """Decisions leave in the order in which transactions came, keyed by account."""
    result = handle(*(record(transaction(f"t{n}", account_id=f"a{n}")) for n in range(5)))

    assert [f"a{n}".encode() for n in range(5)] == [output.key for output in result.outputs]
    assert [f"t{n}".encode() for n in range(5)] == [header(output.headers, "ce_subject") for output in result.outputs]
    assert 5 == result.tally.total


def test_a_repeat_in_the_batch_gives_no_second_output() -> None:
    """The same body twice: one decision, one counted repeat."""
    result = handle(record(transaction()), record(transaction()))

    assert (1, 1, 0) == (len(result.outputs), result.duplicates, result.conflicts)


def test_a_repeat_is_recognised_whatever_its_spelling() -> None:
    """49.01 and 49.010, or a time in another zone, are the same body."""
    respelled = dump(transaction()).replace(b'"49.01"', b"49.010").replace(b"12:00:00Z", b"07:00:00-05:00")

    result = handle(record(transaction()), Record(respelled))

    assert (1, 1) == (len(result.outputs), result.duplicates)


def test_a_repeat_of_what_was_committed_before_gives_no_output() -> None:
    """The window carries what earlier batches committed."""
    window = an_empty_window()
    window.add({"t1": digest(transaction())}, at=NOON)

    result = handle(record(transaction()), window=window)

    assert (0, 1) == (len(result.outputs), result.duplicates)


@pytest.mark.parametrize("within_batch", [True, False], ids=["in the batch", "in the window"])
def test_the_same_id_with_another_body_is_a_conflict(within_batch: bool) -> None:
    """FAULTS 20: the first one stands, the second is a dead letter that names the field."""
    window = an_empty_window()
    batch = [record(transaction(amount=Decimal(999)), offset=8)]
    if within_batch:
        batch.insert(0, record(transaction(), offset=7))
    else:
        window.add({"t1": digest(transaction())}, at=NOON)

    result = handle(*batch, window=window)

    letter = result.outputs[0 if not within_batch else [o.role for o in result.outputs].index(Role.DEAD_LETTER)]
    assert 1 == result.conflicts
    assert b"conflicting_duplicate" == header(letter.headers, "evenhand_reason")
    assert b"transaction_id" == header(letter.headers, "evenhand_field")
    assert b"8" == header(letter.headers, "evenhand_offset")


def test_a_refused_message_becomes_a_dead_letter_as_received() -> None:
    """Bytes and key untouched; headers say stage, reason, field and where it came from, and no value."""
    raw = b'{"transaction_id":"t1","amount":NaN}'

    (letter,) = handle(Record(raw, offset=41, key=b"k")).outputs

    assert (Role.DEAD_LETTER, b"k", raw) == (letter.role, letter.key, letter.value)
    assert {
        "evenhand_stage": b"decode",
        "evenhand_reason": b"not_finite",
        "evenhand_field": b"amount",
        "evenhand_topic": b"transactions",
        "evenhand_partition": b"3",
        "evenhand_offset": b"41",
        "evenhand_attempt": b"1",
    } == dict(letter.headers)


def test_a_tombstone_is_a_dead_letter() -> None:
    """A record without value is refused, and so is one without key and value."""
    result = handle(Record(None), Record(None, key=None))

    assert Counter({("decode", "empty"): 2}) == result.dead_letters
    assert [None, b""] == [output.value for output in result.outputs]


def test_a_voter_with_a_bug_costs_one_dead_letter_not_the_batch() -> None:
    """FAULTS I7: the transaction that trips a voter is set aside, its neighbours are decided."""
    batch = [record(transaction(f"t{n}", description="POISON" if n == 2 else "SHELL"), offset=n) for n in range(5)]

    result = handle(*batch, ensemble=Ensemble([TripsOver("POISON")], "m1"))

    assert Counter({("categorize", "categorizer_failed"): 1}) == result.dead_letters
    assert {"t0", "t1", "t3", "t4"} == set(result.seen)
    assert 5 == len(result.outputs)


def test_the_outputs_are_in_the_order_of_the_input() -> None:
    """Whatever a record comes to: a dead letter of any stage stands between the decisions of its neighbours."""
    poison = Ensemble([TripsOver("POISON")], "m1")
    batch = [
        record(transaction("t0"), offset=0),
        record(transaction("t1", description="POISON"), offset=1),
        record(transaction("t2"), offset=2),
        Record(b"{", offset=3),
        record(transaction("t4"), offset=4),
    ]

    roles = [output.role for output in handle(*batch, ensemble=poison).outputs]

    decision, letter = Role.CATEGORIZED, Role.DEAD_LETTER
    assert [decision, letter, decision, letter, decision] == roles


def test_each_step_leaves_what_it_is_given() -> None:
    """The window and what was admitted can be used again, with the same result."""
    handler = CategorizeHandler(sure_of("fuel"), Codec(source="/test"), lambda: NOON)
    batch, window = [record(transaction()), record(transaction()), Record(b"{")], an_empty_window()

    admitted = handler.accept(batch, window)
    first = handler.decide(batch, admitted, sure_of("fuel"))

    assert 0 == len(window)
    assert first == handler.decide(batch, admitted, sure_of("fuel"))
    assert first == handler.decide(batch, handler.accept(batch, window), sure_of("fuel"))


def test_trace_context_passes_and_nothing_else_does() -> None:
    """A well-formed traceparent goes through; other headers and malformed ones stay behind."""
    trace = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = [("traceparent", trace), ("x-card", b"4111111111111111")]

    passed, dropped = handle(
        record(transaction("a"), headers=headers), record(transaction("b"), headers=[("traceparent", b"4111")])
    ).outputs

    assert trace == header(passed.headers, "traceparent")
    assert None is header(passed.headers, "x-card")
    assert None is header(dropped.headers, "traceparent")


def test_event_ids_are_derived() -> None:
    """The same transaction gives the same CloudEvents id on every run."""
    first, second = (header(handle(record(transaction())).outputs[0].headers, "ce_id") for _ in range(2))

    assert first == second


def test_digest_header_is_what_the_window_needs() -> None:
    """A window rebuilt from headers recognises the repeat."""
    (output,) = handle(record(transaction())).outputs
    window = an_empty_window()
    rebuilt = header(output.headers, DIGEST_HEADER)
    assert rebuilt is not None
    window.add({"t1": rebuilt}, at=NOON)

    assert 1 == handle(record(transaction()), window=window).duplicates


def test_unknown_fields_are_dropped_and_counted() -> None:
    """A demographic field is neither stored nor passed on."""
    raw = dump(transaction())[:-1] + b',"religion":"x","age":40}'

    result = handle(Record(raw))

    assert 2 == result.unknown_fields
    assert b"religion" not in (result.outputs[0].value or b"")


def observation(result: BatchResult) -> Observation:
    """The summary of a batch, as it is written."""
    (output,) = [output for output in result.written if output.role is Role.OBSERVATIONS]
    assert output.value is not None
    return decode(output.value)


def test_every_batch_is_summed_up() -> None:
    """Decisions by outcome, refusals, repeats, what is ahead of the clock: each record counts once, in its bucket."""
    batch = [
        record(transaction("t1"), offset=40),
        record(transaction("t2", amount=Decimal(500)), offset=41),
        Record(b"{", offset=42),
        record(transaction("t1"), offset=43),
        record(transaction("t1", amount=Decimal(7)), offset=44),
        record(transaction("t3", timestamp=NOON - timedelta(hours=2)), offset=45),
        record(transaction("t4", timestamp=NOON + timedelta(hours=1)), offset=47),
    ]
    found = observation(handle(*batch))
    bucket, earlier = bucket_of(NOON), bucket_of(NOON - timedelta(hours=2))
    assert ("transactions:3", 40, 48, "test") == (
        found.source,
        found.first,
        found.next_offset,
        found.model_version,
    )
    assert ((bucket, 2), (earlier, 1)) == found.runs
    assert {bucket, earlier} == set(found.cells)
    decisions = {
        band: index(Table.DECISIONS, "fuel", band, "text", "accepted") for band in ("under_100", "100_to_1000")
    }
    intake = {what: index(Table.INTAKE, what.value) for what in Exclusion}
    now, then = found.cells[bucket], found.cells[earlier]
    assert (1, 1) == (now[decisions["under_100"]], now[decisions["100_to_1000"]])
    assert (2, 1) == (now[intake[Exclusion.DEAD_LETTER]], now[intake[Exclusion.DUPLICATE]])
    assert (1, 1) == (then[decisions["under_100"]], then[intake[Exclusion.AHEAD]])


def test_decisions_for_people_are_summed_up_as_such() -> None:
    """The share of these is what the monitors watch."""
    unsure = Ensemble([says(Method.TEXT, "fuel", 0.5)], "m1")
    cells = observation(handle(record(transaction()), ensemble=unsure)).cells[bucket_of(NOON)]
    assert 1 == cells[index(Table.DECISIONS, "fuel", "under_100", "text", "review")]


def test_what_a_voter_trips_over_is_summed_up_as_a_dead_letter() -> None:
    """It is no decision, wherever in the batch it stands."""
    batch = [record(transaction(f"t{n}", description="POISON" if n == 2 else "SHELL"), offset=n) for n in range(5)]
    cells = observation(handle(*batch, ensemble=Ensemble([TripsOver("POISON")], "m1"))).cells[bucket_of(NOON)]
    assert (1, 4) == (
        cells[index(Table.INTAKE, "dead_letter")],
        cells[index(Table.DECISIONS, "fuel", "under_100", "text", "accepted")],
    )


def test_a_batch_without_a_decision_is_summed_up_too() -> None:
    """The monitors then know how far the source has been read."""
    found = observation(handle(Record(b"{", offset=7), Record(None, offset=8)))
    assert (7, 9, ()) == (found.first, found.next_offset, found.runs)
    assert {NOWHERE: {index(Table.INTAKE, "dead_letter"): 2}} == found.cells


def test_what_is_put_off_is_summed_up_where_it_is_decided() -> None:
    """The slow lane counts it; the fast lane says that it has read it."""
    unsure = Ensemble([says(Method.TEXT, "fuel", 0.5)], "m1")
    handler = CategorizeHandler(unsure, Codec(source="/test"), lambda: NOON, diverts=lambda: True)
    result = handler([record(transaction(), offset=9)], an_empty_window())
    assert ([Role.SLOW], 1) == ([output.role for output in result.outputs], result.diverted)
    assert (10, {}, ()) == (observation(result).next_offset, observation(result).cells, observation(result).runs)


def test_the_summary_is_the_last_record_of_the_transaction() -> None:
    """Keyed by its source, without headers; the outputs themselves are as they would be without it."""
    result = handle(record(transaction()), Record(b"{"))
    *outputs, summary = result.written
    assert outputs == result.outputs
    assert (Role.OBSERVATIONS, b"transactions:3", []) == (summary.role, summary.key, summary.headers)


def blind_handler(share: float, *, seed: str = "a secret", ensemble: Ensemble | None = None) -> CategorizeHandler:
    """A handler that asks about a share of what it accepts."""
    blind = BlindSample(share=share, seed=seed)
    return CategorizeHandler(ensemble or sure_of("fuel"), Codec(source="/test"), lambda: NOON, blind=blind)


def asked(result: BatchResult) -> list[Output]:
    """The blind requests."""
    return [output for output in result.outputs if BLIND_HEADER in output.headers]


def subjects(outputs: list[Output]) -> list[str]:
    """Their transaction ids."""
    return [(header(output.headers, "ce_subject") or b"").decode() for output in outputs]


ROWS = [record(transaction(f"t{n}", account_id=f"a{n}"), offset=n) for n in range(200)]


def test_at_share_one_every_accepted_decision_is_asked_about() -> None:
    """A copy behind each decision, on the same key, without what would tell the reviewer the votes."""
    result = blind_handler(1.0)(ROWS[:3], an_empty_window())
    assert [Role.CATEGORIZED, Role.REVIEW] * 3 == [output.role for output in result.outputs]
    assert 3 == result.blind
    for decision, copy in zip(result.outputs[::2], result.outputs[1::2], strict=True):
        assert decision.key == copy.key
        assert b"evenhand.review-request.v1" == header(copy.headers, "ce_type")
        assert header(decision.headers, "ce_id") != header(copy.headers, "ce_id")
        assert header(decision.headers, DIGEST_HEADER) == header(copy.headers, DIGEST_HEADER)
        assert BLIND_HEADER not in decision.headers
        sure, _ = parse(Categorized, decision.value or b"")
        request, _ = parse(ReviewRequest, copy.value or b"")
        assert (True, 1.0, (), ()) == (
            request.blind,
            request.sampling_probability,
            request.votes,
            request.alternatives,
        )
        assert (False, sure.category, sure.confidence) == (
            request.requires_review,
            request.category,
            request.confidence,
        )
        assert b"text" not in (copy.value or b"")


def test_a_copy_says_how_likely_it_was_drawn() -> None:
    """What the correction must carry back, or its label would weigh wrongly."""
    result = blind_handler(0.3)(ROWS, an_empty_window())
    probabilities = {parse(ReviewRequest, output.value or b"")[0].sampling_probability for output in asked(result)}
    assert {0.3} == probabilities
    assert 0 < result.blind == len(asked(result)) < len(ROWS)


def test_at_share_zero_nobody_is_asked() -> None:
    """The setting that turns it off."""
    result = blind_handler(0.0)(ROWS, an_empty_window())
    assert (0, []) == (result.blind, asked(result))
    assert handle(*ROWS).outputs == result.outputs


def test_every_worker_asks_about_the_same() -> None:
    """Whichever partition, batch or order; with another seed it is others."""
    whole = subjects(asked(blind_handler(0.2)(ROWS, an_empty_window())))
    worker = blind_handler(0.2)
    shuffled = [ROWS[place] for place in range(199, -1, -1)]
    pieces = [worker(shuffled[start : start + 7], an_empty_window()) for start in range(0, 200, 7)]
    assert sorted(whole) == sorted(name for piece in pieces for name in subjects(asked(piece)))
    assert whole != subjects(asked(blind_handler(0.2, seed="another")(ROWS, an_empty_window())))
    assert [f"t{n}" for n in range(200) if BlindSample(share=0.2, seed="a secret").takes(f"t{n}")] == whole


def test_only_accepted_decisions_are_asked_about() -> None:
    """What goes to people anyway, repeats and refusals are not drawn."""
    unsure = Ensemble([says(Method.TEXT, "fuel", 0.5)], "m1")
    result = blind_handler(1.0, ensemble=unsure)([*ROWS[:5], ROWS[0], Record(b"{")], an_empty_window())
    assert (0, []) == (result.blind, asked(result))


def test_a_request_of_its_own_accord_was_certain() -> None:
    """An unsure decision comes to people with probability 1, not blind, with its votes."""
    unsure = Ensemble([says(Method.TEXT, "fuel", 0.5)], "m1")
    (output,) = blind_handler(1.0, ensemble=unsure)(ROWS[:1], an_empty_window()).outputs
    request, _ = parse(ReviewRequest, output.value or b"")
    assert (False, 1.0, 1) == (request.blind, request.sampling_probability, len(request.votes))


def test_the_blind_sample_changes_no_figure() -> None:
    """The summary, the tally and what is remembered are those of a worker that asks nobody."""
    plain, asking = handle(*ROWS), blind_handler(0.5)(ROWS, an_empty_window())
    assert observation(plain) == observation(asking)
    assert (plain.tally, plain.seen) == (asking.tally, asking.seen)


def test_twins_are_never_written_and_change_no_decision() -> None:
    """With every decision probed, outputs are the same bytes as with none; the summary has the counts, and no more."""
    events = [transaction(f"t{number}", description=f"ZELLE TO JOHN SMITH {number}") for number in range(20)]
    plain, probing = (
        CategorizeHandler(sure_of("fuel"), Codec(source="/test"), lambda: NOON, blind=blind, probes=probes)
        for blind, probes in ((ALL_BLIND, None), (ALL_BLIND, Probes(ALL, Twins.shipped("").of)))
    )
    records = [record(event) for event in events]
    before, after = plain(records, an_empty_window()), probing(records, an_empty_window())

    assert before.outputs == after.outputs
    assert (before.tally, before.seen) == (after.tally, after.seen)
    assert Counter({Probe(Attribute.NAME, Flip.NOTHING): 20}) == after.probes
    cell = index(Table.PROBES, "name", "nothing")
    (bucket,) = before.observation.cells
    assert {**before.observation.cells[bucket], cell: 20} == after.observation.cells[bucket]
    assert before.observation.runs == after.observation.runs


def test_a_probe_of_what_is_put_off_counts_once_in_its_bucket() -> None:
    """Where unsure decisions wait for the LLM, they are compared as they stand before; the slow lane compares none."""
    unsure = Ensemble([says(Method.TEXT, "fuel", 0.2)], "test")
    handler = CategorizeHandler(
        unsure, Codec(source="/test"), lambda: NOON, diverts=lambda: True, probes=Probes(ALL, Twins.shipped("").of)
    )

    result = handler([record(transaction())], an_empty_window())

    assert (1, 0) == (result.diverted, result.tally.total)
    assert {bucket_of(NOON): {index(Table.PROBES, "amount", "nothing"): 1}} == result.observation.cells
    assert decode(result.observation.encode()) == result.observation


def test_a_fault_in_a_probe_costs_no_decision() -> None:
    """Twins that nobody can make are counted; decisions and summary are as without."""

    def broken(event: Transaction) -> Twin:
        raise ZeroDivisionError(event.currency)

    handler = CategorizeHandler(sure_of("fuel"), Codec(source="/test"), lambda: NOON, probes=Probes(ALL, broken))

    result = handler([record(transaction())], an_empty_window())

    assert Counter({Probe(None, Flip.FAILED): 1}) == result.probes
    assert handle(record(transaction())).written == result.written
