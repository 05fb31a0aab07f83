"""The learner on a real broker: a correction changes what workers decide next, for those whom it is for."""

import json
import time
from collections.abc import Sequence
from typing import Any

import pytest

from models.contracts.corrections import Correction
from streams.messages.roles import Role
from tests.faults.conftest import OpenStage
from tests.harness.workers import QUICK, Message, Stage, until
from tests.streams.learner.said import message, said

pytestmark = pytest.mark.slow
UNKNOWN = "ZEPPLO BITS 12"


def transaction(number: int, *, description: str = UNKNOWN, account: str = "acc") -> Message:
    """A purchase; transactions of numbered accounts spread over the partitions."""
    fields = {
        "transaction_id": f"x{number}",
        "account_id": f"{account}-{number}",
        "description": description,
        "amount": "12.50",
        "currency": "CAD",
        "timestamp": "2025-03-06T08:00:00Z",
    }
    key = fields["account_id"].encode()
    return Message(json.dumps(fields).encode(), key, key)


async def decisions(stage: Stage) -> dict[str, dict[str, Any]]:
    """What was decided, by the transaction's id."""
    records = [*await stage.read(Role.CATEGORIZED), *await stage.read(Role.REVIEW)]
    return {found["transaction_id"]: found for found in (json.loads(record.value) for record in records)}


async def decided(stage: Stage, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """The decisions on these transactions, once there are all."""

    async def are_there() -> bool:
        return all(f"x{number}" in found for found in [await decisions(stage)] for number in numbers)

    await until(are_there)
    found = await decisions(stage)
    return [found[f"x{number}"] for number in numbers]


async def correct(stage: Stage, *corrections: Correction) -> None:
    """Send corrections as an app does."""
    await stage.send(map(message, corrections), role=Role.CORRECTIONS)


async def head(stage: Stage) -> dict[str, Any]:
    """What the last step of the learner says; empty before the first."""
    heads = [record.value for record in await stage.read(Role.UPDATES) if record.key == b"head"]
    return dict(json.loads(heads[-1])) if heads else {}


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
    await correct(place, said(1, UNKNOWN))
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
