"""The journal is learned and told, without a broker: what workers, people and operators get of a batch."""

import asyncio
import json
from collections import Counter
from datetime import datetime, timedelta

from models.contracts.corrections import Correction, Scope
from models.contracts.instructions import Action, Instruction
from models.learned.online.records import HEAD
from streams.learner.learning import PORTION, LearningHandler, LearningResult
from streams.learner.memory import Memory, Taken
from streams.learner.recall import difference
from streams.messages.learning import correction_entry, instruction_entry
from streams.messages.records import Output
from streams.messages.roles import Role
from streams.settings.settings import load_settings
from tests.harness.learning import said
from tests.harness.monitoring import Clock
from tests.harness.runner import plain_preparation
from tests.harness.voters import NOON
from tests.streams.categorizer.test_handler import Record
from tests.streams.learner.said import received

PREPARED = plain_preparation(load_settings(learn_parked_hours=1, learn_parked=2))


def entry(output: Output, number: int, *, at: datetime = NOON) -> Record:
    """A record of the journal."""
    milliseconds = int(at.timestamp() * 1000)
    return Record(output.value, number, output.key, output.headers, "models.journal", 0, milliseconds)


def correction(number: int, one: Correction, *, at: datetime = NOON) -> Record:
    """The entry of a correction that came in partition 3."""
    place = received(one, offset=100 + number, partition=3)
    return entry(correction_entry(one, place, source="/test", now=NOON), number, at=at)


def instruction(number: int, action: Action, target: str | None = None, standing: str = "approver") -> Record:
    """The entry of an instruction."""
    fields = {"instruction_id": f"i{number}", "action": action, "target": target, "actor": "boss"}
    told = Instruction.model_validate(fields | {"standing": standing, "timestamp": NOON})
    return entry(instruction_entry(told, source="/test"), number)


def handled(memory: Memory, *records: Record, clock: Clock | None = None) -> LearningResult:
    """One batch."""
    return asyncio.run(LearningHandler(clock or Clock())(records, memory))


def of(result: LearningResult, role: Role) -> list[Output]:
    """What is written to a topic."""
    return [output for output in result.written if output.role is role]


def test_a_step_ends_with_its_head_and_people_are_told() -> None:
    """What changed first; the report once a second at most, and the last one is owed."""
    memory, clock = PREPARED.memory(), Clock()
    first = handled(memory, correction(0, said(1)), clock=clock)
    assert [b"merchant:out:zepplobits", b"head"] == [output.key for output in of(first, Role.UPDATES)]
    (report,) = of(first, Role.LEARNING)
    assert memory.report() == json.loads(report.value or b"")
    second = handled(memory, correction(1, said(2, "QUIMBY YARN")), clock=clock)
    assert ([], True, False) == (of(second, Role.LEARNING), memory.unreported, memory.owes_report(clock()))
    clock.move(seconds=1)
    assert memory.owes_report(clock())
    woken = handled(memory, Record(None, 2, b"wake", topic="models.journal", partition=0), clock=clock)
    assert [Role.LEARNING] == [output.role for output in woken.written]


def test_what_waited_too_long_is_a_dead_letter_that_names_where_it_came_in() -> None:
    """By the journal's time; so are those that are too many."""
    memory = PREPARED.memory()
    parked = [correction(number, said(number, None)) for number in range(3)]
    result = handled(memory, *parked)
    late = handled(memory, Record(None, 9, b"wake", timestamp=int((NOON + timedelta(hours=1)).timestamp() * 1000)))
    letters = [dict(letter.headers) for letter in (*of(result, Role.DEAD_LETTER), *of(late, Role.DEAD_LETTER))]
    assert [b"100", b"101", b"102"] == [headers["evenhand_offset"] for headers in letters]
    assert {(b"learn", b"unknown_transaction", b"transactions.corrections", b"3")} == {
        tuple(headers[f"evenhand_{name}"] for name in ("stage", "reason", "topic", "partition")) for headers in letters
    }
    assert {3} == {letter.partition for letter in of(late, Role.DEAD_LETTER)}
    assert (0, 3) == (len(memory.parking), result.taken.outcomes["parked"])


def test_what_is_no_entry_is_a_dead_letter() -> None:
    """Whoever may write to the journal may write anything; what comes behind is learned."""
    result = handled(PREPARED.memory(), Record(b"{}", 0, b"x"), correction(1, said(1)))
    (letter,) = of(result, Role.DEAD_LETTER)
    assert b"unknown_value" == dict(letter.headers)["evenhand_reason"]
    assert 1 == result.taken.outcomes["accepted"]


def test_a_forgotten_account_is_deleted_from_the_journal_with_the_instruction() -> None:
    """Not by somebody who may not; his instruction names the account, and goes."""
    memory = PREPARED.memory()
    own = {"scope": Scope.ACCOUNT, "account_id": "acc", "standing": "customer"}
    handled(memory, correction(0, said(1, **own)), correction(1, said(2)), correction(2, said(3, None, **own)))
    refused = handled(memory, instruction(3, Action.FORGET_ACCOUNT, "acc", "reviewer"))
    assert [b"i3"] == [output.key for output in of(refused, Role.LEARNING_JOURNAL)]
    done = handled(memory, instruction(4, Action.FORGET_ACCOUNT, "acc"))
    deleted = of(done, Role.LEARNING_JOURNAL)
    assert [b"c1@3:100", b"c3@3:102", b"i4"] == [output.key for output in deleted]
    assert {None} == {output.value for output in deleted}
    gone, head = of(done, Role.UPDATES)
    assert (True, None, b"head") == ((gone.key or b"").startswith(b"account:"), gone.value, head.key)
    assert 0 == len(memory.parking)


def test_an_actor_who_is_forgotten_waits_for_nothing() -> None:
    """What was parked would be learned later otherwise; not by somebody who may not."""
    memory = PREPARED.memory()
    handled(memory, correction(0, said(1, None, actor="x")), correction(1, said(2, None, actor="y")))
    handled(memory, instruction(2, Action.FORGET_ACTOR, "x", "reviewer"))
    assert 2 == len(memory.parking)
    handled(memory, instruction(3, Action.FORGET_ACTOR, "x"))
    assert 1 == len(memory.parking)


def test_an_id_that_somebody_else_has_taken_is_a_dead_letter() -> None:
    """Of another partition, where its sequence does not know it: the later one is not lost without a word."""
    result = handled(
        PREPARED.memory(), correction(0, said(1, actor="mallory")), correction(1, said(1, category="fuel"))
    )
    (letter,) = of(result, Role.DEAD_LETTER)
    headers = dict(letter.headers)
    assert (b"conflicting_duplicate", b"correction_id", b"101") == (
        headers["evenhand_reason"],
        headers["evenhand_field"],
        headers["evenhand_offset"],
    )
    assert {"accepted": 1, "repeated": 1} == result.taken.outcomes


def test_a_reviewers_correction_of_an_accounts_line_is_deleted_with_it() -> None:
    """It has the line; so is one that waited for that line, and what is known of the transaction."""
    memory = PREPARED.memory()
    handled(
        memory,
        correction(0, said(1, None, transaction_id="t", actor="ann")),
        correction(1, said(2, account_id="acc", transaction_id="t", actor="ann")),
        correction(2, said(3, "QUIMBY YARN", account_id="another")),
    )
    assert b"acc" not in (correction(1, said(2, account_id="acc")).value or b"").replace(b"account", b"")
    done = handled(memory, instruction(3, Action.FORGET_ACCOUNT, "acc"))
    assert [b"c2@3:101", b"c1@3:100", b"i3"] == [output.key for output in of(done, Role.LEARNING_JOURNAL)]
    again = PREPARED.memory()
    again.take([correction(2, said(3, "QUIMBY YARN", account_id="another"))], Taken())
    assert again.learner.state_digest == memory.learner.state_digest
    # Nobody is told of the line any more.
    late = handled(memory, correction(4, said(5, None, transaction_id="t")))
    assert {"parked": 1} == late.taken.outcomes


def test_others_have_their_turn_while_all_is_learned_anew() -> None:
    """The group's heartbeat, above all: what was learned may be a hundred thousand entries."""
    memory, turns = PREPARED.memory(), 0
    memory.take([correction(number, said(number, f"ZEPPLO {number}")) for number in range(2 * PORTION + 2)], Taken())

    async def beat() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def run() -> LearningResult:
        beating = asyncio.create_task(beat())
        forgets = [instruction(1000 + number, Action.FORGET_CORRECTION, f"c{number}") for number in range(2)]
        memory.learner.outcomes()
        result = await LearningHandler(Clock())(forgets, memory)
        beating.cancel()
        return result

    assert {"accepted": 2} == asyncio.run(run()).taken.outcomes
    assert 2 == turns


def test_what_waited_is_counted_when_it_is_learned() -> None:
    """The metric says what the report says."""
    memory = PREPARED.memory()
    entries = [instruction(0, Action.FREEZE), correction(1, said(1)), instruction(2, Action.THAW)]
    counted = sum((handled(memory, each).taken.outcomes for each in entries), Counter())
    assert {"accepted": 3, "frozen": 1} == counted == memory.report()["counts"]


def test_batches_cut_otherwise_give_the_same_state() -> None:
    """And so does a replay after a step was not committed."""
    records = [correction(number, said(number, f"ZEPPLO {number % 7}", actor=f"a{number % 5}")) for number in range(60)]
    states = set()
    for size in (1, 7, 60):
        memory = PREPARED.memory()
        for start in range(0, 60, size):
            memory.take(records[start : start + size], Taken())
        states.add((memory.learner.digest, memory.learner.state_digest))
    assert 1 == len(states)


def test_workers_are_owed_what_the_same_journal_says_now() -> None:
    """Under other settings: parts that differ, and those that are gone, in front of what is learned next."""
    memory = PREPARED.memory()
    handled(memory, correction(0, said(1)))
    told = {**memory.learner.snapshot(), "merchant:out:quimbyyarn": b"{}"}
    again = PREPARED.memory()
    again.take([correction(0, said(1))], Taken())
    again.owed = difference(told, again.learner.updates())
    assert [("merchant:out:quimbyyarn", None), HEAD] == [again.owed[0], again.owed[1][0]]
    woken = handled(again, Record(None, 1, b"wake"))
    assert [b"merchant:out:quimbyyarn", b"head"] == [output.key for output in of(woken, Role.UPDATES)]
    assert [] == again.owed
