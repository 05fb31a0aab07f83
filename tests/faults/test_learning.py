"""What people taught survives: kill -9 of learners and workers during corrections, and the forgetting of an account."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterator

import pytest

from models.contracts.corrections import Correction, Scope
from models.contracts.instructions import Action
from streams.messages.roles import Role
from tests.faults.conftest import OpenStage
from tests.harness.learning import (
    correct,
    decided,
    decisions,
    followed,
    head,
    instruct,
    learned,
    newest,
    replayed,
    report,
    reported,
    said,
    transaction,
)
from tests.harness.workers import QUICK, Message, Stage, until

pytestmark = pytest.mark.slow

MERCHANTS = [f"{first} {last}" for first in ("ZEPPLO", "QUIMBY", "WOBBLE") for last in ("BITS", "YARN", "OATS", "RIND")]
"""Names that no table knows."""

CATEGORIES = ("pets", "fuel", "groceries", "clothing")
FOLLOWING = ("--ensemble", "following")
SEED = 20


def what_people_say(count: int) -> Iterator[Correction]:
    """Corrections of few merchants by many people, for everyone and for an account; some say nothing of their own."""
    drawn = random.Random(SEED)
    for number in range(count):
        fields = {"category": drawn.choice(CATEGORIES), "actor": f"reviewer-{number // 7 * 11 % 40}"}
        if number % 5 == 0:
            account = f"acc-{drawn.randrange(50)}"
            fields |= {"scope": Scope.ACCOUNT, "account_id": account, "standing": "customer", "actor": account}
        # Every seventh is of the transaction that the next is about, which has to come for it.
        nameless = number % 7 == 0
        transaction_id = f"t{number + 1 if nameless else number}"
        yield said(number, None if nameless else drawn.choice(MERCHANTS), transaction_id=transaction_id, **fields)


async def at_rest(stage: Stage) -> None:
    """All that knows what was learned knows the same, and each correction came in once."""
    await learned(stage)
    journal, updates = await stage.read(Role.LEARNING_JOURNAL), await stage.read(Role.UPDATES)
    memory, model = replayed(stage, journal), followed(updates)
    # Nothing is told to workers before there is something.
    told = await head(stage) or {"digest": memory.learner.digest}
    assert memory.learner.digest == model.digest == told["digest"]
    assert memory.learner.state_digest == replayed(stage, newest(journal)).learner.state_digest
    assert followed(newest(updates)).digest == told["digest"]
    await reported(stage, memory)


async def test_killed_learners_and_workers_know_the_same_in_the_end(stage: OpenStage) -> None:
    """During 5,000 corrections: nothing is lost or learned twice, and all replays give one digest."""
    place = await stage(partitions=3, **QUICK)
    workers = [place.worker(*FOLLOWING) for _ in range(3)]
    learners = [place.learner(*FOLLOWING) for _ in range(2)]
    await place.joined(3)
    await asyncio.gather(*(learner.ready() for learner in learners))
    drawn, corrections, sent = random.Random(SEED), list(what_people_say(5000)), 0
    for number, start in enumerate(range(0, len(corrections), 150)):
        portion = corrections[start : start + 150]
        # Some come twice, and something that is none comes between.
        await correct(place, *portion, *portion[:10])
        await place.send([Message(b"{", b"k", b"%d" % number)], role=Role.CORRECTIONS)
        await place.send([transaction(sent + each, description=drawn.choice(MERCHANTS)) for each in range(30)])
        sent += 30
        await asyncio.sleep(drawn.uniform(0, 1))
        if number % 3 == 1:
            which = drawn.randrange(2)
            learners[which].kill()
            learners[which] = place.learner(*FOLLOWING)
        if number % 6 == 4:
            which = drawn.randrange(3)
            workers[which].kill()
            workers[which] = place.worker(*FOLLOWING)
    await at_rest(place)
    journal = await place.read(Role.LEARNING_JOURNAL)
    # One without a value says nothing: it wakes the learner.
    entries = Counter(json.loads(record.value)["correction_id"] for record in journal if record.value)
    assert {one.correction_id: 1 for one in corrections} == entries
    # No monitor runs, and what is no correction is lost no more than the others, and comes no more often.
    refused = [(record.value, dict(record.headers)["evenhand_stage"]) for record in await place.read(Role.DEAD_LETTER)]
    assert [(b"{", b"correct")] * (number + 1) == refused
    await place.drained()
    await place.joined(3)
    assert sent == len(await decisions(place))
    told = await head(place)
    # Of as many accounts that each worker has some.
    await place.send([transaction(10_000 + each) for each in range(30)])
    found = await decided(place, range(10_000, 10_030))
    assert {told["version"]} == {one["online_version"] for one in found}
    for worker in workers:
        metrics = await worker.get("/metrics") or ""
        assert "evenhand_online_refused_total 0.0" in metrics


async def test_an_account_has_its_own_books_until_it_is_forgotten(stage: OpenStage) -> None:
    """Its correction changes its decisions and nobody else's; forgotten, it leaves no trace outside the input."""
    place = await stage(partitions=2, **QUICK)
    place.worker(*FOLLOWING)
    learner = place.learner(*FOLLOWING)
    await place.joined(1)
    await learner.ready()
    own = {"scope": Scope.ACCOUNT, "standing": "customer"}
    await correct(
        place,
        said(1, category="travel", account_id="canary-account", actor="canary-actor", **own),
        said(2, category="fuel", account_id="another", actor="another", **own),
        # It waits for its transaction, and is forgotten with the rest.
        said(3, None, account_id="canary-account", actor="canary-actor", **own),
    )
    await at_rest(place)
    await place.send(
        [transaction(number, account=name) for number, name in enumerate(("canary-account", "another", "somebody"))]
    )
    assert ["travel", "fuel", "other"] == [one["category"] for one in await decided(place, range(3))]

    await instruct(place, Action.FORGET_ACCOUNT, "canary-account")
    await at_rest(place)
    await place.send([transaction(10, account="canary-account"), transaction(11, account="another")])
    assert ["other", "fuel"] == [one["category"] for one in await decided(place, (10, 11))]
    for role in (Role.LEARNING_JOURNAL, Role.UPDATES, Role.LEARNING):
        left = b"".join(record.key + record.value for record in newest(await place.read(role)))
        assert b"canary" not in left, role
    assert not any("canary" in worker.log for worker in place.workers)
    assert 1 == sum(record.key.startswith(b"account:") for record in newest(await place.read(Role.UPDATES)))


async def test_a_frozen_learner_learns_when_it_is_thawed(stage: OpenStage) -> None:
    """Also if it was killed in between; what waited for its transaction in vain becomes a dead letter."""
    place = await stage(partitions=2, learn_parked_hours=30 / 3600, **QUICK)
    place.worker(*FOLLOWING)
    learner = place.learner(*FOLLOWING)
    await place.joined(1)
    await learner.ready()
    await instruct(place, Action.FREEZE)
    await correct(place, said(1), said(2, None))
    await at_rest(place)
    found = await report(place)
    assert (True, 1, 1) == (found["frozen"], found["waiting"], found["parked"])
    learner.kill()
    place.learner(*FOLLOWING)
    await place.send([transaction(1)])
    assert ["other"] == [one["category"] for one in await decided(place, [1])]
    await instruct(place, Action.THAW)
    await at_rest(place)
    await place.send([transaction(2)])
    assert ["pets"] == [one["category"] for one in await decided(place, [2])]

    async def is_dead() -> bool:
        return len(await place.read(Role.DEAD_LETTER)) == 1

    await until(is_dead)
    await at_rest(place)
    (letter,) = await place.read(Role.DEAD_LETTER)
    assert ("c2", b"unknown_transaction") == (
        json.loads(letter.value)["correction_id"],
        dict(letter.headers)["evenhand_reason"],
    )
    assert 0 == (await report(place))["parked"]
