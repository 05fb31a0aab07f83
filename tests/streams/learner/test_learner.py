"""The learner on a real broker: a correction changes what workers decide next."""

import time

import pytest

from streams.messages.roles import Role
from tests.faults.conftest import OpenStage
from tests.harness.learning import correct, decided, head, said, transaction
from tests.harness.workers import QUICK

pytestmark = pytest.mark.slow


async def test_a_correction_changes_the_next_decision_within_two_seconds(stage: OpenStage) -> None:
    """On each of three workers; those who start later know it before they take partitions."""
    place = await stage(partitions=3, **QUICK)
    workers = [place.worker("--ensemble", "shipped") for _ in range(3)]
    learner = place.learner()
    await place.joined(3)
    await learner.ready()
    await place.send([transaction(number) for number in range(12)])
    before = await decided(place, range(12))
    assert {"0"} == {one["online_version"] for one in before}
    assert "pets" not in {one["category"] for one in before}
    assert 3 == len({record.partition for record in await place.read(Role.CATEGORIZED) + await place.read(Role.REVIEW)})

    begun, number, changed = time.monotonic(), 100, False
    await correct(place, said(1))
    while not changed and time.monotonic() - begun < 30:
        asked, sent = range(number, number + 12), time.monotonic()
        number += 12
        await place.send([transaction(each) for each in asked])
        changed = {"pets"} == {one["category"] for one in await decided(place, asked)}
    print(f"changed for transactions sent {sent - begun:.2f} s after the correction")
    assert changed
    assert sent - begun < 10, "two seconds on an idle machine"
    version = (await head(place))["version"]
    found = await decided(place, range(number - 12, number))
    assert {version} == {one["online_version"] for one in found}
    assert {("online", "pets")} == {(one["votes"][-1]["method"], one["votes"][-1]["category"]) for one in found}

    for worker in workers:
        worker.terminate()
        assert 0 == await worker.ended()
    late = place.worker("--ensemble", "shipped")
    await late.ready()
    await place.send([transaction(each) for each in range(1000, 1003)])
    assert {("pets", version)} == {
        (one["category"], one["online_version"]) for one in await decided(place, range(1000, 1003))
    }
