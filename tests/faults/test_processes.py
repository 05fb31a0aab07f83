"""Several worker processes under one supervisor: they share the partitions, die and come back, and end together."""

import os
import re
import signal
import time
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from streams.local.memory import process_tree
from streams.messages.roles import Role
from tests.faults.conftest import OpenStage
from tests.harness.workers import QUICK, Stage, Worker, sample_messages, until

pytestmark = pytest.mark.kafka

TOGETHER = 10.0
"""Seconds in which a worker ends, by default: those for its batches, and some to leave the group."""


def counters(text: str) -> Counter[tuple[str, tuple[tuple[str, str], ...]]]:
    """Every counter of an exposition, with the counts of histograms."""
    return Counter(
        {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name.endswith(("_total", "_count", "_bucket", "_sum"))
        }
    )


def total(text: str, name: str) -> float:
    """The sum of a metric over its labels."""
    return sum(value for (each, _), value in counters(text).items() if each == name)


def started(worker: Worker) -> list[tuple[int, int]]:
    """Number and process id of every worker process that the supervisor has started, in order."""
    return [(int(number), int(pid)) for number, pid in re.findall(r"worker (\d+): started, pid (\d+)", worker.log)]


def children(worker: Worker) -> dict[int, int]:
    """Number to process id of the newest worker processes."""
    return dict(started(worker))


def alive(pids: Iterable[int]) -> set[int]:
    """Those that have not ended."""
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


async def together(scene: Stage) -> Worker:
    """Start a supervisor with two processes, and wait until both have joined and are ready."""
    worker = scene.worker()
    await worker.ready()
    await scene.joined(2)
    return worker


async def metrics(worker: Worker) -> str:
    """What `/metrics` shows."""
    text = await worker.get("/metrics")
    assert text is not None
    return text


async def test_two_processes_share_the_work_and_stop_together(stage: OpenStage) -> None:
    """Each has two of four partitions, every transaction is decided once, and the sums of both are on the one port."""
    scene = await stage(partitions=4, processes=2, group_instance_id="one")
    worker = await together(scene)
    await scene.send(sample_messages(20_000))
    await scene.drained()
    found = await scene.verified()

    text = await metrics(worker)

    assert 20_000 == found.categorized + found.review == total(text, "evenhand_decisions_total")
    assert 20_000 == total(text, "evenhand_batch_records_sum")
    assert "evenhand_partitions_open 4.0" in text
    assert "evenhand_worker_processes 2.0" in text
    assert 1 == text.count("\nevenhand_build_info{")
    assert {"0", "1", "2", "3"} == set(re.findall(r'evenhand_lag_records{partition="(\d)"} 0.0', text))
    for number in (1, 2):  # both have worked, and their lines say which
        assert re.search(rf"\[worker {number}\] streams.lanes.lane: .*partition=\d\): open at offset None", worker.log)
    pids = process_tree(worker.process.pid)
    worker.terminate()
    stopping = time.monotonic()
    assert 0 == await worker.ended(within=TOGETHER)
    print(f"stopped in {time.monotonic() - stopping:.1f} s")
    assert 4 == len(pids)
    assert set() == alive(pids)
    assert "Traceback" not in worker.log
    assert "was killed" not in worker.log


async def test_a_killed_process_is_replaced_and_nothing_is_lost_or_doubled(stage: OpenStage) -> None:
    """kill -9 of one of two under load, twice: exactly once all the same, and no counter that is shown falls."""
    scene = await stage(partitions=4, processes=2, **QUICK)
    worker = await together(scene)
    await scene.send(sample_messages(60_000))
    shown = [await metrics(worker)]
    for killed, records in ((1, 5_000), (2, 20_000)):
        await scene.progress(records)
        os.kill(children(worker)[killed], signal.SIGKILL)

        async def is_replaced(killed: int = killed) -> bool:
            shown.append(await metrics(worker))
            return [killed, killed] == [number for number, _ in started(worker) if number == killed]

        await until(is_replaced)
    await scene.drained()
    await worker.ready()
    shown.append(await metrics(worker))
    for before, after in pairwise(shown):
        earlier, later = counters(before), counters(after)
        assert {} == {name: (value, later[name]) for name, value in earlier.items() if later[name] < value}
    found = await scene.verified()
    assert 60_000 == found.categorized + found.review
    counted = total(shown[-1], "evenhand_decisions_total")
    print(f"{len(shown)} looks; counted {counted:.0f} of 60000: a killed process keeps what it had not told")
    assert 0.5 * 60_000 < counted <= 60_000
    assert "evenhand_worker_restarts_total 2.0" in shown[-1]
    assert re.search(r"worker 1 ended \(pid \d+, killed by SIGKILL\); started again in 0.5 s", worker.log)


async def test_no_process_outlives_a_killed_supervisor(stage: OpenStage) -> None:
    """kill -9 of the supervisor ends them all, and another supervisor takes the work over."""
    scene = await stage(partitions=2, processes=2, **QUICK)
    first = await together(scene)
    pids = process_tree(first.process.pid)
    await scene.send(sample_messages(20_000))
    await scene.progress(2_000)
    first.kill()

    async def is_gone() -> bool:
        return not alive(pids)

    await until(is_gone)
    # They may have been quick enough to do all before they were killed: so there is more to take over.
    await scene.send(sample_messages(2_000, start=20_000))
    scene.worker()
    await scene.drained()
    found = await scene.verified()
    assert 22_000 == found.categorized + found.review


async def test_one_that_dies_again_and_again_is_given_time(stage: OpenStage) -> None:
    """The pauses double, `/readyz` names it, and a SIGTERM in such a pause ends all at once."""
    scene = await stage(partitions=2, processes=2, **QUICK)
    await scene.send(sample_messages(100))
    worker = scene.worker("--die", "send_batch:before:1")
    await until(lambda: _is_in(worker, r"killed by SIGKILL\); started again in 2.0 s"))
    assert await worker.get("/readyz") is None
    worker.terminate()
    assert 0 == await worker.ended(within=TOGETHER)
    pauses = [re.findall(rf"worker {number} .* started again in (.*) s", worker.log) for number in (1, 2)]
    assert ["0.5", "1.0", "2.0"] in [each[:3] for each in pauses]
    assert 0 == sum(await scene.committed())


async def _is_in(worker: Worker, pattern: str) -> bool:
    assert worker.alive, worker.log[-3000:]
    return re.search(pattern, worker.log) is not None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_at_any_moment_of_the_start_ends_all(stage: OpenStage, number: signal.Signals) -> None:
    """However far they are: exit 0, and nobody is left."""
    scene = await stage(partitions=2, processes=2)
    for moment in ("metrics and health on", "worker 1: started", "worker 2: started", r"\[worker 1\]"):
        worker = scene.worker()
        await until(lambda worker=worker, moment=moment: _is_in(worker, moment), every=0.001)
        pids = process_tree(worker.process.pid)
        worker.signal(number)
        assert 0 == await worker.ended(within=TOGETHER), worker.log
        assert set() == alive(pids)
    assert [] == await scene.members()


async def test_a_web_process_that_dies_ends_all(stage: OpenStage) -> None:
    """Unseen workers are none: the supervisor stops them in good order and says so with 1, as after a crash."""
    scene = await stage(partitions=2, processes=2)
    worker = await together(scene)
    web = next(pid for pid in process_tree(worker.process.pid)[1:] if pid not in children(worker).values())
    os.kill(web, signal.SIGKILL)
    assert 1 == await worker.ended(within=TOGETHER)
    assert "web process ended (killed by SIGKILL): stopping all" in worker.log
    assert [] == await scene.members()
    assert 0 == len(await scene.read(Role.CATEGORIZED))
