"""FAULTS 5 and 9, and orderly stops: workers that freeze, leave and join while transactions flow."""

import asyncio
import re
import signal
import time
from random import Random

import pytest

from tests.faults.conftest import OpenStage
from tests.harness.workers import QUICK, Worker, sample_messages

pytestmark = pytest.mark.kafka

SEED = 57
MOVES = {0: "join", 1: "join", 3: "leave"}
"""The move that a number of workers leaves no choice about; of two, one may come, leave or be killed."""


async def test_a_stop_is_clean_and_a_restart_continues(stage: OpenStage) -> None:
    """SIGTERM under load: exit 0 within 10 s, the group is left at once, nothing is open; the next worker goes on."""
    scene = await stage(partitions=4)  # by default a session lasts 10 s
    await scene.send(sample_messages(20_000))
    worker = scene.worker()
    await scene.progress(3_000)
    worker.terminate()
    stopping = time.monotonic()
    assert 0 == await worker.ended(within=10)
    print(f"stopped in {time.monotonic() - stopping:.1f} s")
    assert [] == await scene.members()
    committed = await scene.committed()
    assert 3_000 <= sum(committed) < 20_000
    found = await scene.verify()
    assert () == found.problems
    assert sum(committed) == found.categorized + found.review
    scene.worker()
    await scene.progress(sum(committed) + 1)
    assert () == (await scene.verify()).problems  # beside a worker at work
    await scene.drained()
    found = await scene.verified()
    assert 20_000 == found.categorized + found.review


async def test_a_stop_without_load_is_clean(stage: OpenStage) -> None:
    """SIGINT to an idle worker, as Ctrl-C gives it: exit 0, and the group is empty."""
    scene = await stage(partitions=2)
    worker = scene.worker()
    await worker.ready()
    worker.signal(signal.SIGINT)
    assert 0 == await worker.ended(within=10)
    assert [] == await scene.members()


async def test_a_frozen_worker_is_fenced(stage: OpenStage) -> None:
    """FAULTS 5: SIGSTOP past the session timeout, SIGCONT with another worker in charge: the zombie commits nothing."""
    scene = await stage(partitions=2, batch_max_records=50, batch_lag_records=1, **QUICK)
    zombie = scene.worker()
    await zombie.ready()
    await scene.send(sample_messages(15_000))
    await scene.progress(500)
    zombie.signal(signal.SIGSTOP)
    committed = sum(await scene.committed())
    assert committed < 15_000
    successor = scene.worker()
    await scene.progress(committed + 1_000)
    zombie.signal(signal.SIGCONT)
    await scene.send(sample_messages(5_000, start=15_000))
    await scene.joined(2)
    await scene.drained()
    found = await scene.verified()
    assert 20_000 == found.categorized + found.review
    assert zombie.alive
    assert successor.alive
    # At its commit; or at the abort after it, when it was frozen for longer than a request may take.
    assert re.search("fenced by another worker|ProducerFenced", zombie.log)


async def test_joins_and_leaves_under_load(stage: OpenStage) -> None:
    """FAULTS 9: workers come, go and are killed for 20 s while transactions arrive; order per account is kept."""
    random = Random(SEED)
    scene = await stage(partitions=4, **QUICK)
    started, sent, moves = time.monotonic(), 0, []
    staying: list[Worker] = []  # one that was asked to leave is alive for a moment, but does not count as there
    while time.monotonic() - started < 20:
        move = MOVES.get(len(staying)) or random.choice(("join", "leave", "kill"))
        if move == "join":
            staying.append(scene.worker())
        elif move == "leave":
            staying.pop(random.randrange(len(staying))).terminate()
        else:
            staying.pop(random.randrange(len(staying))).kill()
        moves.append(move)
        await scene.send(sample_messages(2_000, start=sent))
        sent += 2_000
        await asyncio.sleep(random.uniform(0.2, 1.5))
    print(f"seed {SEED}: {moves}, {sent} transactions")
    assert staying
    await scene.drained()
    assert all(worker.alive for worker in staying)
    found = await scene.verified()
    assert sent == found.categorized + found.review
