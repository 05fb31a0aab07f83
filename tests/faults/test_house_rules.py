"""A file of rules that is changed under a worker: other rules decide from one batch to the next, never within one."""

import asyncio
import json
from collections import defaultdict
from itertools import count, islice
from pathlib import Path

import pytest

from models.voters.house.rules import HouseRules
from monitors.counts.observation import decode
from streams.messages.roles import Role
from tests.faults.conftest import OpenStage
from tests.harness.learning import transaction
from tests.harness.workers import PATIENCE, Stage

pytestmark = pytest.mark.slow

HEADER = b"id,text,category,who,why\n"
PETS, FUEL = (HEADER + b"R-1,zepplo,%s,ops,said\n" % name for name in (b"pets", b"fuel"))
BROKEN = HEADER + b"R-1,zepplo,petrol,ops,said\n"


def version_of(content: bytes) -> str:
    """The version of a file's rules."""
    return HouseRules.read(content).version


CATEGORY_OF = {version_of(PETS): "pets", version_of(FUEL): "fuel"}


class Shop:
    """A worker whose file of rules is changed while transactions keep coming."""

    def __init__(self, place: Stage, file: Path) -> None:
        self.place, self.file = place, file
        self.worker = place.worker("--ensemble", "ruled")
        self._rows = (transaction(number) for number in count())

    async def send(self, rows: int = 100) -> None:
        """Send transactions, and wait until they are decided."""
        await self.place.send(islice(self._rows, rows))
        await self.place.drained()

    async def change(self, content: bytes, shown: str) -> None:
        """Write the file anew, and go on until the worker shows a metric."""
        self.file.write_bytes(content)
        async with asyncio.timeout(PATIENCE):
            while shown not in (await self.worker.get("/metrics") or "").splitlines():
                await self.place.send(islice(self._rows, 40))
        await self.send()

    async def decisions(self) -> list[tuple[int, str, str]]:
        """Partition, version of the rules and category of each decision, accepted ones and those left to a person."""
        records = [*await self.place.read(Role.CATEGORIZED), *await self.place.read(Role.REVIEW)]
        found = [(record.partition, json.loads(record.value)) for record in records]
        return [(partition, one["house_version"], one["category"]) for partition, one in found]


@pytest.fixture
async def shop(stage: OpenStage, tmp_path: Path) -> Shop:
    """With rules that say pets, and transactions decided by them."""
    file = tmp_path / "rules.csv"
    file.write_bytes(PETS)
    opened = Shop(await stage(partitions=2, blind_share=0, house_rules=str(file)), file)
    await opened.worker.ready()
    await opened.send()
    return opened


async def test_other_rules_decide_from_one_batch_to_the_next(shop: Shop) -> None:
    """While transactions come: each decision names its rules and obeys them, and no batch has two versions."""
    await shop.change(FUEL, f'evenhand_house_rules_info{{version="{version_of(FUEL)}"}} 1.0')

    versions: dict[int, list[str]] = defaultdict(list)
    for partition, version, category in await shop.decisions():
        assert CATEGORY_OF[version] == category
        versions[partition].append(version)
    # Nothing is left to a person, so that the decisions of a partition stand where their transactions do.
    assert await shop.place.ends(Role.TRANSACTIONS) == [len(versions[partition]) for partition in range(2)]
    assert {2} == {len(set(of_partition)) for of_partition in versions.values()}
    for record in await shop.place.read(Role.OBSERVATIONS):
        batch = decode(record.value)
        of_batch = versions[int(batch.source.rpartition(":")[2])][batch.first : batch.next_offset]
        assert 1 == len(set(of_batch))
    # Once the new ones decide, the old ones are gone for good.
    order = list(CATEGORY_OF)
    assert all(sorted(of_partition, key=order.index) == of_partition for of_partition in versions.values())


async def test_a_broken_file_keeps_the_rules_that_were(shop: Shop) -> None:
    """It is said once, the worker stays ready; a mended file decides; an empty one takes all rules away."""
    await shop.change(BROKEN, "evenhand_house_rules_refused 1.0")
    assert {"pets"} == {category for _, _, category in await shop.decisions()}
    metrics = (await shop.worker.get("/metrics") or "").splitlines()
    assert "evenhand_house_rules_errors_total 1.0" in metrics
    assert f"evenhand_house_decisions_total {len(await shop.decisions())}.0" in metrics
    assert "ready\n" == await shop.worker.get("/readyz")
    assert 1 == shop.worker.log.count("there is no such category")

    await shop.change(FUEL, "evenhand_house_rules_refused 0.0")
    assert {"pets", "fuel"} == {category for _, _, category in await shop.decisions()}

    await shop.change(b"", "evenhand_house_rules 0.0")
    assert ("", "other") in {(version, category) for _, version, category in await shop.decisions()}
    shop.worker.terminate()
    assert 0 == await shop.worker.ended()
    assert f"house rules of version {version_of(FUEL)}: 1 of 1 decided" in shop.worker.log
