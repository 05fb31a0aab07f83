"""The queue without Kafka: whatever happens in whatever order, answers count once and a restart knows the same."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contracts.corrections import Correction
from models.contracts.events import Categorized
from models.contracts.instructions import Action, Instruction
from models.contracts.wire import parse
from streams.console.desk.contract import UNDOABLE, Why
from streams.messages.headers import REVIEWED_HEADER
from streams.messages.records import Output
from streams.messages.roles import Role
from streams.review_queue.copying import Copied
from streams.review_queue.elsewhere import ElsewhereHandler
from streams.review_queue.entries import ANSWER_SECONDS, DONE, EARLY, REQUEST, REVIEWER, STATUS, Ask, Entry, key_of
from streams.review_queue.state.item import request_id
from streams.review_queue.state.moments import ROOM, SPARE
from tests.harness.messages import CORRECTION
from tests.harness.review_journal import LIMITS, MINUTE_MS, MemoryJournal, StampedRecord, state_of

REVIEWERS = ("ann", "bob", "cy")
REQUESTS = 12


def named(number: int, *, blind: bool = False) -> str:
    """The id of a request."""
    return request_id(f"t-{number}", blind=blind)


NAMES = [named(number, blind=number % 4 == 3) for number in range(REQUESTS)]

STEPS = st.one_of(
    st.tuples(st.just("came"), st.integers(0, REQUESTS - 1)),
    st.tuples(st.just("next"), st.sampled_from(REVIEWERS)),
    st.tuples(st.just("claim"), st.sampled_from(REVIEWERS), st.sampled_from(NAMES)),
    st.tuples(st.sampled_from(["release", "skip"]), st.sampled_from(REVIEWERS), st.sampled_from(NAMES)),
    st.tuples(
        st.just("answer"),
        st.sampled_from(REVIEWERS),
        st.lists(st.sampled_from(NAMES), min_size=1, max_size=4),
        st.sampled_from([None, "pets", "groceries"]),
    ),
    st.tuples(st.just("told"), st.sampled_from(NAMES)),
    st.tuples(st.just("undo"), st.sampled_from(REVIEWERS)),
    st.tuples(st.just("time"), st.sampled_from([1, 31, 130, 3_000, 40_000, 90_000])),
    st.tuples(st.just("taken"), st.integers(1, 5)),
    st.tuples(st.just("die"), st.booleans()),
    st.tuples(st.just("compact"), st.integers(0, 1000)),
)


def do(journal: MemoryJournal, step: tuple[object, ...]) -> None:
    """Let one thing happen."""
    match step:
        case ("came", int(number)):
            # Three merchants, so that some are alike; every fourth is blind, and one in four unsure ones looks like it.
            kinds = {"blind": number % 4 == 3, "unaided": number % 4 == 2}
            journal.came(number, partition=number % 4, merchant_key=f"shop{number % 3}", **kinds)
        case ("next", str(reviewer)):
            journal.enter(Ask.NEXT, reviewer)
        case ("skip", str(reviewer), str(name)):
            journal.enter(Ask.SKIP, reviewer, [name])
        case ("claim", str(reviewer), str(name)):
            journal.enter(Ask.CLAIM, reviewer, [name])
        case ("release", str(reviewer), str(name)):
            journal.enter(Ask.RELEASE, reviewer, [name])
        case ("answer", str(reviewer), list(names), category):
            journal.enter(Ask.ANSWER, reviewer, names, category)  # type: ignore[arg-type]
        case ("told", str(name)):
            journal.enter(Ask.TOLD, "tool", [name], "fuel")
        case ("undo", str(reviewer)):
            journal.enter(Ask.UNDO, reviewer)
        case ("time", int(seconds)):
            journal.tick(seconds=seconds)
        case ("taken", int(most)):
            journal.taken(most=most)
        case ("die", bool(lost)):
            if lost:
                journal.taken(lost=True)
            else:
                journal.restart()
        case ("compact", int(seed)):
            journal.compact(seed)


def categorized(journal: MemoryJournal) -> list[Categorized]:
    """What the ledger got."""
    return [parse(Categorized, output.value or b"")[0] for output in journal.written(Role.CATEGORIZED)]


def corrections(journal: MemoryJournal) -> list[Correction]:
    """What learner and monitors got."""
    return [parse(Correction, output.value or b"")[0] for output in journal.written(Role.CORRECTIONS)]


def taken_back(journal: MemoryJournal) -> list[str | None]:
    """Ids of corrections that the learner is told to forget."""
    told = [parse(Instruction, output.value or b"")[0] for output in journal.written(Role.LEARNING_JOURNAL)]
    assert all(Action.FORGET_CORRECTION is one.action for one in told)
    return [one.target for one in told]


@given(st.lists(STEPS, max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_interleaving_answers_once_and_survives(steps: list[tuple[object, ...]]) -> None:
    """FAULTS I2 and I3: a ledger gets each transaction once; the state is what the journal says, at each step."""
    journal = MemoryJournal()
    for step in steps:
        do(journal, step)
        # Compaction may leave of a request that came again only the record that the lane has not taken yet.
        if step[0] == "compact":
            journal.taken()
        assert state_of(journal.queue) == state_of(journal.restored())
    journal.tick(hours=20)
    journal.tick(hours=1)
    assert 0 == journal.queue.waiting
    assert {} == journal.queue.alike
    got = Counter(decision.transaction_id for decision in categorized(journal))
    came = {step[1] for step in steps if step[0] == "came"}
    assert {f"t-{number}": 1 for number in came if number % 4 != 3} == dict(got)  # type: ignore[operator]
    said = corrections(journal)
    assert len(said) == len({correction.correction_id for correction in said})
    assert set(taken_back(journal)) <= {correction.correction_id for correction in said}
    assert len(taken_back(journal)) == len(set(taken_back(journal)))


@given(st.lists(STEPS, max_size=30))
@settings(max_examples=100, deadline=None)
def test_two_reviewers_never_have_the_same(steps: list[tuple[object, ...]]) -> None:
    """A request that somebody has goes to nobody else before it has lapsed or become free, entry by entry."""
    journal = MemoryJournal()
    held: dict[str, tuple[str, int]] = {}
    for step in steps:
        do(journal, step)
        while journal.committed < journal.end:
            journal.taken(most=1)
            for name, item in journal.queue.items.items():
                before, until = held.get(name, ("", 0))
                holder = item.holder(journal.now_ms)
                assert holder in ("", before) or before == "" or until <= journal.now_ms
                held[name] = (holder, item.claimed_ms)


def opened(count: int = 1, **changed: object) -> MemoryJournal:
    """A journal with requests of one merchant."""
    journal = MemoryJournal()
    for number in range(count):
        journal.came(number, **changed)
    journal.taken()
    return journal


def test_an_answer_can_be_taken_back_before_the_ledger_has_it() -> None:
    """The correction goes out at once and is taken back; the ledger sees the second answer alone."""
    journal = opened()
    journal.ask(Ask.ANSWER, "ann", [named(0)], "pets")
    journal.clock.move(seconds=10)
    undone = journal.ask(Ask.UNDO, "ann")
    assert ((named(0),), "pets", False) == (undone.request_ids, undone.category, undone.amends)
    assert "ann" == journal.queue.items[named(0)].holder(journal.now_ms)
    journal.tick(seconds=60)
    assert [] == categorized(journal)
    journal.ask(Ask.ANSWER, "ann", [named(0)], "fuel")
    journal.tick(seconds=60)
    assert [("fuel", "human", "ann")] == [(d.category, d.decided_by, d.answered_by) for d in categorized(journal)]
    first, second = corrections(journal)
    assert ("pets", "fuel") == (first.category, second.category)
    assert [first.correction_id] == taken_back(journal)


def test_an_answer_that_the_ledger_has_is_amended() -> None:
    """Taken back later, the answer is unlearned and asked again; the ledger's record stays as it is."""
    journal = opened()
    journal.ask(Ask.ANSWER, "ann", [named(0)], "pets")
    journal.tick(seconds=60)
    assert journal.ask(Ask.UNDO, "ann").amends
    journal.ask(Ask.ANSWER, "ann", [named(0)], "fuel")
    journal.tick(seconds=60)
    assert ["pets"] == [decision.category for decision in categorized(journal)]
    assert ["pets", "fuel"] == [correction.category for correction in corrections(journal)]
    assert 1 == len(taken_back(journal))


def test_ten_answers_can_be_taken_back() -> None:
    """The newest first; then there is nothing more."""
    journal = opened(UNDOABLE + 3)
    for number in range(UNDOABLE + 3):
        journal.ask(Ask.ANSWER, "ann", [named(number)], "pets")
    back = [journal.ask(Ask.UNDO, "ann").request_ids for _ in range(UNDOABLE)]
    assert [(named(number),) for number in reversed(range(3, UNDOABLE + 3))] == back
    assert Why.NOTHING is journal.ask(Ask.UNDO, "ann").why
    assert Why.NOTHING is journal.ask(Ask.UNDO, "bob").why


def test_a_blind_answer_leaves_the_decision() -> None:
    """It becomes a correction that says it was blind; the ledger has the decision that it is a copy of."""
    journal = opened(blind=True, votes=[], alternatives=[], sampling_probability=0.01, requires_review=False)
    journal.ask(Ask.ANSWER, "ann", [named(0, blind=True)], "pets")
    journal.tick(minutes=5)
    assert [] == categorized(journal)
    (said,) = corrections(journal)
    assert said.answers is not None
    assert (True, 0.01, "food_dining") == (said.answers.blind, said.answers.sampling_probability, said.answers.category)


def test_one_answer_settles_those_like_it() -> None:
    """Open requests of the same merchant and direction; not blind ones, not others', not those of another merchant."""
    journal = opened(3)
    journal.came(3, merchant_key="other")
    journal.came(4, amount="-12.34")
    journal.came(5, blind=True)
    journal.taken()
    journal.ask(Ask.CLAIM, "bob", [named(2)])
    assert [named(1), named(2)] == [item.request_id for item in journal.queue.others(journal.queue.items[named(0)])]
    ids = [named(0), named(1), named(2), named(3), named(4), named(5, blind=True), "unknown"]
    outcome = journal.ask(Ask.ANSWER, "ann", ids, "pets")
    assert (named(0), named(1)) == outcome.request_ids
    expected = dict(zip(ids[2:], [Why.TAKEN, Why.INVALID, Why.INVALID, Why.INVALID, Why.UNKNOWN], strict=True))
    assert expected == outcome.refused
    assert set(outcome.request_ids) == set(journal.ask(Ask.UNDO, "ann").request_ids)


def test_an_answer_of_a_case_tool_ends_the_review() -> None:
    """Whoever has it here; it is a correction already, so there is no second one."""
    journal = opened()
    journal.ask(Ask.CLAIM, "ann", [named(0)])
    assert journal.ask(Ask.TOLD, "tool", [named(0)], "fuel").why is None
    assert Why.ANSWERED is journal.ask(Ask.ANSWER, "ann", [named(0)], "pets").why
    assert Why.ANSWERED is journal.ask(Ask.TOLD, "other", [named(0)], "pets").why
    journal.tick(minutes=1)
    assert [("fuel", "tool")] == [(decision.category, decision.answered_by) for decision in categorized(journal)]
    assert [] == corrections(journal)


def test_an_answer_of_a_case_tool_waits_for_its_request() -> None:
    """Also over a restart; the request is never shown to anybody."""
    journal = MemoryJournal()
    journal.ask(Ask.TOLD, "tool", [named(0)], "fuel")
    journal.restart()
    journal.came(0)
    assert () == journal.ask(Ask.NEXT, "ann").request_ids
    journal.tick(minutes=1)
    assert ["fuel"] == [decision.category for decision in categorized(journal)]
    assert {} == journal.queue.early


CASES = {
    "a reviewer's": ({"scope": "everyone", "standing": "reviewer"}, 1),
    "of a tool that knows neither": ({"scope": None, "standing": None}, 1),
    "an approver's": ({"scope": "everyone", "standing": "approver"}, 1),
    "a customer's": ({"scope": "everyone", "standing": "customer"}, 0),
    "for one account": ({"scope": "account", "standing": "reviewer"}, 0),
}


@pytest.mark.parametrize(("changed", "entries"), CASES.values(), ids=CASES.keys())
def test_which_corrections_end_a_review(changed: dict[str, str | None], entries: int) -> None:
    """Those that speak for everyone, and not the queue's own; what breaks the contract is passed over."""
    said = {key: value for key, value in (CORRECTION | changed).items() if value is not None}
    record = StampedRecord(json.dumps(said).encode(), 0, 0, [], 0, topic="transactions.corrections")
    own, bad = replace(record, headers=[REVIEWED_HEADER]), replace(record, value=b"{")
    written = ElsewhereHandler("/test")([bad, record, own], Copied()).written
    assert entries == len(written)
    if entries:
        entry, _ = parse(Entry, written[0].value or b"")
        assert (request_id("t-1", blind=True), "groceries", "reviewer-7") == (
            entry.request_ids[0],
            entry.category,
            entry.reviewer,
        )


def test_who_does_not_know_is_not_asked_again() -> None:
    """Others are; and it can be taken back."""
    journal = opened()
    journal.ask(Ask.ANSWER, "ann", [named(0)], None)
    assert () == journal.ask(Ask.NEXT, "ann").request_ids
    assert (named(0),) == journal.ask(Ask.NEXT, "bob").request_ids
    again = journal.ask(Ask.ANSWER, "ann", [named(0)], None)
    assert (None, True, 1) == (again.why, again.repeated, journal.queue.reviewers["ann"].unknown)
    journal.ask(Ask.RELEASE, "bob", [named(0)])
    assert (named(0),) == journal.ask(Ask.UNDO, "ann").request_ids
    assert Why.NOTHING is journal.ask(Ask.UNDO, "ann").why
    assert [] == corrections(journal)


def test_what_was_skipped_comes_last_for_the_day() -> None:
    """For that reviewer; what is answered meanwhile is not offered again."""
    journal = MemoryJournal(replace(LIMITS, expires=False))
    for number in range(3):
        journal.came(number, uncertainty=0.9 - number / 10)
    journal.taken()
    for number in (0, 1):
        assert (named(number),) == journal.ask(Ask.NEXT, "ann").request_ids
        assert journal.ask(Ask.SKIP, "ann", [named(number)]).why is None
    assert (named(2),) == journal.ask(Ask.NEXT, "ann").request_ids
    journal.ask(Ask.SKIP, "ann", [named(2)])
    assert (named(0),) == journal.ask(Ask.NEXT, "bob").request_ids
    journal.ask(Ask.ANSWER, "bob", [named(0)], "pets")
    assert (named(1),) == journal.ask(Ask.NEXT, "ann").request_ids
    journal.ask(Ask.SKIP, "ann", [named(1)])
    assert (named(2),) == journal.ask(Ask.NEXT, "ann").request_ids
    journal.ask(Ask.RELEASE, "ann", [named(2)])
    journal.clock.now += timedelta(days=1)
    assert (named(1),) == journal.ask(Ask.NEXT, "ann").request_ids


def test_what_nobody_answers_goes_to_the_ledger_as_it_was() -> None:
    """After its time: as the ensemble decided, still marked for review. An answer that comes later is refused."""
    journal = opened()
    journal.tick(hours=11)
    (decision,) = categorized(journal)
    assert ("ensemble", True, "food_dining", 0.5, None) == (
        decision.decided_by,
        decision.requires_review,
        decision.category,
        decision.confidence,
        decision.answered_by,
    )
    assert Why.ANSWERED is journal.ask(Ask.ANSWER, "ann", [named(0)], "pets").why


def test_nothing_expires_in_the_hands_of_a_reviewer() -> None:
    """Nor what one has just taken back: it waits for the end of the claim, and no longer."""
    journal = opened(2)
    journal.ask(Ask.ANSWER, "ann", [named(1)], "pets")
    journal.clock.move(hours=10)
    journal.ask(Ask.CLAIM, "ann", [named(0)])
    journal.ask(Ask.UNDO, "ann")
    assert not journal.queue.due(journal.now_ms)
    assert 0 == journal.tick(seconds=60).expired
    assert journal.ask(Ask.ANSWER, "ann", [named(1)], "fuel").why is None
    assert ["ann"] == [item.holder(journal.now_ms) for item in journal.queue.items.values() if item.given is None]
    assert state_of(journal.queue) == state_of(journal.restored())
    assert 1 == journal.tick(seconds=61).expired
    assert ["pets", "food_dining"] == [decision.category for decision in categorized(journal)]


def test_what_is_given_back_after_its_time_expires() -> None:
    """Though its claim would have lasted."""
    journal = opened()
    journal.clock.move(hours=9.99)
    journal.ask(Ask.CLAIM, "ann", [named(0)])
    journal.clock.move(seconds=60)
    journal.enter(Ask.RELEASE, "ann", [named(0)])
    assert 1 == journal.taken().expired


def test_what_was_given_up_is_not_done_later() -> None:
    """Whoever asked has asked again: claims and what is taken back would be doubled. An answer counts, and once."""
    journal = opened(3)
    journal.ask(Ask.ANSWER, "ann", [named(0)], "pets")
    asked = (Ask.NEXT, ()), (Ask.CLAIM, [named(1)]), (Ask.UNDO, ()), (Ask.ANSWER, [named(2)])
    entries = [journal.enter(ask, "ann", ids, "pets" if ask is Ask.ANSWER else None) for ask, ids in asked]
    journal.clock.move(seconds=ANSWER_SECONDS + 1)
    outcomes = journal.taken().outcomes
    assert [Why.SILENT, Why.SILENT, Why.SILENT, None] == [outcomes[entry].why for entry in entries]
    assert [] == [item for item in journal.queue.items.values() if item.claimed_by]
    assert state_of(journal.queue) == state_of(journal.restored())
    assert journal.ask(Ask.ANSWER, "ann", [named(2)], "pets").repeated


def test_a_reviewer_has_three_at_most() -> None:
    """The one that was taken first is free again; one that is kept for longer counts as taken last."""
    journal = opened(6)
    first, second, third = (journal.ask(Ask.NEXT, "ann").request_ids[0] for _ in range(3))
    journal.clock.move(seconds=5)
    journal.ask(Ask.CLAIM, "ann", [first])
    fourth = journal.ask(Ask.NEXT, "ann").request_ids[0]
    assert {first, third, fourth} == held_by(journal, "ann")
    assert (second,) == journal.ask(Ask.NEXT, "bob").request_ids
    journal.restart()
    journal.ask(Ask.CLAIM, "ann", [named(5)])
    assert {first, fourth, named(5)} == held_by(journal, "ann")


def held_by(journal: MemoryJournal, reviewer: str) -> set[str]:
    """What a reviewer has."""
    return {name for name, item in journal.queue.items.items() if item.holder(journal.now_ms) == reviewer}


def test_a_queue_does_not_grow_by_what_is_taken_back() -> None:
    """Answered and taken back a thousand times, a request takes as much as before, whatever stands before it."""
    journal = MemoryJournal(limits=replace(LIMITS, grace_ms=100 * MINUTE_MS))
    for number in range(3):
        journal.came(number)
        journal.clock.move(seconds=1)
    journal.ask(Ask.ANSWER, "bob", [named(1)], "pets")
    for _ in range(1_000):
        journal.clock.move(seconds=1)
        journal.ask(Ask.ANSWER, "ann", [named(2)], "pets")
        journal.ask(Ask.UNDO, "ann")
    queue = journal.queue
    assert max(len(queue._opened), len(queue._finals), len(queue.order)) <= SPARE * (3 + ROOM)
    assert 1 == len(queue._claimed)


def test_what_nobody_answers_may_stay() -> None:
    """Where it is set so: it is old, and still open."""
    journal = MemoryJournal(limits=replace(LIMITS, expires=False))
    journal.came(0)
    journal.tick(hours=1_000)
    assert [] == categorized(journal)
    assert (named(0),) == journal.ask(Ask.NEXT, "ann").request_ids


def test_a_request_that_comes_again_is_known() -> None:
    """While it waits it stays one; once it is answered it does not come back."""
    journal = opened()
    journal.came(0)
    journal.taken()
    assert 1 == journal.queue.waiting
    journal.ask(Ask.ANSWER, "ann", [named(0)], "pets")
    journal.tick(hours=30)
    journal.came(0)
    journal.taken()
    assert 0 == journal.queue.waiting
    assert 1 == len(categorized(journal))
    newest = {record.key: record.value for record in journal.records}
    assert newest[b"request:" + named(0).encode()] is None


def test_an_entry_that_comes_twice_is_done_once() -> None:
    """Also after a restart: what was written once more after a lost acknowledgement changes nothing."""
    journal = opened(2)
    journal.enter(Ask.ANSWER, "ann", [named(0)], "pets", entry_id="again")
    first = journal.taken().outcomes["again"]
    journal.restart()
    journal.enter(Ask.ANSWER, "ann", [named(0)], "pets", entry_id="again")
    assert first == journal.taken().outcomes["again"]
    assert 1 == len(corrections(journal))


def test_the_same_answer_again_is_said_to_be_there() -> None:
    """Somebody else's, or another, is refused."""
    journal = opened()
    journal.ask(Ask.ANSWER, "ann", [named(0)], "pets")
    assert journal.ask(Ask.ANSWER, "ann", [named(0)], "pets").repeated
    assert Why.ANSWERED is journal.ask(Ask.ANSWER, "ann", [named(0)], "fuel").why
    assert Why.ANSWERED is journal.ask(Ask.ANSWER, "bob", [named(0)], "pets").why


def test_more_than_may_wait_lets_the_least_uncertain_go() -> None:
    """Memory is bounded: what is surest goes to the ledger first."""
    journal = MemoryJournal()
    for number in range(LIMITS.open + 5):
        journal.came(number, uncertainty=number / 100, merchant_key=f"m{number}")
    journal.taken()
    assert {f"t-{number}" for number in range(5)} == {decision.transaction_id for decision in categorized(journal)}
    assert LIMITS.open == journal.queue.waiting


def test_what_is_answered_leaves_no_trace_of_its_text() -> None:
    """After a day and compaction the journal holds ids and categories, and nothing of a transaction."""
    journal = opened()
    journal.ask(Ask.ANSWER, "ann", [named(0)], "pets")
    journal.tick(minutes=1)
    journal.tick(hours=25)
    newest = {record.key: record.value for record in journal.records}
    kept = [key.partition(b":")[0] for key, value in newest.items() if key is not None and value is not None]
    assert {b"done", b"reviewer"} == set(kept)
    assert not any(b"TIM HORTONS" in (value or b"") or b"a-1" in (value or b"") for value in newest.values())


def test_what_another_release_wrote_is_left_out() -> None:
    """What it could not settle is told by a number, stays in the journal for whoever can, and stops nothing."""
    journal = opened(2)
    sortable = {"merchant_key": "timhortons", "amount": "1", "uncertainty": 0.5, "blind": False}
    said = {
        key_of(REQUEST, named(0)): json.dumps(sortable),
        key_of(REQUEST, named(9)): json.dumps(sortable),
        key_of(STATUS, named(1)): '{"given": ["e", "ann", "a category of next year", null, 1, 2]}',
        key_of(DONE, "x"): "[]",
        key_of(REVIEWER, "ann"): "{}",
        key_of(EARLY, "y"): "7",
    }
    journal.write(Output(Role.REVIEW_JOURNAL, key, value.encode(), []) for key, value in said.items())
    journal.committed = journal.end
    journal.restart()
    assert (6, [named(1)]) == (journal.queue.left_out, list(journal.queue.items))
    assert 1 == journal.tick(hours=11).expired
    journal.write([Output(Role.REVIEW_JOURNAL, key, None, []) for key in said])
    assert 0 == journal.restored().left_out


def test_a_request_that_is_refused_leaves_the_journal() -> None:
    """It is a dead letter, which holds it; the next start does not meet it again."""
    journal = MemoryJournal()
    journal.write([Output(Role.REVIEW_JOURNAL, key_of(REQUEST, named(0)), b"{}", [])])
    assert 1 == journal.taken().dead_letters.total()
    assert 0 == journal.restored().left_out
