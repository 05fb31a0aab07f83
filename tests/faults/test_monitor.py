"""The monitor on a real broker: it is killed and goes on, a standby takes over, and what is no summary harms nobody."""

from collections import Counter
from typing import Any

import pytest

from monitors.counts.cells import ATTRIBUTES, FLIPS, Table, index
from monitors.counts.observation import decode
from streams.messages.roles import Role
from tests.faults.conftest import OpenStage
from tests.harness.monitors import caught_up, corrections, observed
from tests.harness.workers import QUICK, Message, Stage, sample_messages

pytestmark = pytest.mark.kafka

SEED = 41
TRANSACTIONS, CORRECTIONS = 12_000, 3_000
ALL = TRANSACTIONS + CORRECTIONS

FIGURES = ("model_version", "newest", "late", "expired", "windows", "readings", "confidence", "trend")
"""What the console shows that no clock has a part in."""


def figures(state: dict[str, Any]) -> dict[str, Any]:
    """What must not depend on speed, cuts or kills."""
    return {name: state[name] for name in FIGURES}


async def probes_of(scene: Stage) -> Counter[int]:
    """What the twins of all transactions showed, by cell of the summaries."""
    cells = {index(Table.PROBES, attribute, flip) for attribute in ATTRIBUTES for flip in FLIPS}
    found: Counter[int] = Counter()
    for record in await scene.read(Role.OBSERVATIONS):
        for counts in decode(record.value or b"").cells.values():
            found.update({cell: count for cell, count in counts.items() if cell in cells})
    return found


async def feed(scene: Stage) -> None:
    """Transactions, then what people say of decisions, one correction in ten twice."""
    said = list(corrections(CORRECTIONS, seed=SEED, model_version="constant"))
    await scene.send(sample_messages(TRANSACTIONS))
    await scene.send([*said[: CORRECTIONS * 9 // 10], *said[: CORRECTIONS // 10]], role=Role.CORRECTIONS)


async def test_readings_survive_three_kills(stage: OpenStage) -> None:
    """FAULTS 1 and 4, I2, I3: kill -9 before, in and after a commit; readings equal those of an undisturbed run."""
    disturbed = await stage(partitions=4, batch_max_records=100, batch_lag_records=1, probe_share=0.2, **QUICK)
    undisturbed = await stage(
        partitions=4, name="calm.", batch_max_records=500, batch_lag_records=1, probe_share=0.2, **QUICK
    )
    for scene in (disturbed, undisturbed):
        await feed(scene)
        scene.worker("--ensemble", "shipped")
    calm = undisturbed.monitor()
    for moment in ("begin_transaction:after:3", "send_offsets_to_transaction:after:4", "commit_transaction:during:5"):
        doomed = disturbed.monitor("--die", moment)
        assert -9 == await doomed.ended()
    last = disturbed.monitor()
    found, expected = await caught_up(last, records=ALL), await caught_up(calm, records=ALL)
    assert figures(expected) == figures(found)
    assert 0 < len(expected["readings"])
    # Twins are compared, the same ones however batches are cut, and no topic has a decision on one.
    probes = await probes_of(undisturbed)
    assert probes == await probes_of(disturbed)
    assert 0.15 * TRANSACTIONS < probes.total() < 0.25 * TRANSACTIONS
    decided = await undisturbed.verify()
    assert () == decided.problems
    assert TRANSACTIONS == decided.categorized + decided.review
    assert 0 == (await disturbed.verify()).open_transactions.count
    last.terminate()
    assert 0 == await last.ended(within=15)
    again = disturbed.monitor()
    assert figures(expected) == figures(await caught_up(again, records=ALL))


async def test_a_standby_takes_over(stage: OpenStage) -> None:
    """Of two monitors one judges; when it is killed the other shows the same, and what is no summary stops neither."""
    scene = await stage(partitions=2, **QUICK)
    scene.worker()
    first = scene.monitor()
    await first.ready()
    await scene.send(sample_messages(2_000))
    before = await caught_up(first, records=2_000)
    second = scene.monitor()
    await second.ready()
    judging, other = (first, second) if await observed(first) else (second, first)
    assert 0 == await observed(other)
    judging.kill()
    await scene.send([Message(b"no summary", b"k", b"k")], role=Role.OBSERVATIONS)
    await scene.send(sample_messages(2_000, start=2_000))
    after = await caught_up(other, records=4_000)
    assert before["late"] <= after["late"]
    assert 1 == len(await scene.read(Role.DEAD_LETTER))
    assert () == (await scene.verify()).problems
