"""FAULTS 2: a worker that dies at each await of a commit: before, during and after each call to the broker."""

import pytest

from tests.faults.conftest import OpenStage
from tests.harness.workers import QUICK, sample_messages

pytestmark = pytest.mark.kafka

POINTS = (
    "start:after:2",
    "begin_transaction:before:5",
    "begin_transaction:after:5",
    "send_batch:before:9",
    "send_batch:during:9",
    "send_batch:after:9",
    "send_offsets_to_transaction:before:5",
    "send_offsets_to_transaction:during:5",
    "send_offsets_to_transaction:after:5",
    "commit_transaction:before:5",
    "commit_transaction:during:5",
    "commit_transaction:after:5",
)


@pytest.mark.parametrize("point", POINTS)
async def test_a_death_inside_a_commit_loses_and_doubles_nothing(stage: OpenStage, point: str) -> None:
    """I1 I2 I4: the worker ends itself with SIGKILL at the n-th call; a clean one then finishes."""
    scene = await stage(partitions=2, batch_max_records=100, batch_lag_records=1, group_instance_id="one", **QUICK)
    await scene.send(sample_messages(2_000))
    dying = scene.worker("--die", point)
    await dying.died()
    committed = sum(await scene.committed())
    assert committed < 2_000
    scene.worker()
    await scene.drained()
    found = await scene.verified()
    assert 2_000 == found.categorized + found.review


async def test_a_death_while_stopping_leaves_no_transaction_open(stage: OpenStage) -> None:
    """I1 I2 I4: SIGKILL when the producer is about to stop, which is the last thing a graceful stop does with it."""
    scene = await stage(partitions=2, batch_max_records=100, batch_lag_records=1, group_instance_id="one", **QUICK)
    worker = scene.worker("--die", "stop:before:1")
    await worker.ready()
    await scene.send(sample_messages(4_000))
    await scene.progress(500)
    worker.terminate()
    await worker.died()
    scene.worker()
    await scene.drained()
    found = await scene.verified()
    assert 4_000 == found.categorized + found.review
