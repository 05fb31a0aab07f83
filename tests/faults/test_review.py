"""The review queue under kill -9: no answer lost, none counted twice, each request ends with the ledger once."""

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime

import pytest

from models.contracts.corrections import Correction
from models.contracts.events import Categorized, ReviewRequest
from models.contracts.taxonomy import CATEGORIES, Category
from models.contracts.wire import parse
from streams.messages.roles import Role
from streams.review_queue.entries import Ask, Entry
from streams.review_queue.files.outside import outside
from streams.review_queue.recall import read_queue
from streams.review_queue.state.item import request_id
from tests.faults.conftest import OpenStage
from tests.harness.review import request_message, request_messages
from tests.harness.workers import QUICK, Stage, Worker, sample_messages, until

pytestmark = pytest.mark.kafka

REQUESTS, BLIND = 400, 40
SEED = 2_026


def answers(count: int, *, first: int = 0) -> list[Entry]:
    """An answer to each request: its category follows from its number."""
    return [
        Entry(
            entry_id=f"e-{number}",
            ask=Ask.ANSWER,
            request_ids=(request_id(f"t-{number}", blind=False),),
            category=category_of(number),
            reviewer=f"r-{number % 5}",
            at=datetime.now(UTC),
        )
        for number in range(first, first + count)
    ]


def category_of(number: int) -> Category:
    """What the reviewers say."""
    return Category(CATEGORIES[number % len(CATEGORIES)])


async def ledger(scene: Stage) -> Counter[tuple[str, str]]:
    """Transaction and category of each record of the ledger."""
    events = [parse(Categorized, record.value)[0] for record in await scene.read(Role.CATEGORIZED)]
    return Counter((event.transaction_id, event.category.value) for event in events)


async def emitted(scene: Stage, count: int) -> None:
    """Wait until the ledger has so many records."""

    async def is_there() -> bool:
        return sum(await scene.ends(Role.CATEGORIZED)) >= count  # with the marks of transactions, so read below again

    await until(is_there)

    async def all_there() -> bool:
        return (await ledger(scene)).total() >= count

    await until(all_there, every=0.5)


async def test_kills_lose_no_answer_and_double_none(stage: OpenStage) -> None:
    """FAULTS 1, 2 and 4: killed at random moments, and in commits, while reviewers answer; I2, I3, I4."""
    scene = await stage(partitions=3, review_grace_seconds=0.3, **QUICK)
    chance = random.Random(SEED)
    await scene.send(request_messages(REQUESTS), role=Role.REVIEW)
    await scene.send([request_message(number, blind=True) for number in range(BLIND)], role=Role.REVIEW)
    over = asyncio.Event()

    async def killer() -> None:
        moments = ["commit_transaction:during:9", "send_offsets_to_transaction:after:12", "begin_transaction:after:15"]
        while not over.is_set():
            moment = moments.pop() if moments else ""
            doomed = scene.review(*(("--die", moment) if moment else ()))
            if moment:
                await doomed.died()
                continue
            await asyncio.wait([asyncio.create_task(over.wait())], timeout=chance.uniform(2.5, 6.0))
            if len(scene.workers) > 8 or over.is_set():
                await over.wait()
                return
            doomed.kill()

    async def reviewers() -> None:
        async with outside(scene.settings) as journal:
            for start in range(0, REQUESTS, 20):
                said = answers(20, first=start)
                outcomes = await journal.ask(said, patience=120)
                assert {None} == {outcome.why for outcome in outcomes.values()}
                # A case tool that was not told in time sends the same again.
                again = await journal.ask(chance.sample(said, 3), patience=120)
                assert all(outcomes[entry] == outcome for entry, outcome in again.items())
                await asyncio.sleep(0.4)  # people think

    killing = asyncio.create_task(killer())
    try:
        await opened(scene, REQUESTS + BLIND)
        await reviewers()
        await emitted(scene, REQUESTS)
    finally:
        over.set()
        await killing
    assert 5 <= sum(worker.process.returncode == -9 for worker in scene.workers)
    assert Counter((f"t-{number}", category_of(number).value) for number in range(REQUESTS)) == await ledger(scene)
    said = [parse(Correction, record.value)[0] for record in await scene.read(Role.CORRECTIONS)]
    assert Counter(f"t-{number}" for number in range(REQUESTS)) == Counter(one.transaction_id for one in said)
    assert BLIND == (await read_queue(scene.settings)).waiting
    assert 0 == (await scene.verify()).open_transactions.count
    assert [] == await scene.read(Role.DEAD_LETTER)


async def opened(scene: Stage, count: int) -> None:
    """Wait until so many requests are in the queue."""

    async def are_open() -> bool:
        return (await read_queue(scene.settings)).waiting >= count

    await until(are_open, every=0.5)


async def test_a_standby_takes_over(stage: OpenStage) -> None:
    """Of two processes one keeps the queue; when it is killed the other goes on where it was."""
    scene = await stage(partitions=2, review_grace_seconds=0, **QUICK)
    first = scene.review()
    await first.ready()
    second = scene.review()
    await second.ready()
    await scene.send(request_messages(20), role=Role.REVIEW)
    await opened(scene, 20)
    async with outside(scene.settings) as journal:
        await journal.ask(answers(10), patience=60)
        keeps = [
            worker for worker in (first, second) if "evenhand_review_queue_partitions_open 1.0" in await text(worker)
        ]
        assert 1 == len(keeps)
        keeps[0].kill()
        await journal.ask(answers(10, first=10), patience=60)
    await emitted(scene, 20)
    assert 20 == len(await ledger(scene))


async def test_a_reviewed_transaction_has_one_outcome(stage: OpenStage) -> None:
    """I1: from the input over the request to the ledger; a transaction that comes again is recognised all the same."""
    scene = await stage(partitions=2, review_grace_seconds=0, **QUICK)
    worker, queue = scene.worker(), scene.review()
    await scene.send(sample_messages(400))
    await scene.drained()
    requests = [parse(ReviewRequest, record.value)[0] for record in await scene.read(Role.REVIEW)]
    await opened(scene, len(requests))
    said = [
        Entry(
            entry_id=f"e-{number}",
            ask=Ask.ANSWER,
            request_ids=(request_id(request.transaction_id, blind=False),),
            category=category_of(number),
            reviewer="ann",
            at=datetime.now(UTC),
        )
        for number, request in enumerate(requests)
    ]
    async with outside(scene.settings) as journal:
        await journal.ask(said, patience=60)
    found = await scene.verified()
    assert 0 < len(requests) == found.review == found.reviewed
    worker.kill()
    scene.worker()
    await scene.send(sample_messages(400))
    await scene.drained()
    again = await scene.verified()
    assert (400, found.review, found.reviewed) == (again.duplicates_expected, again.review, again.reviewed)
    assert queue.alive


async def text(worker: Worker) -> str:
    """The metrics of a process."""
    return await worker.get("/metrics") or ""
