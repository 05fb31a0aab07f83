"""The learner on a real broker: a correction changes what workers decide next."""

import json
import time

import pytest

from streams.messages.roles import Role
from tests.faults.conftest import OpenStage
from tests.harness.learning import correct, decided, head, said, transaction
from tests.harness.workers import QUICK, Stage

pytestmark = pytest.mark.slow


async def seconds_until_changed(stage: Stage) -> list[float]:
    """Time from the record of the correction to the first decision by it, in each partition."""
    (correction,) = await stage.read(Role.CORRECTIONS)
    first: dict[int, int] = {}
    for record in [*await stage.read(Role.CATEGORIZED), *await stage.read(Role.REVIEW)]:
        if json.loads(record.value)["category"] == "pets":
            first[record.partition] = min(record.timestamp, first.get(record.partition, record.timestamp))
    return [round((at - correction.timestamp) / 1000, 2) for at in first.values()]


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

    await correct(place, said(1))
    number, changed, deadline = 100, False, time.monotonic() + 60
    while not changed and time.monotonic() < deadline:
        asked = range(number, number + 12)
        number += 12
        await place.send([transaction(each) for each in asked])
        changed = {"pets"} == {one["category"] for one in await decided(place, asked)}
    assert changed
    seconds = await seconds_until_changed(place)
    print("seconds from a correction to the first decision that knows it, by worker:", seconds)
    assert 3 == len(seconds)
    assert max(seconds) < 10, "two seconds, where nothing else runs"
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
