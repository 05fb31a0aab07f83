"""FAULTS 20 over restarts: the duplicate window is rebuilt from what was delivered, and its size is its limit."""

import json

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.faults.conftest import OpenStage
from tests.harness.workers import QUICK, Message, Worker, sample_messages

pytestmark = pytest.mark.kafka


async def metric(worker: Worker, name: str) -> float:
    """A metric without labels."""
    families = text_string_to_metric_families(await worker.get("/metrics") or "")
    return next(sample.value for family in families for sample in family.samples if sample.name == name)


def spelt_anew(message: Message) -> Message:
    """The same transaction in other bytes: members reversed, amount as a number, white space."""
    data = json.loads(message.value or b"")
    data["amount"] = float(data["amount"])
    return Message(json.dumps(dict(reversed(data.items())), indent=1).encode(), message.key, message.route)


def altered(message: Message) -> Message:
    """Another transaction under the same id."""
    data = json.loads(message.value or b"") | {"description": "SOMETHING ELSE"}
    return Message(json.dumps(data).encode(), message.key, message.route)


@pytest.mark.parametrize("end", ["kill", "terminate"])
async def test_repeats_are_recognised_after_a_restart(stage: OpenStage, end: str) -> None:
    """I2: ids delivered before a restart give no second output after it; other contents are conflicts and counted."""
    scene = await stage(partitions=3, **QUICK)
    before = list(sample_messages(3_000))
    await scene.send(before)
    first = scene.worker()
    if end == "kill":
        await scene.progress(1_000)
        first.kill()  # leaves an aborted transaction in the tails that the next worker reads
    else:
        await scene.drained()
        first.terminate()
        assert 0 == await first.ended(within=10)
    second = scene.worker()
    await scene.drained()
    await scene.send([*map(spelt_anew, before), *map(altered, before[:50]), *sample_messages(500, start=3_000)])
    await scene.drained()
    found = await scene.verified()
    assert (3_500, 3_000, 50, 50) == (
        found.categorized + found.review,
        found.duplicates_expected,
        found.conflicts,
        found.dead_letters,
    )
    assert await metric(second, "evenhand_conflicts_total") == 50
    assert await metric(second, "evenhand_duplicates_total") == 3_000


async def test_what_the_window_has_forgotten_is_decided_again(stage: OpenStage) -> None:
    """The window holds as many ids as it is given, after a restart too; `verify` sees the repeats that it misses."""
    scene = await stage(partitions=1, duplicate_window_ids=200, **QUICK)
    messages = list(sample_messages(1_000))
    await scene.send(messages)
    first = scene.worker()
    await scene.drained()
    first.terminate()
    assert 0 == await first.ended(within=10)
    await scene.send([*messages[-100:], *messages[:30]])
    scene.worker()
    await scene.drained()
    found = await scene.verify()
    assert 30 == found.doubled.count
    assert set(found.doubled.examples) < {
        json.loads(message.value or b"")["transaction_id"] for message in messages[:30]
    }
    assert 1_030 == found.categorized + found.review
    assert found.problems[0].startswith("30 ids or inputs with more than one terminal record")
    assert not found.ok
