"""FAULTS 1: workers that are killed with SIGKILL, alone and in company: nothing is missing, nothing is doubled."""

import json
import time
from random import Random

import pytest
from aiokafka.structs import ConsumerRecord

from streams.messages.records import header
from streams.messages.roles import Role
from tests.faults.conftest import OpenStage
from tests.harness.workers import QUICK, Message, sample_messages

pytestmark = pytest.mark.kafka

SEED = 20261


def with_faults(messages: list[Message], random: Random) -> tuple[list[Message], int, int]:
    """Bad messages, identical repeats and repeats with another amount, and how many there are of them."""
    mixed, bad, repeats = [], 0, 0
    for message in messages:
        mixed.append(message)
        chance = random.random()
        if chance < 0.005:
            assert message.value is not None
            mixed.append(Message(message.value[:-9], message.key, message.route))
            bad += 1
        elif chance < 0.010:
            mixed.append(message)
            repeats += 1
        elif chance < 0.012:
            assert message.value is not None
            other = json.dumps(json.loads(message.value) | {"amount": "0.01"}).encode()
            mixed.append(Message(other, message.key, message.route))
            bad += 1
    return mixed, bad, repeats


def subjects(records: list[ConsumerRecord]) -> list[str]:
    """Transaction ids of decisions."""
    return [(header(record.headers, "ce_subject") or b"").decode() for record in records]


async def test_real_transactions_survive_three_kills(stage: OpenStage) -> None:
    """I1 I2 I4: 50,000 transactions, three kill -9 mid-work, each id exactly once, order per account kept."""
    random = Random(SEED)
    scene = await stage(partitions=4, **QUICK)
    originals = list(sample_messages(50_000))
    messages, bad, repeats = with_faults(originals, random)
    await scene.send(messages)
    moments = sorted(random.uniform(0.1, 0.8) for _ in range(3))
    print(f"seed {SEED}: kill after {[round(moment, 2) for moment in moments]} of the input")
    for moment in moments:
        worker = scene.worker("--ensemble", "shipped")
        await scene.progress(int(moment * len(messages)))
        worker.kill()
    assert sum(await scene.committed()) < len(messages)
    scene.worker("--ensemble", "shipped")
    await scene.drained()
    found = await scene.verified()
    assert (len(messages), bad, repeats) == (found.inputs, found.dead_letters, found.duplicates_expected)
    decided = subjects(await scene.read(Role.CATEGORIZED)) + subjects(await scene.read(Role.REVIEW))
    assert sorted(json.loads(message.value or b"")["transaction_id"] for message in originals) == sorted(decided)


async def test_a_second_worker_takes_over(stage: OpenStage) -> None:
    """I6: after the kill of one of two workers, with default settings, the other has caught up within 15 s."""
    scene = await stage(partitions=4)
    first, second = scene.worker(), scene.worker()
    await scene.joined(2)
    await scene.send(sample_messages(10_000))
    await scene.progress(2_000)
    first.kill()
    killed = time.monotonic()
    await scene.send(sample_messages(2_000, start=10_000))
    await scene.drained(within=15)
    took = time.monotonic() - killed
    print(f"taken over and drained {took:.1f} s after the kill")
    assert took < 15
    assert second.alive
    found = await scene.verified()
    assert 12_000 == found.categorized + found.review


async def test_a_kill_loses_nothing_at_least_once(stage: OpenStage) -> None:
    """With delivery=at_least_once a kill may repeat a batch but loses nothing; repeats carry the same id."""
    scene = await stage(partitions=2, delivery="at_least_once", **QUICK)
    messages = list(sample_messages(30_000))
    await scene.send(messages)
    for share in (0.1, 0.3):
        worker = scene.worker()
        await scene.progress(int(share * len(messages)))
        worker.kill()
    assert sum(await scene.committed()) < len(messages)
    scene.worker()
    await scene.drained()
    ids: dict[str, set[bytes | None]] = {}
    for record in [*await scene.read(Role.CATEGORIZED), *await scene.read(Role.REVIEW)]:
        ids.setdefault(subjects([record])[0], set()).add(header(record.headers, "ce_id"))
    assert {json.loads(message.value or b"")["transaction_id"] for message in messages} == set(ids)
    assert {1} == {len(found) for found in ids.values()}
