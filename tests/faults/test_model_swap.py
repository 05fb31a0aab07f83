"""A model promoted under a worker decides from one batch to the next, never within one; a broken one never does."""

import asyncio
import json
import os
import re
import signal
from collections import defaultdict
from collections.abc import Sequence
from itertools import count, islice
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from models.artefacts.store import CURRENT
from models.learned.online import records
from monitors.counts.observation import decode
from streams.clock import wall_clock
from streams.files.model_store import ModelStore
from streams.kafka.clients import producer_options
from streams.kafka.topics import topic_name
from streams.messages.roles import Role
from tests.faults.conftest import OpenStage
from tests.harness.learning import transaction
from tests.harness.models import MERCHANT, unasked, variant
from tests.harness.workers import PATIENCE, QUICK, Stage, Worker

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

PARTITIONS = 2
KILLS = (0.0, 0.6, 1.2, 1.8, 2.4, 3.0)
"""Seconds after a promotion at which a worker is killed: before it looks, while it reads, after it has taken over."""


class Shop:
    """Workers whose model is changed while transactions of the merchant that tells the models apart keep coming."""

    def __init__(self, place: Stage, folder: Path) -> None:
        self.place, self.folder = place, folder
        self.store = ModelStore(folder, gate=unasked)
        self.category_of: dict[str, str] = {}
        self.rows = (transaction(number) for number in count())

    def stock(self, source: Path, category: str) -> str:
        """Add a model to the store that says this of the merchant."""
        version = variant(source, {MERCHANT: category})
        self.store.add(source)
        self.category_of[version] = category
        return version

    def promote(self, version: str) -> None:
        """Promote a version."""
        self.store.promote(version, at=wall_clock())

    async def send(self, rows: int = 100) -> None:
        """Send transactions, and wait until they are decided."""
        await self.place.send(islice(self.rows, rows))
        await self.place.drained()

    async def until_shown(self, worker: Worker, shown: str) -> None:
        """Go on sending until the worker shows a metric."""
        async with asyncio.timeout(PATIENCE):
            while shown not in (await worker.get("/metrics") or ""):
                await self.place.send(islice(self.rows, 20))
                await asyncio.sleep(0.05)
        await self.send()

    async def decisions(self) -> list[tuple[int, dict[str, str]]]:
        """Partition and record of each decision, in the order of the partition; every one obeys the model it names."""
        accepted = await self.place.read(Role.CATEGORIZED)
        found = [(record.partition, json.loads(record.value)) for record in accepted]
        assert [] == await self.place.read(Role.REVIEW)  # so that decisions stand where their transactions do
        assert found
        for _, one in found:
            assert self.category_of[one["model_version"]] == one["category"]
        return found

    async def versions(self) -> dict[int, list[str]]:
        """The models of each partition's decisions, in order; no batch has two, and its summary names the same."""
        versions: dict[int, list[str]] = defaultdict(list)
        for partition, one in await self.decisions():
            versions[partition].append(one["model_version"])
        assert await self.place.ends(Role.TRANSACTIONS) == [len(versions[partition]) for partition in range(PARTITIONS)]
        for record in await self.place.read(Role.OBSERVATIONS):
            batch = decode(record.value)
            of_batch = versions[int(batch.source.rpartition(":")[2])][batch.first : batch.next_offset]
            assert {batch.model_version} == set(of_batch)
        return versions


async def open_shop(stage: OpenStage, folder: Path, **settings: object) -> tuple[Shop, str, str]:
    """A stage with a store of two models, the first of which is promoted."""
    store = folder / "store"
    place = await stage(partitions=PARTITIONS, blind_share=0, model=store, **settings)
    shop = Shop(place, store)
    pets, fuel = (shop.stock(folder / category, category) for category in ("pets", "fuel"))
    shop.promote(pets)
    return shop, pets, fuel


def runs(version: str) -> str:
    """What `/metrics` shows of the model that decides."""
    return f'model_version="{version}"'


def after_each_other(versions: Sequence[str]) -> list[str]:
    """Versions without repeats in a row."""
    return [one for before, one in zip([None, *versions], versions, strict=False) if one != before]


async def teach(place: Stage) -> str:
    """Write what a learner would have learned of another merchant; gives its version."""
    name, content = "merchant:out:quimby", records.standing_bytes(records.Standing("fuel", 1, 1))
    digest = records.PartsDigest()
    digest.put(name, content)
    head = records.head_of(3, digest.hex())
    producer = AIOKafkaProducer(**producer_options(place.settings))
    await producer.start()
    for key, value in ((name, content), (records.HEAD, records.head_bytes(head))):
        await producer.send_and_wait(topic_name(place.settings, Role.UPDATES), key=key.encode(), value=value)
    await producer.stop()
    return head.version


async def test_a_promoted_model_decides_from_one_batch_to_the_next(stage: OpenStage, tmp_path: Path) -> None:
    """While transactions come, and without a restart; what people taught and the bank's own rules stay."""
    rules = tmp_path / "rules.csv"
    rules.write_text("id,text,category,who,why\nR-1,nobody,pets,ops,said\n")
    shop, pets, fuel = await open_shop(stage, tmp_path, house_rules=str(rules))
    online = await teach(shop.place)
    worker = shop.place.worker("--ensemble", "shipped")
    await worker.ready()
    await shop.send()
    shop.promote(fuel)
    await shop.until_shown(worker, runs(fuel))

    for versions in (await shop.versions()).values():
        assert [pets, fuel] == after_each_other(versions)
    found = [one for _, one in await shop.decisions()]
    assert {online} == {one["online_version"] for one in found}
    assert 1 == len({one["house_version"] for one in found})
    assert "" != found[0]["house_version"]
    metrics = await worker.get("/metrics") or ""
    assert runs(pets) not in metrics
    assert "evenhand_model_swaps_total 1.0" in metrics
    await shop.place.verified()
    print(re.findall(r"model \w+ decides instead.*", worker.log))


async def test_a_broken_model_is_refused_and_the_old_one_decides(stage: OpenStage, tmp_path: Path) -> None:
    """Altered, and without a manifest; the worker stays ready and says it once; the mended one decides."""
    shop, pets, fuel = await open_shop(stage, tmp_path)
    worker = shop.place.worker("--ensemble", "shipped")
    await worker.ready()
    broken = shop.folder / fuel / "memory.csv.gz"
    whole = broken.read_bytes()
    broken.write_bytes(whole[:-1] + b"?")
    # `evenhand model promote` refuses it: this is a store that was changed by other means.
    (shop.folder / CURRENT).write_text(f"{fuel}\n")
    await shop.until_shown(worker, "evenhand_model_refused 1.0")
    assert {pets} == {one["model_version"] for _, one in await shop.decisions()}
    assert "ready\n" == await worker.get("/readyz")
    assert 1 == worker.log.count("the promoted model is refused")

    (shop.folder / fuel / "manifest.json").rename(tmp_path / "manifest.json")
    await shop.until_shown(worker, "evenhand_model_errors_total 2.0")
    assert {pets} == {one["model_version"] for _, one in await shop.decisions()}

    broken.write_bytes(whole)
    (tmp_path / "manifest.json").rename(shop.folder / fuel / "manifest.json")
    await shop.until_shown(worker, runs(fuel))
    for versions in (await shop.versions()).values():
        assert [pets, fuel] == after_each_other(versions)
    assert "evenhand_model_refused 0.0" in (await worker.get("/metrics") or "")


async def test_kill_9_around_a_swap_leaves_the_old_model_or_the_new(stage: OpenStage, tmp_path: Path) -> None:
    """Before, while and after a worker takes a model over: each output is there once and names what made it."""
    shop, pets, fuel = await open_shop(stage, tmp_path, **QUICK)
    following = pets
    for after in KILLS:
        worker = shop.place.worker("--ensemble", "shipped")
        await worker.ready()
        await shop.send(20)
        before, following = following, fuel if following == pets else pets
        shop.promote(following)
        loop = asyncio.get_running_loop()
        until = loop.time() + after
        while loop.time() < until:
            await shop.place.send(islice(shop.rows, 20))
        worker.kill()
        print(after, "took over" if f"decides instead of {before}" in worker.log else "did not")
    last = shop.place.worker("--ensemble", "shipped")
    await last.ready()
    await shop.send()
    assert {following} == {versions[-1] for versions in (await shop.versions()).values()}
    await shop.place.verified()


async def test_each_of_several_processes_takes_it_over(stage: OpenStage, tmp_path: Path) -> None:
    """One that is started again, from a supervisor with the old model, decides nothing before it has the new one."""
    shop, pets, fuel = await open_shop(stage, tmp_path, processes=2, **QUICK)
    worker = shop.place.worker("--ensemble", "shipped")
    await worker.ready()
    await shop.place.joined(2)
    await shop.send()
    shop.promote(fuel)
    await shop.until_shown(worker, "evenhand_model_swaps_total 2.0")
    first = dict(re.findall(r"worker (\d+): started, pid (\d+)", worker.log))
    os.kill(int(first["1"]), signal.SIGKILL)
    await shop.until_shown(worker, "evenhand_worker_restarts_total 1.0")
    await shop.place.joined(2)
    await shop.send()
    for versions in (await shop.versions()).values():
        assert [pets, fuel] == after_each_other(versions)
    assert 3 == worker.log.count(f"model {fuel} decides instead of {pets}")
    await shop.place.verified()
